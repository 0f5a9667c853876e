// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/inet_offload.h"

#include <array>

#include "common/ethernet.h"
#include "common/inet.h"
#include "sw/stack/checksum.h"
#include "sw/stack/eth.h"
#include "sw/stack/headers.h"
#include "sw/stack/ip.h"

namespace ringside::stack {
namespace {

/// Where the IPv4 header begins, tags still in the data skipped (vlan_gro_receive); beyond the packet: nowhere.
std::size_t ipv4_offset(const sk_buff& skb) {
  std::uint16_t type = skb.protocol;
  std::size_t at = 0;
  while (type == ether_type::vlan || type == ether_type::service_vlan) {
    std::array<std::byte, vlan_view::bytes> tag;
    if (!skb.copy_bits(at, tag)) return skb.len();
    type = vlan_view(tag.data()).type();
    at += ethernet::tag_bytes;
  }
  return type == ether_type::ipv4 ? at : skb.len();
}

void verify_checksum(kernel::host& machine, sk_buff& skb) {
  const std::size_t at = ipv4_offset(skb);
  std::array<std::byte, ipv4_view::bytes> header;
  if (!skb.copy_bits(at, header)) return;
  const ipv4_view ip(header.data());
  const std::uint8_t protocol = ip.protocol();
  if (protocol != ip_protocol::udp && protocol != ip_protocol::tcp) return;  // inet_offloads has no other
  if (ip.version() != 4 || ip.header_bytes() != ipv4_view::bytes || !checksum_valid(header)) return;
  // A fragment cannot be verified, and what is padded or cut would not be merged: then Linux does not ask for the sum.
  const std::size_t total = skb.len() - at;
  if (ip.total_length() != total || (ip.fragment() & ~inet::dont_fragment) != 0) return;

  const std::size_t bytes = total - ipv4_view::bytes;
  if (protocol == ip_protocol::udp) {
    std::array<std::byte, udp_view::bytes> udp;
    if (!skb.copy_bits(at + ipv4_view::bytes, udp)) return;
    if (udp_view(udp.data()).checksum() == 0) {  // RFC 768: the sender computed none
      skb.ip_summed = checksum_state::unnecessary;
      return;
    }
  }
  machine.consume(kernel::cost::checksum_per_byte, bytes);
  inet_sum sum;
  sum.add(std::span(header).subspan(12));  // both addresses: inet_gro_compute_pseudo
  sum.add16(protocol);
  sum.add32(static_cast<std::uint32_t>(bytes));  // IP's length, whatever UDP's says
  add_packet(sum, skb, at + ipv4_view::bytes, bytes);
  if (sum.folded() == 0xFFFF) skb.ip_summed = checksum_state::unnecessary;
}

}  // namespace

// dev_gro_receive leaves a verdict of the card alone (csum_cnt).
void inet_gro_receive(kernel::host& machine, sk_buff& skb) {
  if (skb.ip_summed == checksum_state::none) verify_checksum(machine, skb);
}

}  // namespace ringside::stack
