// SPDX-License-Identifier: Apache-2.0
// What `ringside oracle` prints, and its JSON.  Called by oracle_command.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tools/oracle/seed_outcome.h"

namespace ringside::oracle {

struct oracle_totals {
  std::string qemu;                // its version
  std::vector<std::string> cards;  // of ours
  std::uint64_t asked = 0;         // seeds of the request
  bool interrupted = false;        // by a signal: fewer were run
  std::uint64_t seeds = 0;
  std::uint64_t differed = 0;
  std::uint64_t offered = 0, received = 0, sent = 0;  // frames
  std::map<std::string, std::uint64_t> accesses;      // by card
  std::map<std::string, std::uint64_t> forgiven;      // uses by id
};

void add(oracle_totals& all, const seed_outcome& o);

std::string report_text(const oracle_totals& all);
std::string report_json(const oracle_totals& all, const std::vector<seed_outcome>& outcomes);

}  // namespace ringside::oracle
