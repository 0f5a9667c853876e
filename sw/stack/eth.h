// SPDX-License-Identifier: Apache-2.0
// Ethernet header: what eth_type_trans does.
//
// Caller: the driver, before netif_receive_skb.
#pragma once

#include <cstdint>

#include "common/ethernet.h"
#include "sw/stack/net_device.h"
#include "sw/stack/sk_buff.h"

namespace ringside::stack {

inline constexpr std::size_t eth_header_bytes = ethernet::header_bytes;
inline constexpr std::size_t eth_address_bytes = ethernet::address_bytes;

namespace ether_type {
inline constexpr std::uint16_t ipv4 = ethernet::type_ipv4;
inline constexpr std::uint16_t arp = ethernet::type_arp;
inline constexpr std::uint16_t vlan = ethernet::type_vlan;
inline constexpr std::uint16_t service_vlan = ethernet::type_8021ad;
inline constexpr std::uint16_t ipv6 = ethernet::type_ipv6;
inline constexpr std::uint16_t ieee_802_2 = 0x0004;  // Linux' ETH_P_802_2: the field was a length
inline constexpr std::uint16_t first = 0x0600;       // IEEE 802.3 3.2.6: values below are lengths
}  // namespace ether_type

/// RFC 1112 6.4: 01:00:5E and the lower 23 bits of the group.
mac_address ip_eth_mc_map(ipv4_address group);

/// Sets device, MAC header, packet type and protocol, and moves data behind the Ethernet header.
/// The packet has at least 14 linear bytes.
void eth_type_trans(sk_buff& skb, net_device& dev);

}  // namespace ringside::stack
