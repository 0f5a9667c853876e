// SPDX-License-Identifier: Apache-2.0
// What a driver that adds up the card's transmit counters must have got, from the frames on the wire and the reads.
//
// T-90: counted at the last byte; a read clears, a reset clears what nobody has read, of GOTC and TOT the
// high word's read clears both.  The reads are events; a frame that ends within some clocks of one may be
// counted on either side.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/event_stream.h"

namespace ringside::platform {

class wire_counters {
 public:
  void on_read(const event& e);
  void on_reset(sim_time t) { resets_.push_back(t); }
  /// A frame ended at `t` and is counted by each of `names`, so many times.
  void count(std::string_view name, sim_time t, std::uint64_t amount = 1) { counted_[name].push_back({t, amount}); }
  /// Tells of each counter that does not hold what it must.
  void compare(const std::function<std::uint64_t(std::string_view)>& held,
               const std::function<void(const std::string&)>& wrong) const;

 private:
  struct counted {
    sim_time t;
    std::uint64_t amount;
  };
  struct range {
    std::uint64_t least = 0;
    std::uint64_t most = 0;
  };
  range expected(const std::vector<counted>& all, std::uint64_t low, std::uint64_t high) const;

  std::map<std::uint64_t, std::vector<sim_time>> reads_;  // by register
  std::vector<sim_time> resets_;
  std::map<std::string_view, std::vector<counted>> counted_;
};

}  // namespace ringside::platform
