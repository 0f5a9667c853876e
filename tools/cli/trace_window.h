// SPDX-License-Identifier: Apache-2.0
// The --trace-window text: a stretch of simulated time, or one around the first event of a stage.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/event.h"
#include "common/time.h"

namespace ringside::platform {

struct trace_window {
  stage trigger = stage::count;  // count: `from` and `to` are absolute
  sim_time from = 0;             // start, or time before the trigger
  sim_time to = time_never;      // end, or time after the trigger
};

/// "10us..20us", "fifo_drop", "fifo_drop:1us..5us" (1 us before to 5 us after; 1us..10us when left out).
std::optional<trace_window> parse_trace_window(std::string_view text);

/// "--trace-window: ...": why parse_trace_window() made nothing of it, and what is allowed.
std::string trace_window_refusal(std::string_view text);

}  // namespace ringside::platform
