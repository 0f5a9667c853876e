// SPDX-License-Identifier: Apache-2.0
// ARP (RFC 826): what is heard goes to the neighbour table, requests for an own address are answered, and the table's
// questions are asked (net/ipv4/arp.c of Linux 6.1; NB-8 to NB-13).
//
// Owner: net_stack.  Callers: packet_layer (EtherType 0x0806), neighbour_table.
#pragma once

#include <cstdint>
#include <functional>

#include "sw/stack/frame_numbers.h"
#include "sw/stack/neighbour.h"
#include "sw/stack/packet_transmit.h"
#include "sw/stack/routing.h"
#include "sw/stack/skb_allocator.h"

namespace ringside::stack {

struct arp_statistics {
  std::uint64_t requests = 0;
  std::uint64_t requests_for_us = 0;
  std::uint64_t replies = 0;
  std::uint64_t invalid = 0;
  std::uint64_t requests_sent = 0;
  std::uint64_t replies_sent = 0;
};

class arp_layer {
 public:
  arp_layer(kernel::host& machine, skb_allocator& skbs, routing& routes, neighbour_table& neighbours,
            packet_transmit& xmit, frame_numbers& frames)
      : host_(machine), skbs_(skbs), routes_(routes), neighbours_(neighbours), xmit_(xmit), frames_(frames) {}

  void arp_rcv(skb_ptr skb);
  /// The packet for which a neighbour is asked: its source and its frame; 0: none.
  struct subject {
    ipv4_address source = 0;
    frame_id frame = 0;
  };
  /// Asks who has the neighbour's address (arp_solicit).
  void solicit(neighbour& n, const subject& about);
  /// Nobody answered: the packet's sender is told (arp_error_report).
  void error_report(skb_ptr skb);
  /// Who sends a host unreachable about a packet (dst_link_failure).
  void on_link_failure(std::function<void(sk_buff&)> tell) { link_failure_ = std::move(tell); }
  /// NETDEV_NOTIFY_PEERS, and a change of the device's address with arp_notify: its addresses are told to all
  /// (inetdev_send_gratuitous_arp, NB-11).
  void send_gratuitous(net_device& dev);

  /// The link address last seen for `address`, or null.
  const mac_address* neighbour(const net_device& dev, ipv4_address address) const;
  const arp_statistics& counters() const { return counters_; }

 private:
  struct message {
    std::uint16_t operation;
    mac_address destination;
    mac_address sender_hardware;
    ipv4_address sender;
    mac_address target_hardware;
    ipv4_address target;
  };
  void process(const sk_buff& skb);
  bool ignored(const net_device& dev, ipv4_address sender, ipv4_address target) const;
  bool accepted(const net_device& dev, ipv4_address sender) const;
  bool leads_here(const net_device& dev, ipv4_address target, ipv4_address sender);
  void send(net_device& dev, const message& what, frame_id cause, cause_kind why);

  kernel::host& host_;
  skb_allocator& skbs_;
  routing& routes_;
  neighbour_table& neighbours_;
  packet_transmit& xmit_;
  frame_numbers& frames_;
  std::function<void(sk_buff&)> link_failure_;
  arp_statistics counters_;
};

}  // namespace ringside::stack
