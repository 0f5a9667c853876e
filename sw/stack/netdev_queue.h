// SPDX-License-Identifier: Apache-2.0
// One transmit queue of a device: whether packets may be given to it, and whom to call when they may again (struct
// netdev_queue of Linux 6.1).
//
// Owner: its net_device.  Callers: the driver (stop when its ring is full, wake when it has room), byte queue limits,
// the watchdog, queueing disciplines.
#pragma once

#include "sw/kernel/net_tx.h"

namespace ringside::stack {

class netdev_queue {
 public:
  /// `qdisc` runs in NET_TX when the queue is woken.
  netdev_queue(kernel::net_tx& softirq, kernel::schedulable_qdisc& qdisc) : softirq_(softirq), qdisc_(qdisc) {}

  // ---- the driver: __QUEUE_STATE_DRV_XOFF
  void stop() { driver_off_ = true; }    // netif_tx_stop_queue
  void start() { driver_off_ = false; }  // netif_tx_start_queue: at open, when nothing waits
  /// netif_tx_wake_queue: has what waits run, when the driver had stopped it.
  void wake();
  bool stopped_by_driver() const { return driver_off_; }  // netif_tx_queue_stopped

  // ---- byte queue limits: __QUEUE_STATE_STACK_XOFF
  void stack_stop() { stack_off_ = true; }
  /// netdev_tx_completed_queue: there is room for bytes again.
  void stack_wake();

  // ---- who changes the device's queues: __QUEUE_STATE_FROZEN, which says nothing of room
  void freeze(bool frozen) { frozen_ = frozen; }

  bool stopped() const { return driver_off_ || stack_off_; }                // netif_xmit_stopped
  bool frozen_or_stopped() const { return stopped() || frozen_; }           // netif_xmit_frozen_or_stopped
  bool frozen_or_driver_stopped() const { return driver_off_ || frozen_; }  // netif_xmit_frozen_or_drv_stopped

 private:
  kernel::net_tx& softirq_;
  kernel::schedulable_qdisc& qdisc_;
  bool driver_off_ = false;
  bool stack_off_ = false;
  bool frozen_ = false;
};

}  // namespace ringside::stack
