// SPDX-License-Identifier: Apache-2.0
// From a seed to a scenario: own distributions, so that a seed is the same run everywhere.
//
// Called by seed_run.cpp.  Everything is drawn as scenario keys and goes through the loader like a user's file: what is
// run is what scenario.toml of a failing seed says.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/scenario/scenario.h"

namespace ringside::platform {

std::string_view name(traffic_mix t);

struct drawn_run {
  std::uint64_t seed = 0;
  traffic_mix mix = traffic_mix::ordinary;
  std::vector<std::pair<std::string, std::string>> keys;
  scenario plan;
};

/// `nic` is the value of nic.kind.
drawn_run draw_run(std::uint64_t seed, const std::string& nic);

/// The drawn keys as a scenario file.
std::string as_toml(const drawn_run& run);

}  // namespace ringside::platform
