// SPDX-License-Identifier: Apache-2.0
// What the benches of the transmit side share: the driver's open sequence, descriptors, and what a frame on the wire
// has to look like, from FS 9 and the RFCs and nothing of the RTL.  Called by tests/hw/rtl/tx_*_test.cpp.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "hw/regs/e1000_regs.h"
#include "tests/hw/rtl/top_bench.h"
#include "tests/hw/rtl/wire_bytes.h"

namespace ringside::rtl_test {

constexpr std::uint64_t tx_ring_base = 0x40000;
constexpr std::uint64_t tx_buffer_base = 0x800000;

// Bytes 8..15 of descriptors (FS 9.1).
namespace txd {
constexpr std::uint64_t EOP = 1ULL << 24, IFCS = 1ULL << 25, IC = 1ULL << 26, TSE = 1ULL << 26, RS = 1ULL << 27,
                        DEXT = 1ULL << 29, VLE = 1ULL << 30, IDE = 1ULL << 31, DATA = DEXT | 1ULL << 20;
constexpr std::uint64_t TCP = 1ULL << 24, IP = 1ULL << 25;  // TUCMD of a context
constexpr std::uint64_t IXSM = 1ULL << 40, TXSM = 1ULL << 41;
constexpr std::uint64_t DD = 1ULL << 32;
}  // namespace txd

struct tx_open_options {
  unsigned descriptors = 64;
  std::uint64_t ring = tx_ring_base;
  std::uint32_t tctl = tctl::EN | tctl::PSP;
  std::uint32_t txdctl = 1U << txdctl::WTHRESH_SHIFT | txdctl::GRAN;
  std::uint32_t ims = icr::TXDW;
};

// FS 10.2 step 4, and what the watchdog does when the link is up.
inline void open_tx(top_bench& bench, const tx_open_options& options = {}) {
  bench.bring_up();
  bench.set_tx_ring(options.ring, options.descriptors);
  bench.write(reg::TIPG, 0x00602008);
  bench.write(reg::TXDCTL, options.txdctl);
  bench.write(reg::TCTL, options.tctl);
  bench.write(reg::IMS, options.ims);
}

inline void poke(top_bench& bench, std::uint64_t at, const bytes& data) {
  for (std::size_t i = 0; i < data.size(); ++i) bench.poke(at + i, data[i]);
}

// A frame without FCS.
inline bytes body(std::size_t length, std::uint32_t seed = 1) {
  bytes frame = make_frame({0x02, 0x11, 0x22, 0x33, 0x44, 0x55}, length + 4, seed);
  frame.resize(length);
  return frame;
}

// What goes on the wire of it: padded to 60 (T-74), and the FCS.
inline bytes on_wire(bytes frame) {
  if (frame.size() < 60) frame.resize(60, 0);
  return with_fcs(frame);
}

// ~sum of big-endian 16-bit words, an odd last byte in the high half (RFC 1071).
inline std::uint16_t internet_sum(const bytes& data, std::size_t from, std::size_t to, std::uint32_t seed = 0) {
  std::uint64_t sum = seed;
  for (std::size_t i = from; i < to; i += 2) sum += std::uint64_t{data[i]} << 8 | (i + 1 < to ? data[i + 1] : 0);
  while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

}  // namespace ringside::rtl_test
