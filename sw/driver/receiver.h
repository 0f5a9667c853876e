// SPDX-License-Identifier: Apache-2.0
// The receive path of the driver: takes finished descriptors, makes packets, refills the ring.
//
// Owner: driver::e1000.  Callers: the receive modes (clean); open, close and reconfiguration (allocate, fill,
// clean_ring).
#pragma once

#include <cstdint>
#include <functional>

#include "sw/driver/config.h"
#include "sw/driver/frame_hook.h"
#include "sw/driver/registers.h"
#include "sw/driver/rx_ring.h"
#include "sw/stack/net_device.h"
#include "sw/stack/net_stack.h"

namespace ringside::driver {

struct receiver_statistics {
  std::uint64_t descriptors = 0;  // taken
  std::uint64_t copied = 0;       // frames copied (copybreak)
  std::uint64_t built = 0;        // frames whose buffer became the packet
  std::uint64_t chained = 0;      // frames of several descriptors
  std::uint64_t dropped_errors = 0;
  std::uint64_t dropped_length = 0;
  std::uint64_t dropped_chains = 0;
  std::uint64_t dropped_no_memory = 0;
  std::uint64_t dropped_down = 0;
  std::uint64_t refills = 0;          // RDT writes
  std::uint64_t buffer_failures = 0;  // alloc_rx_buff_failed
  std::uint64_t checksum_good = 0;    // hw_csum_good
  std::uint64_t checksum_bad = 0;     // hw_csum_err
};

class receiver {
 public:
  static constexpr std::uint32_t refill_batch = 16;  // E1000_RX_BUFFER_WRITE

  receiver(stack::net_stack& net, stack::net_device& dev, registers& regs, const config& settings);

  /// Where packets go: netif_receive_skb or netif_rx, chosen by the mode.
  void set_output(std::function<void(stack::skb_ptr)> output) { output_ = std::move(output); }

  /// Who sees a frame before it becomes a packet; nobody, from the start.  A frame over several buffers passes it by.
  void set_frame_hook(frame_hook hook) { hook_ = std::move(hook); }
  bool has_frame_hook() const { return hook_ != nullptr; }

  /// Allocates the ring.  False when memory is out.
  bool allocate();
  /// Another ring size; false when memory is out, and the old ring stays.  Only after clean_ring().
  bool resize(std::uint32_t count) { return ring_.reallocate(count); }
  /// Other settings from here on.  Only after clean_ring() or before allocate().
  void apply(const config& settings);
  /// Until clean_ring() nothing is posted any more: the buffers would be of the wrong size (e1000_change_mtu).
  void stop_refill() { refill_allowed_ = false; }
  /// Posts all buffers and writes RDT (FS 10.2 step 7).
  void fill() { refill(ring_.at.unused()); }
  /// Frees the buffers; frames still in the ring get their fate (e1000_clean_rx_ring).  The chip has been reset.
  void clean_ring();
  /// Frees the ring.  Only after clean_ring().
  void release() { ring_.release(); }

  /// Takes up to `budget` descriptors and returns how many (FS 10.5, FS 10.6).  Refills on the way and at the end.
  std::uint32_t clean(std::uint32_t budget);

  const rx_ring& ring() const { return ring_; }
  const receiver_statistics& counters() const { return counters_; }
  /// Bytes and packets since the last call, for dynamic moderation.
  std::uint64_t packets() const { return packets_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  /// A buffer taken off the ring, and where the frame lies in it.
  struct received {
    rx_buffer& buffer;
    kernel::bus_address address;
    std::uint32_t length;   // with what is trimmed from it
    std::uint32_t trailer;  // of these: the FCS the chip stored
    std::uint32_t on_ring;  // bytes the chip wrote
    frame_id frame;
    bool visible;  // to the CPU already
  };
  // clean_rx.cpp: one descriptor is one frame.
  void clean_single(std::uint32_t index, const rx_descriptor& d, frame_id frame);
  received take(std::uint32_t index, std::uint32_t length, frame_id frame);
  /// Shows it to the hook; false when no packet is to be made of it.
  bool offer(received& taken);
  void make_visible(received& taken);
  stack::skb_ptr copybreak(received& taken);
  stack::skb_ptr build(const received& taken);
  void discard_single(stack::skb_ptr skb, bool eop, frame_id frame);
  // clean_rx_chain.cpp: frames over several descriptors.
  /// False when the poll ends here.
  bool clean_chain(std::uint32_t index, const rx_descriptor& d, frame_id frame);
  bool out_of_memory(bool eop);
  bool append(rx_buffer& buffer, std::uint32_t length);
  // receiver.cpp
  /// Gives up the frame in hand; its fate is told at its EOP, since until then the chip still has part of it.
  void discard(frame_id frame, drop_reason reason, bool eop);
  void end_discard();
  void drop_untaken(frame_id frame);
  void refill(std::uint32_t count);
  void let_interrupts_allocate();
  bool new_buffer(rx_buffer& buffer);
  bool sound(const rx_descriptor& d) const;
  bool acceptable(const rx_descriptor& d);
  void count(std::size_t bytes);
  std::size_t allocation_bytes() const;
  void hand_up(stack::skb_ptr skb, const rx_descriptor& d);

  kernel::kernel& kernel_;
  kernel::host& host_;
  stack::net_stack& net_;
  stack::net_device& dev_;
  registers& regs_;
  config settings_;
  std::uint32_t buffer_bytes_ = 0;   // mapped for the chip
  std::uint32_t buffer_offset_ = 0;  // of the chip's address in the allocation
  bool chains_ = false;
  bool refill_allowed_ = true;
  bool copy_chains_ = false;  // a frame may need more buffers than a packet has fragments
  rx_ring ring_;
  std::function<void(stack::skb_ptr)> output_;
  frame_hook hook_;
  bool discarding_ = false;  // up to the next EOP
  frame_id discard_frame_ = 0;
  drop_reason discard_reason_ = drop_reason::none;
  stack::skb_ptr chain_;  // frame being joined
  frame_id chain_frame_ = 0;
  std::uint32_t chain_parts_ = 0;
  receiver_statistics counters_;
  std::uint64_t packets_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace ringside::driver
