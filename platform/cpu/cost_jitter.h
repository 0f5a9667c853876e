// SPDX-License-Identifier: Apache-2.0
// Costs that vary from use to use: each by a draw of its own, up to a percentage to either side.
//
// Owned by the virtual CPU.  How costs are collected and waited for may change the order in which a task's code and an
// interrupt's run on the host, but never the order inside either: so each task and each interrupt taken has a stream of
// its own, and so have the switches from task to task: a cost is the same in every way of stepping.
#pragma once

#include <cstdint>

#include "common/rng.h"

namespace ringside::platform {

class cost_jitter {
 public:
  /// `percent`: at most 90; 0 draws nothing.
  cost_jitter(std::uint32_t percent, std::uint64_t seed, unsigned cpu)
      : spread_(percent * (scale / 100)), seed_(rng(seed ^ (cost_stream + cpu)).next()) {}

  rng stream_of_task(std::uint32_t id) const { return rng(rng(seed_ + 2 * std::uint64_t{id}).next()); }
  /// `number`: of the interrupts this CPU took, in simulated time.
  rng stream_of_interrupt(std::uint64_t number) const { return rng(rng(seed_ + 2 * number + 1).next()); }

  rng stream_of_switches() const { return rng(rng(seed_ - 1).next()); }

  bool varies() const { return spread_ != 0; }

  /// What one use of a cost takes; without jitter nothing is drawn.
  std::int64_t cycles(std::int64_t cost, rng& stream) const {
    if (spread_ == 0) return cost;
    const std::int64_t factor = stream.between(scale - spread_, scale + spread_);
    return (cost * factor + scale / 2) / scale;
  }

 private:
  static constexpr std::uint32_t scale = 100'000;
  static constexpr std::uint64_t cost_stream = 0x636F'7374'6A69'7474;

  std::uint32_t spread_;
  std::uint64_t seed_;
};

}  // namespace ringside::platform
