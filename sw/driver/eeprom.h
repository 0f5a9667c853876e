// SPDX-License-Identifier: Apache-2.0
// The card's EEPROM, bit by bit over the pins in EECD: a Microwire part of 64 or 256 words (FS 4.1, 4.3).
//
// Owner: driver::e1000.  Callers: probe, init, ethtool.  Task context: every edge of the clock is followed by a wait.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "sw/driver/config.h"
#include "sw/driver/registers.h"
#include "sw/kernel/timers.h"

namespace ringside::driver {

namespace eeprom_word {
inline constexpr std::uint32_t ADDRESS = 0x00;  // three words
inline constexpr std::uint32_t ID_LED = 0x04;
inline constexpr std::uint32_t INIT_CONTROL_2 = 0x0F;
inline constexpr std::uint32_t INIT_CONTROL_3 = 0x24;
inline constexpr std::uint32_t CHECKSUM = 0x3F;
inline constexpr std::uint16_t sum = 0xBABA;  // of words 0 to 3F (E-3)
}  // namespace eeprom_word

class eeprom {
 public:
  eeprom(kernel::host& machine, registers& regs, const config& settings)
      : host_(machine), regs_(regs), settings_(settings) {}

  /// Learns its size from EECD.SIZE (e1000_init_eeprom_params).
  void init();
  std::uint32_t words() const { return words_; }

  /// Nothing when the chip does not grant access or there is no such word.
  std::optional<std::uint16_t> read(std::uint32_t word);
  /// False as above, and when the part is not done in time.  Words go in one by one.
  bool write(std::uint32_t first, std::span<const std::uint16_t> values);
  /// Reads words 0 to 3F and adds them up (e1000_validate_eeprom_checksum).
  bool valid();
  /// Makes the sum right again (e1000_update_eeprom_checksum).
  bool update_checksum();

 private:
  bool acquire();
  void release();
  void standby();
  void put(std::uint32_t pins);
  void raise_clock(std::uint32_t& pins);
  void lower_clock(std::uint32_t& pins);
  void shift_out(std::uint32_t bits, unsigned count);
  std::uint16_t shift_in();

  kernel::host& host_;
  registers& regs_;
  const config& settings_;
  std::uint32_t words_ = 64;
  unsigned address_bits_ = 6;
};

}  // namespace ringside::driver
