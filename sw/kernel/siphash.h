// SPDX-License-Identifier: Apache-2.0
// SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012): 64 bits of hash under a secret of 128.
//
// Callers: entropy; what Linux derives from a secret by siphash (initial sequence numbers, port offsets).
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ringside::kernel {

using siphash_key = std::array<std::uint64_t, 2>;  // siphash_key_t: bytes 0..7 and 8..15, the least significant first

/// The bytes are read as the paper has them, the same on every machine.
inline std::uint64_t siphash24(const siphash_key& key, std::span<const std::byte> message) {
  std::uint64_t v0 = key[0] ^ 0x736F6D6570736575;  // "somepseudorandomlygeneratedbytes"
  std::uint64_t v1 = key[1] ^ 0x646F72616E646F6D;
  std::uint64_t v2 = key[0] ^ 0x6C7967656E657261;
  std::uint64_t v3 = key[1] ^ 0x7465646279746573;
  const auto rounds = [&](int count) {
    for (int i = 0; i < count; ++i) {
      v0 += v1;
      v1 = std::rotl(v1, 13) ^ v0;
      v0 = std::rotl(v0, 32);
      v2 += v3;
      v3 = std::rotl(v3, 16) ^ v2;
      v0 += v3;
      v3 = std::rotl(v3, 21) ^ v0;
      v2 += v1;
      v1 = std::rotl(v1, 17) ^ v2;
      v2 = std::rotl(v2, 32);
    }
  };
  const auto take_in = [&](std::uint64_t word) {
    v3 ^= word;
    rounds(2);
    v0 ^= word;
  };
  const auto little_endian = [](std::span<const std::byte> bytes) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) word |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
    return word;
  };
  std::span<const std::byte> left = message;
  for (; left.size() >= 8; left = left.subspan(8)) take_in(little_endian(left.first(8)));
  take_in(little_endian(left) | std::uint64_t{message.size()} << 56);
  v2 ^= 0xFF;
  rounds(4);
  return v0 ^ v1 ^ v2 ^ v3;
}

}  // namespace ringside::kernel
