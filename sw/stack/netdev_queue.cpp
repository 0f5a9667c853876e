// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/netdev_queue.h"

#include <utility>

#include "sw/stack/net_device.h"
#include "sw/stack/qdisc.h"

namespace ringside::stack {

// The bits are atomic in Linux: before one changes, what other CPUs did with it until now is known (sync_smp).
netdev_queue::netdev_queue(kernel::kernel& k, const net_device& dev, unsigned number)
    : kernel_(k), host_(k.machine()), dev_(dev), number_(number), lock_(k.machine()), limits_(k.clock().jiffies()) {}

netdev_queue::~netdev_queue() = default;

void netdev_queue::tell(stage what) {
  host_.emit(what, 0, dev_.index, number_);
}

void netdev_queue::attach(std::unique_ptr<qdisc> fresh) {
  discipline_ = std::move(fresh);
}

void netdev_queue::trans_update() {
  trans_start_ = kernel_.clock().jiffies();
}

// The watchdog's time runs from the first stop.  6.1.192 begins it anew with each call, so that a driver which stops a
// queue that hangs every two seconds, as e1000 does, is never told of it; 6.1 does not touch it here.
void netdev_queue::stop() {
  host_.sync_smp();
  if (std::exchange(driver_off_, true)) return;
  trans_update();
  tell(stage::txq_stop);
}

void netdev_queue::start() {
  host_.sync_smp();
  if (std::exchange(driver_off_, false)) tell(stage::txq_wake);
}

// Scheduled whatever byte queue limits say: the discipline looks for itself (qdisc_restart).
void netdev_queue::wake() {
  host_.sync_smp();
  if (!std::exchange(driver_off_, false)) return;
  tell(stage::txq_wake);
  kernel_.transmit().netif_schedule(runner_);
}

void netdev_queue::stack_stop() {
  host_.sync_smp();
  if (!std::exchange(stack_off_, true)) tell(stage::txq_stop);
}

// netif_schedule_queue: only when nobody else holds it.
void netdev_queue::stack_wake() {
  host_.sync_smp();
  if (!std::exchange(stack_off_, false)) return;
  tell(stage::txq_wake);
  if (!stopped()) kernel_.transmit().netif_schedule(runner_);
}

void netdev_queue::sent_queue(std::uint32_t bytes) {
  host_.sync_smp();  // another CPU may be completing
  limits_.queued(bytes);
  if (limits_.available() >= 0) return;
  trans_update();
  stack_stop();
  // Another CPU may have made room before it saw the bit.
  host_.sync_smp();
  if (limits_.available() >= 0 && std::exchange(stack_off_, false)) tell(stage::txq_wake);
}

void netdev_queue::completed_queue(std::uint32_t /*packets*/, std::uint32_t bytes) {
  if (bytes == 0) return;
  host_.sync_smp();
  limits_.completed(bytes, kernel_.clock().jiffies());
  if (limits_.available() >= 0) stack_wake();
}

void netdev_queue::reset_queue() {
  host_.sync_smp();
  if (std::exchange(stack_off_, false)) tell(stage::txq_wake);
  limits_.reset(kernel_.clock().jiffies());
}

void netdev_queue::freeze(bool frozen) {
  host_.sync_smp();
  frozen_ = frozen;
}

void netdev_queue::thaw() {
  freeze(false);
  if (!stopped()) kernel_.transmit().netif_schedule(runner_);
}

void netdev_queue::lock() {
  lock_.lock();
  owner_ = host_.this_cpu();
}

void netdev_queue::unlock() {
  owner_.reset();
  lock_.unlock();
}

}  // namespace ringside::stack
