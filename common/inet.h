// SPDX-License-Identifier: Apache-2.0
// IPv4, UDP and ARP as RFC 791, 768 and 826 lay them out: lengths, bits and numbers.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ringside::inet {

inline constexpr std::size_t ipv4_header_bytes = 20;  // without options
inline constexpr std::uint16_t dont_fragment = 0x4000;
inline constexpr std::uint16_t more_fragments = 0x2000;
inline constexpr std::uint16_t fragment_offset = 0x1FFF;  // in units of 8 bytes
inline constexpr std::size_t udp_header_bytes = 8;
inline constexpr std::size_t arp_bytes = 28;  // for IPv4 over Ethernet

// Protocol numbers (IANA).
inline constexpr std::uint8_t protocol_icmp = 1;
inline constexpr std::uint8_t protocol_igmp = 2;
inline constexpr std::uint8_t protocol_tcp = 6;
inline constexpr std::uint8_t protocol_udp = 17;
inline constexpr std::uint8_t protocol_dccp = 33;
inline constexpr std::uint8_t protocol_udplite = 136;
inline constexpr std::uint8_t protocol_experiment = 253;  // RFC 3692
inline constexpr std::uint8_t protocol_reserved = 255;

inline constexpr std::uint32_t limited_broadcast = 0xFFFF'FFFF;

}  // namespace ringside::inet
