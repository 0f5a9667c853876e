#include "sw/driver/moderation.h"

#include <algorithm>

namespace ringside::driver {

std::uint32_t itr_register(std::uint32_t interrupts_per_second) {
  if (interrupts_per_second == 0) return 0;
  const std::uint64_t counts = 1'000'000'000ULL / (static_cast<std::uint64_t>(interrupts_per_second) * 256);
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(counts, 1, 0xFFFF));
}

std::uint32_t dynamic_moderation::update(std::uint64_t packets, std::uint64_t bytes) {
  if (packets == 0) return rate_;
  // Thresholds in the spirit of e1000_update_itr: jumbo or many large frames mean bulk, little or small traffic does
  // not.
  const std::uint64_t average = bytes / packets;
  if (state_ == latency::low) {
    if (bytes > 10000 && (average > 8000 || packets < 10 || average > 1200)) state_ = latency::bulk;
  } else {
    if (bytes < 6000 || (bytes <= 25000 && average < 1200)) state_ = latency::low;
  }
  const std::uint32_t target = state_ == latency::low ? 20000 : 4000;
  rate_ = target > rate_ ? std::min(rate_ + target / 4, target) : target;
  return rate_;
}

}  // namespace ringside::driver
