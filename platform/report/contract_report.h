// SPDX-License-Identifier: Apache-2.0
// What the contract checker said about a run: filled by the machine, printed by the reports.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/event.h"
#include "common/time.h"

namespace ringside::platform {

struct contract_breach {
  std::string rule;  // "R-21"
  sim_time time = 0;
  frame_id frame = 0;  // 0: none concerned
  std::string text;    // ready to print
};

struct contract_report {
  std::size_t rules = 0;                  // judged; 0: the checker is off
  std::uint64_t count = 0;                // of all breaches
  std::vector<contract_breach> breaches;  // the first ones (contract::breach_log::kept_breaches)
};

}  // namespace ringside::platform
