// SPDX-License-Identifier: Apache-2.0
// Changes of the PHY's link that are still to come, each with the clock edge that samples it first.
//
// Owned by rtl_nic.cpp; filled by set_link(), in any order, emptied by the edges.
#pragma once

#include <cstdint>
#include <limits>
#include <map>

namespace ringside::tlm {

class link_changes {
 public:
  void add(std::int64_t cycle, bool up) { due_.emplace(cycle, up); }
  /// Edge of the first change; the maximum when there is none.
  std::int64_t next_cycle() const {
    return due_.empty() ? std::numeric_limits<std::int64_t>::max() : due_.begin()->first;
  }
  /// Takes the first change off.
  bool take() {
    const bool up = due_.begin()->second;
    due_.erase(due_.begin());
    return up;
  }

 private:
  std::multimap<std::int64_t, bool> due_;  // of one edge in the order they were asked for
};

}  // namespace ringside::tlm
