// SPDX-License-Identifier: Apache-2.0
// Frames of one descriptor (FS 10.5): the buffer is taken, then copybreak or build_skb makes a packet.
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
  received taken = take(index, d.length, frame);
  if (hook_ && whole && sound(d) && !offer(taken)) return;
  stack::skb_ptr skb;
  if (taken.length <= settings_.copybreak) skb = copybreak(taken);
  if (skb == nullptr) skb = build(taken);  // too long, or no memory for a copy
  if (!whole) {                            // the whole frame goes, up to and including its EOP
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
  skb->trim(taken.length - taken.trailer);
  hand_up(std::move(skb), d);
}

// Its bytes stay with the chip until a packet is made, as in e1000, or until somebody looks at them before.
receiver::received receiver::take(std::uint32_t index, std::uint32_t length, frame_id frame) {
  rx_buffer& buffer = ring_.buffer(index);
  return {buffer, buffer.dma, length, trailer_bytes(settings_), length, frame, false};
}

void receiver::make_visible(received& taken) {
  if (taken.visible) return;
  taken.visible = true;
  if (!settings_.skip_dma_sync)
    kernel_.dma().sync_for_cpu(taken.buffer.dma, taken.on_ring, kernel::dma_direction::from_device);
}

// igb_run_xdp: whatever becomes of it, the frame counts as received.
bool receiver::offer(received& taken) {
  make_visible(taken);
  received_frame view{taken.buffer.buffer, allocation_bytes(), taken.address, taken.length - taken.trailer,
                      taken.frame};
  const std::uint32_t bytes = view.length;
  const frame_verdict verdict = hook_(view);
  if (verdict == frame_verdict::pass) {
    taken.address = view.address;
    taken.length = view.length;
    taken.trailer = 0;
    return true;
  }
  count(bytes);
  if (verdict == frame_verdict::recycle) {
    kernel_.dma().sync_for_device(taken.buffer.dma, taken.on_ring, kernel::dma_direction::from_device);
  } else {
    kernel_.dma().unmap_single(taken.buffer.dma, buffer_bytes_, kernel::dma_direction::from_device, true);
    taken.buffer = {};
  }
  return false;
}

// A piece of a frame that is thrown away, or all of it; its fate is told at its EOP.
void receiver::discard_single(stack::skb_ptr skb, bool eop, frame_id frame) {
  if (!discarding_) discard_frame_ = frame;
  if (!discarding_ && skb == nullptr) discard_reason_ = drop_reason::driver_error;
  discarding_ = !eop;
  if (skb != nullptr) net_.skbs().free_silently(std::move(skb));
  if (eop) end_discard();
}

stack::skb_ptr receiver::copybreak(received& taken) {
  const std::uint32_t length = taken.length;
  stack::skb_ptr skb = net_.skbs().alloc_skb(length);
  if (skb == nullptr) {  // e1000_alloc_rx_skb
    ++counters_.buffer_failures;
    return nullptr;
  }
  make_visible(taken);
  host_.consume(kernel::cost::copy_per_byte, length);
  std::memcpy(skb->put(length), kernel_.memory().at(taken.address), length);
  kernel_.dma().sync_for_device(taken.buffer.dma, taken.on_ring, kernel::dma_direction::from_device);
  skb->frame = taken.frame;
  ++counters_.copied;
  host_.emit(stage::skb_build, taken.frame, length - std::min(length, taken.trailer), 1);
  return skb;
}

// What a hook has changed must not be read from the chip once more (DMA_ATTR_SKIP_CPU_SYNC).
stack::skb_ptr receiver::build(const received& taken) {
  rx_buffer& buffer = taken.buffer;
  const std::uint32_t length = taken.length;
  kernel_.dma().unmap_single(buffer.dma, buffer_bytes_, kernel::dma_direction::from_device, taken.visible);
  host_.emit(stage::dma_sync, taken.frame, buffer.dma, length);
  const auto room = static_cast<std::size_t>(taken.address - buffer.buffer);
  stack::skb_ptr skb = net_.skbs().build_skb(buffer.buffer, allocation_bytes(), room);
  buffer = {};  // the packet owns it now
  skb->put(length);
  skb->frame = taken.frame;
  ++counters_.built;
  host_.emit(stage::skb_build, taken.frame, length - std::min(length, taken.trailer), 0);
  return skb;
}

}  // namespace ringside::driver
