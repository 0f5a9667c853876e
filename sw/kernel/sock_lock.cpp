// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/sock_lock.h"

namespace ringside::kernel {

sock_lock::sock_lock(host& machine, softirqs& softirq)
    : host_(machine), softirq_(softirq), slock_(machine), waiters_(machine) {}

void sock_lock::lock_bh() {
  softirq_.local_bh_disable();
  slock_.lock();
}

void sock_lock::unlock_bh() {
  slock_.unlock();
  softirq_.local_bh_enable();
}

void sock_lock::lock_sock() {
  lock_bh();
  if (owned_) {  // __lock_sock
    for (;;) {
      waiters_.prepare_to_wait_exclusive();  // those that came first before others
      unlock_bh();
      host_.schedule();
      lock_bh();
      if (!owned_) break;
    }
    waiters_.finish_wait();
  }
  owned_ = true;
  unlock_bh();
}

void sock_lock::release_sock() {
  lock_bh();
  handle_backlog();
  if (release_callback_) release_callback_();
  owned_ = false;
  if (waiters_.has_waiters()) waiters_.wake_up();
  unlock_bh();
}

// __release_sock: softirqs go on adding while the owner handles what it took.
void sock_lock::handle_backlog() {
  constexpr unsigned packets_at_once = 16;
  unsigned handled = 0;
  while (!backlog_.empty()) {
    packet_list taken = std::move(backlog_);
    unlock_bh();
    while (packet_ptr packet = taken.pop_front()) {
      backlog_receiver_(std::move(packet));
      if (++handled % packets_at_once == 0 && !taken.empty()) host_.cond_resched();
    }
    lock_bh();
  }
}

}  // namespace ringside::kernel
