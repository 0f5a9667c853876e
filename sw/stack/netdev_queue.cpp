// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/netdev_queue.h"

#include <utility>

namespace ringside::stack {

// Scheduled whatever byte queue limits say: the discipline looks for itself (qdisc_restart).
void netdev_queue::wake() {
  if (std::exchange(driver_off_, false)) softirq_.netif_schedule(qdisc_);
}

// netif_schedule_queue: only when nobody else holds it.
void netdev_queue::stack_wake() {
  if (std::exchange(stack_off_, false) && !stopped()) softirq_.netif_schedule(qdisc_);
}

}  // namespace ringside::stack
