// SPDX-License-Identifier: Apache-2.0
// The kernel's random numbers: one seed, and a stream of its own for each use, so that a new user moves nobody's
// numbers (G-2, SE-8).
//
// Owner: kernel::kernel; the seed is the run's.  Callers: what Linux has get_random_bytes() for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "sw/kernel/siphash.h"

namespace ringside::kernel {

/// Numbers of one use.  The n-th is the SipHash-2-4 of n, from 0 on, 8 bytes, the least significant first.
class entropy_stream {
 public:
  explicit entropy_stream(const siphash_key& key) : key_(key) {}

  std::uint64_t u64();
  std::uint32_t u32() { return static_cast<std::uint32_t>(u64() >> 32); }
  /// Uniform in [0, bound), bound > 0; draws again where a plain product would prefer some (Lemire, "Fast random
  /// integer generation in an interval", 2019).
  std::uint32_t below(std::uint32_t bound);
  /// Each eight bytes take a number of their own, the least significant byte first.
  void fill(std::span<std::byte> bytes);
  /// A secret: of two numbers.
  siphash_key secret() {
    const std::uint64_t first = u64();
    return {first, u64()};
  }

 private:
  siphash_key key_;
  std::uint64_t drawn_ = 0;
};

class entropy {
 public:
  explicit entropy(std::uint64_t seed) : seed_(seed) {}

  /// The stream of that name, which goes on where its last user left it.  Its key is the SipHash-2-4 of the name, once
  /// with 0 and once with 1 in front, under the key {seed, 0}.  The reference stays good.
  entropy_stream& stream(std::string_view name);

 private:
  std::uint64_t seed_;
  std::map<std::string, entropy_stream, std::less<>> streams_;
};

}  // namespace ringside::kernel
