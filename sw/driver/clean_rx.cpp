// Frames of one descriptor (FS 10.5): copybreak or build_skb.
#include <algorithm>
#include <cstring>

#include "sw/driver/receiver.h"

namespace ringside::driver {

// As e1000_clean_rx_irq: a packet first, judged afterwards, so what is thrown away has cost a buffer like any other.
void receiver::clean_single(std::uint32_t index, const rx_descriptor& d, frame_id frame) {
  const bool eop = (d.status & rxd_status::EOP) != 0;
  const bool whole = eop && !discarding_;
  // D-5: a length the chip must not write would corrupt memory.
  if (d.length > buffer_bytes_ || (whole && d.length < eth_header_bytes + trailer_bytes(settings_))) {
    ++counters_.dropped_length;
    discard_single(nullptr, eop, frame);
    return;
  }
  rx_buffer& buffer = ring_.buffer(index);
  stack::skb_ptr skb;
  if (d.length <= settings_.copybreak) skb = copybreak(buffer, d.length, frame);
  if (skb == nullptr) skb = build(buffer, d.length, frame);  // too long, or no memory for a copy
  if (!whole) {                                              // the whole frame goes, up to and including its EOP
    if (!discarding_) {
      ++counters_.dropped_chains;
      discard_reason_ = drop_reason::driver_chain;
    }
    discard_single(std::move(skb), eop, frame);
    return;
  }
  if (!acceptable(d)) {
    net_.skbs().drop(std::move(skb), drop_reason::driver_error);
    return;
  }
  skb->trim(d.length - trailer_bytes(settings_));
  hand_up(std::move(skb), d);
}

// A piece of a frame that is thrown away, or all of it; its fate is told at its EOP.
void receiver::discard_single(stack::skb_ptr skb, bool eop, frame_id frame) {
  if (!discarding_) discard_frame_ = frame;
  if (!discarding_ && skb == nullptr) discard_reason_ = drop_reason::driver_error;
  discarding_ = !eop;
  if (skb != nullptr) net_.skbs().free_silently(std::move(skb));
  if (eop) end_discard();
}

stack::skb_ptr receiver::copybreak(rx_buffer& buffer, std::uint32_t length, frame_id frame) {
  stack::skb_ptr skb = net_.skbs().alloc_skb(length);
  if (skb == nullptr) {  // e1000_alloc_rx_skb
    ++counters_.buffer_failures;
    return nullptr;
  }
  if (!settings_.skip_dma_sync) kernel_.dma().sync_for_cpu(buffer.dma, length, kernel::dma_direction::from_device);
  host_.consume(kernel::cost::copy_per_byte, length);
  std::memcpy(skb->put(length), kernel_.memory().at(buffer.dma), length);
  kernel_.dma().sync_for_device(buffer.dma, length, kernel::dma_direction::from_device);
  skb->frame = frame;
  ++counters_.copied;
  host_.emit(stage::skb_build, frame, length - std::min(length, trailer_bytes(settings_)), 1);
  return skb;
}

stack::skb_ptr receiver::build(rx_buffer& buffer, std::uint32_t length, frame_id frame) {
  kernel_.dma().unmap_single(buffer.dma, buffer_bytes_, kernel::dma_direction::from_device);
  host_.emit(stage::dma_sync, frame, buffer.dma, length);
  stack::skb_ptr skb = net_.skbs().build_skb(buffer.buffer, allocation_bytes());
  buffer = {};  // the packet owns it now
  skb->reserve(settings_.buffer_offset);
  skb->put(length);
  skb->frame = frame;
  ++counters_.built;
  host_.emit(stage::skb_build, frame, length - std::min(length, trailer_bytes(settings_)), 0);
  return skb;
}

}  // namespace ringside::driver
