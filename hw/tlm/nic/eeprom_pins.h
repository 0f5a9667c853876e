// SPDX-License-Identifier: Apache-2.0
// The Verilated card's EEPROM pins and the board's part behind them.
//
// Part of rtl_nic.cpp.  A top of one's own may lack these pins: then there is no part behind it.
#pragma once

#include <cstdint>
#include <limits>

#include "common/time.h"
#include "hw/tlm/board/microwire.h"

namespace ringside::tlm {

/// `Pins` has the EEPROM's: eeprom_cs_o, eeprom_sk_o, eeprom_di_o, eeprom_moved_o and eeprom_do_i.
template <class Pins>
concept with_eeprom_pins = requires(Pins p) {
  p.eeprom_cs_o;
  p.eeprom_sk_o;
  p.eeprom_di_o;
  p.eeprom_moved_o;
  p.eeprom_do_i;
};

/// The strobe that says that one of the first three has changed.
template <class Pins>
[[gnu::always_inline]] inline std::uint8_t eeprom_moved([[maybe_unused]] const Pins& p) {
  if constexpr (with_eeprom_pins<Pins>) return p.eeprom_moved_o;
  return 0;
}
/// DO, for a log of the pins.
template <class Pins>
std::uint8_t eeprom_out([[maybe_unused]] const Pins& p) {
  if constexpr (with_eeprom_pins<Pins>) return p.eeprom_do_i;
  return 1;
}
/// CS, SK, DI, likewise.
template <class Pins>
std::uint64_t eeprom_levels([[maybe_unused]] const Pins& p) {
  if constexpr (with_eeprom_pins<Pins>) return p.eeprom_cs_o | p.eeprom_sk_o << 1 | p.eeprom_di_o << 2;
  return 0;
}
template <class Pins>
void set_eeprom_out([[maybe_unused]] Pins& p, [[maybe_unused]] std::uint8_t level) {
  if constexpr (with_eeprom_pins<Pins>) p.eeprom_do_i = level;
}

class eeprom_pins {
 public:
  explicit eeprom_pins(microwire& part) : part_(part) {}

  /// After an edge that moved the card's pins, at its time.  True when DO will change by itself.
  template <class Pins>
  bool follow([[maybe_unused]] Pins& p, [[maybe_unused]] sim_time now) {
    if constexpr (with_eeprom_pins<Pins>) {
      part_.drive(p.eeprom_cs_o != 0, p.eeprom_sk_o != 0, p.eeprom_di_o != 0, now);
      settle(p, now);
    }
    return waiting_;
  }
  /// Before an edge: DO as it is then.
  template <class Pins>
  void settle(Pins& p, sim_time now) {
    set_eeprom_out(p, part_.out(now) ? 1 : 0);
    waiting_ = part_.changes_at().has_value();
  }
  bool waiting() const { return waiting_; }
  /// First edge at which DO may change by itself; the maximum for none.
  std::int64_t next_cycle(const clock_domain& clock) const {
    return waiting_ ? clock.edge_at_or_after(*part_.changes_at()) : std::numeric_limits<std::int64_t>::max();
  }

 private:
  microwire& part_;
  bool waiting_ = false;  // a write is under way while CS is 1
};

}  // namespace ringside::tlm
