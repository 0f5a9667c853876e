// Frames of one descriptor (10.5): copybreak or build_skb.
#include <cstring>

#include "sw/driver/receiver.h"

namespace ringside::driver {

void receiver::clean_single(std::uint32_t index, const rx_descriptor& d, frame_id frame) {
  const bool eop = (d.status & rxd_status::EOP) != 0;
  if (discarding_) {
    if (eop) end_discard();
    return;
  }
  if (!eop) {  // the whole frame goes, up to and including its EOP
    ++counters_.dropped_chains;
    ++dev_.stats.rx_length_errors;
    discard(frame, drop_reason::driver_chain, eop);
    return;
  }
  if (!error_free(d)) {
    net_.skbs().drop_frame(frame, drop_reason::driver_error);
    return;
  }
  // D-5: a length the chip must not write would corrupt memory.
  if (d.length < eth_header_bytes + trailer_bytes(settings_) || d.length > buffer_bytes_) {
    ++counters_.dropped_length;
    ++dev_.stats.rx_length_errors;
    net_.skbs().drop_frame(frame, drop_reason::driver_error);
    return;
  }

  rx_buffer& buffer = ring_.buffer(index);
  stack::skb_ptr skb;
  if (d.length <= settings_.copybreak) skb = copybreak(buffer, d.length, frame);
  if (skb == nullptr) skb = build(buffer, d.length, frame);  // too long, or no memory for a copy
  hand_up(std::move(skb), d);
}

stack::skb_ptr receiver::copybreak(rx_buffer& buffer, std::uint32_t length, frame_id frame) {
  stack::skb_ptr skb = net_.skbs().alloc_skb(length);
  if (skb == nullptr) return nullptr;
  const std::uint32_t bytes = length - trailer_bytes(settings_);
  if (!settings_.skip_dma_sync) kernel_.dma().sync_for_cpu(buffer.dma, length, kernel::dma_direction::from_device);
  host_.consume(kernel::cost::copy_per_byte, bytes);
  std::memcpy(skb->put(bytes), kernel_.memory().at(buffer.dma), bytes);
  kernel_.dma().sync_for_device(buffer.dma, length, kernel::dma_direction::from_device);
  skb->frame = frame;
  ++counters_.copied;
  host_.emit(stage::skb_build, frame, bytes, 1);
  return skb;
}

stack::skb_ptr receiver::build(rx_buffer& buffer, std::uint32_t length, frame_id frame) {
  const std::uint32_t bytes = length - trailer_bytes(settings_);
  kernel_.dma().unmap_single(buffer.dma, buffer_bytes_, kernel::dma_direction::from_device);
  host_.emit(stage::dma_sync, frame, buffer.dma, length);
  stack::skb_ptr skb = net_.skbs().build_skb(buffer.buffer);
  buffer = {};  // the packet owns it now
  skb->reserve(settings_.buffer_offset);
  skb->put(bytes);
  skb->frame = frame;
  ++counters_.built;
  host_.emit(stage::skb_build, frame, bytes, 0);
  return skb;
}

}  // namespace ringside::driver
