// SPDX-License-Identifier: Apache-2.0
// What ringside-bench prints for a person: the cost of a clock, and clocks a second.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace ringside::platform {

/// A table with one column per frame size, of the results as --json writes them.  Figures that were not counted (no
/// valgrind, --no-instructions) are shown as a dash.
std::string headline(const nlohmann::ordered_json& results);

}  // namespace ringside::platform
