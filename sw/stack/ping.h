// SPDX-License-Identifier: Apache-2.0
// Ping sockets' table: echo replies go to the socket whose number they bear (net/ipv4/ping.c; PG-1 to PG-4).
//
// Owner: net_stack.  Callers: icmp_layer (echo replies, errors about echo requests), ping_sock (its number).
#pragma once

#include <cstdint>
#include <vector>

#include "sw/stack/skb_allocator.h"

namespace ringside::stack {

class icmp_layer;
class ip_output;
class ping_sock;

class ping_layer {
 public:
  ping_layer(kernel::host& machine, skb_allocator& skbs, ip_output& out, icmp_layer& icmp)
      : host_(machine), skbs_(skbs), out_(out), icmp_(icmp) {}

  /// An echo reply, data behind its header; gives it back when nobody waits for it or has room (ping_rcv).
  skb_ptr rcv(skb_ptr skb);
  /// An ICMP error about an echo request: data begin at the IPv4 header it quotes (ping_err).
  void err(sk_buff& skb, std::uint32_t info);

  /// Enters a socket by that number, 0: the next free one.  False when it is another's (ping_get_port).
  bool get_port(ping_sock& socket, std::uint16_t number);
  void unhash(ping_sock& socket) { std::erase(sockets_, &socket); }

  skb_allocator& skbs() { return skbs_; }
  ip_output& out() { return out_; }
  icmp_layer& icmp() { return icmp_; }

 private:
  ping_sock* lookup(const sk_buff& skb, std::uint16_t number) const;

  kernel::host& host_;
  skb_allocator& skbs_;
  ip_output& out_;
  icmp_layer& icmp_;
  std::vector<ping_sock*> sockets_;  // the one bound last comes first
  std::uint16_t rover_ = 0;          // ping_port_rover: given last
};

}  // namespace ringside::stack
