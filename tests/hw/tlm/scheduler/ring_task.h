// SPDX-License-Identifier: Apache-2.0
// The smallest receive software: one card's ring, its interrupt, and the frames that came out.
//
// Owned by two_nics_bench.cpp.  Follows FS 10.2 for set-up and FS 10.5 for taking descriptors.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "hw/regs/e1000_regs.h"
#include "sw/kernel/host.h"

namespace ringside::test {

class ring_task {
 public:
  static constexpr std::uint32_t descriptors = 64;
  static constexpr std::uint32_t buffer_bytes = 2048;
  static constexpr std::uint32_t descriptor_bytes = 16;

  /// `dma` is the memory the card reaches; ring and buffers lie from `base` on.
  /// Its interrupt line has the device's number.  Without `read_icr` the handler only masks the line, as a driver would
  /// that forgot what the ICR read is for (I-9): the task reads ICR when it has seen its frames.
  ring_task(kernel::host& host, unsigned device, std::span<std::byte> dma, std::uint64_t base, bool read_icr)
      : host_(host), device_(device), dma_(dma), base_(base), read_icr_(read_icr) {}

  void set_up();
  /// Body of the task: returns after `frames` frames.
  void receive(std::uint64_t frames);
  /// From do_irq().
  void interrupt();

  const std::vector<std::vector<std::uint8_t>>& frames() const { return frames_; }
  std::uint64_t interrupts() const { return interrupts_; }
  bool done() const { return done_; }

 private:
  std::uint64_t buffer(std::uint32_t index) const {
    return base_ + descriptors * descriptor_bytes + std::uint64_t{index} * buffer_bytes;
  }
  void write(std::uint32_t offset, std::uint32_t value) { host_.mmio_write32(bar0_ + offset, value); }
  void post(std::uint32_t index);
  bool has_next();
  bool take();
  void after_interrupt();

  kernel::host& host_;
  const unsigned device_;
  const std::span<std::byte> dma_;
  const std::uint64_t base_;
  const bool read_icr_;
  std::uint64_t bar0_ = 0;
  std::uint32_t next_ = 0;
  std::uint32_t returned_ = 0;  // descriptors taken since the last RDT write
  std::vector<std::uint8_t> frame_;
  std::vector<std::vector<std::uint8_t>> frames_;
  kernel::task_id task_ = 0;
  bool raised_ = false;
  std::uint64_t interrupts_ = 0;
  bool done_ = false;
};

}  // namespace ringside::test
