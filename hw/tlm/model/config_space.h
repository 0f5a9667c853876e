// SPDX-License-Identifier: Apache-2.0
// The card's PCI configuration header and power management capability, FS 1.1, FS 1.2 and P-8.
//
// Owned by the card; read and written by register_access, asked by the bus through nic_config_state.
#pragma once

#include <cstdint>

#include "hw/tlm/board/eeprom_image.h"
#include "hw/tlm/nic/nic.h"

namespace ringside::tlm::model {

class config_space {
 public:
  /// `loaded`: the EEPROM's words at power-on (E-8).
  explicit config_space(const eeprom_image& loaded)
      : subsystem_(std::uint32_t{loaded[eeprom_word::subsystem]} << 16 | loaded[eeprom_word::subsystem_vendor]) {}

  std::uint32_t read(std::uint32_t offset) const;
  /// True when the write takes the function out of D3, into D0 uninitialized.
  bool write(std::uint32_t offset, std::uint32_t value, std::uint8_t byte_enables);

  nic_config_state state() const;
  /// P-3: the card may master the bus.
  bool bus_master() const { return (command_ & 1U << 2) != 0 && !asleep(); }
  /// D3hot, and D0 uninitialized, which lasts until software enables memory space in D0 (P-9): no mastering, no
  /// reception.
  bool asleep() const { return !active_; }
  /// P-4: INTA# is masked by Command bit 10 and in D3.
  bool intx_masked() const { return (command_ & 1U << 10) != 0 || in_d3(); }
  std::uint8_t cache_line_dwords() const { return cache_line_; }
  /// A transfer of the card ended badly: Status bits 15, 13, 12, 8 (PCI 2.3 section 6.2.3).
  void report(dma_status status, bool write);

 private:
  bool in_d3() const { return (pmcsr_ & 3U) == 3; }
  void write_command_status(std::uint32_t value, std::uint32_t lanes);
  bool write_power(std::uint32_t value, std::uint32_t lanes);

  const std::uint32_t subsystem_;  // words 0x0B, 0x0C
  std::uint16_t command_ = 0;
  std::uint16_t status_errors_ = 0;
  std::uint8_t cache_line_ = 0;
  std::uint8_t latency_ = 0;
  std::uint8_t interrupt_line_ = 0;
  std::uint32_t bar0_ = 0;
  std::uint32_t bar2_ = 1;  // bit 0: I/O space
  std::uint32_t pmcsr_ = 0x2000;
  bool active_ = false;  // D0 active
};

}  // namespace ringside::tlm::model
