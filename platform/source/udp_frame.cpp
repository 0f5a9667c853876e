// SPDX-License-Identifier: Apache-2.0
#include "platform/source/udp_frame.h"

#include <bit>
#include <cstring>

#include "common/network_order.h"

namespace ringside::platform {
namespace {

std::uint32_t fold(std::uint64_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint32_t>(sum);
}

}  // namespace

// RFC 1071 2: the sum may be taken in the machine's own byte order and swapped at the end, and 32 bits at a time, since
// 2^16 counts as 1.
std::uint32_t ones_sum(std::span<const std::uint8_t> bytes, std::uint32_t start) {
  static_assert(std::endian::native == std::endian::little);
  std::uint64_t sum = 0;
  const std::uint8_t* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; left -= 8, at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    sum += (word & 0xFFFF'FFFF) + (word >> 32);
  }
  if (left >= 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, at, sizeof word);
    sum += word;
    at += 4;
    left -= 4;
  }
  if (left >= 2) {
    sum += static_cast<std::uint32_t>(at[0] | at[1] << 8);
    at += 2;
    left -= 2;
  }
  if (left != 0) sum += *at;
  const std::uint32_t folded = fold(sum);
  return fold(std::uint64_t{start} + (folded >> 8 | (folded & 0xFF) << 8));
}

std::uint16_t internet_checksum(std::uint32_t sum) {
  return static_cast<std::uint16_t>(~fold(sum));
}

void write_udp_headers(const udp_addresses& to, std::uint16_t ip_id, std::span<std::uint8_t> frame) {
  std::memcpy(frame.data(), to.to_mac.data(), to.to_mac.size());
  std::memcpy(frame.data() + ethernet::address_bytes, to.from_mac.data(), to.from_mac.size());
  store_be16(frame, ethernet::type_offset, ethernet::type_ipv4);

  // RFC 791 section 3.1.
  const auto udp_length = static_cast<std::uint32_t>(frame.size() - ethernet::header_bytes - inet::ipv4_header_bytes);
  const std::span<std::uint8_t> ip = frame.subspan(ethernet::header_bytes);
  const std::uint32_t ip_length = static_cast<std::uint32_t>(inet::ipv4_header_bytes) + udp_length;
  const std::uint32_t addresses = halves(to.from_ip) + halves(to.to_ip);
  constexpr std::uint32_t version = 0x4500;
  constexpr std::uint32_t time_to_live = 64 << 8;
  store_be16(ip, 0, version);
  store_be16(ip, 2, ip_length);
  store_be16(ip, 4, ip_id);
  store_be16(ip, 6, inet::dont_fragment);
  store_be16(ip, 8, time_to_live | inet::protocol_udp);
  store_be16(ip, 10,
             internet_checksum(version + ip_length + ip_id + inet::dont_fragment + (time_to_live | inet::protocol_udp) +
                               addresses));
  store_be32(ip, 12, to.from_ip);
  store_be32(ip, 16, to.to_ip);

  // RFC 768: the pseudo header is both addresses, the protocol and the UDP length.
  const std::span<std::uint8_t> udp = ip.subspan(inet::ipv4_header_bytes);
  store_be16(udp, 0, to.from_port);
  store_be16(udp, 2, to.to_port);
  store_be16(udp, 4, udp_length);
  store_be16(udp, 6, 0);
  const std::uint16_t checksum = internet_checksum(ones_sum(udp, addresses + inet::protocol_udp + udp_length));
  store_be16(udp, 6, checksum == 0 ? 0xFFFF : checksum);  // 0 would mean "none"
}

std::vector<std::uint8_t> make_udp_frame(const udp_addresses& to, std::uint16_t ip_id,
                                         std::span<const std::uint8_t> payload) {
  std::vector<std::uint8_t> frame(udp_overhead_bytes);
  frame.reserve(udp_overhead_bytes + payload.size() + ethernet::fcs_bytes);  // the wire appends it
  frame.insert(frame.end(), payload.begin(), payload.end());
  write_udp_headers(to, ip_id, frame);
  return frame;
}

}  // namespace ringside::platform
