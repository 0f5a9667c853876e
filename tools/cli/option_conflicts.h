// SPDX-License-Identifier: Apache-2.0
// Options that contradict each other, or ask for what this run does not have.
//
// Called by run_command.cpp.  What is said later wins over what is said before only where that is the point: options
// over a scenario file, and one --set over another.
#pragma once

#include "platform/scenario/loader.h"
#include "tools/cli/options.h"

namespace ringside::platform {

/// Throws input_error for the first pair of options that set one thing twice.
void refuse_conflicts(const options& chosen);

/// Throws input_error when an option is about captures and the scenario that came of all is without one.
void refuse_pointless(const options& chosen, const scenario& s);

}  // namespace ringside::platform
