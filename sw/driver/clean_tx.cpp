// SPDX-License-Identifier: Apache-2.0
// What the card has sent (DR-6): descriptors come back, packets get their fate, the queue goes on.
#include "sw/driver/transmitter.h"

namespace ringside::driver {

void transmitter::unmap(tx_buffer& buffer) {
  if (buffer.dma == 0) return;
  kernel_.dma().unmap_single(buffer.dma, buffer.length, kernel::dma_direction::to_device);
  host_.mark_frame(buffer.dma, buffer.length, 0);
  buffer.dma = 0;
}

// napi_consume_skb.  Its fate is told here; in a hardirq nothing is freed.
void transmitter::complete(tx_buffer& buffer, bool hardirq) {
  host_.emit(stage::tx_complete, buffer.skb->frame, buffer.wire_bytes);
  if (hardirq) {
    kernel_.transmit().dev_kfree_skb_irq(std::move(buffer.skb), kernel::net_tx::free_reason::consumed);
  } else {
    net_.skbs().free_silently(std::move(buffer.skb));
  }
}

// A ring that holds nothing is not looked at: Linux reads a descriptor there that it has in its cache.
bool transmitter::clean(bool hardirq) {
  host_.sync_software();
  std::uint32_t index = ring_.at.next_to_clean;
  std::uint32_t count = 0;
  std::uint32_t packets = 0;
  std::uint32_t bytes = 0;
  std::uint32_t oldest = index;
  while (count < ring_.at.count) {
    host_.sync_smp();  // another CPU may be filling it
    if (index == ring_.at.next_to_use) break;
    oldest = ring_.buffer(index).next_to_watch;
    host_.consume(kernel::cost::descriptor_check);
    if ((ring_.status(oldest) & txd::DD) == 0) {
      host_.sync();
      if ((ring_.status(oldest) & txd::DD) == 0) break;
    }
    // DD was read first (dma_rmb): the card has read all bytes of the packet.
    for (bool last = false; !last; ++count) {
      tx_buffer& buffer = ring_.buffer(index);
      last = index == oldest;
      unmap(buffer);
      if (last && buffer.skb != nullptr) {
        packets_ += buffer.segments;
        bytes_ += buffer.byte_count;
        dev_.stats.tx_packets += buffer.segments;
        dev_.stats.tx_bytes += buffer.byte_count;
        ++packets;
        bytes += static_cast<std::uint32_t>(buffer.skb->len());
        complete(buffer, hardirq);
      }
      buffer.in_use = false;
      ring_.clear_status(index);
      index = ring_.at.after(index);
    }
  }
  host_.sync_software();  // who fills the ring sees all of it or nothing (smp_store_release)
  ring_.at.next_to_clean = index;
  tx_queue().completed_queue(packets, bytes);
  wake_if_room(count != 0);
  if (detect_hang_) look_for_hang(index);
  return count < ring_.at.count;
}

void transmitter::wake_if_room(bool cleaned) {
  if (!cleaned || !dev_.carrier || ring_.at.unused() < wake_threshold) return;
  host_.sync_software();
  if (!tx_queue().stopped_by_driver() || down_) return;
  tx_queue().wake();
  ++counters_.restarts;
}

// DR-7.  A card that obeys a PAUSE frame does not hang.
void transmitter::look_for_hang(std::uint32_t index) {
  detect_hang_ = false;
  if (index == ring_.at.next_to_use) return;
  const tx_buffer& oldest = ring_.buffer(ring_.buffer(index).next_to_watch);
  const std::uint64_t patience = kernel::to_jiffies(static_cast<sim_time>(timeout_factor_) * second);
  if (!oldest.in_use || kernel_.clock().jiffies() <= oldest.time_stamp + patience) return;
  if ((regs_.read(reg::STATUS) & status::TXOFF) != 0) return;
  ++counters_.hangs;
  tx_queue().stop();
}

void transmitter::clean_ring() {
  host_.sync_software();
  for (std::uint32_t i = 0; i < ring_.at.count; ++i) {
    tx_buffer& buffer = ring_.buffer(i);
    unmap(buffer);
    if (buffer.skb != nullptr) net_.skbs().drop(std::move(buffer.skb), drop_reason::tx_ring_cleaned);
  }
  tx_queue().reset_queue();
  detect_hang_ = false;
  ring_.rewind();
  regs_.write(reg::TDH, 0);
  regs_.write(reg::TDT, 0);
}

}  // namespace ringside::driver
