// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/checksum_unit.h"

#include <optional>

#include "common/ethernet.h"
#include "hw/regs/e1000_regs.h"
#include "hw/tlm/model/received_frame.h"

namespace ringside::tlm::model {
namespace {

using bytes_view = std::span<const std::uint8_t>;

// From the standards here, again in RTL, checker and stack, each by itself: a wrong one is not wrong in all of them.
constexpr std::uint16_t type_ipv4 = 0x0800, type_ipv6 = 0x86DD;
constexpr std::uint16_t max_length_field = 1500;  // IEEE 802.3 3.2.6: a length up to here, a type above
constexpr std::size_t snap_bytes = 8;             // AA AA 03, organisation 00 00 00, type (RFC 1042)
constexpr std::uint8_t proto_tcp = 6, proto_udp = 17;
constexpr std::size_t tcp_header = 20, udp_header = 8, udp_length_at = 4, udp_checksum_at = 6;
constexpr std::uint16_t all_ones = 0xFFFF;

// RFC 1071: ones' complement sum of big-endian words, an odd end padded with 0.
std::uint16_t ones_sum(bytes_view bytes, std::uint32_t sum = 0) {
  std::uint64_t total = sum;
  for (std::size_t i = 0; i < bytes.size(); ++i) total += static_cast<std::uint64_t>(bytes[i]) << (i % 2 == 0 ? 8 : 0);
  while (total >> 16 != 0) total = (total & 0xFFFF) + (total >> 16);
  return static_cast<std::uint16_t>(total);
}

struct network_layer {
  std::uint16_t type = 0;
  bytes_view packet;
};

// Ethernet II and SNAP, one 802.1Q tag skipped.
std::optional<network_layer> network_layer_of(bytes_view frame, bool vlan) {
  std::size_t at = ethernet::type_offset + (vlan ? ethernet::tag_bytes : 0);
  if (frame.size() < at + 2) return std::nullopt;
  const std::uint16_t type = big_endian_16(frame, at);
  at += 2;
  if (type > max_length_field) return network_layer{type, frame.subspan(at)};
  if (frame.size() < at + snap_bytes) return std::nullopt;
  const bool snap = frame[at] == 0xAA && frame[at + 1] == 0xAA && frame[at + 2] == 0x03 && frame[at + 3] == 0 &&
                    frame[at + 4] == 0 && frame[at + 5] == 0;
  if (!snap) return std::nullopt;
  return network_layer{big_endian_16(frame, at + 6), frame.subspan(at + snap_bytes)};
}

// The whole datagram of TCP or UDP with its pseudo header (R-1: never a part of it, never padding).  A UDP datagram
// ends where its own length says (RFC 768); where IP says otherwise, one of them lies and nothing is claimed.
void verify_transport(bytes_view addresses, std::uint8_t protocol, bytes_view datagram, checksum_result& result) {
  if (protocol != proto_tcp && protocol != proto_udp) return;
  if (datagram.size() < (protocol == proto_tcp ? tcp_header : udp_header)) return;
  if (protocol == proto_udp && big_endian_16(datagram, udp_length_at) != datagram.size()) return;
  if (protocol == proto_udp && big_endian_16(datagram, udp_checksum_at) == 0) return;  // O-4: none was made
  const std::uint32_t pseudo =
      std::uint32_t{ones_sum(addresses)} + protocol + static_cast<std::uint32_t>(datagram.size());
  result.l4_checked = true;
  result.l4_bad = ones_sum(datagram, pseudo) != all_ones;
}

checksum_result verify_ipv4(bytes_view packet, std::uint32_t enabled) {
  constexpr std::size_t least = 20, length_at = 2, fragment_at = 6, protocol_at = 9, addresses_at = 12;
  constexpr std::uint16_t more_or_offset = 0x3FFF;
  checksum_result result;
  if (packet.size() < least || packet[0] >> 4 != 4) return result;
  const std::size_t header = (packet[0] & 0xFU) * std::size_t{4};
  if (header < least || packet.size() < header) return result;
  if ((enabled & rxcsum::IPOFL) != 0) {
    result.ip_checked = true;
    result.ip_bad = ones_sum(packet.first(header)) != all_ones;
  }
  const std::size_t length = big_endian_16(packet, length_at);
  const bool fragment = (big_endian_16(packet, fragment_at) & more_or_offset) != 0;
  if ((enabled & rxcsum::TUOFL) == 0 || fragment || length < header || length > packet.size()) return result;
  verify_transport(packet.subspan(addresses_at, 8), packet[protocol_at], packet.subspan(header, length - header),
                   result);
  return result;
}

checksum_result verify_ipv6(bytes_view packet, std::uint32_t enabled) {
  constexpr std::size_t header = 40, length_at = 4, next_at = 6, addresses_at = 8, longest_extension = 64;
  constexpr std::uint8_t hop_by_hop = 0x00, routing = 0x2B, destination = 0x3C;
  constexpr std::uint32_t needed = rxcsum::TUOFL | rxcsum::IPV6OFL;
  checksum_result result;
  if ((enabled & needed) != needed || packet.size() < header || packet[0] >> 4 != 6) return result;
  const std::size_t length = big_endian_16(packet, length_at);
  if (length > packet.size() - header) return result;
  bytes_view rest = packet.subspan(header, length);
  std::uint8_t next = packet[next_at];
  while (next == hop_by_hop || next == routing || next == destination) {
    if (rest.size() < 8) return result;
    const std::size_t extension = (rest[1] + std::size_t{1}) * 8;
    if (extension > longest_extension || extension > rest.size()) return result;
    // With segments left the sum is over another destination than the header's (RFC 8200 8.1): not verified here.
    if (next == routing && rest[3] != 0) return result;
    next = rest[0];
    rest = rest.subspan(extension);
  }
  verify_transport(packet.subspan(addresses_at, 32), next, rest, result);
  return result;
}

}  // namespace

checksum_result verify_checksums(bytes_view packet, bool vlan, std::uint32_t rxcsum) {
  const std::optional<network_layer> layer = network_layer_of(packet, vlan);
  if (!layer) return {};
  if (layer->type == type_ipv4) return verify_ipv4(layer->packet, rxcsum);
  if (layer->type == type_ipv6) return verify_ipv6(layer->packet, rxcsum);
  return {};
}

std::uint16_t packet_checksum(bytes_view stored, std::uint32_t start) {
  const bytes_view summed = start < stored.size() ? stored.subspan(start) : bytes_view{};
  return static_cast<std::uint16_t>(~ones_sum(summed));
}

}  // namespace ringside::tlm::model
