// SPDX-License-Identifier: Apache-2.0
// What a packet tap sees: the frame at netif_receive_skb, from the Ethernet header on, without FCS.
//
// Implemented by the platform (pcap writer) and by tests.  Registered with packet_layer (ptype_all).
#pragma once

#include <cstddef>
#include <span>

#include "common/event.h"
#include "common/time.h"

namespace ringside::stack {

class tap {
 public:
  virtual ~tap() = default;
  /// `pieces` in order make up the frame of `bytes` bytes; a VLAN tag the chip took out stands in its old place.
  virtual void on_packet(sim_time time, frame_id frame, std::span<const std::span<const std::byte>> pieces,
                         std::size_t bytes) = 0;
};

}  // namespace ringside::stack
