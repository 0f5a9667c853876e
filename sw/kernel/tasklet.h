// SPDX-License-Identifier: Apache-2.0
// Tasklets: functions that run once per schedule in softirq 6, on the CPU that scheduled them, and on one CPU at a time
// (kernel/softirq.c of Linux 6.1).
//
// Owner: kernel::kernel.  Callers: any context.
#pragma once

#include <functional>
#include <vector>

#include "sw/kernel/host.h"
#include "sw/kernel/softirq.h"
#include "sw/kernel/wait_queue.h"

namespace ringside::kernel {

/// tasklet_struct.  Kill before destroying.
struct tasklet {
  std::function<void()> callback;  // softirq context
  bool scheduled = false;          // TASKLET_STATE_SCHED
  bool running = false;            // TASKLET_STATE_RUN
  unsigned disabled = 0;           // count: how many keep it from running
};

class tasklets {
 public:
  tasklets(host& machine, softirqs& softirq);

  /// Has it run once; nothing more when it is scheduled already.  While it runs it may be scheduled again, by itself
  /// too: it runs once more.
  void tasklet_schedule(tasklet& which);
  /// Keeps it from running (nests), and waits until it does not.  A scheduled one stays so, and its softirq looks at it
  /// over and over.  Task context.
  void tasklet_disable(tasklet& which);
  void tasklet_enable(tasklet& which);
  /// Waits until it has run if it was scheduled, and does not run.  Whoever schedules it must have stopped, and it must
  /// not be disabled.  Task context.
  void tasklet_kill(tasklet& which);

 private:
  void action();
  /// False when it could not be run and has to be looked at again.
  bool run(tasklet& which);
  void list_and_raise(tasklet& which);

  host& host_;
  softirqs& softirq_;
  std::vector<std::vector<tasklet*>> lists_;  // tasklet_vec of each CPU
  wait_queue changed_;                        // wait_var_event(&t->state)
};

}  // namespace ringside::kernel
