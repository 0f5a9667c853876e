// SPDX-License-Identifier: Apache-2.0
// A broken rule: which, when, which frame and descriptor, and what both sides did last.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/event.h"
#include "contract/rule.h"

namespace ringside::contract {

struct breach {
  static constexpr std::int64_t no_descriptor = -1;

  rule broken = rule::count;
  sim_time time = 0;
  std::uint8_t nic = 0;
  frame_id frame = 0;                       // 0: none concerned
  std::int64_t descriptor = no_descriptor;  // ring index
  std::uint64_t address = 0;                // bus address concerned, 0 when none
  std::string sentence;                     // what was seen
  std::vector<event> hardware;              // last actions of each side, oldest first
  std::vector<event> driver;

  /// "R-13 broken at 12.345 us by NIC 0 ...", then one line with both sides' last actions.
  std::string describe() const;
};

}  // namespace ringside::contract
