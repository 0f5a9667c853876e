// SPDX-License-Identifier: Apache-2.0
#include "contract/writeback_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/ethernet.h"
#include "contract/dma_guard.h"

namespace ringside::contract {
namespace {
constexpr std::uint32_t shortest_stored = 56;  // 64 - FCS - tag
constexpr std::uint64_t dd_bit = static_cast<std::uint64_t>(rxd_status::DD) << 32;
constexpr std::uint64_t status_byte = 0xFFULL << 32;
}  // namespace

void writeback_rules::restart() {
  done_ = written_ = small_done_ = small_written_ = 0;
  open_ = spoilt_ = false;
  open_frame_ = closed_frame_ = 0;
  total_ = 0;
  must_since_ = -1;
  reported_ = ~0ULL;
}

// After a breach nothing is known about which frames are written: one breach, no echoes.
void writeback_rules::follow() {
  open_ = spoilt_ = false;
  written_ = done_;
  small_written_ = small_done_;
}

// The descriptor the event writes, which must be the next in ring order; none when it is judged already.
std::uint32_t writeback_rules::locate(const event& e) {
  ring_ledger& ring = state_.ring;
  const std::uint32_t index = ring.index_of(e.a);
  if (index == ring_ledger::none) {
    if (ring.contains(e.a))
      state_.log.trip(rule::R_22, e.time, "a write that is no whole descriptor",
                      {e.frame, static_cast<std::int64_t>((e.a - ring.base()) / 16), e.a});
    else
      state_.log.trip(rule::N_2, e.time, "write-back outside the ring", {e.frame, breach::no_descriptor, e.a});
    return ring_ledger::none;
  }
  if (index == ring.written.index && (ring.left(ring.written) > 0 || ring.slot(index).stale)) return index;
  const std::uint32_t before = ring.written.index == 0 ? ring.count() - 1 : ring.written.index - 1;
  if (index == before && ring.written.position > 0) {
    state_.log.trip(rule::R_22, e.time, "a descriptor is written in two pieces", {e.frame, index, e.a});
    return ring_ledger::none;
  }
  state_.log.trip(rule::N_2, e.time,
                  fmt::format("write-back of {}, expected {} inside [{}, {})", index, ring.written.index,
                              ring.written.index, ring.tail_at.index),
                  {e.frame, index, e.a});
  // Follow the card, so that one skipped descriptor is one breach.
  const std::uint32_t ahead =
      index > ring.written.index ? index - ring.written.index : index + ring.count() - ring.written.index;
  if (ahead < ring.left(ring.written)) {
    for (std::uint32_t i = 0; i <= ahead; ++i) ring.step(ring.written);
    if (ring.filling.position < ring.written.position) ring.filling = ring.written;
    ring.filling_used = false;
    follow();
  }
  return ring_ledger::none;
}

void writeback_rules::judge_null(const event& e, ring_slot& slot) {
  // As fetched plus DD: what software left there is zero, or the last write-back with or without its status byte.
  const std::uint64_t last = slot.written;
  if (e.b != dd_bit && e.b != (last | dd_bit) && e.b != ((last & ~status_byte) | dd_bit))
    state_.log.trip(rule::R_26, e.time, fmt::format("null descriptor written back as {:#018x}", e.b),
                    {e.frame, state_.ring.written.index, e.a});
}

void writeback_rules::judge_frame(const event& e, ring_slot& slot, write_back d) {
  const breach_log::subject about{e.frame, state_.ring.written.index, e.a};
  if (open_ && e.frame != open_frame_)
    state_.log.trip(rule::N_12, e.time, fmt::format("frame {} has no EOP", open_frame_), about);
  else if (!open_ && e.frame != 0 && e.frame == closed_frame_)
    state_.log.trip(rule::N_12, e.time, "the frame had its EOP already", about);
  if (!open_ || e.frame != open_frame_) {
    total_ = 0;
    checksum_ = d.checksum();
  }
  total_ += d.length();
  open_ = !d.end_of_packet();
  open_frame_ = e.frame;
  if (!slot.suspect) {
    if (d.length() > state_.registers.buffer_size()) {
      state_.log.trip(rule::N_3, e.time,
                      fmt::format("length {} in a buffer of {}", d.length(), state_.registers.buffer_size()), about);
      slot.suspect = true;
    } else if (slot.filled < d.length() || slot.extent < d.length()) {
      state_.log.trip(rule::N_1, e.time,
                      fmt::format("DD reports {} bytes, {} are there", d.length(), std::min(slot.filled, slot.extent)),
                      about);
      slot.suspect = true;
    } else if (const format_verdict verdict = judge_format(d, state_.registers); verdict.broken != rule::count) {
      state_.log.trip(verdict.broken, e.time, verdict.what, about);
      slot.suspect = true;
    } else if (d.checksum() != checksum_) {
      state_.log.trip(
          rule::R_83, e.time,
          fmt::format("packet checksum {:#06x}, {:#06x} in the frame's first descriptor", d.checksum(), checksum_),
          about);
      slot.suspect = true;
    } else if (slot.filled > d.length()) {
      state_.log.trip(rule::N_11, e.time, fmt::format("length {} for {} bytes written", d.length(), slot.filled),
                      about);
      slot.suspect = true;
    }
  }
  spoilt_ = spoilt_ || slot.suspect;
  if (open_) return;
  closed_frame_ = e.frame;
  if (!spoilt_) judge_total(e, d);
  spoilt_ = false;
  if (written_ < done_ && waiting_[written_ % waiting_.size()].small) ++small_written_;
  ++written_;
  done_ = std::max(done_, written_);
}

void writeback_rules::judge_total(const event& e, write_back d) {
  const breach_log::subject about{e.frame, state_.ring.written.index, e.a};
  const nic_registers& registers = state_.registers;
  const frame_record* wire = state_.frames.find(e.frame);
  const bool settled = wire != nullptr && registers.rctl_written() < wire->start;
  if (settled && !registers.store_bad()) {
    if (wire->refused) return state_.log.trip(rule::N_4, e.time, "the card had refused this frame", about);
    if ((wire->marks & (wire_mark::bad_fcs | wire_mark::rx_er)) != 0 || wire->bytes < ethernet::least_frame ||
        wire->bytes > registers.longest_frame())
      return state_.log.trip(rule::N_4, e.time, fmt::format("a damaged frame of {} bytes was stored", wire->bytes),
                             about);
  }
  if (settled) {
    const std::uint32_t expected =
        wire->bytes - (registers.strip_crc() ? 4 : 0) - ((d.status() & rxd_status::VP) != 0 ? 4 : 0);
    if (total_ != expected)
      return state_.log.trip(rule::N_11, e.time, fmt::format("{} bytes reported, {} expected", total_, expected),
                             about);
  } else if (wire == nullptr && !registers.long_packets() && !registers.store_bad() &&
             (total_ < shortest_stored || total_ > ethernet::longest_frame)) {
    state_.log.trip(rule::D_5, e.time, fmt::format("a frame of {} bytes", total_), about);
  }
}

void writeback_rules::on_writeback(const event& e) {
  ring_ledger& ring = state_.ring;
  if (!may_write(state_, e)) return;
  state_.written_at = e.time;
  const std::uint32_t index = locate(e);
  if (index == ring_ledger::none) return;
  ring_slot& slot = ring.slot(index);
  const write_back d{e.b};
  const breach_log::subject about{e.frame, index, e.a};
  if (slot.suspect) {
    follow();
  } else if (!slot.loaded) {
    state_.log.trip(rule::N_8, e.time, "write-back of a descriptor not fetched since the ring was rewritten", about);
    slot.suspect = true;
    follow();
  } else if (!d.done()) {
    state_.log.trip(rule::R_22, e.time, "a write-back without DD", about);
    slot.suspect = true;
    follow();
  } else if (slot.loaded_buffer == 0) {
    judge_null(e, slot);
  } else {
    judge_frame(e, slot, d);
  }
  slot.written = e.b;
  slot.loaded = slot.stale = false;
  ring.step(ring.written);
  if (slot.loaded_buffer == 0 && ring.filling.position < ring.written.position) {
    ring.filling = ring.written;
    ring.filling_used = false;
  }
}

void writeback_rules::on_frame_done(const event& e, std::uint32_t bytes) {
  const bool small = bytes <= state_.registers.small_packet();
  waiting_[done_++ % waiting_.size()] = {e.time, e.frame, state_.registers.delay() == 0, small};
  if (small) ++small_done_;
  state_.due.ask(e.time + state_.limits.write_back);
}

// R-20 (a) and (d): enough completed descriptors, or none left unused on chip and in the ring.
bool writeback_rules::must_write(std::uint64_t& count) const {
  const ring_ledger& ring = state_.ring;
  count = ring.filling.position + (ring.filling_used ? 1 : 0) - ring.written.position;
  return count >= state_.registers.write_threshold() || ring.free() == 0;
}

void writeback_rules::check(sim_time now) {
  if (done_ == written_) {
    must_since_ = -1;
    return;
  }
  const waiting_frame& oldest = waiting_[written_ % waiting_.size()];
  const sim_time limit = state_.limits.write_back;
  if (!state_.registers.bus_master()) {  // P-3: nothing is written until it is on again
    must_since_ = -1;
    return state_.due.ask(now + limit);
  }
  const sim_time since = std::max(oldest.since, state_.registers.bus_master_rose());
  if (now < since + limit) return state_.due.ask(since + limit);
  if (reported_ == written_) return;
  const breach_log::subject about{oldest.frame, state_.ring.written.index, 0};
  if (oldest.immediate && state_.registers.delay() == 0) {
    reported_ = written_;
    return state_.log.trip(rule::N_5, now,
                           fmt::format("the frame has waited {} us for its DD", (now - oldest.since) / us), about);
  }
  std::uint64_t pending = 0;
  if (!must_write(pending) || overdue_at_ != written_) must_since_ = -1;
  if (must_write(pending)) {
    if (must_since_ < 0) {
      must_since_ = now;
      overdue_at_ = written_;
    } else if (now - must_since_ >= limit) {
      reported_ = written_;
      return state_.log.trip(rule::R_20, now, fmt::format("{} descriptors are complete and not written back", pending),
                             about);
    }
  }
  state_.due.ask(now + limit);
}

}  // namespace ringside::contract
