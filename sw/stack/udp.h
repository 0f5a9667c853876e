// SPDX-License-Identifier: Apache-2.0
// UDP receive (RFC 768): length, checksum, socket lookup, hand-over to the sockets' queues.
//
// Owner: net_stack.  Callers: ipv4_layer (protocol 17), udp_socket (bind, close, checksum).  A unicast goes to one
// socket, what was sent to a group or to all goes to every socket that fits (SO-3, UE-4).  The checksum of a datagram
// of more than 76 bytes that the card did not verify is left to the reader (UE-5).
#pragma once

#include <cstdint>
#include <vector>

#include "sw/stack/net_protocol.h"
#include "sw/stack/skb_allocator.h"

namespace ringside::stack {

class udp_socket;

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

  udp_layer(kernel::host& machine, skb_allocator& skbs) : host_(machine), skbs_(skbs) {}

  void handler(skb_ptr skb) override { udp_rcv(std::move(skb)); }
  void udp_rcv(skb_ptr skb);

  /// Adds a socket to the table; false when another one is bound to the same port and an address that overlaps, unless
  /// both allow it (SO_REUSEADDR).
  bool bind(udp_socket& socket);
  void unbind(udp_socket& socket) { std::erase(sockets_, &socket); }

  /// Whether the checksum of a whole datagram, header at the transport header, is right; spends what summing it costs.
  bool checksum_right(const sk_buff& skb);
  /// A reader found it wrong: the datagram is dropped (csum_copy_err).
  void drop_unread(skb_ptr skb);
  /// A reader has a datagram: only now it counts as one (UDP_MIB_INDATAGRAMS).
  void count_read() { ++counters_.in_datagrams; }

  skb_allocator& skbs() { return skbs_; }
  const udp_statistics& counters() const { return counters_; }

 private:
  struct ports {
    std::uint16_t source;
    std::uint16_t destination;
  };
  bool checksum_init(sk_buff& skb, std::size_t length);
  udp_socket* lookup(const sk_buff& skb, const ports& p) const;
  void unicast_deliver(skb_ptr&& skb, const ports& p);
  void mcast_deliver(skb_ptr&& skb, const ports& p);

  kernel::host& host_;
  skb_allocator& skbs_;
  std::vector<udp_socket*> sockets_;  // the one bound last comes first (sk_add_node_rcu)
  udp_statistics counters_;
};

}  // namespace ringside::stack
