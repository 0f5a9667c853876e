// SPDX-License-Identifier: Apache-2.0
// A protocol above IPv4: who takes its packets and who hears of errors about those it sent (struct net_protocol).
//
// Implemented by the transports and ICMP.  Caller: ipv4_layer, icmp_layer; softirq context.
#pragma once

#include <cstdint>

#include "sw/stack/sk_buff.h"

namespace ringside::stack {

class net_protocol {
 public:
  virtual ~net_protocol() = default;
  /// A packet whose data begin at the protocol's header; ip() is filled in.
  virtual void handler(skb_ptr skb) = 0;
  /// An ICMP error: data begin at the IPv4 header it quotes, eight bytes of the protocol's behind it, and the transport
  /// header is ICMP's.  `info`: next-hop MTU, pointer or gateway, by its type.
  virtual void err_handler(sk_buff& skb, std::uint32_t info) {
    static_cast<void>(skb);
    static_cast<void>(info);
  }
};

}  // namespace ringside::stack
