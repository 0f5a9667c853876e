// Interrupt moderation: interrupts per second to the ITR register, and the rate that traffic asks for (7.7).
//
// Owner: driver::e1000.  Callers: configure (fixed rate), the NAPI mode (dynamic rate).
#pragma once

#include <cstdint>

namespace ringside::driver {

/// ITR counts 256 ns: 8000/s is 488, 20000/s is 195, 0 turns it off.  Slower than the register can say: its maximum.
std::uint32_t itr_register(std::uint32_t interrupts_per_second);

/// Linux' "dynamic conservative" rate: 20000/s for light traffic, 4000/s for bulk, steps up by a quarter of the target.
class dynamic_moderation {
 public:
  /// Rate for what arrived since the last call.
  std::uint32_t update(std::uint64_t packets, std::uint64_t bytes);
  std::uint32_t rate() const { return rate_; }

 private:
  enum class latency { low, bulk };

  latency state_ = latency::low;
  std::uint32_t rate_ = 20000;
};

}  // namespace ringside::driver
