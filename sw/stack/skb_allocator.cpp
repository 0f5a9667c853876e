#include "sw/stack/skb_allocator.h"

#include <cstring>
#include <new>
#include <numeric>

namespace ringside::stack {

skb_ptr skb_allocator::alloc_skb(std::size_t bytes) {
  const kernel::bus_address buffer = memory_.alloc(buffer_bytes(bytes));  // before its cost: at the caller's last sync
  host_.consume(kernel::cost::skb_alloc);
  return buffer == 0 ? nullptr : build_skb(buffer);
}

skb_ptr skb_allocator::build_skb(kernel::bus_address buffer) {
  host_.consume(kernel::cost::build_skb);
  const std::size_t usable = memory_.usable_size(buffer);
  skb_ptr skb(::new (objects_.take())
                  sk_buff(*this, buffer, memory_.at(buffer), static_cast<std::uint32_t>(usable - shared_info)));
  skb->reserve(headroom);
  ++live_;
  return skb;
}

void skb_allocator::release(sk_buff& skb) {
  memory_.free(skb.head_);
  for (std::size_t i = 0; i < skb.frag_count_; ++i) memory_.free(skb.frags_[i].buffer);
  --live_;
}

bool skb_allocator::expand_head(sk_buff& skb, std::size_t missing) {
  host_.sync_software();
  const std::size_t used = skb.tail_;
  const kernel::bus_address bigger = memory_.alloc(used + missing + shared_info);
  if (bigger == 0) return false;
  std::memcpy(memory_.at(bigger), skb.memory_, used);
  memory_.free(skb.head_);
  charge_copy(used);
  skb.head_ = bigger;
  skb.memory_ = memory_.at(bigger);
  const std::size_t end = memory_.usable_size(bigger) - shared_info;
  skb.truesize_ += end - skb.end_;
  skb.end_ = static_cast<std::uint32_t>(end);
  return true;
}

void skb_allocator::drop(skb_ptr skb, drop_reason reason) {
  host_.sync_software();  // the allocator is shared with interrupts that allocate
  drop_frame(skb->frame, reason);
  skb.reset();
  host_.consume(kernel::cost::skb_free);
}

void skb_allocator::drop_frame(frame_id frame, drop_reason reason) {
  ++dropped_[static_cast<std::size_t>(reason)];
  host_.emit(stage::skb_drop, frame, 0, static_cast<std::uint64_t>(reason));
}

void skb_allocator::consume(skb_ptr skb) {
  host_.sync_software();
  ++consumed_;
  host_.emit(stage::skb_consume, skb->frame);
  skb.reset();
  host_.consume(kernel::cost::skb_free);
}

void skb_allocator::deliver(const sk_buff& skb, std::uint64_t socket, std::size_t payload) {
  ++delivered_;
  host_.emit(stage::socket_enqueue, skb.frame, socket, payload);
}

std::uint64_t skb_allocator::total_dropped() const {
  return std::accumulate(dropped_.begin(), dropped_.end(), std::uint64_t{0});
}

}  // namespace ringside::stack
