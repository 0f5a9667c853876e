// SPDX-License-Identifier: Apache-2.0
// What the RTL tells an observer about frames, unpacked: the receive front in evt_rx_o (RNBC above
// e1000_pkg::rx_evt_t), the receive DMA in evt_lost_frame_o.
#pragma once

#include <cstdint>

#include "common/drop_reason.h"

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

struct rtl_loss {
  drop_reason reason;
  std::uint16_t tag;
};

/// A stored frame is discarded: bit 16 as too long for the buffers, else for a rewritten ring.
constexpr rtl_loss unpack_loss(std::uint32_t w) {
  return {(w >> 16 & 1) != 0 ? drop_reason::oversize : drop_reason::nic_reset, static_cast<std::uint16_t>(w)};
}

}  // namespace ringside::tlm
