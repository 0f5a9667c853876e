// SPDX-License-Identifier: Apache-2.0
// Generic segmentation offload: a large TCP packet is cut where the device cannot do it (skb_gso_segment,
// tcp_gso_segment and skb_segment of Linux 6.1; QD-6).
//
// Owner: xmit_validator.
#pragma once

#include <cstdint>

#include "sw/stack/device_features.h"
#include "sw/stack/skb_allocator.h"

namespace ringside::stack {

class frame_numbers;

/// SKB_GSO_*, with Linux' bits.
namespace gso_type {
inline constexpr std::uint32_t tcpv4 = 1U << 0;
inline constexpr std::uint32_t dodgy = 1U << 1;
inline constexpr std::uint32_t tcp_ecn = 1U << 2;
}  // namespace gso_type

/// Bytes of the headers each segment has: from the Ethernet header to behind TCP's (skb_tcp_all_headers).
std::uint32_t gso_header_bytes(const sk_buff& skb);

class gso_layer {
 public:
  gso_layer(kernel::kernel& k, skb_allocator& skbs, frame_numbers& numbers)
      : host_(k.machine()), memory_(k.memory()), skbs_(skbs), numbers_(numbers) {}

  static bool is_tcp4(const sk_buff& skb) { return (skb.shared().gso_type & gso_type::tcpv4) != 0; }

  /// Adds the segments of `skb` to the list, in order; it stays as it is.  Each is a frame of its own, derived from it,
  /// and the last one has its socket.  False, and nothing added, when it is no TCP over IPv4 or memory is out.
  bool segment(sk_buff& skb, feature_set features, sk_buff_queue& segments);

 private:
  skb_ptr make_segment(const sk_buff& skb, std::size_t headers, std::size_t from, std::size_t bytes, bool pieces);
  void write_headers(sk_buff& segment, const sk_buff& of, std::uint32_t number, bool last, bool offload_sum);

  kernel::host& host_;
  kernel::memory_allocator& memory_;
  skb_allocator& skbs_;
  frame_numbers& numbers_;
};

}  // namespace ringside::stack
