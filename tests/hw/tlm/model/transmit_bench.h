// SPDX-License-Identifier: Apache-2.0
// The card's bench with a transmit ring: descriptors of all kinds, the doorbell, and what software finds afterwards. At
// its end the contract checker judges what the card told of its FIFO, its wire and its counters.
//
// Owned by a test of FS 9.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "tests/hw/tlm/model/card_bench.h"

namespace ringside::test {

using byte_vector = std::vector<std::uint8_t>;

/// Bits of CMD, TUCMD and DCMD (FS 9.1).
namespace cmd {
inline constexpr std::uint32_t EOP = 1, IFCS = 2, IC = 4, TSE = 4, RS = 8, DEXT = 0x20, VLE = 0x40, IDE = 0x80;
inline constexpr std::uint32_t TCP = 1, IP = 2;  // of a context
inline constexpr std::uint32_t whole = EOP | IFCS | RS;
}  // namespace cmd

/// A context descriptor's fields as FS 9.1 names them.
struct context_fields {
  std::uint32_t ipcss = 0, ipcso = 0, ipcse = 0;
  std::uint32_t tucss = 0, tucso = 0, tucse = 0;
  std::uint32_t paylen = 0, hdrlen = 0, mss = 0;
  std::uint32_t tucmd = 0;
};

class transmit_bench : public card_bench {
 public:
  static constexpr std::uint32_t tx_ring_at = 0x2'0000;
  static constexpr std::uint64_t data_at = 0x80'0000;

  using card_bench::card_bench;
  ~transmit_bench() override;

  /// A ring of `count` empty descriptors, TCTL written last.
  void open_transmit(std::uint32_t count = 64, std::uint32_t tctl_value = tctl::EN | tctl::PSP);
  /// Descriptor `i` as four dwords.
  void put(std::uint32_t i, std::uint64_t address, std::uint32_t lower, std::uint32_t upper);
  void legacy(std::uint32_t i, std::uint64_t address, std::uint32_t length, std::uint32_t command,
              std::uint32_t cso = 0, std::uint32_t css = 0, std::uint32_t special = 0);
  void data(std::uint32_t i, std::uint64_t address, std::uint32_t length, std::uint32_t command,
            std::uint32_t popts = 0, std::uint32_t special = 0);
  void context(std::uint32_t i, const context_fields& c);
  void doorbell(std::uint32_t tail) { write(reg::TDT, tail); }
  /// A frame of one legacy descriptor at `i`: `bytes` lie in a buffer of their own.
  void post(std::uint32_t i, const byte_vector& frame, std::uint32_t command = cmd::whole);
  std::uint64_t buffer(std::uint32_t i) const { return data_at + std::uint64_t{i} * 0x8000; }

  /// Dword `n` of descriptor `i` in memory.
  std::uint32_t dword(std::uint32_t i, unsigned n) const;
  bool tx_done(std::uint32_t i) const { return (dword(i, 3) & 1) != 0; }
  /// Causes since the last call.
  std::uint32_t causes() { return read(reg::ICR); }
};

/// DA, SA, type and counting bytes: `size` in all, without FCS.
byte_vector counting_frame(std::size_t size, std::uint8_t first = 0x02);
/// With the FCS of IEEE 802.3 3.2.9 behind it.
byte_vector with_fcs(byte_vector frame);
/// Padded with zeros to 60 bytes first.
byte_vector padded_with_fcs(byte_vector frame);

}  // namespace ringside::test
