#include "platform/contract/dma_guard.h"

#include <fmt/format.h>

namespace ringside::contract {

bool may_write(watched& w, const event& e) {
  if (w.after_reset) {
    // bursts that the bus had already taken may finish.
    if (e.time - w.reset_at > w.limits.reset_drain)
      w.log.trip(rule::N_10, e.time, "DMA write after a reset, receiver not enabled since",
                 {e.frame, breach::no_descriptor, e.a});
    return false;
  }
  if (!w.registers.bus_master() && e.time - w.registers.bus_master_fell() > w.limits.reset_drain) {
    w.log.trip(rule::P_3, e.time, "DMA write with bus mastering off", {e.frame, breach::no_descriptor, e.a});
    return false;
  }
  if (!w.registers.enabled() && e.time - w.registers.enable_fell() > w.limits.stop) {
    w.log.trip(rule::N_10, e.time, "DMA write more than 10 ms after RCTL.EN fell",
               {e.frame, breach::no_descriptor, e.a});
    return false;
  }
  // payload the bus had taken may finish although the ring was rewritten meanwhile; its frame is discarded.
  if (!w.registers.enabled() && w.rewritten_at >= w.registers.enable_fell() &&
      e.time - w.rewritten_at <= w.limits.bus_drain)
    return false;
  if (!w.ring.usable()) {
    w.log.trip(rule::R_18, e.time,
               fmt::format("DMA write with RDLEN {} and RDH {}", w.registers.ring_count() * 16, w.registers.head()),
               {e.frame, breach::no_descriptor, e.a});
    return false;
  }
  return true;
}

}  // namespace ringside::contract
