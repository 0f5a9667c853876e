// Software timers in jiffies, multiplexed over each CPU's one-shot timer, and sleeping for a time.
//
// Owner: kernel::kernel.  Callers: drivers (watchdog), wait queues with a timeout.  Callbacks run in the timer softirq.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "sw/kernel/host.h"
#include "sw/kernel/softirq.h"

namespace ringside::kernel {

/// A one-shot timer; must not be destroyed while pending.
struct timer {
  std::function<void()> callback;
  sim_time expires = time_never;  // time_never = not pending
  std::uint64_t sequence = 0;
  unsigned cpu = 0;

  bool pending() const { return expires != time_never; }
};

class timers {
 public:
  static constexpr sim_time jiffy = 4 * ms;  // HZ=250

  timers(host& machine, softirqs& softirq, statistics& counters);

  /// (Re)arms on this CPU: the callback runs at the first jiffy boundary at or after now + delay (mod_timer).
  void mod_timer(timer& which, sim_time delay);
  /// False when it was not pending.
  bool del_timer(timer& which);
  /// Sleeps the current task for at least `delay`, to the jiffy.
  void msleep(sim_time delay);
  /// Sleeps the current task until `when`, not to the jiffy (clock_nanosleep with TIMER_ABSTIME, a high-resolution
  /// timer); not at all when it is past.
  void sleep_until(sim_time when);
  /// Called from do_timer(), interrupts disabled.
  void on_interrupt();

  sim_time now() const { return host_.now(); }
  std::uint64_t jiffies() const { return static_cast<std::uint64_t>(host_.now() / jiffy); }

 private:
  using key = std::pair<sim_time, std::uint64_t>;  // equal expiry: in the order they were armed

  void arm(timer& which, sim_time when);
  /// Sleeps until the callback of `arm_it`'s timer has run.
  template <class arm_type>
  void sleep(arm_type arm_it);
  void run_expired();
  void program(unsigned cpu);

  host& host_;
  softirqs& softirq_;
  statistics& counters_;
  std::vector<std::map<key, timer*>> queues_;
  std::uint64_t next_sequence_ = 0;
};

}  // namespace ringside::kernel
