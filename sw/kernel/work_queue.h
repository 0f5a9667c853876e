// SPDX-License-Identifier: Apache-2.0
// Work that needs a task: runs queued functions, now or after a delay, in one kworker.
//
// Owner: kernel::kernel.  Callers: drivers (watchdog and reset tasks).
#pragma once

#include <deque>
#include <functional>

#include "sw/kernel/host.h"
#include "sw/kernel/timers.h"
#include "sw/kernel/wait_queue.h"

namespace ringside::kernel {

/// A function to run in the kworker; pending at most once.  Cancel before destroying.
struct delayed_work {
  std::function<void()> function;
  timer delay;
  bool queued = false;
  bool running = false;
};

class work_queue {
 public:
  work_queue(host& machine, timers& clock) : host_(machine), timers_(clock), ready_(machine), idle_(machine) {}

  /// Starts the kworker on CPU 0.
  void start();
  /// Queues after `delay` (0 = now) unless it is pending already.
  void schedule_delayed_work(delayed_work& work, sim_time delay);
  /// Like it, but restarts a running delay.
  void mod_delayed_work(delayed_work& work, sim_time delay);
  /// Forgets a pending one and waits for a running one.  Task context.
  void cancel_delayed_work_sync(delayed_work& work);

 private:
  void enqueue(delayed_work& work);
  void loop();

  host& host_;
  timers& timers_;
  wait_queue ready_;
  wait_queue idle_;
  std::deque<delayed_work*> queue_;
};

}  // namespace ringside::kernel
