// Makes sk_buffs, takes them back, and keeps the ledger of their fates.
//
// Owner: net_stack.  Callers: the driver (alloc, build), every layer (drop, consume).  Each frame gets exactly one fate
// event: socket_enqueue (delivered), skb_consume or skb_drop; destroying an skb says nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "common/drop_reason.h"
#include "sw/kernel/kernel.h"
#include "sw/kernel/object_cache.h"
#include "sw/stack/sk_buff.h"

namespace ringside::stack {

class skb_allocator {
 public:
  static constexpr std::size_t pad = 64;      // NET_SKB_PAD
  static constexpr std::size_t ip_align = 2;  // NET_IP_ALIGN: puts the IP header on a 4-byte boundary
  static constexpr std::size_t headroom = pad + ip_align;
  static constexpr std::size_t shared_info = 320;   // sizeof(struct skb_shared_info), kept at the end of each buffer
  static constexpr std::size_t object_bytes = 256;  // sizeof(struct sk_buff), cache aligned

  explicit skb_allocator(kernel::kernel& k) : host_(k.machine()), memory_(k.memory()) {}

  /// Bytes to allocate for a buffer that holds `bytes` of packet behind the headroom.
  static constexpr std::size_t buffer_bytes(std::size_t bytes) {
    return (headroom + bytes + 63) / 64 * 64 + shared_info;
  }
  static constexpr std::size_t truesize(std::size_t head_bytes) { return head_bytes + shared_info + object_bytes; }

  /// An empty packet with headroom and room for `bytes` (napi_alloc_skb); null when memory is out.
  skb_ptr alloc_skb(std::size_t bytes);
  /// A packet around a buffer from memory() (build_skb): takes ownership of the buffer.  headroom reserved, empty.
  skb_ptr build_skb(kernel::bus_address buffer);

  /// Fate: dropped.
  void drop(skb_ptr skb, drop_reason reason);
  /// Fate of a frame that never became a packet.
  void drop_frame(frame_id frame, drop_reason reason);
  /// Fate: consumed by a protocol.
  void consume(skb_ptr skb);
  /// Fate: delivered to socket `socket`; the packet lives on in its queue.
  void deliver(const sk_buff& skb, std::uint64_t socket, std::size_t payload);

  std::uint64_t live() const { return live_; }
  std::uint64_t dropped(drop_reason reason) const { return dropped_[static_cast<std::size_t>(reason)]; }
  std::uint64_t total_dropped() const;
  std::uint64_t consumed() const { return consumed_; }
  std::uint64_t delivered() const { return delivered_; }

 private:
  friend class sk_buff;

  std::byte* at(kernel::bus_address address) const { return memory_.at(address); }
  std::size_t usable_size(kernel::bus_address address) const { return memory_.usable_size(address); }
  void free_buffer(kernel::bus_address address) {
    host_.sync_software();  // the allocator is shared with interrupts that allocate
    memory_.free(address);
  }
  void charge_copy(std::size_t bytes) { host_.consume(kernel::cost::copy_per_byte, bytes); }
  bool expand_head(sk_buff& skb, std::size_t missing);
  void release(sk_buff& skb);

  kernel::host& host_;
  kernel::memory_allocator& memory_;
  kernel::object_cache<sk_buff> objects_;
  std::uint64_t live_ = 0;
  std::uint64_t consumed_ = 0;
  std::uint64_t delivered_ = 0;
  std::array<std::uint64_t, static_cast<std::size_t>(drop_reason::count)> dropped_{};
};

}  // namespace ringside::stack
