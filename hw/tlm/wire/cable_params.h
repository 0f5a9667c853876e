// SPDX-License-Identifier: Apache-2.0
// A cable between two cards: how long a byte takes, and what may happen to frames on the way.
#pragma once

#include <cstdint>
#include <vector>

#include "common/cable_fault.h"
#include "common/time.h"

namespace ringside::tlm {

/// Of one direction, what is sent on it.  Chances are drawn for each frame in the order they are sent.
struct cable_faults {
  std::uint32_t loss_per_million = 0;
  std::uint32_t duplicate_per_million = 0;
  std::uint32_t corrupt_per_million = 0;
  std::uint32_t reorder_per_million = 0;
  std::uint32_t delay_per_million = 0;
  sim_time reorder_by = 0;  // so much later: frames sent meanwhile overtake it
  sim_time delay_most = 0;  // a delayed frame comes up to so much later, and nobody overtakes it
  struct single {
    cable_fault what = cable_fault::loss;
    std::uint64_t frame = 0;  // of this direction, from 1
    friend bool operator==(const single&, const single&) = default;
  };
  std::vector<single> singles;  // beside what is drawn
  friend bool operator==(const cable_faults&, const cable_faults&) = default;
};

/// From when until when the cable is not plugged in.
struct cable_flap {
  sim_time from = 0;
  sim_time to = 0;
  friend bool operator==(const cable_flap&, const cable_flap&) = default;
};

struct cable_params {
  sim_time delay = 0;  // from one GMII to the other, in whole byte times
  sim_time byte_time = 8 * ns;
  std::uint32_t preamble_bytes = 8;
  std::uint32_t gap_bytes = 12;  // behind a frame that is not where its sender put it
  std::uint64_t seed = 1;
  std::vector<cable_flap> flaps;  // by time
};

/// A receiver may be told of a frame when its first byte is certain, behind preamble and delimiter, and of a byte when
/// the sender has sent the one behind it: byte times by which the sender must be nearer than the cable is long.
inline constexpr sim_time cable_reserve_bytes = 11;
/// How far cards may be apart at least.
inline constexpr sim_time least_lookahead = 30 * ns;

constexpr sim_time least_cable_delay(sim_time byte_time) {
  const sim_time least = cable_reserve_bytes * byte_time + least_lookahead;
  return (least + byte_time - 1) / byte_time * byte_time;
}
/// How far one of the two cards may be ahead of the other.
constexpr sim_time cable_lookahead(const cable_params& p) {
  return p.delay - cable_reserve_bytes * p.byte_time;
}

}  // namespace ringside::tlm
