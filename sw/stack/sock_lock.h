// SPDX-License-Identifier: Apache-2.0
// Who owns a socket: one task at a time, across sleeps; softirqs only ask (socket_lock_t).
//
// Owner: sock.  What is under it needs no other lock, since one context runs at a time between two synchronisations.
#pragma once

#include "sw/kernel/wait_queue.h"

namespace ringside::stack {

class sock_lock {
 public:
  explicit sock_lock(kernel::host& machine) : host_(machine), waiting_(machine) {}

  /// Task context; sleeps while another task owns it, those that came first before others (__lock_sock).
  void lock() {
    host_.sync_software();
    if (owned_) sleep();
    owned_ = true;
  }
  void unlock() {
    owned_ = false;
    if (waiting_.has_waiters()) waiting_.wake_up();
  }
  /// sock_owned_by_user(): whoever finds it so in a softirq leaves the work to the owner.
  bool owned() const { return owned_; }

 private:
  void sleep() {
    for (;;) {
      waiting_.prepare_to_wait_exclusive();
      if (!owned_) break;
      host_.schedule();
    }
    waiting_.finish_wait();
  }

  kernel::host& host_;
  kernel::wait_queue waiting_;
  bool owned_ = false;
};

}  // namespace ringside::stack
