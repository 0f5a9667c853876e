// SPDX-License-Identifier: Apache-2.0
// The transmit descriptor ring: indices, descriptors in memory, and what lies behind each.
//
// Owner: transmitter.
#pragma once

#include <cstdint>
#include <vector>

#include "sw/driver/rx_ring.h"
#include "sw/driver/tx_descriptor.h"
#include "sw/kernel/kernel.h"
#include "sw/stack/sk_buff.h"

namespace ringside::driver {

/// Behind one descriptor (struct e1000_tx_buffer).
struct tx_buffer {
  kernel::bus_address dma = 0;  // 0: nothing is mapped, as behind a context
  std::uint32_t length = 0;
  stack::skb_ptr skb;  // with the last descriptor of its packet
  bool in_use = false;
  std::uint64_t time_stamp = 0;     // jiffies when it was queued
  std::uint32_t next_to_watch = 0;  // of a packet's first one: its last, where DD will be
  std::uint32_t segments = 0;       // with the packet
  std::uint32_t byte_count = 0;     // with the packet: bytes of all segments, each with its headers
  std::uint32_t wire_bytes = 0;     // ... and with the tags and FCSs the card adds
};

class tx_ring {
 public:
  explicit tx_ring(kernel::kernel& k) : kernel_(k) {}

  /// Descriptor memory for `count` entries; false when there is none.
  bool allocate(std::uint32_t count);
  /// Another count instead; false when there is no memory for it, and the old one stays.  Nothing is queued.
  bool reallocate(std::uint32_t count);
  /// Back to the state after allocate().  Nothing is mapped.
  void rewind();
  void release();

  bool allocated() const { return base_ != 0; }
  kernel::bus_address base() const { return base_; }
  std::uint32_t bytes() const { return at.count * txd::bytes; }
  kernel::bus_address address(std::uint32_t index) const { return base_ + index * std::uint64_t{txd::bytes}; }

  /// The upper dword of the second word, status first, as it stands in memory now.  The caller has synchronised.
  std::uint32_t status(std::uint32_t index);
  void clear_status(std::uint32_t index);
  void write(std::uint32_t index, const tx_descriptor& d);
  tx_buffer& buffer(std::uint32_t index) { return buffers_[index]; }

  ring_indices at;
  bool last_was_tso = false;  // last_tx_tso

 private:
  kernel::kernel& kernel_;
  kernel::bus_address base_ = 0;
  std::vector<tx_buffer> buffers_;
};

}  // namespace ringside::driver
