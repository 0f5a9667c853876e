// ICMP receive (RFC 792): checksum, counters by type, and what each type demands of its message.  Answers need a
// transmitter, and nobody listens for errors or replies.
//
// Owner: net_stack.  Caller: ipv4_layer (protocol 1).  Order of checks as icmp_rcv.
#pragma once

#include <array>
#include <cstdint>

#include "sw/stack/skb_allocator.h"

namespace ringside::stack {

struct icmp_statistics {
  std::uint64_t messages = 0;  // InMsgs
  std::array<std::uint64_t, 256> by_type{};
  std::uint64_t header_errors = 0;  // InErrors that are no checksum errors
  std::uint64_t checksum_errors = 0;
};

class icmp_layer {
 public:
  icmp_layer(kernel::host& machine, skb_allocator& skbs) : host_(machine), skbs_(skbs) {}

  void icmp_rcv(skb_ptr skb);
  const icmp_statistics& counters() const { return counters_; }

 private:
  enum class verdict : std::uint8_t { taken, counted, dropped };  // counted: an error, but the message was handled

  static verdict handle(sk_buff& skb, std::uint8_t type, std::uint8_t code);
  static verdict quoted(sk_buff& skb, std::uint8_t type, std::uint8_t code);

  kernel::host& host_;
  skb_allocator& skbs_;
  icmp_statistics counters_;
};

}  // namespace ringside::stack
