// SPDX-License-Identifier: Apache-2.0
// What the user typed after `ringside regress`: filled by tools/cli/options.cpp, judged by regress_command.cpp.
#pragma once

#include <optional>
#include <string>

namespace ringside::platform {

struct regress_request {
  std::string seeds = "50";  // N: 1..N, or A..B
  std::optional<std::string> jobs = {};
  std::string nic = "rtl";
  std::optional<std::string> junit = {};
  std::optional<std::string> json = {};
  std::optional<std::string> keep_failing = {};
};

}  // namespace ringside::platform
