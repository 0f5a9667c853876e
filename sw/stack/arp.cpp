// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/arp.h"

#include <algorithm>

#include "sw/stack/eth.h"
#include "sw/stack/headers.h"

namespace ringside::stack {
namespace {
constexpr std::uint16_t hardware_ethernet = 1;
constexpr std::uint16_t operation_request = 1;
constexpr std::uint16_t operation_reply = 2;
constexpr std::size_t max_neighbours = 1024;  // gc_thresh3 of Linux' neighbour table
}  // namespace

void arp_layer::arp_rcv(skb_ptr skb) {
  host_.consume(kernel::cost::arp_rcv);
  host_.emit(stage::arp_rcv, skb->frame);
  bool valid = skb->may_pull(arp_view::bytes);
  const arp_view arp(skb->data());
  valid = valid && arp.hardware() == hardware_ethernet && arp.protocol() == ether_type::ipv4 &&
          arp.hardware_bytes() == ethernet::address_bytes && arp.protocol_bytes() == sizeof(ipv4_address) &&
          (arp.operation() == operation_request || arp.operation() == operation_reply);
  if (!valid) {
    ++counters_.invalid;
    skbs_.drop(std::move(skb), drop_reason::arp_header);
    return;
  }
  const mac_address sender = arp.sender_hardware();
  const ipv4_address sender_ip = arp.sender();
  const bool for_us = std::find(own_.begin(), own_.end(), arp.target()) != own_.end();
  if (arp.operation() == operation_reply) {
    ++counters_.replies;
  } else {
    ++counters_.requests;
    if (for_us) ++counters_.requests_for_us;
  }
  // RFC 826: a known sender is refreshed, an unknown one is entered only when we are the target.  A probe (sender 0,
  // RFC 5227) says nothing about a neighbour.
  const auto known = table_.find(sender_ip);
  if (known != table_.end()) {
    if (known->second != sender) {
      known->second = sender;
      ++counters_.updates;
    }
  } else if (for_us && sender_ip != 0 && table_.size() < max_neighbours) {
    table_.emplace(sender_ip, sender);
    ++counters_.updates;
  }
  skbs_.consume(std::move(skb));
}

const mac_address* arp_layer::neighbour(ipv4_address address) const {
  const auto found = table_.find(address);
  return found == table_.end() ? nullptr : &found->second;
}

}  // namespace ringside::stack
