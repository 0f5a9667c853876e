// SPDX-License-Identifier: Apache-2.0
// What headers over the same bytes have in common: how many there are, the fragments and how to segment them
// (struct skb_shared_info).
//
// Owner: sk_buff, inside the first header until there is a second one, then of its own.  Linux keeps it behind the
// bytes, in memory a card can reach; here a card that writes too far must not take the simulator with it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "sw/kernel/host.h"

namespace ringside::stack {

/// Part of a packet outside its linear buffer; the packet has a reference to the buffer.
struct skb_frag {
  kernel::bus_address buffer;
  std::uint32_t offset;
  std::uint32_t size;
};

struct skb_shared_info {
  static constexpr std::size_t max_frags = 17;  // MAX_SKB_FRAGS with 4 KiB pages

  std::uint32_t dataref = 1;  // headers
  std::uint32_t nr_frags = 0;
  // A packet that stands for several: payload bytes of each, how many, SKB_GSO_*.  Size 0: it stands for itself.
  std::uint16_t gso_size = 0;
  std::uint16_t gso_segs = 0;
  std::uint32_t gso_type = 0;
  std::array<skb_frag, max_frags> frags;  // [0, nr_frags) are valid

  /// All but the count of headers.
  void take_over(const skb_shared_info& other) {
    nr_frags = other.nr_frags;
    std::copy_n(other.frags.begin(), other.nr_frags, frags.begin());
    take_over_gso(other);
  }
  void take_over_gso(const skb_shared_info& other) {
    gso_size = other.gso_size;
    gso_segs = other.gso_segs;
    gso_type = other.gso_type;
  }
};

}  // namespace ringside::stack
