// SPDX-License-Identifier: Apache-2.0
// Frames over several descriptors (FS 10.6): buffers become fragments of one packet.
#include <algorithm>
#include <cstring>

#include "sw/driver/receiver.h"

namespace ringside::driver {

// As e1000_clean_jumbo_rx_irq, which ends the poll where it gets no memory for a packet.  Linux leaves DD in that
// descriptor and takes what follows of the frame for one of its own: here the whole frame is given up, and no more.
bool receiver::clean_chain(std::uint32_t index, const rx_descriptor& d, frame_id frame) {
  rx_buffer& buffer = ring_.buffer(index);
  const bool eop = (d.status & rxd_status::EOP) != 0;
  if (discarding_) {
    if (eop) end_discard();
    return true;
  }
  const bool first = chain_ == nullptr;
  if (first) {
    chain_frame_ = frame;
    chain_parts_ = 0;
  }
  ++chain_parts_;

  // Errors are valid with EOP only, and drop the whole frame.
  if (eop && !acceptable(d)) {
    discard(chain_frame_, drop_reason::driver_error, eop);
    return true;
  }
  const bool bad_length =
      d.length > buffer_bytes_ || (first && eop && d.length < eth_header_bytes + trailer_bytes(settings_));
  if (bad_length) {
    ++counters_.dropped_length;
    discard(chain_frame_, drop_reason::driver_error, eop);
    return true;
  }
  if (first && eop && d.length <= settings_.copybreak) {
    received taken = take(index, d.length, frame);
    stack::skb_ptr skb = copybreak(taken);
    if (skb == nullptr) return out_of_memory(eop);
    skb->trim(d.length - trailer_bytes(settings_));
    hand_up(std::move(skb), d);
    return true;
  }
  if (first) {
    chain_ = net_.skbs().alloc_skb(copy_chains_ ? max_frame_bytes(settings_) + vlan_tag_bytes
                                                : stack::skb_allocator::gro_max_head);
    if (chain_ == nullptr) {
      if (eop) ++counters_.buffer_failures;  // Linux counts napi_get_frags where the buffer is a whole packet
      return out_of_memory(eop);
    }
    chain_->frame = frame;
  }
  if (!append(buffer, d.length)) {
    ++counters_.dropped_chains;
    discard(chain_frame_, drop_reason::driver_chain, eop);
    return true;
  }
  if (!eop) return true;

  // The FCS may lie in the last buffer, alone in it, or across two: trim the frame, not the buffer.
  stack::skb_ptr skb = std::move(chain_);
  const std::size_t bytes = skb->len() - trailer_bytes(settings_);
  skb->trim(bytes);
  if (bytes < eth_header_bytes || !skb->may_pull(eth_header_bytes)) {
    ++counters_.dropped_length;
    net_.skbs().drop(std::move(skb), drop_reason::driver_error);
    return true;
  }
  if (chain_parts_ > 1) ++counters_.chained;
  if (copy_chains_) {
    ++counters_.copied;
  } else {
    ++counters_.built;
  }
  host_.emit(stage::skb_build, skb->frame, bytes, copy_chains_ ? 1 : 0);
  hand_up(std::move(skb), d);
  return true;
}

bool receiver::out_of_memory(bool eop) {
  ++counters_.dropped_no_memory;
  discard(chain_frame_, drop_reason::driver_no_memory, eop);
  return false;
}

bool receiver::append(rx_buffer& buffer, std::uint32_t length) {
  if (copy_chains_) {
    if (length > chain_->tailroom()) return false;
    if (!settings_.skip_dma_sync) kernel_.dma().sync_for_cpu(buffer.dma, length, kernel::dma_direction::from_device);
    host_.consume(kernel::cost::copy_per_byte, length);
    std::memcpy(chain_->put(length), kernel_.memory().at(buffer.dma), length);
    kernel_.dma().sync_for_device(buffer.dma, length, kernel::dma_direction::from_device);
    return true;
  }
  if (chain_->frag_count() == stack::sk_buff::max_frags) return false;
  kernel_.dma().unmap_single(buffer.dma, buffer_bytes_, kernel::dma_direction::from_device);
  host_.emit(stage::dma_sync, chain_frame_, buffer.dma, length);
  chain_->add_frag(buffer.buffer, buffer_offset_, length, static_cast<std::uint32_t>(allocation_bytes()));
  buffer = {};
  return true;
}

}  // namespace ringside::driver
