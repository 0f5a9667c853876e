// SPDX-License-Identifier: Apache-2.0
// ICMP receive (RFC 792): checksum, counters by type, and what each type demands of its message.  Answers need a
// transmitter; an error goes to the protocol it is about.
//
// Owner: net_stack.  Caller: ipv4_layer (protocol 1).  Order of checks as icmp_rcv.
#pragma once

#include <array>
#include <cstdint>

#include "sw/stack/net_protocol.h"
#include "sw/stack/skb_allocator.h"

namespace ringside::stack {

struct icmp_statistics {
  std::uint64_t messages = 0;  // InMsgs
  std::array<std::uint64_t, 256> by_type{};
  std::uint64_t header_errors = 0;  // InErrors that are no checksum errors
  std::uint64_t checksum_errors = 0;
};

class ipv4_layer;

class icmp_layer final : public net_protocol {
 public:
  icmp_layer(kernel::host& machine, skb_allocator& skbs, ipv4_layer& ip) : host_(machine), skbs_(skbs), ip_(ip) {}

  void handler(skb_ptr skb) override { icmp_rcv(std::move(skb)); }
  void icmp_rcv(skb_ptr skb);
  const icmp_statistics& counters() const { return counters_; }

 private:
  enum class verdict : std::uint8_t { taken, counted, dropped };  // counted: an error, but the message was handled

  verdict handle(sk_buff& skb, std::uint8_t type, std::uint8_t code);
  verdict quoted(sk_buff& skb, std::uint8_t type, std::uint8_t code);

  kernel::host& host_;
  skb_allocator& skbs_;
  ipv4_layer& ip_;
  icmp_statistics counters_;
};

}  // namespace ringside::stack
