// SPDX-License-Identifier: Apache-2.0
// Frames for tests, built byte by byte from the RFCs, with their own checksum code.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace ringside::test {

using bytes = std::vector<std::uint8_t>;

/// RFC 1071 the slow and obvious way: independent of sw/stack/checksum.
std::uint16_t slow_checksum(std::span<const std::uint8_t> data, std::uint32_t start = 0);

void put16(bytes& to, std::size_t at, std::uint16_t value);
void put32(bytes& to, std::size_t at, std::uint32_t value);

/// 52:54:00:12:34:56, the station of these tests.
bytes station_address();

inline constexpr std::uint32_t own_address = 0xC0A80002;    // 192.168.0.2, in a network of 24 bits
inline constexpr std::uint32_t other_address = 0xC0A80001;  // 192.168.0.1

struct udp_frame_options {
  std::uint32_t source = other_address;
  std::uint32_t destination = own_address;
  std::uint16_t source_port = 4000;
  std::uint16_t destination_port = 5000;
  bytes ip_options;  // multiple of 4
  bool udp_checksum = true;
  bool pad = true;  // to 60 bytes
  bytes destination_mac = station_address();
};

/// Payload of `size` bytes that depends on `seed`.
bytes pattern(std::size_t size, std::uint8_t seed);
/// Ethernet, IPv4, UDP, payload; no FCS.
bytes udp_frame(const bytes& payload, const udp_frame_options& options = {});
/// IPv4 packet with correct header checksum around `payload`.
bytes ipv4_packet(std::uint8_t protocol, const bytes& payload, const udp_frame_options& options = {});
bytes ethernet_frame(std::uint16_t type, const bytes& payload, const udp_frame_options& options = {});
bytes icmp_echo(std::size_t size);
bytes arp_packet(std::uint16_t operation, std::uint32_t sender, std::uint32_t target);
/// Recomputes the IPv4 header checksum of a packet in place.
void fix_ip_checksum(bytes& packet, std::size_t at = 0);

}  // namespace ringside::test
