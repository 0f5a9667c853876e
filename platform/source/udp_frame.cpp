#include "platform/source/udp_frame.h"

#include <algorithm>

namespace ringside::platform {
namespace {

constexpr std::uint16_t ethertype_ipv4 = 0x0800;
constexpr std::uint8_t protocol_udp = 17;

void put16(std::span<std::uint8_t> bytes, std::size_t at, std::uint32_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}

void put32(std::span<std::uint8_t> bytes, std::size_t at, std::uint32_t value) {
  put16(bytes, at, value >> 16);
  put16(bytes, at + 2, value & 0xFFFF);
}

}  // namespace

std::uint32_t ones_sum(std::span<const std::uint8_t> bytes, std::uint32_t start) {
  std::uint64_t sum = start;
  std::size_t i = 0;
  for (; i + 1 < bytes.size(); i += 2) sum += static_cast<std::uint32_t>(bytes[i] << 8 | bytes[i + 1]);
  if (i < bytes.size()) sum += static_cast<std::uint32_t>(bytes[i] << 8);
  while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint32_t>(sum);
}

std::uint16_t internet_checksum(std::uint32_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

std::vector<std::uint8_t> make_udp_frame(const udp_addresses& to, std::uint16_t ip_id,
                                         std::span<const std::uint8_t> payload) {
  std::vector<std::uint8_t> frame;
  frame.reserve(udp_overhead_bytes + payload.size() + fcs_bytes);  // the wire appends it
  frame.resize(udp_overhead_bytes + payload.size());
  std::copy(to.to_mac.begin(), to.to_mac.end(), frame.begin());
  std::copy(to.from_mac.begin(), to.from_mac.end(), frame.begin() + 6);
  put16(frame, 12, ethertype_ipv4);

  // RFC 791 section 3.1.
  const auto udp_length = static_cast<std::uint32_t>(udp_header_bytes + payload.size());
  const std::span<std::uint8_t> ip = std::span(frame).subspan(eth_header_bytes);
  ip[0] = 0x45;
  put16(ip, 2, static_cast<std::uint32_t>(ip_header_bytes) + udp_length);
  put16(ip, 4, ip_id);
  put16(ip, 6, 0x4000);  // don't fragment
  ip[8] = 64;
  ip[9] = protocol_udp;
  put32(ip, 12, to.from_ip);
  put32(ip, 16, to.to_ip);
  put16(ip, 10, internet_checksum(ones_sum(ip.first(ip_header_bytes))));

  // RFC 768: the pseudo header is both addresses, the protocol and the UDP length.
  const std::span<std::uint8_t> udp = ip.subspan(ip_header_bytes);
  put16(udp, 0, to.from_port);
  put16(udp, 2, to.to_port);
  put16(udp, 4, udp_length);
  std::copy(payload.begin(), payload.end(), udp.begin() + udp_header_bytes);
  const std::uint32_t pseudo = ones_sum(ip.subspan(12, 8), protocol_udp + udp_length);
  const std::uint16_t checksum = internet_checksum(ones_sum(udp, pseudo));
  put16(udp, 6, checksum == 0 ? 0xFFFF : checksum);  // 0 would mean "none"
  return frame;
}

}  // namespace ringside::platform
