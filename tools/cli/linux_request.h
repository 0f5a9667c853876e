// SPDX-License-Identifier: Apache-2.0
// What the user typed after `ringside linux`: filled by options.cpp, judged by tools/linux/linux_command.cpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ringside::platform {

struct linux_request {
  std::string scenario = {};
  std::vector<std::string> settings = {};         // --set key=value
  std::optional<std::string> run = {};            // commands
  std::optional<std::string> kernel = {};         // a built one
  std::optional<std::string> kernel_source = {};  // a tree
  std::optional<std::string> rootfs = {};
  std::optional<std::string> address = {};
  std::vector<std::string> kernel_arguments = {};
  std::optional<std::string> cache = {};
  std::optional<std::string> nic = {};
  std::optional<std::string> seed = {};
  std::optional<std::string> vcd = {};
  std::optional<std::string> trace_window = {};
  std::optional<std::string> pcap_wire = {};
  std::optional<std::string> json = {};
  std::optional<std::string> kernel_log = {};
  std::optional<std::string> silence = {};  // seconds of real time
  bool build_only = false;
};

}  // namespace ringside::platform
