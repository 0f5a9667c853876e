// SPDX-License-Identifier: Apache-2.0
#include "platform/source/arrival.h"

#include <bit>

namespace ringside::platform {
namespace {

constexpr std::uint64_t preamble_bytes = 8;       // preamble and SFD, IEEE 802.3 clause 3.2.1
constexpr std::uint64_t ln2_q32 = 2'977'044'472;  // ln 2 * 2^32

}  // namespace

std::uint64_t exponential_q32(std::uint64_t draw) {
  // u = (draw + 1) / 2^64 lies in (0, 1]; log2 bit by bit: squaring the mantissa doubles the logarithm.
  if (draw == ~std::uint64_t{0}) return 0;
  const std::uint64_t u = draw + 1;
  const auto zeros = static_cast<unsigned>(std::countl_zero(u));
  std::uint64_t mantissa = (u << zeros) >> 32;  // [2^31, 2^32): 1.x with 31 fraction bits
  std::uint64_t fraction = 0;                   // of log2(mantissa), 32 bits
  for (int bit = 31; bit >= 4; --bit) {
    mantissa = (mantissa * mantissa) >> 31;
    if (mantissa >> 32 != 0) {
      mantissa >>= 1;
      fraction |= std::uint64_t{1} << bit;
    }
  }
  // -log2(u) = (zeros + 1) - log2(1.x).
  const std::uint64_t minus_log2_q32 = ((std::uint64_t{zeros} + 1) << 32) - fraction;
  return static_cast<std::uint64_t>((static_cast<wide_int>(minus_log2_q32) * ln2_q32) >> 32);
}

arrival::arrival(const scenario& s)
    : kind_(s.gen.rate),
      spacing_(s.gen.arrival),
      rate_(s.gen.rate_value),
      ps_per_byte_(8 * us / s.wire.link_mbps),
      gap_bytes_(s.wire.gap_min) {}

sim_time arrival::next(std::uint32_t frame_bytes, rng& random) {
  sim_time nominal = 0;
  if (kind_ == rate_kind::frames_per_second)
    nominal = static_cast<sim_time>(static_cast<wide_int>(frames_) * second * rate_.den / rate_.num);
  if (kind_ == rate_kind::megabits_per_second)
    nominal = static_cast<sim_time>(static_cast<wide_int>(frame_bytes_) * 8 * us * rate_.den / rate_.num);
  if (kind_ == rate_kind::percent)
    nominal = static_cast<sim_time>(static_cast<wide_int>(wire_bytes_) * ps_per_byte_ * 100 * rate_.den / rate_.num);
  ++frames_;
  frame_bytes_ += frame_bytes;
  wire_bytes_ += preamble_bytes + frame_bytes + gap_bytes_;
  if (spacing_ == arrival_kind::constant || kind_ == rate_kind::line) return nominal;
  const sim_time gap = nominal - previous_nominal_;
  previous_nominal_ = nominal;
  random_time_ += static_cast<sim_time>((static_cast<wide_int>(gap) * exponential_q32(random.next())) >> 32);
  return random_time_;
}

}  // namespace ringside::platform
