// SPDX-License-Identifier: Apache-2.0
// What the bench has the machine do: receive, send, or both at line rate.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "platform/scenario/scenario.h"
#include "tools/bench/measurement.h"

namespace ringside::platform {

inline const std::vector<std::string> load_names{"receive", "transmit", "duplex"};

/// `size` is "64" or "1514" bytes with the FCS left out at 1514, as the bundled scenarios have it; `frames` of each
/// direction.
scenario bench_scenario(const std::string& load, const std::string& size, std::uint64_t frames,
                        const std::vector<std::string>& more = {});

/// Where the bus's time went in a run, what each direction got of the wire, and what that is of line rate; for people.
std::string bus_account(const std::string& title, const measurement& m, std::uint32_t frame_bytes);
nlohmann::ordered_json bus_shares(const measurement& m);

}  // namespace ringside::platform
