// SPDX-License-Identifier: Apache-2.0
// The cable between two machines, as a scenario says it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/time.h"
#include "hw/tlm/wire/cable_params.h"

namespace ringside::platform {

struct cable_config {
  std::uint32_t length_m = 0;
  std::uint32_t phy_ns = 0;  // both PHYs together, from one GMII to the other
  tlm::cable_faults faults;  // of what this machine sends
  std::vector<tlm::cable_flap> flaps;
};

/// From one GMII to the other: what PHYs and length take, in whole byte times, and what a receiver needs at least.
sim_time cable_delay(const cable_config& cable, std::uint32_t link_mbps);

/// Faults of single frames separated by commas, "loss@3,corrupt@12"; may be empty.  Nothing when one is wrong.
std::optional<std::vector<tlm::cable_faults::single>> parse_cable_faults(std::string_view text);
std::string allowed_cable_faults();

/// When the cable is not plugged in, "120ms..125ms,130ms..131ms": by time, one after the other.  Nothing when it is
/// not.
std::optional<std::vector<tlm::cable_flap>> parse_cable_flaps(std::string_view text);
std::string allowed_cable_flaps();

}  // namespace ringside::platform
