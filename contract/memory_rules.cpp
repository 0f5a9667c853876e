// SPDX-License-Identifier: Apache-2.0
#include "contract/memory_rules.h"

#include <fmt/format.h>

#include "hw/regs/e1000_regs.h"

namespace ringside::contract {

void memory_rules::restart() {
  covered_ = answered_ = 0;
  answer_open_ = false;
  read_at_ = -1;
  takes_.clear();
}

void memory_rules::on_visible(const event& e) {
  ring_ledger& ring = state_.ring;
  if (!ring.usable() || ring.seen.position >= ring.written.position) return;  // of the time before a restart
  const std::uint32_t index = ring.index_of(e.a);
  if (index != ring.seen.index) return;
  ring_slot& slot = ring.slot(index);
  if (e.b != slot.written && !slot.suspect)
    state_.log.trip(rule::R_22, e.time, fmt::format("memory shows {:#018x}, written was {:#018x}", e.b, slot.written),
                    {e.frame, index, e.a});
  slot.visible = true;
  slot.visible_at = e.time;
  ring.step(ring.seen);
}

void memory_rules::on_icr_answer(std::uint32_t value) {
  answer_open_ = true;
  answer_ = value;
  if ((value & (icr::RXT0 | icr::SRPD)) != 0) answered_ = covered_;
}

void memory_rules::on_icr_read(const event& e) {
  if (!answer_open_ || static_cast<std::uint32_t>(e.a) != answer_) return;  // another card's
  answer_open_ = false;
  if ((answer_ & (icr::RXT0 | icr::SRPD)) == 0) return;
  read_at_ = e.time;
  state_.due.ask(e.time + 1);
}

ring_slot* memory_rules::on_take(const event& e) {
  ring_ledger& ring = state_.ring;
  const std::uint32_t index = ring.index_of(e.a);
  if (index == ring_ledger::none) return nullptr;
  ring_slot& slot = ring.slot(index);
  if (index != ring.taken.index || !slot.handed) {
    state_.log.trip(rule::S_9, e.time,
                    index == ring.taken.index ? "the card does not own this descriptor"
                                              : fmt::format("descriptor {} taken, next is {}", index, ring.taken.index),
                    {e.frame, index, e.a});
    if (!slot.handed) return nullptr;
    while (ring.taken.index != index) ring.step(ring.taken);
  }
  slot.handed = false;
  ring.step(ring.taken);
  takes_.push_back({e.time, index, e.b, e.frame, e.a});
  state_.due.ask(e.time + 1);
  return &slot;
}

void memory_rules::judge(sim_time now) {
  if (read_at_ >= 0 && now > read_at_) {
    if (state_.ring.seen.position < answered_)
      state_.log.trip(
          rule::I_9, read_at_,
          fmt::format("ICR was returned with {} write-backs not in memory", answered_ - state_.ring.seen.position),
          {0, state_.ring.seen.index, 0});
    read_at_ = -1;
  }
  if (takes_.empty()) return;
  for (const taken& take : takes_) {
    const ring_slot& slot = state_.ring.slot(take.index);
    if (slot.suspect) continue;
    const breach_log::subject about{take.frame, take.index, take.address};
    if (!slot.visible)
      state_.log.trip(rule::S_4, take.time, "taken before its DD is in memory", about);
    else if (take.bits != 0 && take.bits != slot.written)
      state_.log.trip(rule::S_4, take.time,
                      fmt::format("taken as {:#018x}, memory holds {:#018x}", take.bits, slot.written), about);
  }
  takes_.clear();
}

}  // namespace ringside::contract
