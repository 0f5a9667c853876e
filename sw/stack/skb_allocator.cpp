// SPDX-License-Identifier: Apache-2.0
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

skb_ptr skb_allocator::alloc_to_send(std::size_t bytes) {
  host_.sync_software();  // the allocator is shared with interrupts that allocate
  const std::size_t size = kmalloc_bytes(bytes);
  const kernel::bus_address buffer = memory_.alloc(size);
  host_.consume(kernel::cost::skb_alloc);
  return buffer == 0 ? nullptr : build_skb(buffer, size, 0);
}

skb_ptr skb_allocator::build_skb(kernel::bus_address buffer, std::size_t bytes, std::size_t room) {
  host_.consume(kernel::cost::build_skb);
  skb_ptr skb(::new (objects_.take())
                  sk_buff(*this, buffer, memory_.at(buffer), static_cast<std::uint32_t>(bytes - shared_info)));
  skb->reserve(room);
  ++live_;
  return skb;
}

skb_ptr skb_allocator::clone(sk_buff& skb) {
  host_.consume(kernel::cost::build_skb);  // a slab object and a header
  if (skb.shared_ == &skb.own_shared_) {
    skb.shared_ = ::new (shared_infos_.take()) skb_shared_info;
    skb.shared_->take_over(skb.own_shared_);
  }
  skb_ptr copy(::new (objects_.take()) sk_buff(*this, skb.head_, skb.memory_, skb.end_));
  copy->shared_ = skb.shared_;
  ++copy->shared_->dataref;
  copy->data_ = skb.data_;
  copy->tail_ = skb.tail_;
  copy->frag_bytes_ = skb.frag_bytes_;
  copy->truesize_ = skb.truesize_;
  copy_headers(*copy, skb);
  ++live_;
  return copy;
}

// __alloc_skb of what the head holds and the fragments hold; the bytes in front of the data come along.
skb_ptr skb_allocator::copy(const sk_buff& skb) {
  const std::size_t bytes = kmalloc_bytes(skb.end_ + skb.frag_bytes_);
  const kernel::bus_address buffer = memory_.alloc(bytes);
  host_.consume(kernel::cost::skb_alloc);
  if (buffer == 0) return nullptr;
  skb_ptr copy = build_skb(buffer, bytes);
  copy->data_ = copy->tail_ = skb.data_;
  std::memcpy(copy->memory_, skb.memory_, skb.data_);
  skb.copy_bits(0, {copy->put(skb.len()), skb.len()});
  charge_copy(skb.data_ + skb.len());
  copy->shared_->take_over_gso(*skb.shared_);
  copy_headers(*copy, skb);
  return copy;
}

// __copy_skb_header.
void skb_allocator::copy_headers(sk_buff& to, const sk_buff& from) {
  static_cast<skb_headers&>(to) = from;
  to.take_over(from);
  to.dst = from.dst;
  to.mac_header_ = from.mac_header_;
  to.network_header_ = from.network_header_;
  to.transport_header_ = from.transport_header_;
}

void skb_allocator::free_silently(skb_ptr skb) {
  host_.sync_software();  // the allocator is shared with interrupts that allocate
  skb.reset();
  host_.consume(kernel::cost::skb_free);
}

void skb_allocator::release(sk_buff& skb) {
  --live_;
  skb_shared_info& shared = *skb.shared_;
  if (--shared.dataref != 0) return;
  memory_.free(skb.head_);
  for (std::uint32_t i = 0; i < shared.nr_frags; ++i) memory_.free(shared.frags[i].buffer);
  if (&shared != &skb.own_shared_) shared_infos_.give_back(&shared);
}

// pskb_expand_head.  Where clones share the old head they keep it, and the fragments get one more owner.
bool skb_allocator::expand_head(sk_buff& skb, std::size_t more_headroom, std::size_t more_tailroom) {
  host_.sync_software();
  const std::size_t used = skb.tail_;
  const std::size_t bytes = kmalloc_bytes(more_headroom + skb.end_ + more_tailroom);
  const kernel::bus_address bigger = memory_.alloc(bytes);
  if (bigger == 0) return false;
  std::memcpy(memory_.at(bigger) + more_headroom, skb.memory_, used);
  if (skb.cloned()) {
    skb.own_shared_.take_over(*skb.shared_);
    skb.own_shared_.dataref = 1;
    // Its own references first: the other owner may let go of the fragments while they are taken.
    for (std::uint32_t i = 0; i < skb.own_shared_.nr_frags; ++i) memory_.get_page(skb.own_shared_.frags[i].buffer);
    --skb.shared_->dataref;
    skb.shared_ = &skb.own_shared_;
  } else {
    memory_.free(skb.head_);
  }
  charge_copy(used);
  skb.head_ = bigger;
  skb.memory_ = memory_.at(bigger);
  const std::size_t end = bytes - shared_info;
  if (skb.sk == nullptr) skb.truesize_ += end - skb.end_;  // else its socket has been charged
  skb.end_ = static_cast<std::uint32_t>(end);
  const auto moved = static_cast<std::uint32_t>(more_headroom);
  for (std::uint32_t* at : {&skb.data_, &skb.tail_, &skb.mac_header_, &skb.network_header_, &skb.transport_header_})
    *at += moved;
  if (skb.ip_summed == checksum_state::partial) skb.csum_start += static_cast<std::uint16_t>(moved);
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
