// SPDX-License-Identifier: Apache-2.0
// The card's counters, accumulated from its read-to-clear registers (FS 6.10).
//
// Owner: driver::e1000.  Callers: the watchdog and the platform's report.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sw/driver/registers.h"

namespace ringside::driver {

struct nic_counter {
  std::string_view name;
  std::uint32_t offset;       // of the only or the low register
  std::uint32_t high_offset;  // 0 = 32 bits
};

class nic_statistics {
 public:
  static constexpr std::size_t counters = 54;

  static const std::array<nic_counter, counters>& table();

  /// Reads every counter once and adds: low before high, whose read clears the pair.
  void update(registers& regs);
  /// Reads and forgets (e1000_clear_hw_cntrs).
  static void clear(registers& regs);

  /// Accumulated value by register name such as "GPRC"; 0 for an unknown name.
  std::uint64_t operator[](std::string_view name) const;

 private:
  std::array<std::uint64_t, counters> values_{};
};

}  // namespace ringside::driver
