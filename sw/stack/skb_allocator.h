// SPDX-License-Identifier: Apache-2.0
// Makes sk_buffs, takes them back, and keeps the ledger of their fates.
//
// Owner: net_stack.  Callers: the driver (alloc, build), every layer (drop, consume).  Each frame gets exactly one fate
// event: socket_enqueue (delivered), skb_consume or skb_drop; destroying an skb says nothing.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "common/drop_reason.h"
#include "sw/kernel/kernel.h"
#include "sw/kernel/object_cache.h"
#include "sw/stack/sk_buff.h"

namespace ringside::stack {

class skb_allocator {
 public:
  static constexpr std::size_t pad = 64;  // NET_SKB_PAD
  // NET_IP_ALIGN is 0 on x86: a DMA write to an odd half of a cache line costs more than unaligned header loads.
  static constexpr std::size_t headroom = pad;
  static constexpr std::size_t shared_info = 320;   // sizeof(struct skb_shared_info), kept at the end of each buffer
  static constexpr std::size_t object_bytes = 256;  // sizeof(struct sk_buff), cache aligned
  static constexpr std::size_t small_head = 1024;   // page_frag_alloc_1k
  static constexpr std::size_t gro_max_head = 304;  // GRO_MAX_HEAD: head of a packet made of fragments

  explicit skb_allocator(kernel::kernel& k) : host_(k.machine()), memory_(k.memory()) {}

  /// Bytes to allocate for a buffer that holds `bytes` of packet behind the headroom (SKB_HEAD_ALIGN, e1000_frag_len).
  static constexpr std::size_t buffer_bytes(std::size_t bytes) {
    return (headroom + bytes + 63) / 64 * 64 + shared_info;
  }
  /// The same for a head of its own (__napi_alloc_skb): a slice of 1 KiB, one made to measure, or above a page what
  /// kmalloc rounds up to.
  static constexpr std::size_t head_bytes(std::size_t bytes) {
    if (headroom + bytes <= small_head - shared_info) return small_head;
    if (headroom + bytes <= sk_buff::page_bytes - shared_info) return buffer_bytes(bytes);
    return std::bit_ceil(buffer_bytes(bytes));
  }
  /// The same for a head from kmalloc that holds `end` bytes, its headroom among them (__alloc_skb).
  static constexpr std::size_t kmalloc_bytes(std::size_t end) {
    return std::bit_ceil((end + 63) / 64 * 64 + shared_info);
  }
  static constexpr std::size_t truesize(std::size_t head_bytes) { return head_bytes + shared_info + object_bytes; }

  /// An empty packet with headroom and room for `bytes` (napi_alloc_skb); null when memory is out.
  skb_ptr alloc_skb(std::size_t bytes);
  /// An empty packet to be sent: no headroom yet, room for `bytes` from kmalloc (alloc_skb); null when memory is out.
  skb_ptr alloc_to_send(std::size_t bytes);
  /// A packet around a buffer of `bytes` from memory() (build_skb), its shared info included: takes ownership of the
  /// buffer.  Empty, with that much headroom.
  skb_ptr build_skb(kernel::bus_address buffer, std::size_t bytes, std::size_t room = headroom);
  /// Another header over the same bytes (skb_clone); it counts for as much as the first.  No socket's.
  skb_ptr clone(sk_buff& skb);
  /// The same packet over bytes of its own, all of them linear (skb_copy); null when memory is out.  No socket's.
  skb_ptr copy(const sk_buff& skb);

  /// Part of a frame, or a copy of it, whose fate is told elsewhere.
  void free_silently(skb_ptr skb);
  /// Fate: dropped.
  void drop(skb_ptr skb, drop_reason reason);
  /// Fate of a frame that never became a packet.
  void drop_frame(frame_id frame, drop_reason reason);
  /// Fate: consumed by a protocol.
  void consume(skb_ptr skb);
  /// Fate: delivered to socket `socket`; the packet lives on in its queue.  `unverified`: its reader sums it.
  void deliver(const sk_buff& skb, std::uint64_t socket, std::size_t payload, bool unverified);
  /// The same for one more socket: no fate of its own.
  void deliver_copy(const sk_buff& skb, std::uint64_t socket, std::size_t payload);
  /// Another fate for a frame that was delivered: its reader found the checksum wrong.
  void revoke(frame_id frame, drop_reason reason);

  std::uint64_t live() const { return live_; }
  std::uint64_t dropped(drop_reason reason) const { return dropped_[static_cast<std::size_t>(reason)]; }
  std::uint64_t total_dropped() const;
  std::uint64_t consumed() const { return consumed_; }
  std::uint64_t delivered() const { return delivered_; }

 private:
  friend class sk_buff;

  std::byte* at(kernel::bus_address address) const { return memory_.at(address); }
  void hold_buffer(kernel::bus_address address) {
    host_.sync_software();
    memory_.get_page(address);
  }
  void free_buffer(kernel::bus_address address) {
    host_.sync_software();  // the allocator is shared with interrupts that allocate
    memory_.free(address);
  }
  void charge_copy(std::size_t bytes) { host_.consume(kernel::cost::copy_per_byte, bytes); }
  bool expand_head(sk_buff& skb, std::size_t more_headroom, std::size_t more_tailroom);
  static void copy_headers(sk_buff& to, const sk_buff& from);
  void release(sk_buff& skb);

  kernel::host& host_;
  kernel::memory_allocator& memory_;
  kernel::object_cache<sk_buff> objects_;
  kernel::object_cache<skb_shared_info> shared_infos_;  // of packets that have been cloned
  std::uint64_t live_ = 0;
  std::uint64_t consumed_ = 0;
  std::uint64_t delivered_ = 0;
  std::array<std::uint64_t, static_cast<std::size_t>(drop_reason::count)> dropped_{};
};

}  // namespace ringside::stack
