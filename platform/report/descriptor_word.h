// SPDX-License-Identifier: Apache-2.0
// What reports read from bytes 8..15 of a written-back receive descriptor (FS 5).
#pragma once

#include <cstdint>

namespace ringside::platform {

/// Length 15:0, checksum 31:16, status 39:32, errors 47:40, special 63:48 (little-endian, SDM 3.2.3).
inline constexpr std::uint64_t word_dd = std::uint64_t{1} << 32;
inline constexpr std::uint64_t word_eop = std::uint64_t{1} << 33;

constexpr std::uint32_t word_length(std::uint64_t word) {
  return static_cast<std::uint32_t>(word & 0xFFFF);
}
constexpr std::uint32_t word_status(std::uint64_t word) {
  return static_cast<std::uint32_t>((word >> 32) & 0xFF);
}
constexpr std::uint32_t word_errors(std::uint64_t word) {
  return static_cast<std::uint32_t>((word >> 40) & 0xFF);
}

}  // namespace ringside::platform
