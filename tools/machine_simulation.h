// SPDX-License-Identifier: Apache-2.0
// The machine as the simulation the command line runs.
#pragma once

#include "tools/cli/simulation.h"

namespace ringside::platform {

std::unique_ptr<simulation> make_machine(const scenario& s, frame_source& input);

}  // namespace ringside::platform
