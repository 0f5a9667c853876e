// SPDX-License-Identifier: Apache-2.0
// When a stage happens for the first time: a run of its own in a forked process, thrown away when it has the answer.
//
// Runs are deterministic, so the second run with the waveform meets the trigger at the same time.  A process can build
// one SystemC machine only, hence the fork.
#pragma once

#include <optional>

#include "platform/source/capture_file.h"
#include "tools/cli/simulation.h"

namespace ringside::platform {

/// `capture` is the scenario's, if it has one.
/// Time of the first event of `trigger`, or nothing when the run has none or is to stop.  Throws std::runtime_error
/// when the search itself fails.
std::optional<sim_time> find_trigger(const scenario& s, const simulation_factory& make, stage trigger,
                                     const std::shared_ptr<const capture_file>& capture = nullptr);

}  // namespace ringside::platform
