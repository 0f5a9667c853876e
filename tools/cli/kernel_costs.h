// SPDX-License-Identifier: Apache-2.0
// The kernel's cost table as scenario keys cost.<name>.
//
// A file of its own because bench and regression need it and no command line, and the command line serves any
// simulation without knowing a kernel.
#pragma once

#include <vector>

#include "platform/scenario/key_table.h"

namespace ringside::platform {

std::vector<cost_key> kernel_cost_keys();

}  // namespace ringside::platform
