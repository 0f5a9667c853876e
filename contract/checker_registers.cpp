// SPDX-License-Identifier: Apache-2.0
// The checker's ears at the card's registers: writes and reads as the card took them, reset, and the ring they restart.
#include <fmt/format.h>

#include "contract/checker.h"
#include "contract/descriptor_format.h"
#include "hw/regs/e1000_regs.h"

namespace ringside::contract {

void checker::restart_ring(sim_time t) {
  const nic_registers& r = state_.registers;
  state_.restarted_at = state_.rewritten_at = t;
  state_.ring.restart(r.ring_base(), r.ring_count(), r.head(), r.tail());
  fetch_.restart();
  payload_.restart();
  writeback_.restart();
  memory_.restart();
  driver_.restart();
  cause_.restart();
}

// the ring is rewritten.  What the bus has ends in the old ring and RDH moves on with it, unless RDH is written.
void checker::rewrite_ring(bool head_written, sim_time t) {
  remember_ring(head_written, t);
  restart_ring(t);
}

// What the bus may still do for the ring as it stands: write back what is complete, and payload into buffers on chip.
// A set-up of several registers rewrites a ring that has not been used yet: the one before it is the old one.
void checker::remember_ring(bool head_written, sim_time t) {
  const ring_ledger& ring = state_.ring;
  if (ring.on_chip_until() == 0 && t <= old_ring_.until) {
    old_ring_.moves = old_ring_.moves && !head_written;
    return;
  }
  const std::uint32_t index = ring.written.index;
  const std::uint64_t complete = ring.filling.position + (ring.filling_used ? 1 : 0) - ring.written.position;
  old_ring_ = {
      ring.base() + std::uint64_t{index} * 16,         ring.base(), ring.count(), index, complete, !head_written,
      ring.usable() ? t + state_.limits.bus_drain : -1};
  state_.old_buffers.clear();
  state_.old_buffer_bytes = state_.registers.widest_buffer();
  ring_cursor at = ring.written;
  for (; at.position < ring.on_chip_until(); ring.step(at))
    if (const ring_slot& slot = state_.ring.at(at); slot.loaded) state_.old_buffers.push_back(slot.loaded_buffer);
}

// The next write-back of the old ring, until the new one is in use.
bool checker::belongs_to_old_ring(const event& e) {
  if (e.time > old_ring_.until || e.a != old_ring_.next || old_ring_.left == 0) return false;
  if (const std::uint32_t index = state_.ring.index_of(e.a);
      index != ring_ledger::none && state_.ring.slot(index).loaded)
    return false;
  old_ring_.index = old_ring_.index + 1 == old_ring_.count ? 0 : old_ring_.index + 1;
  old_ring_.next = old_ring_.base + std::uint64_t{old_ring_.index} * 16;
  --old_ring_.left;
  if (write_back{e.b}.end_of_packet()) timer_.on_written(e.frame, e.time);
  if (!old_ring_.moves) return true;
  state_.registers.set_head(old_ring_.index);
  const sim_time rewritten = state_.rewritten_at;
  restart_ring(e.time);
  state_.rewritten_at = rewritten;
  return true;
}

// RDT with EN = 0.  Linux polls and refills on while it waits 10 ms after clearing EN (FS 10.8); what is under
// way ends as if nothing had been written.
void checker::refetch(std::uint32_t tail, sim_time t) {
  if (!state_.ring.usable()) return restart_ring(t);
  state_.restarted_at = t;
  state_.ring.refetch(tail);
  fetch_.refetch();
  driver_.on_tail_while_off();
  cause_.on_doorbell(t);
}

void checker::on_reset(const event& e) {
  state_.registers.reset(e.time);
  state_.after_reset = true;
  old_ring_.until = -1;
  state_.reset_at = e.time;
  driver_.reset();
  front_.on_reset();
  link_.on_reset(e.time);
  register_.on_reset();
  timer_.reset();
  transmit_.on_reset(e.time);
  statistics_.on_reset();
  sending_.on_reset();
  restart_ring(e.time);
  interrupt_.on_reset(e.time);
}

void checker::on_reg_write(const event& e) {
  const auto value = static_cast<std::uint32_t>(e.b);
  driver_.before_write(e.a, value, e.time);
  if (state_.ring.usable()) state_.registers.set_head(state_.ring.written.index);  // R-16 restarts at RDH as it stands
  const bool was_stopped = state_.registers.stopped();
  const bool was_down = state_.registers.powered_down();
  state_.registers.write(e.a, value, e.time);
  register_.on_write(e.a, value, e.time);
  transmit_.on_write(e.a, value, e.time);
  if (!was_stopped && state_.registers.stopped()) rewrite_ring(/*head_written=*/false, e.time);  // P-3
  switch (e.a) {
    case reg::RDBAL:
    case reg::RDBAH:
    case reg::RDLEN:
    case reg::RDH:
      return rewrite_ring(e.a == reg::RDH, e.time);
    case reg::RDT:
      if (!state_.registers.enabled()) return refetch(value & 0xFFFFU, e.time);
      driver_.on_doorbell(value & 0xFFFFU, e.time);
      fetch_.look(e.time);
      front_.on_progress(e.time);
      return cause_.on_doorbell(e.time);
    case reg::RCTL:
      front_.on_progress(e.time);
      if (state_.registers.enabled()) state_.after_reset = false;
      return fetch_.look(e.time);
    case reg::CTRL:
    case reg::CTRL_DUP:
      return link_.on_ctrl_write(value, e.time);
    case reg::MDIC:
      return link_.on_mdic_write(value, e.time);
    case reg::TIPG:
      return sending_.on_tipg_write(value);
    case nic_registers::config_base + nic_registers::power_offset:
      if (was_down && !state_.registers.powered_down()) link_.on_wake(e.time);
      return interrupt_.on_config_write(e.time);
    case nic_registers::config_base + nic_registers::command_offset:
      return interrupt_.on_config_write(e.time);
    case reg::RADV:
    case reg::RSRPD:
      return timer_.on_delay_write(e.time);
    case reg::RDTR:
      timer_.on_delay_write(e.time);
      if ((value & rdtr::FPD) == 0) return;
      timer_.on_flush_write();
      return cause_.on_flush_write();
    case reg::ICR:
      return interrupt_.on_icr_write(value, e.time);
    case reg::ICS:
      driver_.on_ics_write(value, e.time, !interrupt_.asserted());
      cause_.on_ics_write(value);
      timer_.on_ics_write(value);
      link_.on_ics_write(value);
      return interrupt_.on_ics_write(value, e.time);
    case reg::IMS:
      return interrupt_.on_ims_write(value, e.time);
    case reg::IMC:
      return interrupt_.on_imc_write(value, e.time);
    default:
      return;
  }
}

void checker::on_reg_read(const event& e) {
  const auto value = static_cast<std::uint32_t>(e.b);
  register_.on_read(e.a, value, e.time);
  if (e.a >= reg::CRCERRS && e.a < reg::RXCSUM) {
    statistics_.on_read(e.a, value, e.time);
    sending_.on_read(e.a, value, e.time);
  }
  switch (e.a) {
    case reg::ICR:
      memory_.on_icr_answer(value);
      interrupt_.on_icr_read(value, e.time);
      break;
    case reg::TDH:
      transmit_.on_head_read(value, e.time);
      break;
    case reg::RDH:
      if (state_.ring.usable() && !state_.after_reset && value != ~0U) {
        // RDH may lag behind the bus by the write-backs whose completion has not reached the card yet; a burst may be
        // under way for long.
        const std::uint32_t head = state_.ring.written.index;
        const std::uint32_t behind = head >= value ? head - value : head + state_.ring.count() - value;
        const bool settled = e.time - state_.written_at > state_.limits.bus_drain;
        if (behind > state_.ring.written.position || behind > 64 || (behind != 0 && settled))
          state_.log.trip(rule::R_12, e.time, fmt::format("RDH reads {}, write-backs reach {}", value, head),
                          {0, head, 0});
      }
      break;
    default:
      break;
  }
  if (value != ~0U) return;
  switch (e.a) {  // registers with bits that always read 0
    case reg::CTRL:
    case reg::STATUS:
    case reg::ICR:
    case reg::IMS:
    case reg::RCTL:
    case reg::RDH:
    case reg::RDT:
      state_.log.trip(rule::N_13, e.time, fmt::format("register {:#x} reads as all ones", e.a),
                      {0, breach::no_descriptor, e.a});
      break;
    default:
      break;
  }
}

}  // namespace ringside::contract
