// SPDX-License-Identifier: Apache-2.0
// One run of the machine in a process of its own: its events, and its waveform file when one is asked for.
//
// SystemC elaborates one machine per process, and a test compares several runs.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/event.h"
#include "platform/report/wave_options.h"

namespace ringside::platform::test {

using settings = std::vector<std::pair<std::string, std::string>>;  // scenario key, value

/// Runs the default scenario with `keys` changed.  Throws std::runtime_error when the run fails.
std::vector<event> run_machine(const settings& keys, const std::optional<wave_options>& waves);

/// Times of a stage's events.
std::vector<sim_time> times_of(const std::vector<event>& events, stage what);

}  // namespace ringside::platform::test
