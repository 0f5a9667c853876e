// SPDX-License-Identifier: Apache-2.0
// What ethtool was asked for at the end of a run, and how it shows that: self-test (-t), registers (-d), EEPROM (-e).
//
// Filled by the machine (platform/machine/ethtool_requests.h), printed by `ringside run` and as JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hw/tlm/board/eeprom_image.h"

namespace ringside::platform {

struct self_test_record {
  bool offline = false;
  bool failed = false;
  std::vector<std::pair<std::string, std::uint64_t>> tests;  // in the driver's order; 0 = passed
};

struct ethtool_results {
  std::optional<self_test_record> self_test;
  std::vector<std::uint32_t> registers;  // in the driver's order
  std::vector<std::uint8_t> eeprom;      // as the driver read it
  int eeprom_error = 0;                  // or why it did not: an errno below 0
  tlm::eeprom_bytes image{};             // what the part holds at the end of the run
};

std::string print_ethtool(const ethtool_results& r);

}  // namespace ringside::platform
