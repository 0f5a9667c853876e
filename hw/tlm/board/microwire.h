// SPDX-License-Identifier: Apache-2.0
// A Microwire EEPROM, a 93C46 of 64 words: commands bit by bit, write enable, busy time (FS 4.1, E-6, E-7).
//
// A part of the board, behind the pins of either card; it knows no PCI reset and no CTRL.RST.  The Verilated card
// clocks it for EERD and the auto-load as well; the behavioural one reads words whole for these.
#pragma once

#include <cstdint>
#include <optional>

#include "common/time.h"
#include "hw/tlm/board/eeprom_image.h"

namespace ringside::tlm {

class microwire {
 public:
  static constexpr sim_time busy_time = 2 * ms;  // E-6

  explicit microwire(const eeprom_image& words) : words_(words) {}

  /// The pins as they are from `now` on.
  void drive(bool cs, bool sk, bool di, sim_time now);
  /// DO, as it is at `now`.
  bool out(sim_time now);
  /// When DO changes by itself, a write having ended; nothing when it does not.
  std::optional<sim_time> changes_at() const;
  /// Word `at`; 0 beyond the last.
  std::uint16_t word(std::uint32_t at, sim_time now);
  /// All of them.
  const eeprom_image& words(sim_time now);

 private:
  enum class state : std::uint8_t {
    start,    // waits for the start bit
    command,  // opcode and address come
    data,     // of WRITE and WRAL
    armed,    // begins when CS falls
    reading,
    over  // nothing more before CS rises again
  };
  enum class action : std::uint8_t { none, write, write_all, erase, erase_all };

  void clock(bool di);
  void decode();
  void select();
  void deselect(sim_time now);
  /// Lets a write that has ended take effect.
  void settle(sim_time now);

  eeprom_image words_;
  bool cs_ = false, sk_ = false;
  state now_ = state::start;
  std::uint32_t shifted_ = 0;
  unsigned bits_ = 0;
  std::uint32_t address_ = 0;
  unsigned read_bits_ = 0;  // of the word being read
  bool data_out_ = true;
  bool write_enabled_ = false;
  action wanted_ = action::none;
  std::uint16_t value_ = 0;
  bool busy_ = false;
  sim_time busy_until_ = 0;
};

}  // namespace ringside::tlm
