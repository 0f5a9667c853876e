// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/inet_offload.h"

#include <array>

#include "common/ethernet.h"
#include "common/inet.h"
#include "sw/stack/checksum.h"
#include "sw/stack/eth.h"
#include "sw/stack/ip.h"

namespace ringside::stack {
namespace {

constexpr std::size_t header_bytes = inet::ipv4_header_bytes;
constexpr std::size_t udp_header_bytes = inet::udp_header_bytes;
constexpr std::uint8_t version_4_without_options = 0x45;
constexpr std::uint16_t dont_fragment = inet::dont_fragment;

/// Where the IPv4 header begins, tags still in the data skipped (vlan_gro_receive); beyond the packet: nowhere.
std::size_t ipv4_offset(const sk_buff& skb) {
  std::uint16_t type = skb.protocol;
  std::size_t at = 0;
  while (type == ether_type::vlan || type == ether_type::service_vlan) {
    std::array<std::byte, ethernet::tag_bytes> tag;
    if (!skb.copy_bits(at, tag)) return skb.len();
    type = load_be16(&tag[2]);
    at += ethernet::tag_bytes;
  }
  return type == ether_type::ipv4 ? at : skb.len();
}

void verify_checksum(kernel::host& machine, sk_buff& skb) {
  const std::size_t at = ipv4_offset(skb);
  std::array<std::byte, header_bytes> header;
  if (!skb.copy_bits(at, header)) return;
  const std::uint8_t protocol = load8(&header[9]);
  if (protocol != ip_protocol::udp && protocol != ip_protocol::tcp) return;  // inet_offloads has no other
  if (load8(&header[0]) != version_4_without_options || !checksum_valid(header)) return;
  // A fragment cannot be verified, and what is padded or cut would not be merged: then Linux does not ask for the sum.
  const std::size_t total = skb.len() - at;
  if (load_be16(&header[2]) != total || (load_be16(&header[6]) & ~dont_fragment) != 0) return;

  const std::size_t bytes = total - header_bytes;
  if (protocol == ip_protocol::udp) {
    std::array<std::byte, udp_header_bytes> udp;
    if (!skb.copy_bits(at + header_bytes, udp)) return;
    if (load_be16(&udp[6]) == 0) {  // RFC 768: the sender computed none
      skb.ip_summed = checksum_state::unnecessary;
      return;
    }
  }
  machine.consume(kernel::cost::checksum_per_byte, bytes);
  inet_sum sum;
  sum.add(std::span(header).subspan(12));  // both addresses: inet_gro_compute_pseudo
  sum.add16(protocol);
  sum.add32(static_cast<std::uint32_t>(bytes));  // IP's length, whatever UDP's says
  add_packet(sum, skb, at + header_bytes, bytes);
  if (sum.folded() == 0xFFFF) skb.ip_summed = checksum_state::unnecessary;
}

}  // namespace

// dev_gro_receive leaves a verdict of the card alone (csum_cnt).
void inet_gro_receive(kernel::host& machine, sk_buff& skb) {
  if (skb.ip_summed == checksum_state::none) verify_checksum(machine, skb);
}

}  // namespace ringside::stack
