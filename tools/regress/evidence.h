// SPDX-License-Identifier: Apache-2.0
// What a failing seed leaves behind: scenario, stimulus, journey, breach, waveform window and the command to repeat it.
//
// Called by regress_command.cpp for each failing seed.
#pragma once

#include <chrono>
#include <string>

#include "tools/regress/seed_run.h"

namespace ringside::platform {

/// Time before and after the first failure in window.vcd.
inline constexpr sim_time window_before = 20 * us;
inline constexpr sim_time window_after = 2 * us;

/// The one command that runs the seed again.
std::string repeat_command(const seed_plan& plan);

/// Fills FOLDER/seed-N; journey and waves come from another run in a child.  A run that crashed or hung is followed to
/// the same place and looked at just before; `limit` of real time for each run.  Throws output_error when a file
/// cannot be written.
void leave_evidence(const std::string& folder, const seed_plan& plan, const seed_result& result,
                    std::chrono::seconds limit);

}  // namespace ringside::platform
