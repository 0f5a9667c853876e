// SPDX-License-Identifier: Apache-2.0
// What the user typed.  Filled by CLI11 in options.cpp, its only user; no value is judged here.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tools/cli/linux_request.h"
#include "tools/cli/requests.h"

namespace ringside::platform {

struct options {
  bool run = false;
  bool regress = false;
  bool oracle = false;
  bool linux_guest = false;
  bool list = false;
  bool list_keys = false;
  bool version = false;
  std::string scenario;
  std::vector<std::string> settings;  // --set key=value
  std::optional<std::string> pcap;
  std::optional<std::string> pcap_speed;
  bool pcap_rewrite = false;
  std::optional<std::string> gen;
  std::optional<std::string> seed;
  std::optional<std::string> nic;
  std::optional<std::string> machine;  // a or b, of two
  std::optional<std::string> pcap_out;
  std::optional<std::string> pcap_wire;
  std::optional<std::string> tap;
  std::optional<std::string> tap_pace;
  std::optional<std::string> vcd;
  std::optional<std::string> fst;
  bool vcd_standard = false;
  std::optional<std::string> trace_window;
  std::optional<std::string> journey;
  std::optional<std::string> json;
  bool stats = false;
  std::optional<std::string> eeprom;
  std::optional<std::string> eeprom_out;
  std::optional<std::string> ethtool_test;
  bool ethtool_registers = false;
  bool ethtool_eeprom = false;
  regress_request regression;
  oracle_request comparison;
  linux_request guest;
};

struct parsed_options {
  options chosen;
  std::optional<int> exit_status;  // set: print `message` and leave with it
  std::string message;
};

parsed_options parse_options(int argc, const char* const* argv);

using gen_keys = std::vector<std::pair<std::string, std::string>>;

/// "size=64,128,rate=line" -> {{"gen.size", "64,128"}, {"gen.rate", "line"}}; nothing when a part has no name.
std::optional<gen_keys> split_gen(const std::string& text);

}  // namespace ringside::platform
