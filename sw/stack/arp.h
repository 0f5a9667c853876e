// SPDX-License-Identifier: Apache-2.0
// ARP receive (RFC 826): validates, keeps the neighbour table, counts.  Answers need a transmitter.
//
// Owner: net_stack.  Caller: packet_layer (EtherType 0x0806).
#pragma once

#include <cstdint>
#include <map>

#include "sw/stack/skb_allocator.h"

namespace ringside::stack {

struct arp_statistics {
  std::uint64_t requests = 0;
  std::uint64_t requests_for_us = 0;
  std::uint64_t replies = 0;
  std::uint64_t invalid = 0;
  std::uint64_t updates = 0;  // neighbour entries made or changed
};

class arp_layer {
 public:
  arp_layer(kernel::host& machine, skb_allocator& skbs) : host_(machine), skbs_(skbs) {}

  void add_address(ipv4_address own) { own_.push_back(own); }
  void arp_rcv(skb_ptr skb);

  /// The link address last seen for `address`, or null.
  const mac_address* neighbour(ipv4_address address) const;
  std::size_t neighbours() const { return table_.size(); }
  const arp_statistics& counters() const { return counters_; }

 private:
  kernel::host& host_;
  skb_allocator& skbs_;
  std::vector<ipv4_address> own_;
  std::map<ipv4_address, mac_address> table_;
  arp_statistics counters_;
};

}  // namespace ringside::stack
