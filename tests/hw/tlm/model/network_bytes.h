// SPDX-License-Identifier: Apache-2.0
// Network headers by hand, for what a card is to make of them: RFC 791, 793, 768, 1071, 8200.
//
// Written for tests of the transmit side and independent of the cards and of the stack.
#pragma once

#include <cstdint>
#include <vector>

namespace ringside::test::network {

using byte_vector = std::vector<std::uint8_t>;

inline void put_16(byte_vector& to, std::uint32_t value) {
  to.push_back(static_cast<std::uint8_t>(value >> 8));
  to.push_back(static_cast<std::uint8_t>(value));
}
inline void put_32(byte_vector& to, std::uint32_t value) {
  put_16(to, value >> 16);
  put_16(to, value & 0xFFFF);
}
inline void set_16(byte_vector& in, std::size_t at, std::uint32_t value) {
  in.at(at) = static_cast<std::uint8_t>(value >> 8);
  in.at(at + 1) = static_cast<std::uint8_t>(value);
}
inline void append(byte_vector& to, const byte_vector& more) {
  to.insert(to.end(), more.begin(), more.end());
}

/// RFC 1071: ones' complement sum of 16-bit words, the straightforward way.
inline std::uint32_t internet_sum(const byte_vector& bytes, std::size_t from, std::size_t behind) {
  std::uint32_t sum = 0;
  for (std::size_t i = from; i < behind; i += 2) {
    sum += std::uint32_t{bytes.at(i)} * 256 + (i + 1 < behind ? bytes.at(i + 1) : 0U);
    if (sum > 0xFFFF) sum = sum - 0xFFFF;
  }
  return sum;
}
inline std::uint32_t internet_sum(const byte_vector& bytes) {
  return internet_sum(bytes, 0, bytes.size());
}

inline constexpr std::uint32_t source = 0x0A00'0001, destination = 0xC0A8'0102;
inline constexpr std::uint32_t tcp = 6, udp = 17;
inline constexpr std::uint32_t source_port = 49152, destination_port = 80;

/// DA, SA and type.
inline byte_vector ethernet(std::uint32_t type) {
  byte_vector h{0x02, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
  put_16(h, type);
  return h;
}

/// RFC 791, `options` bytes of no-operation; the checksum is filled in.
inline byte_vector ipv4(std::uint32_t protocol, std::uint32_t id, std::size_t payload, std::size_t options = 0) {
  byte_vector h{static_cast<std::uint8_t>(0x45 + options / 4), 0};
  put_16(h, static_cast<std::uint32_t>(20 + options + payload));
  put_16(h, id);
  put_16(h, 0x4000);  // do not fragment
  h.push_back(64);
  h.push_back(static_cast<std::uint8_t>(protocol));
  put_16(h, 0);
  put_32(h, source);
  put_32(h, destination);
  h.resize(20 + options, 1);
  set_16(h, 10, ~internet_sum(h) & 0xFFFF);
  return h;
}

/// RFC 8200.
inline byte_vector ipv6(std::uint32_t protocol, std::size_t payload) {
  byte_vector h;
  put_32(h, 0x6000'0000);
  put_16(h, static_cast<std::uint32_t>(payload));
  h.push_back(static_cast<std::uint8_t>(protocol));
  h.push_back(64);
  for (std::uint32_t i = 0; i < 8; ++i) put_32(h, 0xFE80'0000 + i * 0x01234567);
  return h;
}

/// Pseudo header of RFC 793 and of RFC 8200 section 8.1, from the IP header `ip`.
inline byte_vector pseudo_header(const byte_vector& ip, std::uint32_t protocol, std::size_t length) {
  const bool six = (ip.at(0) >> 4) == 6;
  byte_vector p(ip.begin() + (six ? 8 : 12), ip.begin() + (six ? 40 : 20));
  put_32(p, static_cast<std::uint32_t>(length));
  put_32(p, protocol);
  return p;
}

/// RFC 793 with `options` bytes of no-operation, its checksum 0.
inline byte_vector tcp_header(std::uint32_t sequence, std::uint8_t flags, std::size_t options = 0) {
  byte_vector h;
  put_16(h, source_port);
  put_16(h, destination_port);
  put_32(h, sequence);
  put_32(h, 0x1122'3344);
  h.push_back(static_cast<std::uint8_t>((20 + options) / 4 << 4));
  h.push_back(flags);
  put_16(h, 0x7FFF);
  put_16(h, 0);
  put_16(h, 0);
  h.resize(20 + options, 1);
  return h;
}

/// RFC 768, its checksum 0.
inline byte_vector udp_header(std::size_t payload) {
  byte_vector h;
  put_16(h, source_port);
  put_16(h, destination_port);
  put_16(h, static_cast<std::uint32_t>(8 + payload));
  put_16(h, 0);
  return h;
}

/// The checksum of an L4 datagram whose own field is 0; 0 itself is sent as FFFF (RFC 768, and the same to TCP).
inline std::uint32_t l4_checksum(const byte_vector& ip, std::uint32_t protocol, const byte_vector& datagram) {
  byte_vector all = pseudo_header(ip, protocol, datagram.size());
  append(all, datagram);
  const std::uint32_t sum = ~internet_sum(all) & 0xFFFF;
  return sum == 0 ? 0xFFFF : sum;
}

/// What Linux leaves in a checksum field for the card: the pseudo header's sum, with this length in it.
inline std::uint32_t seed(const byte_vector& ip, std::uint32_t protocol, std::size_t length) {
  return internet_sum(pseudo_header(ip, protocol, length));
}

}  // namespace ringside::test::network
