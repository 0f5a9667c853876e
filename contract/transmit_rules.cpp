// SPDX-License-Identifier: Apache-2.0
#include "contract/transmit_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "hw/regs/e1000_regs.h"

namespace ringside::contract {
namespace {

constexpr std::uint32_t tctl_enable = 1U << 1;
constexpr std::uint64_t longest_packet = 16'288;  // T-17
constexpr sim_time timer_unit = 1024 * ns;        // TIDV, TADV

}  // namespace

// ---- registers ----

void transmit_rules::restart(sim_time t) {
  restarted_at_ = t;
  ring_.restart(base_, bytes_ / 16, head_, tail_);
  in_packet_ = may_reload_ = false;
  empty_due_ = time_never;
}

void transmit_rules::on_reset(sim_time t) {
  enabled_ = false;
  bytes_ = head_ = tail_ = 0;  // X-4; TDBA keeps its value
  adopt_head_ = false;
  context_seen_[0] = context_seen_[1] = false;
  unannounced_ = 0;
  cause_due_ = delayed_due_ = first_delayed_ = time_never;
  timer_left_until_ = -time_never;
  delay_ = absolute_delay_ = 0;
  restart(t);
}

void transmit_rules::on_write(std::uint64_t offset, std::uint32_t value, sim_time t) {
  switch (offset) {
    case reg::TCTL: {
      const bool enable = (value & tctl_enable) != 0;
      if (enabled_ && !enable) enable_fell_ = t;
      enabled_ = enable;
      return;
    }
    case reg::TDBAL:
    case reg::TDBAH:
    case reg::TDLEN:
    case reg::TDH:
      return ring_written(offset, value, t);
    case reg::TDT:
      return doorbell(value & 0xFFFFU, t);
    case reg::TIDV:
      delay_ = value & 0xFFFFU;
      return delays_written(t);
    case reg::TADV:
      absolute_delay_ = value & 0xFFFFU;
      return delays_written(t);
    default:
      return;
  }
}

// I-52: what has begun to wait runs with what was written before.
void transmit_rules::delays_written(sim_time t) {
  delays_written_ = t;
  delayed_due_ = first_delayed_ = time_never;
}

void transmit_rules::ring_written(std::uint64_t offset, std::uint32_t value, sim_time t) {
  if (enabled_)
    state_.log.trip(rule::S_20, t, fmt::format("ring register {:#x} = {:#x} with TCTL.EN = 1", offset, value),
                    {0, breach::no_descriptor, offset});
  if (ring_.usable()) {
    adopt_head_ = true;
    head_ = ring_.written.index;
  }
  if (offset == reg::TDBAL) base_ = (base_ & ~0xFFFF'FFFFULL) | (value & 0xFFFF'FFF0U);
  if (offset == reg::TDBAH) base_ = (base_ & 0xFFFF'FFFFULL) | std::uint64_t{value} << 32;
  if (offset == reg::TDLEN) bytes_ = value & 0x000F'FF80U;
  if (offset == reg::TDH) {
    head_ = value & 0xFFFFU;
    adopt_head_ = false;
  }
  restart(t);
}

void transmit_rules::doorbell(std::uint32_t value, sim_time t) {
  tail_ = value;
  rung_at_ = t;
  if (t - moved_at_ <= state_.limits.pointers) empty_due_ = time_never;  // before TDH got there
  if (!ring_.usable()) {
    if (value < bytes_ / 16) restart(t);
    if (!ring_.usable()) return;
  } else if (value >= ring_.count()) {
    return state_.log.trip(rule::S_18, t, fmt::format("TDT = {} in a ring of {}", value, ring_.count()), {0, value, 0});
  } else {
    ring_.ring_doorbell(value);
    may_reload_ = may_reload_ || !enabled_;
  }
  if (!in_use_) return;
  // One descriptor stays free: TDH = TDT is an empty ring (T-40).
  if (ring_.tail - ring_.cleaned.position >= ring_.count())
    return state_.log.trip(rule::S_18, t,
                           fmt::format("TDT = {} passes what is not done yet, {}", value, ring_.cleaned.index),
                           {0, value, 0});
  for (ring_cursor at = ring_.cleaned; at.position < ring_.tail; ring_.step(at)) {
    transmit_slot& slot = ring_.at(at);
    if (slot.handed) continue;
    if (!slot.posted)
      return state_.log.trip(rule::S_18, t, "TDT covers a descriptor that was not written", about(at.index));
    slot.posted = false;
    slot.handed = true;
  }
}

void transmit_rules::on_head_read(std::uint32_t value, sim_time t) {
  if (!ring_.usable() || value >= ring_.count() || draining(t)) return;
  // TDH may not have passed the first descriptor whose DD is still to come, and lags behind the bus a little.
  ring_cursor limit = ring_.written;
  while (limit.position < ring_.loaded.position && !ring_.at(limit).command.report_status()) ring_.step(limit);
  const bool settled = t - moved_at_ > state_.limits.bus_drain;
  const std::uint64_t behind = (limit.index + ring_.count() - value) % ring_.count();
  const std::uint64_t allowed = settled ? limit.position - ring_.written.position : limit.position;
  if (behind > allowed)
    state_.log.trip(rule::T_43, t,
                    fmt::format("TDH reads {}, write-backs reach {}, the next DD is that of {}", value,
                                ring_.written.index, limit.index),
                    about(value));
}

// ---- the bus ----

void transmit_rules::on_load(const event& e) {
  if (state_.after_reset && draining(e.time)) return;
  if (!enabled_ && e.time - enable_fell_ > state_.limits.fetch_in_flight && !draining(e.time))
    return state_.log.trip(rule::T_41, e.time, "fetch with TCTL.EN = 0", {0, breach::no_descriptor, e.a});
  if (!state_.registers.bus_master() && e.time - state_.registers.bus_master_fell() > state_.limits.fetch_in_flight)
    return state_.log.trip(rule::T_41, e.time, "fetch with bus mastering off", {0, breach::no_descriptor, e.a});
  const std::uint32_t index = ring_.usable() ? ring_.index_of(e.a) : transmit_ring::none;
  if (index == transmit_ring::none) {
    if (!draining(e.time))
      state_.log.trip(rule::T_40, e.time, "what is fetched is no descriptor of the ring",
                      {0, breach::no_descriptor, e.a});
    return;
  }
  if (adopt_head_ && index != ring_.loaded.index) {
    head_ = index;
    ring_.restart(base_, bytes_ / 16, head_, tail_);
  }
  adopt_head_ = false;
  if (index != ring_.loaded.index) {
    // Descriptors on chip that nothing has begun with come again.
    const std::uint64_t position = ring_.position_of(index, ring_.written);
    if (!may_reload_ || position >= ring_.loaded.position) {
      if (!draining(e.time))
        state_.log.trip(rule::T_40, e.time, fmt::format("{} is fetched, {} comes next", index, ring_.loaded.index),
                        about(index));
      return;
    }
    ring_.loaded = {position, index};
    in_packet_ = false;
  }
  may_reload_ = false;
  if (ring_.loaded.position >= ring_.tail) {
    if (!draining(e.time))
      state_.log.trip(rule::T_40, e.time, fmt::format("fetch reaches TDT = {}", ring_.index_at(ring_.tail)),
                      about(index));
    return;
  }
  transmit_slot& slot = ring_.slot(index);
  slot.command = transmit_command(e.b);
  slot.loaded = true;
  slot.read = 0;
  if (slot.handed && slot.posted_command.bits() != e.b)
    state_.log.trip(rule::T_40, e.time,
                    fmt::format("descriptor holds {:#x}, written was {:#x}", e.b, slot.posted_command.bits()),
                    about(index));
  ring_.step(ring_.loaded);
  judge_context(index, e);
  join_packet(index);
}

void transmit_rules::judge_context(std::uint32_t index, const event& e) {
  const transmit_command& c = ring_.slot(index).command;
  if (c.kind() == transmit_command::type::context) {
    context_seen_[c.segmentation() ? 1 : 0] = true;
    return;
  }
  if (c.kind() != transmit_command::type::data || in_packet_) return;
  const bool needs = c.segmentation() || c.options() != 0;
  if (needs && !context_seen_[c.segmentation() ? 1 : 0])
    state_.log.trip(rule::S_21, e.time, "a packet uses a context that no descriptor has set", about(index));
}

// A packet the card may drop has all its descriptors finished without being read whole.
void transmit_rules::join_packet(std::uint32_t index) {
  transmit_slot& slot = ring_.slot(index);
  slot.loose = false;
  if (!slot.command.has_data()) return;
  if (!in_packet_) {
    in_packet_ = true;
    packet_first_ = index;
    packet_bytes_ = 0;
    packet_loose_ = slot.command.kind() == transmit_command::type::data && slot.command.segmentation();
  }
  packet_bytes_ += slot.command.length();
  packet_loose_ =
      packet_loose_ || packet_bytes_ > longest_packet || packet_bytes_ + 20 > state_.registers.sending_bytes();
  if (packet_loose_)
    for (std::uint32_t i = packet_first_;; i = i + 1 == ring_.count() ? 0 : i + 1) {
      ring_.slot(i).loose = true;
      if (i == index) break;
    }
  if (slot.command.end_of_packet()) in_packet_ = false;
}

// Goes on to the descriptor these bytes belong to; false when there is none.
bool transmit_rules::find_reading(const event& e) {
  for (ring_cursor at = ring_.reading; at.position < ring_.loaded.position; ring_.step(at)) {
    const transmit_slot& slot = ring_.at(at);
    const bool whole =
        !slot.command.has_data() || slot.read == slot.command.length() || (slot.known && slot.posted_buffer == 0);
    if (!whole && (!slot.known || slot.posted_buffer + slot.read == e.a)) {
      ring_.reading = at;
      return true;
    }
    if (!whole && !slot.loose) return false;
  }
  return false;
}

void transmit_rules::on_payload(const event& e) {
  if (state_.after_reset && draining(e.time)) return;
  if (!enabled_ && e.time - enable_fell_ > state_.limits.fetch_in_flight && !draining(e.time))
    return state_.log.trip(rule::T_80, e.time, "payload is read with TCTL.EN = 0",
                           {e.frame, breach::no_descriptor, e.a});
  if (!find_reading(e)) {
    if (!draining(e.time) && (enabled_ || e.time - enable_fell_ > state_.limits.bus_drain))
      state_.log.trip(rule::T_10, e.time, fmt::format("{} bytes are read that no descriptor names next", e.b),
                      {e.frame, breach::no_descriptor, e.a});
    return;
  }
  transmit_slot& slot = ring_.at(ring_.reading);
  slot.read += static_cast<std::uint32_t>(e.b);
  if (slot.read > slot.command.length())
    state_.log.trip(rule::T_10, e.time,
                    fmt::format("{} bytes are read of a buffer of {}", slot.read, slot.command.length()),
                    about(ring_.reading.index, e.frame));
}

void transmit_rules::on_writeback(const event& e) {
  if (draining(e.time)) {
    const std::uint32_t index = ring_.usable() ? ring_.index_of(e.a) : transmit_ring::none;
    if (index == transmit_ring::none || !ring_.slot(index).loaded) return;  // of the ring before
  }
  const std::uint32_t index = ring_.usable() ? ring_.index_of(e.a) : transmit_ring::none;
  if (index == transmit_ring::none)
    return state_.log.trip(rule::T_44, e.time, "what is written back is no descriptor of the ring",
                           {e.frame, breach::no_descriptor, e.a});
  ring_cursor at = ring_.written;
  bool begun = true;
  for (;; ring_.step(at)) {
    if (at.position >= ring_.loaded.position)
      return state_.log.trip(rule::T_44, e.time, "a descriptor is written back that is not on chip",
                             about(index, e.frame));
    const transmit_slot& slot = ring_.at(at);
    const bool empty = slot.known && slot.posted_buffer == 0;
    begun = begun && (slot.loose || empty || !slot.command.has_data() || slot.read == slot.command.length());
    if (slot.command.report_status() || at.index == index) break;
  }
  if (at.index != index)
    return state_.log.trip(rule::T_44, e.time, fmt::format("{} is written back before {}", index, at.index),
                           about(index, e.frame));
  const transmit_command& command = ring_.at(at).command;
  if (!command.report_status())
    return state_.log.trip(rule::T_44, e.time, "a descriptor without RS is written back", about(index, e.frame));
  if (e.b != command.status_written())
    state_.log.trip(
        rule::T_44, e.time,
        fmt::format("bytes 12..15 are {:#x}, DD alone makes them {:#x}", e.b >> 32, command.status_written() >> 32),
        about(index, e.frame));
  if (!begun) state_.log.trip(rule::T_42, e.time, "DD is set before all bytes were read", about(index, e.frame));
  ring_.step(at);
  ring_.written = at;
  if (ring_.reading.position < at.position) ring_.reading = at;
  moved_at_ = e.time;
  ++unannounced_;
  written_back(command, e.time);
}

// What the card must say about it, and when at the latest.
void transmit_rules::written_back(const transmit_command& command, sim_time t) {
  if (ring_.written.position == ring_.tail && enabled_) {
    empty_due_ = t + state_.limits.threshold_cause;
    state_.due.ask(empty_due_);
  }
  if (!command.delay_interrupt()) {
    delayed_written_ = -time_never / 2;  // T-60: the timers of those before it have stopped
    if (cause_due_ == time_never) {
      cause_due_ = t + state_.limits.threshold_cause;
      state_.due.ask(cause_due_);
    }
    return;
  }
  delayed_written_ = t;
  // T-61: TIDV begins anew with each, TADV with the first; both no later than the write-back.
  if (t - delays_written_ <= state_.limits.bus_drain) return;
  if (first_delayed_ == time_never) first_delayed_ = t;
  delayed_due_ = t + delay_ * timer_unit;
  if (delay_ != 0 && absolute_delay_ != 0)
    delayed_due_ = std::min(delayed_due_, first_delayed_ + absolute_delay_ * timer_unit);
  delayed_due_ += state_.limits.write_back;
  state_.due.ask(delayed_due_);
}

void transmit_rules::on_visible(const event& e) {
  const std::uint32_t index = ring_.usable() ? ring_.index_of(e.a) : transmit_ring::none;
  if (index == transmit_ring::none) return;
  const std::uint64_t position = ring_.position_of(index, ring_.cleaned);
  if (position >= ring_.written.position) return;  // of the ring before
  while (ring_.cleaned.position <= position) {
    ring_.at(ring_.cleaned).handed = false;
    ring_.step(ring_.cleaned);
  }
}

// ---- the card ----

void transmit_rules::on_cause(std::uint32_t bits, std::uint32_t software, sim_time t) {
  const std::uint32_t hardware = bits & ~software;
  if ((hardware & icr::TXDW) != 0) {
    if (unannounced_ == 0 && t > timer_left_until_)
      state_.log.trip(rule::T_60, t, "TXDW without a write-back since the last one", {});
    // T-61: what completed behind an expiry, and was written back before TXDW of it stood in ICR, has a timer of its
    // own.
    const bool overtaken = unannounced_ > 1 && delay_ != 0 && t - delayed_written_ <= state_.limits.pointers;
    timer_left_until_ = overtaken ? delayed_due_ : -time_never;
    unannounced_ = 0;
    cause_due_ = delayed_due_ = first_delayed_ = time_never;
  }
  if ((hardware & icr::TXQE) != 0) empty_due_ = time_never;
  if ((hardware & icr::TXQE) == 0 || !ring_.usable()) return;
  for (ring_cursor at = ring_.written; at.position < ring_.tail; ring_.step(at)) {
    const transmit_slot& slot = ring_.at(at);
    if (slot.loaded && !slot.command.report_status()) continue;
    if (t - rung_at_ <= state_.limits.settle) break;  // TDT came as the ring ran dry
    return state_.log.trip(rule::T_62, t, "TXQE with descriptors left", about(at.index));
  }
}

void transmit_rules::judge_cause(sim_time now) {
  if (now < cause_due_) return state_.due.ask(cause_due_);
  cause_due_ = time_never;
  state_.log.trip(rule::T_60, now, "a descriptor with RS and without IDE was written back, and TXDW has not come", {});
}

void transmit_rules::judge_delayed(sim_time now) {
  if (now < delayed_due_) return state_.due.ask(delayed_due_);
  delayed_due_ = first_delayed_ = time_never;
  state_.log.trip(rule::T_61, now, "a descriptor with RS and IDE was written back, and no timer has brought TXDW", {});
}

void transmit_rules::judge_empty(sim_time now) {
  if (now < empty_due_) return state_.due.ask(empty_due_);
  empty_due_ = time_never;
  state_.log.trip(rule::T_62, now, "the last descriptor was written back, and TXQE has not come", {});
}

void transmit_rules::on_frame_begins(const event& e) {
  if (enabled_ || e.time - enable_fell_ <= state_.limits.pointers || e.frame == 0) return;
  state_.log.trip(rule::T_72, e.time, "a frame begins with TCTL.EN = 0", {e.frame, breach::no_descriptor, 0});
}

// ---- the driver ----

void transmit_rules::on_post(const event& e) {
  in_use_ = true;
  const std::uint32_t index = ring_.index_of(e.a);
  if (index == transmit_ring::none) return;
  transmit_slot& slot = ring_.slot(index);
  if (slot.handed)
    state_.log.trip(rule::S_17, e.time, "the driver writes a descriptor it has handed to the card", about(index));
  slot.posted_buffer = e.b;
  slot.known = true;
}

void transmit_rules::on_command(const event& e) {
  const std::uint32_t index = ring_.index_of(e.a);
  if (index == transmit_ring::none) return;
  transmit_slot& slot = ring_.slot(index);
  slot.posted_command = transmit_command(e.b);
  slot.posted = true;
  if (!slot.posted_command.has_data() || slot.posted_buffer == 0 || slot.posted_command.length() == 0) return;
  dma_map_table::entry* map = maps_.find(slot.posted_buffer);
  if (map == nullptr || map->bytes < slot.posted_command.length())
    return state_.log.trip(rule::S_19, e.time,
                           map == nullptr
                               ? "the buffer is not mapped"
                               : fmt::format("{} bytes of a mapping of {}", slot.posted_command.length(), map->bytes),
                           about(index, e.frame));
  map->sends = true;
  map->descriptor = index;
}

void transmit_rules::unmapped(const event& e) {
  const dma_map_table::entry* map = maps_.find(e.a);
  if (map == nullptr || !map->sends || map->descriptor >= ring_.count()) return;
  const transmit_slot& slot = ring_.slot(map->descriptor);
  if (enabled_ && slot.handed && slot.posted_buffer == e.a)
    state_.log.trip(rule::S_19, e.time, "unmapped while the card owns its descriptor", about(map->descriptor, e.frame));
}

}  // namespace ringside::contract
