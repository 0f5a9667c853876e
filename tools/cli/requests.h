// SPDX-License-Identifier: Apache-2.0
// What the user typed after `ringside regress` and `ringside oracle`: filled by options.cpp, judged by the commands
// themselves (tools/regress/regress_command.cpp, tools/oracle/oracle_command.cpp).
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

struct oracle_request {
  std::string seeds = "10";  // N: 1..N, or A..B
  std::optional<std::string> jobs = {};
  std::optional<std::string> frames = {};  // of each seed, at least
  std::string nic = "both";
  std::optional<std::string> json = {};
  std::string qemu = "qemu-system-x86_64";
};

}  // namespace ringside::platform
