// SPDX-License-Identifier: Apache-2.0
// Draws a journey: one line a step, in lanes wire | FIFO | bus | memory | CPU.
//
// Called by the command line; about 120 columns of UTF-8, coloured when asked.
#pragma once

#include <string>

#include "platform/report/journey_recorder.h"
#include "platform/scenario/number.h"

namespace ringside::platform {

struct journey_style {
  rational rtl_clock_hz{125'000'000, 1};
  rational pci_clock_hz{66'000'000, 1};
  bool colour = false;
};

std::string print_journey(const journey& j, const journey_style& style);

/// Whole clocks in a time difference, rounded towards minus infinity.
std::int64_t whole_clocks(sim_time difference, const rational& clock_hz);

/// "1234.567": nanoseconds with the picoseconds kept.
std::string exact_ns(sim_time t);

}  // namespace ringside::platform
