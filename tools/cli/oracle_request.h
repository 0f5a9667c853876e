// SPDX-License-Identifier: Apache-2.0
// What the user typed after `ringside oracle`: filled by tools/cli/options.cpp, judged by oracle_command.cpp.
#pragma once

#include <optional>
#include <string>

namespace ringside::platform {

struct oracle_request {
  std::string seeds = "10";  // N: 1..N, or A..B
  std::optional<std::string> jobs = {};
  std::optional<std::string> frames = {};  // of each seed, at least
  std::string nic = "both";
  std::optional<std::string> json = {};
  std::string qemu = "qemu-system-x86_64";
};

}  // namespace ringside::platform
