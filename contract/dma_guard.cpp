// SPDX-License-Identifier: Apache-2.0
#include "contract/dma_guard.h"

#include <fmt/format.h>

#include <algorithm>

namespace ringside::contract {

namespace {

// P-3: the bus holds back what had not begun when Command.BusMaster fell, so one transaction at most ends later.
bool begun_before_it_fell(checker_state& w, sim_time t) {
  const sim_time fell = w.registers.bus_master_fell();
  if (w.held_write_at < fell) w.held_write_at = t;
  return t == w.held_write_at && t - fell <= w.limits.reset_drain;
}

bool in_old_buffer(const checker_state& w, const event& e) {
  return std::any_of(w.old_buffers.begin(), w.old_buffers.end(),
                     [&](std::uint64_t buffer) { return e.a >= buffer && e.a + e.b <= buffer + w.old_buffer_bytes; });
}

}  // namespace

bool may_write(checker_state& w, const event& e) {
  if (w.after_reset) {
    // bursts that the bus had already taken may finish.
    if (e.time - w.reset_at > w.limits.reset_drain)
      w.log.trip(rule::N_10, e.time, "DMA write after a reset, receiver not enabled since",
                 {e.frame, breach::no_descriptor, e.a});
    return false;
  }
  if (!w.registers.bus_master() && !begun_before_it_fell(w, e.time)) {
    w.log.trip(rule::P_3, e.time, "DMA write with bus mastering off", {e.frame, breach::no_descriptor, e.a});
    return false;
  }
  if (!w.registers.enabled() && e.time - w.registers.enable_fell() > w.limits.stop) {
    w.log.trip(rule::N_10, e.time, "DMA write more than 10 ms after RCTL.EN fell",
               {e.frame, breach::no_descriptor, e.a});
    return false;
  }
  // payload the bus had taken may finish although the ring was rewritten meanwhile; its frame is discarded.
  // A write-back under way has been told by its place in the old ring before.
  if (e.what == stage::dma_write && !w.registers.enabled() && w.rewritten_at >= w.registers.enable_fell() &&
      e.time - w.rewritten_at <= w.limits.bus_drain) {
    if (!in_old_buffer(w, e))
      w.log.trip(rule::N_3, e.time, fmt::format("{} bytes outside the buffers of the ring that was rewritten", e.b),
                 {e.frame, breach::no_descriptor, e.a});
    return false;
  }
  if (!w.ring.usable()) {
    w.log.trip(rule::R_18, e.time,
               fmt::format("DMA write with RDLEN {} and RDH {}", w.registers.ring_count() * 16, w.registers.head()),
               {e.frame, breach::no_descriptor, e.a});
    return false;
  }
  return true;
}

}  // namespace ringside::contract
