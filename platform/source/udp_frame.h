// SPDX-License-Identifier: Apache-2.0
// Builds one Ethernet II / IPv4 / UDP frame with correct checksums.
//
// Called by generator.cpp and by tests that need a frame the stack delivers.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "common/ethernet.h"
#include "common/inet.h"

namespace ringside::platform {

/// Headers in front of a datagram's payload.
inline constexpr std::size_t udp_overhead_bytes =
    ethernet::header_bytes + inet::ipv4_header_bytes + inet::udp_header_bytes;

struct udp_addresses {
  std::array<std::uint8_t, 6> to_mac{};
  std::array<std::uint8_t, 6> from_mac{};
  std::uint32_t to_ip = 0;    // host byte order
  std::uint32_t from_ip = 0;  // host byte order
  std::uint16_t to_port = 0;
  std::uint16_t from_port = 0;
};

/// Writes the headers in front of a payload that lies in place: the frame from DA on, from udp_overhead_bytes on the
/// payload, of at most 65507 bytes.  What was there before does not matter.
void write_udp_headers(const udp_addresses& to, std::uint16_t ip_id, std::span<std::uint8_t> frame);
/// DA to the last payload byte, no FCS and no padding.
std::vector<std::uint8_t> make_udp_frame(const udp_addresses& to, std::uint16_t ip_id,
                                         std::span<const std::uint8_t> payload);

/// Upper and lower half added: what the word adds to such a sum.
inline std::uint32_t halves(std::uint32_t word) {
  return (word >> 16) + (word & 0xFFFF);
}
/// One's complement sum of big-endian 16-bit words, an odd last byte padded with zero (RFC 1071); not inverted.
std::uint32_t ones_sum(std::span<const std::uint8_t> bytes, std::uint32_t start = 0);
/// The Internet checksum of such a sum.
std::uint16_t internet_checksum(std::uint32_t sum);

}  // namespace ringside::platform
