// SPDX-License-Identifier: Apache-2.0
// The table at the end of a regression and its JSON.  Called by regress_command.cpp.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tools/regress/seed_result.h"

namespace ringside::platform {

struct regress_totals {
  std::uint64_t asked = 0;   // seeds of the request
  bool interrupted = false;  // by a signal: fewer were run
  std::uint64_t seeds = 0;   // run
  std::uint64_t failed = 0;
  std::uint64_t breaches = 0;
  std::map<std::string, std::uint64_t> frames;
  std::map<std::string, std::uint64_t> coverage;
  std::map<std::string, std::uint64_t> mixes;  // seeds of each traffic_mix
};

regress_totals totals(const std::vector<seed_result>& results, std::uint64_t asked, bool interrupted = false);
/// Kinds of stimulus that no seed showed.
std::vector<std::string> never_seen(const regress_totals& all);

std::string table(const regress_totals& all, const std::string& nic);
std::string to_json(const std::vector<seed_result>& results, const regress_totals& all, const std::string& nic);

/// 0: every seed passed; 3: the contract was broken; 1: another failure.
int exit_status_of(const std::vector<seed_result>& results);

}  // namespace ringside::platform
