// SPDX-License-Identifier: Apache-2.0
// A high-resolution timer (struct hrtimer of Linux 6.1); class timers (timers.h) queues and runs them.
//
// Owner: who wants to be called.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>

#include "common/time.h"

namespace ringside::kernel {

enum class hrtimer_restart : bool { no, yes };  // HRTIMER_NORESTART, HRTIMER_RESTART

/// Where the callback runs: in the timer's interrupt (HRTIMER_MODE_HARD), or in softirq 8 (HRTIMER_MODE_SOFT).
enum class hrtimer_mode : std::uint8_t { hard, soft };

/// What a timer calls.  A function that returns nothing does not have it queued again.
class hrtimer_callback {
 public:
  hrtimer_callback() = default;
  template <class function>
  requires(!std::is_same_v<std::decay_t<function>, hrtimer_callback>)
      hrtimer_callback(function call) {  // NOLINT(google-explicit-constructor): assigned as a std::function is
    if constexpr (std::is_void_v<std::invoke_result_t<function&>>) {
      call_ = [once = std::move(call)]() mutable {
        once();
        return hrtimer_restart::no;
      };
    } else {
      call_ = std::move(call);
    }
  }
  hrtimer_restart operator()() const { return call_(); }

 private:
  std::function<hrtimer_restart()> call_;
};

/// Due from `soft` on, with any timer interrupt, and interrupts itself at `hard`.  Must not be destroyed while pending
/// or while its callback runs.
struct hrtimer {
  /// Returns whether it is queued once more, at the time it was forwarded to, unless it was started again.
  hrtimer_callback callback;
  hrtimer_mode mode = hrtimer_mode::hard;
  sim_time soft = 0;
  sim_time hard = 0;
  bool queued = false;
  std::uint64_t sequence = 0;
  unsigned cpu = 0;  // in whose queue it is, or was last

  bool pending() const { return queued; }

  /// Moves an expiry that is not after `now` past it, in whole intervals; slack stays.  Returns how many, 0 when it is
  /// after now or the timer is pending.  Not less than 1 ns is taken for the interval (hrtimer_forward).
  std::uint64_t forward(sim_time now, sim_time interval) {
    if (now < hard || queued) return 0;
    interval = std::max<sim_time>(interval, ns);
    const sim_time overruns = (now - hard) / interval + 1;
    soft += interval * overruns;
    hard += interval * overruns;
    return static_cast<std::uint64_t>(overruns);
  }
};

}  // namespace ringside::kernel
