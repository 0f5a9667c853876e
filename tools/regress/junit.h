// SPDX-License-Identifier: Apache-2.0
// JUnit XML of a regression: one test case per seed.  Written by regress_command.cpp for CI systems.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/regress/seed_result.h"

namespace ringside::platform {

/// Text for XML 1.0: the five entities, and U+FFFD for characters that XML cannot hold.
std::string xml_escaped(std::string_view text);

std::string to_junit(const std::vector<seed_result>& results, const std::string& nic);

}  // namespace ringside::platform
