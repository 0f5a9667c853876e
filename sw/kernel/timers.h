// SPDX-License-Identifier: Apache-2.0
// Software timers over each CPU's one-shot timer: the timer wheel in jiffies, high-resolution timers, and sleeping.
//
// Owner: kernel::kernel.  Callers: drivers (watchdog), waits with a timeout.  The wheel's callbacks run in the timer
// softirq, those of a high-resolution timer in its interrupt or in a softirq of their own, as in Linux 6.1
// (kernel/time). The host's timer is set for whichever comes first.  A CPU's timers are its own: none moves to a busier
// CPU (timer_migration).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "sw/kernel/host.h"
#include "sw/kernel/hrtimer.h"
#include "sw/kernel/jiffies.h"
#include "sw/kernel/softirq.h"

namespace ringside::kernel {

/// A one-shot timer of the wheel; must not be destroyed while pending.
struct timer {
  std::function<void()> callback;
  sim_time expires = time_never;  // of its bucket; time_never = not pending
  unsigned level = 0;             // of the wheel
  std::uint64_t sequence = 0;
  unsigned cpu = 0;

  bool pending() const { return expires != time_never; }
};

class timers {
 public:
  static constexpr sim_time jiffy = ringside::kernel::jiffy;
  /// task_struct.timer_slack_ns: by how much the timeouts of a task may be late to be joined with others.
  static constexpr sim_time timer_slack = 50 * us;

  timers(host& machine, softirqs& softirq, statistics& counters);

  /// (Re)arms on this CPU, mod_timer(jiffies + delay in jiffies): the wheel rounds up to one jiffy more, and to eight,
  /// 64, 512 ... of them from 252 ms, 2 s, 16 s ... on.
  void mod_timer(timer& which, sim_time delay);
  /// False when it was not pending.
  bool del_timer(timer& which);
  /// (Re)arms on this CPU, in the timer's own callback and in any context (hrtimer_start_range_ns).
  void hrtimer_start(hrtimer& which, sim_time when, sim_time slack = 0);
  /// The same from now on, which counts in whole ns (HRTIMER_MODE_REL).
  void hrtimer_start_relative(hrtimer& which, sim_time delay, sim_time slack = 0);
  /// True: it was pending and is not any more; false: it was not; nothing: its callback is running.
  std::optional<bool> hrtimer_try_to_cancel(hrtimer& which);
  /// The same, and waits for a callback that runs on another CPU.  Throws std::logic_error when it runs on this one:
  /// Linux would hang.
  bool hrtimer_cancel(hrtimer& which);

  /// Sleeps the current task: a jiffy more than `delay` in jiffies, by a timer of the wheel.
  void msleep(sim_time delay);
  /// Sleeps the current task between `least` and `most`.
  void usleep_range(sim_time least, sim_time most);
  /// Sleeps the current task until `when`, not to the jiffy (clock_nanosleep with TIMER_ABSTIME and no slack); not at
  /// all when it is past.
  void sleep_until(sim_time when);
  /// Called from do_timer(), interrupts disabled.
  void on_interrupt();
  /// Called from do_tick(), interrupts disabled.
  void on_tick();

  sim_time now() const { return host_.now(); }
  /// The clock of high-resolution timers, in whole ns.
  sim_time ktime_get() const { return host_.now() / ns * ns; }
  std::uint64_t jiffies() const { return jiffies_at(host_.now()); }

 private:
  // Of one time the outer levels come first, and of a bucket the last one armed (collect_expired_timers, hlist).
  struct wheel_key {
    sim_time expires;
    unsigned level;
    std::uint64_t sequence;
    bool operator<(const wheel_key& o) const {
      if (expires != o.expires) return expires < o.expires;
      if (level != o.level) return level > o.level;
      return sequence > o.sequence;
    }
  };
  using hr_key = std::pair<sim_time, std::uint64_t>;  // hard expiry; equal ones in the order they were armed
  using hr_queue = std::map<hr_key, hrtimer*>;
  struct base {
    std::map<wheel_key, timer*> wheel;
    bool raised = false;  // the softirq will look at the wheel
    hr_queue hard_queue;  // by mode
    hr_queue soft_queue;
    bool soft_activated = false;  // softirq_activated: the softirq will look at the soft ones
    hrtimer* running_hard = nullptr;
    hrtimer* running_soft = nullptr;
  };

  hr_queue& queue_of(const hrtimer& which) {
    base& b = bases_[which.cpu];
    return which.mode == hrtimer_mode::hard ? b.hard_queue : b.soft_queue;
  }
  void enqueue(hrtimer& which, unsigned cpu);
  void dequeue(hrtimer& which);
  void start(hrtimer& which, sim_time when, sim_time slack);
  bool running(const hrtimer& which) const;
  void run(hrtimer& due, hrtimer*& running_slot);

  /// Sleeps until `arm_it`'s timer, of type `timer_type`, has called back.
  template <class timer_type, class arm_type>
  void sleep(arm_type arm_it);
  void run_wheel();
  void run_soft();
  /// True when something was due.
  bool run_high_resolution();
  void program(unsigned cpu);

  host& host_;
  softirqs& softirq_;
  statistics& counters_;
  std::vector<base> bases_;
  std::uint64_t next_sequence_ = 0;
};

}  // namespace ringside::kernel
