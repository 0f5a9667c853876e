// What the receive front of the RTL tells an observer (evt_rx_o: RNBC above e1000_pkg::rx_evt_t), unpacked.
#pragma once

#include <cstdint>

namespace ringside::tlm {

struct rtl_rx_events {
  bool accept, reject, commit, drop;
  std::uint8_t reason;  // e1000_pkg::rx_reason_e, the first values of drop_reason
  std::uint16_t tag;
  bool no_buffer;  // RNBC
};

/// Bit positions follow the packed struct, last member in the lowest bits.
constexpr rtl_rx_events unpack(std::uint32_t w) {
  return {
      .accept = (w & 1) != 0,
      .reject = (w >> 1 & 1) != 0,
      .commit = (w >> 2 & 1) != 0,
      .drop = (w >> 3 & 1) != 0,
      .reason = static_cast<std::uint8_t>(w >> 4 & 0xF),
      .tag = static_cast<std::uint16_t>(w >> 8 & 0xFFFF),
      .no_buffer = (w >> 24 & 1) != 0,
  };
}

}  // namespace ringside::tlm
