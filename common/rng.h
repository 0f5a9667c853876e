// SPDX-License-Identifier: Apache-2.0
// The project's own random numbers: the standard library's distributions differ by implementation, and a seed must
// give the same run everywhere.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ringside {

/// splitmix64 (Steele, Lea, Flood 2014): one 64-bit state, a bijective finaliser, period 2^64.
class rng {
 public:
  explicit constexpr rng(std::uint64_t seed) : state_(seed) {}

  constexpr std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }

  /// Uniform in [0, bound) by multiply-shift (bias below 2^-32 for the bounds used here); bound > 0.
  constexpr std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>(((next() >> 32) * bound) >> 32);
  }

  /// Uniform in [low, high], both included.
  constexpr std::uint32_t between(std::uint32_t low, std::uint32_t high) { return low + below(high - low + 1); }

  /// True in `per_million` of a million draws.
  constexpr bool chance(std::uint32_t per_million) { return below(1'000'000) < per_million; }

 private:
  std::uint64_t state_;
};

/// Weighted choice: index of a weight, in proportion.
template <std::size_t N>
constexpr std::size_t weighted(rng& random, const std::uint32_t (&weights)[N]) {
  std::uint32_t total = 0;
  for (const std::uint32_t weight : weights) total += weight;
  std::uint32_t draw = random.below(total);
  std::size_t index = 0;
  while (index + 1 < N && draw >= weights[index]) draw -= weights[index++];
  return index;
}

}  // namespace ringside
