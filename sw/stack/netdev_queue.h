// SPDX-License-Identifier: Apache-2.0
// One transmit queue of a device: its lock, whether packets may be given to it, how many bytes the card has of it, and
// whom to call when there is room again (struct netdev_queue of Linux 6.1).
//
// Owner: its net_device.  Callers: the driver (stop when its ring is full, wake when it has room, what it sent and what
// came back), the transmit watchdog, the queueing discipline.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "sw/kernel/kernel.h"
#include "sw/stack/dynamic_queue_limits.h"

namespace ringside::stack {

class qdisc;
struct net_device;

class netdev_queue {
 public:
  netdev_queue(kernel::kernel& k, const net_device& dev, unsigned number = 0);
  ~netdev_queue();
  netdev_queue(const netdev_queue&) = delete;
  netdev_queue& operator=(const netdev_queue&) = delete;

  // ---- the driver: __QUEUE_STATE_DRV_XOFF
  void stop();   // netif_tx_stop_queue
  void start();  // netif_tx_start_queue: at open, when nothing waits
  /// netif_tx_wake_queue: has what waits run, when the driver had stopped it.
  void wake();
  bool stopped_by_driver() const { return driver_off_; }  // netif_tx_queue_stopped
  /// More packets follow at once: the card need not be told of this one yet (netdev_xmit_more).
  bool xmit_more = false;

  // ---- byte queue limits: __QUEUE_STATE_STACK_XOFF (QD-12)
  /// The card has so many bytes more; beyond the limit the queue stops (netdev_tx_sent_queue).
  void sent_queue(std::uint32_t bytes);
  /// So many have come back, once for each round of completions; with room again the queue goes on
  /// (netdev_tx_completed_queue).
  void completed_queue(std::uint32_t packets, std::uint32_t bytes);
  /// The card has none (netdev_tx_reset_queue).
  void reset_queue();
  const dynamic_queue_limits& limits() const { return limits_; }
  /// Before anything is sent.
  void set_bounds(const dynamic_queue_limits::bounds& b) { limits_.set_bounds(b); }
  void stack_stop();
  void stack_wake();

  // ---- who changes the device's queues: __QUEUE_STATE_FROZEN, which says nothing of room
  void freeze(bool frozen);
  /// No longer frozen, and what waits is run when nothing else holds it (netif_unfreeze_queues).
  void thaw();

  bool stopped() const { return driver_off_ || stack_off_; }                // netif_xmit_stopped
  bool frozen_or_stopped() const { return stopped() || frozen_; }           // netif_xmit_frozen_or_stopped
  bool frozen_or_driver_stopped() const { return driver_off_ || frozen_; }  // netif_xmit_frozen_or_drv_stopped

  // ---- HARD_TX_LOCK: one CPU at a time calls the driver; softirqs are off
  void lock();
  void unlock();
  /// The CPU that has it, if one has (xmit_lock_owner).
  std::optional<unsigned> lock_owner() const { return owner_; }

  // ---- the watchdog: when the queue last did something, in jiffies
  std::uint64_t trans_start() const { return trans_start_; }
  void trans_update();
  std::uint64_t timeouts = 0;  // trans_timeout

  /// What NET_TX runs when the queue is woken; its function is the discipline's.
  kernel::schedulable_qdisc& runner() { return runner_; }
  /// The discipline that feeds it; null: none yet.
  qdisc* discipline() { return discipline_.get(); }
  const qdisc* discipline() const { return discipline_.get(); }
  void attach(std::unique_ptr<qdisc> fresh);

 private:
  void tell(stage what);

  kernel::kernel& kernel_;
  kernel::host& host_;
  const net_device& dev_;
  const unsigned number_;
  kernel::schedulable_qdisc runner_;
  kernel::spin_lock lock_;
  std::optional<unsigned> owner_;
  bool driver_off_ = false;
  bool stack_off_ = false;
  bool frozen_ = false;
  dynamic_queue_limits limits_;
  std::uint64_t trans_start_ = 0;
  std::unique_ptr<qdisc> discipline_;
};

}  // namespace ringside::stack
