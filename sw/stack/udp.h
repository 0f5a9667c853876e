// SPDX-License-Identifier: Apache-2.0
// UDP receive (RFC 768): length, checksum, socket lookup, hand-over to the sockets' queues.
//
// Owner: net_stack.  Callers: ipv4_layer (protocol 17), udp_sock (bind, close, checksum).  A unicast goes to one
// socket, what was sent to a group or to all goes to every socket that fits (SO-3, UE-4).  The checksum of a datagram
// of more than 76 bytes that the card did not verify is left to the reader (UE-5).
#pragma once

#include <cstdint>
#include <vector>

#include "sw/kernel/entropy.h"
#include "sw/stack/net_protocol.h"
#include "sw/stack/skb_allocator.h"

namespace ringside::stack {

class ipv4_layer;
class packet_layer;
class udp_sock;

struct udp_statistics {
  std::uint64_t in_datagrams = 0;
  std::uint64_t no_ports = 0;
  std::uint64_t header_errors = 0;
  std::uint64_t checksum_errors = 0;
  std::uint64_t receive_buffer_errors = 0;
  std::uint64_t ignored_multicast = 0;  // IgnoredMulti: nobody wanted it
};

class udp_layer final : public net_protocol {
 public:
  static constexpr std::size_t header_bytes = 8;

  static constexpr std::uint16_t first_port = 32768;  // ip_local_port_range
  static constexpr std::uint16_t last_port = 60999;

  /// `port_numbers`: where numbers for ports come from (G-2).
  udp_layer(kernel::host& machine, skb_allocator& skbs, ipv4_layer& ip, packet_layer& packets,
            kernel::entropy_stream& port_numbers)
      : host_(machine), skbs_(skbs), ip_(ip), packets_(packets), ports_(port_numbers) {}

  void handler(skb_ptr skb) override { udp_rcv(std::move(skb)); }
  void udp_rcv(skb_ptr skb);

  /// Gives a socket its port and adds it to the table; false when another one is bound to the same port and an address
  /// that overlaps, unless both allow it (SO_REUSEADDR).  Port 0: a free one by chance, false when there is none.
  bool bind(udp_sock& socket, std::uint16_t port);
  void unbind(udp_sock& socket) { std::erase(sockets_, &socket); }

  /// Whether the checksum of a whole datagram, header at the transport header, is right; spends what summing it costs.
  bool checksum_right(const sk_buff& skb);
  /// A reader found it wrong: the datagram is dropped (csum_copy_err).
  void drop_unread(skb_ptr skb);
  /// A reader has a datagram: only now it counts as one (UDP_MIB_INDATAGRAMS).
  void count_read() { ++counters_.in_datagrams; }

  /// Of an address of this host or another (inet_addr_type).
  route_type address_type(ipv4_address address) const;
  /// One socket more, or one less, wants to know when its packets came.
  void stamps_wanted(bool on);

  skb_allocator& skbs() { return skbs_; }
  const udp_statistics& counters() const { return counters_; }

 private:
  struct ports {
    std::uint16_t source;
    std::uint16_t destination;
  };
  bool taken(const udp_sock& socket, std::uint16_t port) const;
  std::uint16_t draw_port(const udp_sock& socket);
  bool checksum_init(sk_buff& skb, std::size_t length);
  udp_sock* lookup(const sk_buff& skb, const ports& p) const;
  void unicast_deliver(skb_ptr&& skb, const ports& p);
  void mcast_deliver(skb_ptr&& skb, const ports& p);

  kernel::host& host_;
  skb_allocator& skbs_;
  ipv4_layer& ip_;
  packet_layer& packets_;
  kernel::entropy_stream& ports_;
  std::vector<udp_sock*> sockets_;  // the one bound last comes first (sk_add_node_rcu)
  udp_statistics counters_;
};

}  // namespace ringside::stack
