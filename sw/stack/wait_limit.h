// SPDX-License-Identifier: Apache-2.0
// How long a wait may take, and the alarm that ends it: poll, select and epoll count real time and sleep on a
// high-resolution timer with slack (schedule_hrtimeout_range).
//
// Callers: poll.cpp, eventpoll.cpp.
#pragma once

#include "sw/kernel/timers.h"
#include "sw/kernel/wait_queue.h"

namespace ringside::stack {

/// As select(2), poll(2) and epoll_wait(2) have it: for ever, not at all (0), or at least that long and at most the
/// slack of Linux more: 50 us, or a thousandth, of which 100 ms at most.
struct wait_limit {
  kernel::timers* clock = nullptr;  // needed for a time that ends
  sim_time timeout = time_never;
};

/// Wakes the task that made it when the time is over.  The time begins with the call.
class alarm {
 public:
  /// `alone`: the queue the task waits in as one that needs what it waits for alone, or null.
  alarm(kernel::host& machine, const wait_limit& limit, kernel::wait_queue* alone = nullptr);
  ~alarm() {
    if (timer_.pending()) limit_.clock->hrtimer_cancel(timer_);
  }
  alarm(const alarm&) = delete;
  alarm& operator=(const alarm&) = delete;

  /// Starts the time, when there is one.  Before the caller prepares to wait.
  void start();
  bool over() const { return over_; }

 private:
  bool ends() const { return limit_.clock != nullptr && limit_.timeout != 0 && limit_.timeout != time_never; }

  kernel::host& host_;
  wait_limit limit_;
  kernel::wait_queue* alone_;
  sim_time end_ = time_never;
  kernel::hrtimer timer_;
  bool over_;
};

}  // namespace ringside::stack
