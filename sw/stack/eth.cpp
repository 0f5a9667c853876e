// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/eth.h"

#include "sw/stack/headers.h"

namespace ringside::stack {

mac_address ip_eth_mc_map(ipv4_address group) {
  return {0x01,
          0x00,
          0x5E,
          static_cast<std::uint8_t>(group >> 16 & 0x7F),
          static_cast<std::uint8_t>(group >> 8),
          static_cast<std::uint8_t>(group)};
}

void eth_type_trans(sk_buff& skb, net_device& dev) {
  skb.dev = &dev;
  skb.reset_mac_header();
  const ethernet_view header(skb.data());
  const mac_address destination = header.destination();
  if (is_multicast(destination)) {
    skb.type = is_broadcast(destination) ? packet_type::broadcast : packet_type::multicast;
  } else {
    skb.type = destination == dev.address ? packet_type::host : packet_type::other_host;
  }
  const std::uint16_t type = header.type();
  skb.protocol = type >= ether_type::first ? type : ether_type::ieee_802_2;
  skb.pull(eth_header_bytes);
}

}  // namespace ringside::stack
