// SPDX-License-Identifier: Apache-2.0
// The `ringside` command from arguments to exit status.  Called by main.cpp and by tests with their own simulation.
#pragma once

#include "tools/cli/run_command.h"

namespace ringside::platform {

int command_line(int argc, const char* const* argv, const command_environment& env);

}  // namespace ringside::platform
