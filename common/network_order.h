// SPDX-License-Identifier: Apache-2.0
// Numbers in network byte order (big-endian, RFC 791 appendix B) within a packet's bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ringside {

/// The 16 bits at byte `at`, which with the next one lies within `bytes`.
inline std::uint32_t load_be16(std::span<const std::uint8_t> bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at] << 8 | bytes[at + 1]);
}
/// The 32 bits at byte `at`.
inline std::uint32_t load_be32(std::span<const std::uint8_t> bytes, std::size_t at) {
  return load_be16(bytes, at) << 16 | load_be16(bytes, at + 2);
}
/// Writes the lower 16 bits of `value`.
inline void store_be16(std::span<std::uint8_t> bytes, std::size_t at, std::uint32_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}
inline void store_be32(std::span<std::uint8_t> bytes, std::size_t at, std::uint32_t value) {
  store_be16(bytes, at, value >> 16);
  store_be16(bytes, at + 2, value);
}

}  // namespace ringside
