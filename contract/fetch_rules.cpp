// SPDX-License-Identifier: Apache-2.0
#include "contract/fetch_rules.h"

#include <fmt/format.h>

namespace ringside::contract {
namespace {
constexpr std::uint64_t on_chip = 64;  // FS 6.3
}

bool fetch_rules::in_flight(sim_time t) const {
  if (state_.after_reset) return t - state_.reset_at <= state_.limits.reset_drain;
  return state_.registers.enabled() || t - state_.registers.enable_fell() <= state_.limits.fetch_in_flight;
}

void fetch_rules::on_fetch(const event& e) {
  ring_ledger& ring = state_.ring;
  const breach_log::subject about{e.frame, breach::no_descriptor, e.a};
  // A slow bus may take long for a fetch that it had begun before EN fell: what counts is the first of its data.
  const sim_time began = loading_since_ >= 0 ? loading_since_ : e.time;
  loading_since_ = -1;
  if (!state_.registers.bus_master() && began > state_.registers.bus_master_fell())
    return state_.log.trip(rule::N_9, e.time, "fetch with bus mastering off", about);
  if (!in_flight(began)) return state_.log.trip(rule::N_9, e.time, "fetch with RCTL.EN = 0", about);
  if (state_.after_reset || overtaken()) return;
  if (!ring.usable()) return state_.log.trip(rule::R_18, e.time, "fetch from a ring that has no descriptors", about);
  const std::uint32_t index = ring.index_of(e.a);
  if (index == ring_ledger::none || e.b == 0 || e.b % 16 != 0)
    return state_.log.trip(rule::R_10, e.time,
                           fmt::format("fetch of {} bytes is no run of whole descriptors of the ring", e.b), about);
  const auto many = static_cast<std::uint32_t>(e.b / 16);
  const breach_log::subject here{e.frame, index, e.a};
  if (many > ring.count() - index)
    return state_.log.trip(rule::R_10, e.time, fmt::format("fetch of {} descriptors crosses the end of the ring", many),
                           here);
  // Position of the burst.  Its first descriptors may be written back already: the data came in pieces.
  std::uint64_t start = burst_.position;
  if (index != burst_.index) {
    if (ring.left(ring.written) == 0) return state_.log.trip(rule::N_9, e.time, "fetch with RDH = RDT", here);
    const std::uint32_t head = ring.written.index;
    start = ring.written.position + (index >= head ? index - head : index + ring.count() - head);
  }
  if (start > ring.tail)
    return state_.log.trip(
        rule::R_11, e.time,
        fmt::format("fetch begins at {}, outside [RDH, RDT) = [{}, {})", index, ring.written.index, ring.tail_at.index),
        here);
  if (start + many > ring.tail) {
    if (ring.left(ring.written) == 0) return state_.log.trip(rule::N_9, e.time, "fetch with RDH = RDT", here);
    return state_.log.trip(
        rule::R_13, e.time,
        fmt::format("fetch of {} descriptors from {} reaches RDT = {}", many, index, ring.tail_at.index), here);
  }
  if (start > burst_.position)
    return state_.log.trip(rule::N_2, e.time, fmt::format("fetch begins at {}, skipping {}", index, burst_.index),
                           here);
  burst_ = {start, index};
  for (std::uint32_t i = 0; i < many; ++i) ring.step(burst_);
}

// Nothing unused on chip, room there, and more in the ring.
bool fetch_rules::starved() const {
  const ring_ledger& ring = state_.ring;
  const std::uint64_t used = ring.filling.position + (ring.filling_used ? 1 : 0);
  return state_.registers.enabled() && state_.registers.bus_master() && ring.usable() &&
         ring.fetched.position <= used && ring.left(ring.fetched) > 0 &&
         ring.fetched.position - ring.written.position < on_chip;
}

void fetch_rules::judge(sim_time now) {
  if (now < due_) return state_.due.ask(due_);
  due_ = time_never;
  if (starved())
    state_.log.trip(rule::R_6, now,
                    fmt::format("nothing is fetched although RDT = {} offers descriptors from {}",
                                state_.ring.tail_at.index, state_.ring.fetched.index),
                    {0, state_.ring.fetched.index, 0});
}

void fetch_rules::on_load(const event& e) {
  ring_ledger& ring = state_.ring;
  if (loading_since_ < 0) loading_since_ = e.time;
  if (state_.after_reset || overtaken() || !ring.usable()) return;
  const std::uint32_t index = ring.index_of(e.a);
  if (index == ring_ledger::none) return;  // on_fetch reports the burst
  ring_slot& slot = ring.slot(index);
  slot.stale_buffer = slot.loaded_buffer != 0 ? slot.loaded_buffer : slot.stale_buffer;
  slot.loaded_buffer = e.b;
  slot.loaded = true;
  slot.stale = false;
  slot.visible = false;
  slot.suspect = false;
  slot.filled = slot.extent = 0;
  slot.frame = 0;
  if (index != ring.fetched.index) ring.skip_to(index);
  const bool owned = ring.left(ring.fetched) > 0;
  if (index == ring.fetched.index && owned) {
    ring.step(ring.fetched);
    if (slot.handed && slot.posted_buffer != e.b)
      state_.log.trip(rule::R_14, e.time,
                      fmt::format("descriptor holds buffer {:#x}, posted was {:#x}", e.b, slot.posted_buffer),
                      {e.frame, index, e.a});
  } else if (!owned) {
    slot.suspect = true;  // beyond RDT; on_fetch reported it
  }
}

}  // namespace ringside::contract
