// ICMP receive (RFC 792): checksum, counters by type.  Answers need a transmitter.
//
// Owner: net_stack.  Caller: ipv4_layer (protocol 1).
#pragma once

#include <array>
#include <cstdint>

#include "sw/stack/skb_allocator.h"

namespace ringside::stack {

struct icmp_statistics {
  std::array<std::uint64_t, 256> by_type{};
  std::uint64_t header_errors = 0;
  std::uint64_t checksum_errors = 0;
};

class icmp_layer {
 public:
  icmp_layer(kernel::host& machine, skb_allocator& skbs) : host_(machine), skbs_(skbs) {}

  void icmp_rcv(skb_ptr skb);
  const icmp_statistics& counters() const { return counters_; }

 private:
  kernel::host& host_;
  skb_allocator& skbs_;
  icmp_statistics counters_;
};

}  // namespace ringside::stack
