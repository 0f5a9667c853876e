// Frames over several descriptors (FS 10.6): buffers become fragments of one packet.
#include <algorithm>
#include <cstring>

#include "sw/driver/receiver.h"

namespace ringside::driver {
void receiver::clean_chain(std::uint32_t index, const rx_descriptor& d, frame_id frame) {
  rx_buffer& buffer = ring_.buffer(index);
  const bool eop = (d.status & rxd_status::EOP) != 0;
  if (discarding_) {
    if (eop) end_discard();
    return;
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
    return;
  }
  const bool bad_length =
      d.length > buffer_bytes_ || (first && eop && d.length < eth_header_bytes + trailer_bytes(settings_));
  if (bad_length) {
    ++counters_.dropped_length;
    discard(chain_frame_, drop_reason::driver_error, eop);
    return;
  }
  if (first && eop && d.length <= settings_.copybreak) {
    stack::skb_ptr skb = copybreak(buffer, d.length, frame);
    if (skb != nullptr) {
      skb->trim(d.length - trailer_bytes(settings_));
      hand_up(std::move(skb), d);
      return;
    }
  }
  if (first) {
    chain_ = net_.skbs().alloc_skb(copy_chains_ ? max_frame_bytes(settings_) + vlan_tag_bytes
                                                : stack::skb_allocator::gro_max_head);
    if (chain_ != nullptr) chain_->frame = frame;
  }
  if (chain_ == nullptr || !append(buffer, d.length)) {
    const bool out_of_memory = chain_ == nullptr;
    ++(out_of_memory ? counters_.dropped_no_memory : counters_.dropped_chains);
    ++dev_.stats.rx_dropped;
    discard(chain_frame_, out_of_memory ? drop_reason::driver_no_memory : drop_reason::driver_chain, eop);
    return;
  }
  if (!eop) return;

  // The FCS may lie in the last buffer, alone in it, or across two: trim the frame, not the buffer.
  stack::skb_ptr skb = std::move(chain_);
  const std::size_t bytes = skb->len() - trailer_bytes(settings_);
  skb->trim(bytes);
  if (bytes < eth_header_bytes || !skb->may_pull(eth_header_bytes)) {
    ++counters_.dropped_length;
    net_.skbs().drop(std::move(skb), drop_reason::driver_error);
    return;
  }
  if (chain_parts_ > 1) ++counters_.chained;
  if (copy_chains_) {
    ++counters_.copied;
  } else {
    ++counters_.built;
  }
  host_.emit(stage::skb_build, skb->frame, bytes, copy_chains_ ? 1 : 0);
  hand_up(std::move(skb), d);
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
