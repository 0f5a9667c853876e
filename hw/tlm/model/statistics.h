// SPDX-License-Identifier: Apache-2.0
// The statistics counters, FS 6.10: 32 bits, saturating, cleared by a read; octets in 64-bit pairs.
//
// Owned by the card's core; counted by the mac, read by register_access.
#pragma once

#include <array>
#include <cstdint>

namespace ringside::tlm::model {

class statistics {
 public:
  static constexpr std::uint32_t first = 0x4000;
  static constexpr std::uint32_t last = 0x40FC;
  static bool covers(std::uint32_t offset) { return offset >= first && offset <= last; }

  /// One more in the counter at `offset`.
  void count(std::uint32_t offset);
  /// `octets` more in the pair whose low word is at `low_offset`.
  void add_octets(std::uint32_t low_offset, std::uint32_t octets);
  /// The value, then clears it; a pair is cleared by its high word.
  std::uint32_t read(std::uint32_t offset);
  void reset() { values_.fill(0); }

 private:
  std::uint32_t& at(std::uint32_t offset) { return values_[(offset - first) / 4]; }

  std::array<std::uint32_t, (last - first) / 4 + 1> values_{};
};

}  // namespace ringside::tlm::model
