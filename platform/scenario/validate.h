// SPDX-License-Identifier: Apache-2.0
// Checks keys against each other: what no single key's limits can say.
#pragma once

#include <optional>
#include <string>

#include "platform/scenario/scenario.h"

namespace ringside::platform {

struct conflict {
  std::string key;      // the key to change
  std::string message;  // what is wrong; allowed values
};

/// The first contradiction, or nothing.
std::optional<conflict> find_conflict(const scenario& s);

}  // namespace ringside::platform
