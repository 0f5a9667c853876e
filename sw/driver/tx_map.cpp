// SPDX-License-Identifier: Apache-2.0
// A packet's bytes for the card: each piece mapped, each with a descriptor, and the doorbell (e1000_tx_map,
// e1000_tx_queue).
//
// Left out of Linux' function, as this card is on a PCI bus and no 82544: the first piece of at most 2015 bytes
// (erratum 10, PCI-X), pieces that end in an odd dword (82544 on PCI-X), the FIFO's head at half duplex (82547).
#include <algorithm>

#include "sw/driver/transmitter.h"

namespace ringside::driver {
namespace {
constexpr std::uint32_t sentinel = 4;  // bytes whose own descriptor holds the write-back until all is read
}

// DR-4: two workarounds of Linux split four bytes off.  A linear packet behind a TSO one may be written back before it
// was read; so may the last piece of a TSO packet.
std::uint32_t transmitter::map(stack::skb_ptr& skb, std::uint32_t first, std::uint32_t most) {
  const std::size_t fragments = skb->frag_count();
  const bool tso = skb->is_gso();
  const std::uint64_t now = kernel_.clock().jiffies();
  std::uint32_t index = ring_.at.next_to_use;
  std::uint32_t last = index;
  std::uint32_t count = 0;
  const auto add = [&](kernel::bus_address from, std::uint32_t bytes, bool last_piece) {
    for (std::uint32_t done = 0; done < bytes;) {
      std::uint32_t size = std::min(bytes - done, most);
      if (fragments == 0 && ring_.last_was_tso && !tso) {
        ring_.last_was_tso = false;
        size -= sentinel;
      }
      if (tso && last_piece && size == bytes - done && size > 2 * sentinel) size -= sentinel;
      tx_buffer& buffer = ring_.buffer(index);
      buffer.length = size;
      buffer.in_use = true;
      buffer.time_stamp = now;
      buffer.next_to_watch = index;
      buffer.dma = kernel_.dma().map_single(from + done, size, kernel::dma_direction::to_device);
      host_.mark_frame(buffer.dma, size, skb->frame);
      last = index;
      index = ring_.at.after(index);
      done += size;
      ++count;
    }
  };
  add(skb->data_address(), static_cast<std::uint32_t>(skb->headlen()), fragments == 0);
  for (std::size_t i = 0; i < fragments; ++i) {
    const stack::skb_frag& f = skb->shared().frags[i];
    add(f.buffer + f.offset, f.size, i + 1 == fragments);
  }

  const std::uint32_t segments = std::max<std::uint32_t>(skb->shared().gso_segs, 1);
  tx_buffer& end = ring_.buffer(last);
  end.segments = segments;
  end.byte_count = (segments - 1) * static_cast<std::uint32_t>(skb->headlen()) + static_cast<std::uint32_t>(skb->len());
  end.wire_bytes = end.byte_count + segments * (fcs_bytes + (skb->has_vlan_tag() ? vlan_tag_bytes : 0));
  end.skb = std::move(skb);
  ring_.buffer(first).next_to_watch = last;
  return count;
}

void transmitter::write(std::uint32_t index, const tx_descriptor& d, frame_id frame) {
  host_.consume(kernel::cost::descriptor_post);
  host_.sync();  // the card may read the ring
  ring_.write(index, d);
  host_.emit(stage::tx_desc_post, frame, ring_.address(index), d.low);
  host_.emit(stage::tx_desc_command, frame, ring_.address(index), d.high);
}

// The last descriptor of a packet asks for the write-back, and, where the chip's timers delay it, for no haste.
void transmitter::queue(frame_id frame, std::uint32_t command, std::uint32_t options, std::uint32_t count) {
  const std::uint32_t end = txd::EOP | txd::IFCS | txd::RS | (settings_.tx_int_delay != 0 ? txd::IDE : 0);
  std::uint32_t index = ring_.at.next_to_use;
  for (std::uint32_t i = 1; i <= count; ++i) {
    const tx_buffer& buffer = ring_.buffer(index);
    write(index, make_data(buffer.dma, command | buffer.length | (i == count ? end : 0), options), frame);
    index = ring_.at.after(index);
  }
  ring_.at.next_to_use = index;
}

// Descriptors first, then the doorbell (dma_wmb): a write to the card is never ahead of what was stored before.
void transmitter::ring_doorbell() {
  ++counters_.tail_writes;
  host_.emit(stage::tdt_write, 0, ring_.at.next_to_use);
  regs_.write(reg::TDT, ring_.at.next_to_use);
}

}  // namespace ringside::driver
