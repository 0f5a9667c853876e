// SPDX-License-Identifier: Apache-2.0
// Big-endian (network order) accessors over bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ringside::stack {

inline std::uint8_t load8(const std::byte* p) {
  return std::to_integer<std::uint8_t>(*p);
}
inline std::uint16_t load_be16(const std::byte* p) {
  return static_cast<std::uint16_t>((load8(p) << 8) | load8(p + 1));
}
inline std::uint32_t load_be32(const std::byte* p) {
  return (static_cast<std::uint32_t>(load_be16(p)) << 16) | load_be16(p + 2);
}

using mac_address = std::array<std::uint8_t, 6>;
/// IPv4 address as a number: 192.0.2.1 is 0xC0000201.
using ipv4_address = std::uint32_t;

inline mac_address load_mac(const std::byte* p) {
  return {load8(p), load8(p + 1), load8(p + 2), load8(p + 3), load8(p + 4), load8(p + 5)};
}
inline bool is_broadcast(const mac_address& a) {
  return (a[0] & a[1] & a[2] & a[3] & a[4] & a[5]) == 0xFF;
}
inline bool is_multicast(const mac_address& a) {
  return (a[0] & 1) != 0;
}

}  // namespace ringside::stack
