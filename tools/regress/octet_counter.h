// SPDX-License-Identifier: Apache-2.0
// What a driver that adds up a 64-bit octet counter of the chip must have got, from the events of a run.
//
// the low word is read first, and the read of the high word clears both, so octets that arrive between the two
// are lost to the driver.  The reads are events; what they miss is known but for a frame that is counted at that very
// time.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "common/event_stream.h"

namespace ringside::platform {

class octet_counter {
 public:
  octet_counter(std::uint64_t low_offset, std::uint64_t high_offset) : low_(low_offset), high_(high_offset) {}

  /// A register of the card was read.
  void on_read(const event& e);
  /// A frame was counted, at about `t`; an uncertain one perhaps not.
  void add(sim_time t, std::uint64_t octets, bool certain = true) { frames_.push_back({t, octets, certain}); }

  struct range {
    std::uint64_t least = 0;
    std::uint64_t most = 0;
  };
  range expected() const;

 private:
  struct counted_frame {
    sim_time t;
    std::uint64_t octets;
    bool certain;
  };

  const std::uint64_t low_;
  const std::uint64_t high_;
  sim_time low_read_ = -1;
  std::vector<std::pair<sim_time, sim_time>> tears_;  // from the low word's read to the high word's
  std::vector<counted_frame> frames_;
};

}  // namespace ringside::platform
