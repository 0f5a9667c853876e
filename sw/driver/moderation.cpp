// SPDX-License-Identifier: Apache-2.0
#include "sw/driver/moderation.h"

#include <algorithm>

namespace ringside::driver {

std::uint32_t itr_register(std::uint32_t interrupts_per_second) {
  if (interrupts_per_second == 0) return 0;
  const std::uint64_t counts = 1'000'000'000ULL / (static_cast<std::uint64_t>(interrupts_per_second) * 256);
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(counts, 1, 0xFFFF));
}

// e1000_update_itr.
dynamic_moderation::latency dynamic_moderation::next(latency now, const traffic& seen) {
  const auto [packets, bytes] = seen;
  if (packets == 0) return now;
  const std::uint64_t average = bytes / packets;
  switch (now) {
    case latency::lowest:
      if (average > 8000) return latency::bulk;  // jumbo frames
      if (packets < 5 && bytes > 512) return latency::low;
      break;
    case latency::low:
      if (bytes > 10000) {
        if (average > 8000 || packets < 10 || average > 1200) return latency::bulk;
        if (packets > 35) return latency::lowest;
      } else if (average > 2000) {
        return latency::bulk;
      } else if (packets <= 2 && bytes < 512) {
        return latency::lowest;
      }
      break;
    case latency::bulk:
      if (bytes > 25000 ? packets > 35 : bytes < 6000) return latency::low;
      break;
  }
  return now;
}

std::uint32_t dynamic_moderation::update(traffic received, traffic sent, bool gigabit) {
  std::uint32_t target = 4000;
  if (gigabit) {
    transmit_ = std::max(next(transmit_, sent), latency::low);  // the conservative mode has no lowest
    receive_ = std::max(next(receive_, received), latency::low);
    if (std::max(receive_, transmit_) == latency::low) target = 20000;
  }
  rate_ = target > rate_ ? std::min(rate_ + target / 4, target) : target;
  return rate_;
}

}  // namespace ringside::driver
