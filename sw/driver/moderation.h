// SPDX-License-Identifier: Apache-2.0
// Interrupt moderation: interrupts per second to the ITR register, and the rate that traffic asks for (FS 7.7).
//
// Owner: driver::e1000.  Callers: configure (the rate), the NAPI mode (dynamic rate).
#pragma once

#include <cstdint>

namespace ringside::driver {

/// ITR counts 256 ns: 8000/s is 488, 20000/s is 195, 0 turns it off.  Slower than the register can say: its maximum.
std::uint32_t itr_register(std::uint32_t interrupts_per_second);

/// InterruptThrottleRate=3, Linux' default ("dynamic conservative"): 20000/s for light traffic, 4000/s for bulk and for
/// links below 1000 Mb/s, steps up by a quarter of the target (e1000_set_itr, e1000_update_itr).
class dynamic_moderation {
 public:
  static constexpr std::uint32_t first_rate = 20000;

  struct traffic {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
  };

  /// Rate after a poll that completed: for what came and what was sent since the last one, the direction that needs
  /// fewer interrupts deciding.  Without a link of 1000 Mb/s the traffic does not count.
  std::uint32_t update(traffic received, traffic sent, bool gigabit = true);
  std::uint32_t rate() const { return rate_; }

 private:
  enum class latency : std::uint8_t { lowest, low, bulk };

  static latency next(latency now, const traffic& seen);

  latency receive_ = latency::lowest;
  latency transmit_ = latency::lowest;
  std::uint32_t rate_ = first_rate;
};

}  // namespace ringside::driver
