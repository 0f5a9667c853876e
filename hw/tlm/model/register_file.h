// SPDX-License-Identifier: Apache-2.0
// The registers of BAR0 as storage: masks and reset values of the register table (FS 2).
//
// Side effects are not here but in register_access; counters are in statistics.  Owned by the card's core.
#pragma once

#include <cstdint>
#include <vector>

#include "hw/regs/e1000_regs.h"
#include "hw/tlm/board/eeprom_image.h"

namespace ringside::tlm::model {

class register_file {
 public:
  /// `loaded`: the EEPROM's words at power-on; `seed` fills what has no reset value.
  register_file(const eeprom_image& loaded, std::uint64_t seed);

  /// Stored value; 0 where nothing is stored (P-6).
  std::uint32_t get(std::uint32_t offset) const { return offset < bytes ? values_[offset / 4] : 0; }
  /// Stores the bits software may write; the rest reads 0.
  void write(std::uint32_t offset, std::uint32_t value) {
    if (offset < bytes) values_[offset / 4] = value & masks_[offset / 4];
  }
  /// Stores a value as it is: what the chip itself writes.
  void set(std::uint32_t offset, std::uint32_t value) { values_[offset / 4] = value; }
  bool has(std::uint32_t offset, std::uint32_t bits) const { return (get(offset) & bits) == bits; }
  /// CTRL.RST, X-4 to.
  void reset(const eeprom_image& loaded);
  /// RA0 from the EEPROM, valid; byte 0 of the address in bits 7:0.
  void load_address(std::uint64_t mac);

 private:
  void load(const eeprom_image& loaded);

  static constexpr std::uint32_t bytes = 0x6000;  // all registers of FS 2 that store lie below

  std::vector<std::uint32_t> values_;
  std::vector<std::uint32_t> masks_;
};

}  // namespace ringside::tlm::model
