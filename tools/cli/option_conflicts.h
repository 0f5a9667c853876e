// SPDX-License-Identifier: Apache-2.0
// Options that contradict each other, or ask for what this run does not have.
//
// Called by run_command.cpp.  What is said later wins over what is said before only where that is the point: options
// over a scenario file, and one --set over another.
#pragma once

#include "platform/scenario/loader.h"
#include "tools/cli/options.h"

namespace ringside::platform {

/// What stands before keys that options set: "machine.b." with --machine b.
std::string key_prefix(const options& chosen);

/// Throws input_error when --machine names none of two machines, or nothing is asked of it.
void refuse_machine(const options& chosen, bool of_two_machines);

/// Throws input_error for the first pair of options that set one thing twice.
void refuse_conflicts(const options& chosen);

/// Throws input_error when an option is about captures and the scenario that came of all is without one.
void refuse_pointless(const options& chosen, const scenario& s);

}  // namespace ringside::platform
