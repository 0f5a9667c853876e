// SPDX-License-Identifier: Apache-2.0
#include "sw/driver/receiver.h"

#include "sw/stack/eth.h"

namespace ringside::driver {
namespace {

/// Errors that make Linux drop a frame (FS 5.2): CE | SE | SEQ | CXE | RXE.
constexpr std::uint8_t drop_mask = rxd_error::CE | rxd_error::SE | rxd_error::SEQ | rxd_error::CXE | rxd_error::RXE;
static_assert(drop_mask == 0x97);
constexpr std::uint16_t vid_mask = 0x0FFF;  // FS 10.5: priority and CFI are not kept

}  // namespace

receiver::receiver(stack::net_stack& net, stack::net_device& dev, registers& regs, const config& settings)
    : kernel_(net.os()), host_(net.machine()), net_(net), dev_(dev), regs_(regs), ring_(net.os()) {
  apply(settings);
}

void receiver::apply(const config& settings) {
  settings_ = settings;
  buffer_bytes_ = posted_buffer_bytes(settings);
  chains_ = accepts_chains(settings);
  buffer_offset_ = settings.buffer_offset + (chains_ ? 0 : static_cast<std::uint32_t>(stack::skb_allocator::headroom));
  copy_chains_ = chains_ && buffer_bytes_ * stack::sk_buff::max_frags < max_frame_bytes(settings) + vlan_tag_bytes;
}

bool receiver::allocate() {
  discarding_ = false;
  return ring_.allocate(settings_.ring_size);
}

std::uint32_t receiver::clean(std::uint32_t budget) {
  std::uint32_t work = 0;
  std::uint32_t cleaned = 0;
  while (work < budget) {
    const std::uint32_t index = ring_.at.next_to_clean;
    host_.consume(kernel::cost::descriptor_check);
    // Once DD is there, the chip leaves the descriptor alone until RDT hands it over again: only a descriptor
    // that is not done yet needs the CPU to catch up with the chip before it can be judged.
    rx_descriptor d = ring_.read(index);
    if ((d.status & rxd_status::DD) == 0) {
      host_.sync();
      d = ring_.read(index);
      if ((d.status & rxd_status::DD) == 0) break;
    }
    // DD was read first; with it all of the descriptor and of the data is there (R-21, R-22; dma_rmb).
    ++work;
    ++cleaned;
    ++counters_.descriptors;
    const frame_id frame = host_.frame_at(ring_.buffer(index).dma);
    host_.emit(stage::desc_take, frame, ring_.address(index), d.written_back);
    ring_.clear_status(index);
    ring_.at.next_to_clean = ring_.at.after(index);
    if (chains_) {
      if (!clean_chain(index, d, frame)) break;
    } else {
      clean_single(index, d, frame);
    }
    if (cleaned >= refill_batch) {
      refill(cleaned);
      cleaned = 0;
    }
  }
  if (const std::uint32_t unused = ring_.at.unused(); unused != 0) refill(unused);
  return work;
}

// The allocator serves interrupts and what they run or wake in the order of time, those inside the cost just spent
// first (memory_allocator.h).  With softirqs off, as when the ring is cleaned, none of this CPU's allocates or frees.
void receiver::let_interrupts_allocate() {
  if (!kernel_.softirq().in_interrupt()) host_.sync();
}

// A page, or more where one is not enough (e1000_alloc_jumbo_rx_buffers); else room for a packet (e1000_frag_len).
std::size_t receiver::allocation_bytes() const {
  constexpr std::size_t page = stack::sk_buff::page_bytes;
  const std::size_t used = settings_.buffer_offset + buffer_bytes_;
  return chains_ ? (used + page - 1) / page * page : stack::skb_allocator::buffer_bytes(used);
}

bool receiver::new_buffer(rx_buffer& buffer) {
  host_.consume(kernel::cost::page_alloc);
  let_interrupts_allocate();
  buffer.buffer = kernel_.memory().alloc(allocation_bytes());
  if (buffer.buffer == 0) {
    ++counters_.buffer_failures;
    return false;
  }
  buffer.dma =
      kernel_.dma().map_single(buffer.buffer + buffer_offset_, buffer_bytes_, kernel::dma_direction::from_device);
  return true;
}

void receiver::refill(std::uint32_t count) {
  if (!refill_allowed_) return;
  const std::uint32_t start = ring_.at.next_to_use;
  for (; count != 0; --count) {
    const std::uint32_t index = ring_.at.next_to_use;
    rx_buffer& buffer = ring_.buffer(index);
    if (buffer.buffer == 0 && !new_buffer(buffer)) break;
    host_.consume(kernel::cost::descriptor_post);
    ring_.post(index, buffer.dma);
    host_.emit(stage::desc_post, 0, ring_.address(index), buffer.dma);
    ring_.at.next_to_use = ring_.at.after(index);
  }
  if (ring_.at.next_to_use == start) return;
  // descriptors first, then the doorbell.  R-15: one behind next_to_use, so the newest waits for the next batch.
  const std::uint32_t tail = ring_.at.before(ring_.at.next_to_use);
  ++counters_.refills;
  host_.emit(stage::rdt_write, 0, tail);
  regs_.write(reg::RDT, tail);
}

// With NETIF_F_RXALL a damaged frame goes up as it is.
bool receiver::sound(const rx_descriptor& d) const {
  return (d.errors & drop_mask) == 0 || settings_.store_bad;
}

bool receiver::acceptable(const rx_descriptor& d) {
  if (sound(d)) return true;
  ++counters_.dropped_errors;
  return false;
}

void receiver::count(std::size_t bytes) {
  ++packets_;
  bytes_ += bytes;
  ++dev_.stats.rx_packets;
  dev_.stats.rx_bytes += bytes;
}

void receiver::hand_up(stack::skb_ptr skb, const rx_descriptor& d) {
  // FS 10.5: only a verified sum counts; a bad one is verified again in software.
  if (settings_.checksum_offload && (d.status & rxd_status::IXSM) == 0) {
    if ((d.errors & rxd_error::TCPE) != 0) {
      ++counters_.checksum_bad;
    } else if ((d.status & rxd_status::TCPCS) != 0) {
      ++counters_.checksum_good;
      skb->ip_summed = stack::checksum_state::unnecessary;
    }
  }
  if ((d.status & rxd_status::VP) != 0) skb->put_vlan_tag(stack::ether_type::vlan, d.special & vid_mask);
  count(skb->len());
  host_.consume(kernel::cost::eth_type_trans);
  stack::eth_type_trans(*skb, dev_);
  output_(std::move(skb));
}

void receiver::discard(frame_id frame, drop_reason reason, bool eop) {
  chain_.reset();
  if (eop) {
    net_.skbs().drop_frame(frame, reason);
    return;
  }
  discarding_ = true;
  discard_frame_ = frame;
  discard_reason_ = reason;
}

void receiver::end_discard() {
  discarding_ = false;
  net_.skbs().drop_frame(discard_frame_, discard_reason_);
}

void receiver::clean_ring() {
  host_.sync();
  for (std::uint32_t i = 0, index = ring_.at.next_to_clean; i < ring_.at.count; ++i, index = ring_.at.after(index)) {
    rx_buffer& buffer = ring_.buffer(index);
    if (buffer.buffer == 0) continue;
    const rx_descriptor d = ring_.read(index);
    if ((d.status & rxd_status::DD) != 0 && (d.status & rxd_status::EOP) != 0) drop_untaken(host_.frame_at(buffer.dma));
    kernel_.dma().unmap_single(buffer.dma, buffer_bytes_, kernel::dma_direction::from_device);
    let_interrupts_allocate();
    kernel_.memory().free(buffer.buffer);
    buffer = {};
  }
  // A frame without EOP is still partly in the chip, which accounts for it (nic_reset).
  chain_.reset();
  discarding_ = false;
  refill_allowed_ = true;
  ring_.rewind();
}

// A frame the chip finished and nobody took.
void receiver::drop_untaken(frame_id frame) {
  if (discarding_) {
    end_discard();
    return;
  }
  ++counters_.dropped_down;
  net_.skbs().drop_frame(chain_ != nullptr ? chain_frame_ : frame, drop_reason::driver_down);
  chain_.reset();
}

}  // namespace ringside::driver
