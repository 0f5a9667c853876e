// SPDX-License-Identifier: Apache-2.0
// Clocks of the Verilated card: which of them an edge needs.
//
// The card's registers ask by clk_req_*_o, its pins by the rules of pin_requests, a timer by next_deadline_o; a clock
// nobody asks for would change nothing (formal/ proves it for hw/rtl).  docs/rtl/top.md has the contract.
#pragma once

#include <cstdint>

namespace ringside::tlm {

/// In the order of the top's clk_*_i and clk_req_*_o, those of the transmit side last.
enum class card_clock : unsigned { csr, rx_frame, rx_mac, rx_fifo, rx_dma, rx_desc, mst, irq, tx_desc, tx_dma, tx_mac };
inline constexpr unsigned card_clock_count = 11;

/// A byte for each clock but the transmit side's, 0 or 1, the first in the lowest byte: these come in most edges.
using clock_set = std::uint64_t;
inline constexpr unsigned common_clock_count = 8;
/// The same for the transmit side's three.  No pin asks for them.
using tx_clock_set = std::uint32_t;
inline constexpr tx_clock_set all_tx_clocks = 0x01'01'01;
constexpr tx_clock_set only_tx(card_clock c) {
  return tx_clock_set{1} << (8 * (static_cast<unsigned>(c) - common_clock_count));
}
constexpr clock_set only(card_clock c) {
  return clock_set{1} << (8 * static_cast<unsigned>(c));
}
constexpr clock_set asked_for(card_clock c, std::uint8_t asked) {
  return clock_set{asked} << (8 * static_cast<unsigned>(c));
}
constexpr clock_set all_clocks = ~clock_set{0} / 255;

/// Clocks that the input pins ask for.  link_speed_i and m66en_i ask as well when they change; the adapter ties them
/// off.
class pin_requests {
 public:
  /// The pins of the next edge; call once for each edge at which they may differ from the one before.  `Pins` has the
  /// inputs of the top as members.
  template <class Pins>
  [[gnu::always_inline]] clock_set of(const Pins& p) {
    const clock_set set = outside_reset(p);
    return p.rst_ni != 0 ? set : all_clocks;
  }
  /// The same for who knows that rst_ni is 1.
  template <class Pins>
  [[gnu::always_inline]] clock_set outside_reset(const Pins& p) {
    const std::uint8_t carrier = p.gmii_ce_i != 0 ? p.gmii_rx_dv_i : carrier_;
    const std::uint8_t link_changes = p.link_up_i ^ link_up_;
    // A byte, or the first clock enable without one, which ends the frame.
    const std::uint8_t byte = p.gmii_ce_i & (p.gmii_rx_dv_i | carrier_);
    const clock_set set = asked_for(card_clock::csr, p.tgt_req_valid_i | link_changes) |
                          asked_for(card_clock::rx_mac, byte) | asked_for(card_clock::mst, p.mst_rsp_valid_i);
    settled_ = ((carrier ^ carrier_) | link_changes) == 0;
    carrier_ = carrier;
    link_up_ = p.link_up_i;
    return set;
  }
  /// False when the same pins at the edge after would ask for less.
  bool settled() const { return settled_; }

 private:
  // RX_DV at the last clock enable.  Before the first one nobody knows what the MAC's register holds, and reset may end
  // before it: then the MAC has to be clocked as if a frame ended.
  std::uint8_t carrier_ = 1;
  std::uint8_t link_up_ = 0;
  bool settled_ = true;
};

}  // namespace ringside::tlm
