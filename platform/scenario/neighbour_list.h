// SPDX-License-Identifier: Apache-2.0
// Neighbours of a scenario: stack.neighbours, parsed.
//
//   "10.0.0.1=02:00:00:00:00:01, 10.0.0.9=02:00:00:00:00:09"
//
// Used by value_rule.cpp (is it allowed?) and by the key table (store it).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "sw/stack/config.h"

namespace ringside::platform {

/// Entries separated by commas, each address once; may be empty.  Nothing when one of them is wrong.
std::optional<std::vector<stack::neighbour_entry>> parse_neighbours(std::string_view text);

}  // namespace ringside::platform
