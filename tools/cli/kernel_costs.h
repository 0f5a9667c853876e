// SPDX-License-Identifier: Apache-2.0
// The kernel's cost table as scenario keys cost.<name>, and back.
#pragma once

#include <vector>

#include "platform/scenario/key_table.h"

namespace ringside::platform {

std::vector<cost_key> kernel_cost_keys();

}  // namespace ringside::platform
