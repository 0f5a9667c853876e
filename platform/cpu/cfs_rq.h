// SPDX-License-Identifier: Apache-2.0
// Who runs next on one CPU: the run queue of Linux 6.1's CFS (kernel/sched/fair.c) for tasks of one weight, nice 0.
//
// Owned by the virtual CPU, which tells it in CPU cycles how far time is.  No groups, no migration, and no last buddy,
// which needs eight runnable tasks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/time.h"

namespace ringside::platform {

/// sysctl_sched_* of Linux 6.1 as built in, for one CPU; tick: HZ=250.
struct sched_params {
  sim_time latency = 6 * ms;
  sim_time min_granularity = 750 * us;
  sim_time wakeup_granularity = 1 * ms;
  sim_time tick = 4 * ms;

  /// As the kernel scales them by the number of CPUs: 1 + log2, of eight at most (SCHED_TUNABLESCALING_LOG).
  sched_params scaled(unsigned cpus) const;
};

/// What the scheduler knows of a task.  Cycles.
struct sched_entity {
  std::int64_t vruntime = 0;
  std::int64_t sum_exec = 0;       // run in all
  std::int64_t prev_sum_exec = 0;  // ... when it was last switched to
  bool on_rq = false;              // runnable, running included
};

class cfs_rq {
 public:
  cfs_rq(const sched_params& params, const clock_domain& clock);

  /// Nothing but the running task is runnable.
  bool alone() const { return queue_.empty(); }

  /// A sleeper becomes runnable.  True when the running task should make room for it (check_preempt_wakeup);
  /// `resched`: it should already.
  bool wake_up(sched_entity& se, std::int64_t now, bool resched);
  /// A new task becomes runnable; `debit`: behind what the present period has promised (START_DEBIT).
  void start(sched_entity& se, std::int64_t now, bool debit);
  /// The running task sleeps or ends.
  void sleep(std::int64_t now);
  /// The tick: true when the running task has had its share (check_preempt_tick).
  bool tick(std::int64_t now);
  /// Who runs from now on; null: nobody, the CPU idles.
  sched_entity* pick_next(std::int64_t now);

  std::int64_t min_vruntime() const { return min_vruntime_; }

 private:
  std::int64_t slice(std::size_t nr_running) const;
  std::size_t nr_running() const { return queue_.size() + (curr_ != nullptr && curr_->on_rq ? 1 : 0); }
  void update_curr(std::int64_t now);
  void update_min_vruntime();
  void insert(sched_entity& se);

  const std::int64_t latency_;
  const std::int64_t min_granularity_;
  const std::int64_t wakeup_granularity_;
  std::vector<sched_entity*> queue_;  // by vruntime, equal ones as they came; without the running one
  sched_entity* curr_ = nullptr;
  sched_entity* next_ = nullptr;  // the next buddy: woken to run now, if that is not unfair
  std::int64_t exec_start_ = 0;   // the running task is charged up to here
  std::int64_t min_vruntime_ = 0;
};

}  // namespace ringside::platform
