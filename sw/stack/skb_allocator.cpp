#include "sw/stack/skb_allocator.h"

#include <cstring>
#include <new>
#include <numeric>

namespace ringside::stack {

skb_ptr skb_allocator::alloc_skb(std::size_t bytes) {
  const std::size_t size = head_bytes(bytes);
  const kernel::bus_address buffer = memory_.alloc(size);  // before its cost: at the caller's last sync
  host_.consume(kernel::cost::skb_alloc);
  return buffer == 0 ? nullptr : build_skb(buffer, size);
}

skb_ptr skb_allocator::build_skb(kernel::bus_address buffer, std::size_t bytes) {
  host_.consume(kernel::cost::build_skb);
  skb_ptr skb(::new (objects_.take())
                  sk_buff(*this, buffer, memory_.at(buffer), static_cast<std::uint32_t>(bytes - shared_info)));
  skb->reserve(headroom);
  ++live_;
  return skb;
}

skb_ptr skb_allocator::clone(sk_buff& skb) {
  host_.consume(kernel::cost::build_skb);  // a slab object and a header
  if (skb.dataref_ == nullptr) skb.dataref_ = new std::uint32_t(1);
  skb_ptr copy(::new (objects_.take()) sk_buff(*this, skb.head_, skb.memory_, skb.end_));
  ++*skb.dataref_;
  copy->frame = skb.frame;
  copy->data_ = skb.data_;
  copy->tail_ = skb.tail_;
  copy->mac_header_ = skb.mac_header_;
  copy->network_header_ = skb.network_header_;
  copy->transport_header_ = skb.transport_header_;
  copy->frag_bytes_ = skb.frag_bytes_;
  copy->frag_count_ = skb.frag_count_;
  copy->truesize_ = skb.truesize_;
  copy->dataref_ = skb.dataref_;
  copy->frags_ = skb.frags_;
  copy->protocol = skb.protocol;
  copy->type = skb.type;
  copy->ip_summed = skb.ip_summed;
  copy->put_vlan_tag(skb.vlan_proto, skb.vlan_tci);
  copy->dev = skb.dev;
  copy->ip = skb.ip;
  ++live_;
  return copy;
}

void skb_allocator::free_silently(skb_ptr skb) {
  host_.sync_software();  // the allocator is shared with interrupts that allocate
  skb.reset();
  host_.consume(kernel::cost::skb_free);
}

void skb_allocator::release(sk_buff& skb) {
  --live_;
  if (skb.dataref_ != nullptr) {
    if (--*skb.dataref_ != 0) return;
    delete skb.dataref_;
  }
  memory_.free(skb.head_);
  for (std::size_t i = 0; i < skb.frag_count_; ++i) memory_.free(skb.frags_[i].buffer);
}

// pskb_expand_head as __pskb_pull_tail asks for it: what is missing and 128 bytes for later, rounded up by kmalloc.
bool skb_allocator::expand_head(sk_buff& skb, std::size_t missing) {
  host_.sync_software();
  const std::size_t used = skb.tail_;
  const std::size_t wanted = skb.end_ + missing - skb.tailroom() + 128;
  const std::size_t bytes = std::bit_ceil((wanted + 63) / 64 * 64 + shared_info);
  const kernel::bus_address bigger = memory_.alloc(bytes);
  if (bigger == 0) return false;
  std::memcpy(memory_.at(bigger), skb.memory_, used);
  memory_.free(skb.head_);
  charge_copy(used);
  skb.head_ = bigger;
  skb.memory_ = memory_.at(bigger);
  const std::size_t end = bytes - shared_info;
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

void skb_allocator::deliver(const sk_buff& skb, std::uint64_t socket, std::size_t payload, bool unverified) {
  ++delivered_;
  host_.emit(stage::socket_enqueue, skb.frame, socket | (unverified ? socket_mark::unverified : 0), payload);
}

void skb_allocator::deliver_copy(const sk_buff& skb, std::uint64_t socket, std::size_t payload) {
  host_.emit(stage::socket_copy, skb.frame, socket, payload);
}

void skb_allocator::revoke(frame_id frame, drop_reason reason) {
  --delivered_;
  ++dropped_[static_cast<std::size_t>(reason)];
  host_.emit(stage::skb_drop, frame, drop_mark::revoked, static_cast<std::uint64_t>(reason));
}

std::uint64_t skb_allocator::total_dropped() const {
  return std::accumulate(dropped_.begin(), dropped_.end(), std::uint64_t{0});
}

}  // namespace ringside::stack
