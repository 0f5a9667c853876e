// SPDX-License-Identifier: Apache-2.0
// What the benches of the receive back share: addresses, the driver's open sequence, a small receive loop.
// Called by {top,regs,pci_cfg,desc,dma,writeback,irq,reset}_test.cpp.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "hw/regs/e1000_regs.h"
#include "tests/hw/rtl/top_bench.h"
#include "tests/hw/rtl/wire_bytes.h"

namespace ringside::rtl_test {

inline const bytes station = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};  // top_bench's EEPROM address
constexpr std::uint64_t ring_base = 0x10000;
constexpr std::uint64_t buffer_base = 0x100000;
constexpr std::uint8_t dd_eop = rxd_status::DD | rxd_status::EOP;

// RCTL with the receiver on and the buffer size given in bytes (FS 6.1).
inline std::uint32_t rctl_for(unsigned buffer_size) {
  const std::uint32_t on = rctl::EN | rctl::BAM;
  switch (buffer_size) {
    case 256:
      return on | 3U << rctl::BSIZE_SHIFT;
    case 512:
      return on | 2U << rctl::BSIZE_SHIFT;
    case 1024:
      return on | 1U << rctl::BSIZE_SHIFT;
    case 4096:
      return on | 3U << rctl::BSIZE_SHIFT | rctl::BSEX;
    case 8192:
      return on | 2U << rctl::BSIZE_SHIFT | rctl::BSEX;
    case 16384:
      return on | 1U << rctl::BSIZE_SHIFT | rctl::BSEX;
    default:
      return on;
  }
}

struct open_options {
  unsigned descriptors = 64;
  std::uint32_t rctl = rctl::EN | rctl::BAM;
  std::uint64_t ring = ring_base;
  std::uint64_t first_buffer = buffer_base;
  unsigned stride = 2048;
  std::optional<unsigned> tail{};  // default: descriptors - 2, as Linux
  std::uint32_t ims = icr::RXT0 | icr::LSC | icr::RXDMT0 | icr::RXSEQ;
};

// The driver's open, FS 10.2 steps 5 to 8: EN before RDT, IMS last.
inline void open(top_bench& bench, const open_options& options = {}) {
  bench.bring_up();
  bench.set_ring(options.ring, options.descriptors);
  bench.fill_ring(options.descriptors, options.first_buffer, options.stride);
  bench.write(reg::RCTL, options.rctl);
  bench.write(reg::RDT, options.tail.value_or(options.descriptors - 2));
  bench.write(reg::IMS, options.ims);
}

// Takes finished descriptors in order and posts them again, checking what every driver relies on.
class receive_loop {
 public:
  receive_loop(top_bench& bench, const open_options& options, unsigned buffer_size)
      : bench_(bench), options_(options), buffer_size_(buffer_size) {}

  // Collects all finished frames; returns descriptors handled.
  unsigned poll(bool refill = true) {
    unsigned handled = 0;
    for (;;) {
      const auto desc = bench_.descriptor_at(next_);
      if (!(desc.status & rxd_status::DD)) break;
      EXPECT_LE(desc.length, buffer_size_);  // N-3
      const bytes part = bench_.bytes_at(desc.buffer, desc.length);
      partial_.insert(partial_.end(), part.begin(), part.end());
      if (desc.status & rxd_status::EOP) {
        frames.push_back(partial_);
        partial_.clear();
      } else {
        EXPECT_EQ(desc.length, buffer_size_);
        EXPECT_EQ(desc.status, rxd_status::DD);
        EXPECT_EQ(desc.errors, 0);
        EXPECT_EQ(desc.special, 0);
      }
      bench_.post(next_, desc.buffer);
      next_ = next_ + 1 == options_.descriptors ? 0 : next_ + 1;
      ++handled;
    }
    if (handled != 0 && refill) bench_.write(reg::RDT, (next_ + options_.descriptors - 2) % options_.descriptors);
    return handled;
  }

  std::vector<bytes> frames;

 private:
  top_bench& bench_;
  open_options options_;
  unsigned buffer_size_;
  unsigned next_ = 0;
  bytes partial_;
};

}  // namespace ringside::rtl_test
