// SPDX-License-Identifier: Apache-2.0
// The receive descriptor ring: indices, descriptors in memory, and the buffer behind each.
//
// Owner: receiver.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sw/kernel/kernel.h"

namespace ringside::driver {

/// Software's two positions.  Invariant: both below count; [next_to_clean, next_to_use) is posted or waits to be
/// cleaned; next_to_use never reaches next_to_clean from behind, so one descriptor always stays unused.
struct ring_indices {
  std::uint32_t count = 0;
  std::uint32_t next_to_use = 0;
  std::uint32_t next_to_clean = 0;

  std::uint32_t after(std::uint32_t index) const { return index + 1 == count ? 0 : index + 1; }
  std::uint32_t before(std::uint32_t index) const { return index == 0 ? count - 1 : index - 1; }
  /// Descriptors that may be refilled (E1000_DESC_UNUSED).
  std::uint32_t unused() const { return (next_to_clean > next_to_use ? 0 : count) + next_to_clean - next_to_use - 1; }
};

/// A descriptor as the chip wrote it back (5).
struct rx_descriptor {
  std::uint64_t written_back;  // bytes 8..15
  std::uint16_t length;
  std::uint8_t status;
  std::uint8_t errors;
  std::uint16_t special;
};

/// What is posted in one descriptor; buffer 0 = nothing.
struct rx_buffer {
  kernel::bus_address buffer = 0;  // the allocation
  kernel::bus_address dma = 0;     // address the chip writes to
};

class rx_ring {
 public:
  explicit rx_ring(kernel::kernel& k) : kernel_(k) {}

  /// Descriptor memory for `count` entries; false when there is none.
  bool allocate(std::uint32_t count);
  /// Another count instead; false when there is no memory for it, and the old one stays.  No buffer is posted.
  bool reallocate(std::uint32_t count);
  /// Back to the state after allocate().  No buffer is posted.
  void rewind();
  void release();

  kernel::bus_address base() const { return base_; }
  std::uint32_t bytes() const { return at.count * 16; }
  kernel::bus_address address(std::uint32_t index) const { return base_ + index * 16U; }

  /// Reads a descriptor as it stands in memory now.  The caller has synchronised.
  rx_descriptor read(std::uint32_t index);
  /// Clears the status byte, so that a stale DD is never seen again (R-24: by software).
  void clear_status(std::uint32_t index);
  /// Writes the buffer address and clears the rest.
  void post(std::uint32_t index, kernel::bus_address dma);
  rx_buffer& buffer(std::uint32_t index) { return buffers_[index]; }

  ring_indices at;

 private:
  kernel::kernel& kernel_;
  kernel::bus_address base_ = 0;
  std::vector<rx_buffer> buffers_;
};

}  // namespace ringside::driver
