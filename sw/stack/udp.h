// SPDX-License-Identifier: Apache-2.0
// UDP (RFC 768): length, checksum, socket lookup, hand-over to the sockets' queues; ports; headers and checksums of
// what leaves (udp_send.cpp), and errors about it.
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

class icmp_layer;
class ip_output;
class packet_layer;
class udp_sock;
struct flow;
struct ip_cork;

struct udp_statistics {
  std::uint64_t in_datagrams = 0;
  std::uint64_t no_ports = 0;
  std::uint64_t header_errors = 0;
  std::uint64_t checksum_errors = 0;
  std::uint64_t receive_buffer_errors = 0;
  std::uint64_t ignored_multicast = 0;  // IgnoredMulti: nobody wanted it
  std::uint64_t out_datagrams = 0;
  std::uint64_t send_buffer_errors = 0;
};

class udp_layer final : public net_protocol {
 public:
  static constexpr std::size_t header_bytes = 8;

  /// `port_numbers`: where numbers for ports come from (G-2).
  udp_layer(kernel::host& machine, skb_allocator& skbs, ip_output& out, icmp_layer& icmp, packet_layer& packets,
            kernel::entropy_stream& port_numbers)
      : host_(machine), skbs_(skbs), out_(out), icmp_(icmp), packets_(packets), ports_(port_numbers) {}

  void handler(skb_ptr skb) override { udp_rcv(std::move(skb)); }
  void udp_rcv(skb_ptr skb);
  /// To the socket that sent what the message quotes, if it is one (UE-1).
  void err_handler(sk_buff& skb, std::uint32_t info) override;

  /// A datagram put together for `way`: its header and checksum, and off with it (udp_send_skb).  0 or an errno.
  long send(udp_sock& socket, const flow& way, skb_ptr skb);
  void count_send_buffer_error() { ++counters_.send_buffer_errors; }

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
  ip_output& out() { return out_; }
  const udp_statistics& counters() const { return counters_; }

 private:
  struct ports {
    std::uint16_t source;
    std::uint16_t destination;
  };
  bool taken(const udp_sock& socket, std::uint16_t port) const;
  std::uint16_t draw_port(const udp_sock& socket);
  bool checksum_init(sk_buff& skb, std::size_t length);
  struct four_tuple {
    ipv4_address local;
    std::uint16_t local_port;
    ipv4_address remote;
    std::uint16_t remote_port;
  };
  udp_sock* lookup(const four_tuple& t) const;
  void unicast_deliver(skb_ptr&& skb, const ports& p);
  void mcast_deliver(skb_ptr&& skb, const ports& p);

  kernel::host& host_;
  skb_allocator& skbs_;
  ip_output& out_;
  icmp_layer& icmp_;
  packet_layer& packets_;
  kernel::entropy_stream& ports_;
  std::vector<udp_sock*> sockets_;  // the one bound last comes first (sk_add_node_rcu)
  udp_statistics counters_;
};

}  // namespace ringside::stack
