// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/codel.h"

namespace ringside::stack {

bool codel::should_drop(time enqueued, time now, std::uint64_t backlog, std::uint32_t mtu) {
  if (before(now - enqueued, target) || backlog <= mtu) {
    first_above_ = 0;
    return false;
  }
  if (first_above_ == 0) {
    first_above_ = now + interval;
    return false;
  }
  return before(first_above_, now);
}

void codel::one_more() {
  ++count;
  newton_step();
}

void codel::schedule_after(time from) {
  drop_next = from + static_cast<time>(std::uint64_t{interval} * (std::uint32_t{inverse_} << 16) >> 32);
}

void codel::begin_dropping(time now) {
  dropping = true;
  const std::uint32_t delta = count - last_count_;
  if (delta > 1 && before(now - drop_next, 16 * interval)) {
    count = delta;
    newton_step();
  } else {
    count = 1;
    inverse_ = 0xFFFF;
  }
  last_count_ = count;
  schedule_after(now);
}

// codel_Newton_step: x <- x / 2 * (3 - count * x^2), a 32-bit fraction between steps.
void codel::newton_step() {
  const std::uint32_t inverse = std::uint32_t{inverse_} << 16;
  const auto squared = static_cast<std::uint32_t>(std::uint64_t{inverse} * inverse >> 32);
  std::uint64_t value = (std::uint64_t{3} << 32) - std::uint64_t{count} * squared;
  value >>= 2;  // no more than 64 bits in the product
  value = value * inverse >> (32 - 2 + 1);
  inverse_ = static_cast<std::uint16_t>(value >> 16);
}

}  // namespace ringside::stack
