// SPDX-License-Identifier: Apache-2.0
// TCP frames for tests of transmit: built byte by byte from RFC 9293, and made into packets to be cut.
#pragma once

#include "sw/stack/gso.h"
#include "sw/stack/sk_buff.h"
#include "tests/sw/frames.h"

namespace ringside::test {

inline constexpr std::uint32_t tcp_sequence = 0xFFFFF000;  // wraps inside a packet
inline constexpr std::uint16_t tcp_ip_id = 0x1234;

/// 16-bit sum of addresses, protocol and `tcp_bytes`, not complemented: what stands in the field while a device or
/// skb_checksum_help() completes it.
inline std::uint16_t pseudo_header_sum(const bytes& frame, std::uint32_t tcp_bytes, std::size_t ip = 14) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < 8; i += 2)
    sum += static_cast<std::uint32_t>(frame[ip + 12 + i] << 8 | frame[ip + 13 + i]);
  sum += frame[ip + 9] + (tcp_bytes >> 16) + (tcp_bytes & 0xFFFF);
  while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}

/// Ethernet, IPv4, TCP of 20 bytes with ACK, PSH and FIN, payload; no FCS.  Its checksum field holds the pseudo
/// header's sum.
inline bytes tcp_frame(const bytes& payload) {
  bytes tcp(20);
  put16(tcp, 0, 4000);
  put16(tcp, 2, 5000);
  put32(tcp, 4, tcp_sequence);
  put32(tcp, 8, 77);
  tcp[12] = 0x50;
  tcp[13] = 0x19;
  put16(tcp, 14, 1000);
  tcp.insert(tcp.end(), payload.begin(), payload.end());
  bytes packet = ipv4_packet(6, tcp);
  put16(packet, 4, tcp_ip_id);
  fix_ip_checksum(packet);
  bytes frame = ethernet_frame(0x0800, packet);
  put16(frame, 50, pseudo_header_sum(frame, static_cast<std::uint32_t>(tcp.size())));
  return frame;
}

/// Marks a packet that holds tcp_frame() as TCP does a large one (SB-9).
inline stack::skb_ptr as_tso(stack::skb_ptr skb, std::uint16_t mss) {
  skb->set_network_header(14);
  skb->set_transport_header(34);
  skb->ip_summed = stack::checksum_state::partial;
  skb->csum_start = static_cast<std::uint16_t>(skb->headroom() + 34);
  skb->csum_offset = 16;
  skb->shared().gso_size = mss;
  skb->shared().gso_segs = static_cast<std::uint16_t>((skb->len() - 54 + mss - 1) / mss);
  skb->shared().gso_type = stack::gso_type::tcpv4;
  return skb;
}

}  // namespace ringside::test
