// The packed event word of the RTL (e1000_pkg::evt_t), unpacked.
#pragma once

#include <cstdint>

namespace ringside::tlm {

struct rtl_event_word {
  bool accept, reject, commit, drop;
  std::uint8_t reason;  // e1000_pkg::rx_reason_e, the first values of drop_reason
  std::uint16_t tag;
  bool reset;  // CTRL.RST takes effect
  bool cause_set;
  std::uint32_t causes;
  bool hold;           // a cause begins to wait for ITR
  bool no_buffer;      // RNBC
  std::uint32_t held;  // with hold: the causes that wait
};

/// Bit positions follow the packed struct, last member in the lowest bits.
constexpr rtl_event_word unpack(std::uint64_t w) {
  return {
      .accept = (w & 1) != 0,
      .reject = (w >> 1 & 1) != 0,
      .commit = (w >> 2 & 1) != 0,
      .drop = (w >> 3 & 1) != 0,
      .reason = static_cast<std::uint8_t>(w >> 4 & 0xF),
      .tag = static_cast<std::uint16_t>(w >> 8 & 0xFFFF),
      .reset = (w >> 24 & 1) != 0,
      .cause_set = (w >> 25 & 1) != 0,
      .causes = static_cast<std::uint32_t>(w >> 26 & 0x1FFFF),
      .hold = (w >> 43 & 1) != 0,
      .no_buffer = (w >> 44 & 1) != 0,
      .held = static_cast<std::uint32_t>(w >> 45 & 0x1FFFF),
  };
}

}  // namespace ringside::tlm
