// SPDX-License-Identifier: Apache-2.0
// Raw sockets' table: every socket of an IP protocol gets a copy of its packets, before the protocol itself
// (net/ipv4/raw.c; RW-1 to RW-4).
//
// Owner: net_stack.  Callers: ipv4_layer (packets), icmp_layer (errors), raw_sock (its place in the table).
#pragma once

#include <cstdint>
#include <vector>

#include "sw/stack/skb_allocator.h"

namespace ringside::stack {

class icmp_layer;
class ip_output;
class raw_sock;

class raw_layer {
 public:
  raw_layer(kernel::host& machine, skb_allocator& skbs, ip_output& out, icmp_layer& icmp)
      : host_(machine), skbs_(skbs), out_(out), icmp_(icmp) {}

  /// A packet behind its IPv4 header, for all sockets that want it; true when there was one that was bound for it,
  /// whatever its filter says (raw_local_deliver).
  bool local_deliver(sk_buff& skb, std::uint8_t protocol);
  /// An ICMP error: data begin at the IPv4 header it quotes (raw_icmp_error).
  void icmp_error(sk_buff& skb, std::uint32_t info);

  void hash(raw_sock& socket) { sockets_.insert(sockets_.begin(), &socket); }
  void unhash(raw_sock& socket) { std::erase(sockets_, &socket); }

  kernel::host& machine() { return host_; }
  skb_allocator& skbs() { return skbs_; }
  ip_output& out() { return out_; }
  icmp_layer& icmp() { return icmp_; }

 private:
  kernel::host& host_;
  skb_allocator& skbs_;
  ip_output& out_;
  icmp_layer& icmp_;
  std::vector<raw_sock*> sockets_;  // the one made last comes first (sk_add_node_rcu)
};

}  // namespace ringside::stack
