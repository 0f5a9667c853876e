// SPDX-License-Identifier: Apache-2.0
// What can be changed about a network interface while it runs: one list for scenarios, driver events and reports.
#pragma once

#include <cstdint>
#include <string_view>

namespace ringside {

enum class reconfiguration : std::uint8_t {
#define RECONFIGURATION(name, word, operand) name,
#include "common/reconfigurations.inc"
#undef RECONFIGURATION
  count
};

/// What the value of a reconfiguration is.
enum class reconfiguration_operand : std::uint8_t {
  descriptors,
  bytes,
  toggle,     // 1 = on
  multicast,  // an Ethernet address, first byte in bits 7:0
  unicast,    // likewise
  vid,
  threshold  // descriptors, 0 to 63
};

/// The word a scenario uses: "ring", "mtu", "mcast+", ...
std::string_view name(reconfiguration what);
reconfiguration_operand operand_of(reconfiguration what);

/// Marks in event::a of stage::reconfigure beside the reconfiguration: it has ended; the driver refused it.
inline constexpr std::uint64_t reconfiguration_ended = 1U << 8;
inline constexpr std::uint64_t reconfiguration_refused = 1U << 9;
inline constexpr std::uint64_t reconfiguration_mask = 0xFF;

}  // namespace ringside
