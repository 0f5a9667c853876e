// SPDX-License-Identifier: Apache-2.0
// The Verilated model of the card and its clock edges: included by the adapter and by the bench's replay of the model
// alone, nowhere else.
//
// An edge gives the model the clocks somebody asks for (card_clocks.h) and no other.  It goes one of two ways, with the
// same result:
// - eval(), as any Verilated model is used: the clocks rise, eval(), they fall, eval().  Works with every Verilator and
//   every RTL, and is what waveforms show.
// - directly: eval() would find out which clocks rose, and then ask each group of logic whether it hangs on one of
//   them.  Knowing the clocks, we call the list of groups made for that set.  The build makes these lists and decides
//   whether they may be used (direct_call.py); docs/performance.md has what they save.
#pragma once

#include <Vnic.h>
#include <Vnic___024root.h>
#include <verilated.h>
#include <verilated_vcd_c.h>  // newer versions' trace() takes its base class

#include <cstring>
#include <memory>

#include "direct_call.h"  // made by the build
#include "hw/tlm/nic/card_clocks.h"
#include "hw/tlm/nic/eeprom_pins.h"
#include "hw/tlm/nic/rtl_nic.h"
#include "hw/tlm/nic/rtl_pins.h"

namespace ringside::tlm {

// What a loop over edges does at each of them, by the pins alone: a loop that keeps their address in a register saves
// loading it ten times.

/// Clocks the card's registers ask for.
[[gnu::always_inline]] inline clock_set requested(const Vnic___024root& c) {
#if RINGSIDE_DIRECT_CALL
  clock_set set;  // these eight outputs lie side by side: direct_call.py has looked
  std::memcpy(&set, &c.clk_req_csr_o, sizeof set);
  return set;
#else
  return asked_for(card_clock::csr, c.clk_req_csr_o) | asked_for(card_clock::rx_frame, c.clk_req_rx_frame_o) |
         asked_for(card_clock::rx_mac, c.clk_req_rx_mac_o) | asked_for(card_clock::rx_fifo, c.clk_req_rx_fifo_o) |
         asked_for(card_clock::rx_dma, c.clk_req_rx_dma_o) | asked_for(card_clock::rx_desc, c.clk_req_rx_desc_o) |
         asked_for(card_clock::mst, c.clk_req_mst_o) | asked_for(card_clock::irq, c.clk_req_irq_o);
#endif
}

/// What the transmit side has to do at the next edge: its clocks' requests, a byte each, and in the highest byte
/// whether GMII carries a byte of it.
[[gnu::always_inline]] inline std::uint32_t transmits(const Vnic___024root& c) {
#if RINGSIDE_DIRECT_CALL
  std::uint32_t out;  // four bytes side by side
  std::memcpy(&out, &c.clk_req_tx_desc_o, sizeof out);
  return out;
#else
  return c.clk_req_tx_desc_o | std::uint32_t{c.clk_req_tx_dma_o} << 8 | std::uint32_t{c.clk_req_tx_mac_o} << 16 |
         std::uint32_t{c.gmii_tx_en_o} << 24;
#endif
}
/// Of those, the clocks.
[[gnu::always_inline]] inline tx_clock_set requested_tx(const Vnic___024root& c) {
  return transmits(c) & all_tx_clocks;
}

/// Those, the ones asked for by pins, and the interrupt unit's when a timer is due.
[[gnu::always_inline]] inline clock_set due(const Vnic___024root& c, clock_set asked_by_pins) {
  const clock_set timer = c.now_i >= c.next_deadline_o ? only(card_clock::irq) : 0;
  return requested(c) | asked_by_pins | timer;
}

/// Whether the last edge left something to look at: a strobe, a frame's event, or an INTA# other than `intx`.  Write
/// data is not among it.
[[gnu::always_inline]] inline bool outputs_speak(const Vnic___024root& c, std::uint8_t intx) {
#if RINGSIDE_DIRECT_CALL
  std::uint64_t strobes;  // eight of them side by side, intx_o in the lowest byte
  std::memcpy(&strobes, &c.intx_o, sizeof strobes);
  return ((strobes ^ intx) | c.evt_rx_o | c.evt_tx_o) != 0;
#else
  return ((c.intx_o ^ intx) | c.tgt_rsp_valid_o | c.mst_req_valid_o | c.evt_rst_o | c.evt_cause_o | c.evt_hold_o |
          c.evt_lost_o | eeprom_moved(c) | c.evt_rx_o | c.evt_tx_o) != 0;
#endif
}

/// One rising edge of these clocks, past eval(); only where verilated_card::direct() says so.
[[gnu::always_inline]] inline void edge_directly([[maybe_unused]] Vnic___024root& c, [[maybe_unused]] clock_set set) {
#if RINGSIDE_DIRECT_CALL
  static_assert(common_clock_count == 8 && RINGSIDE_CARD_EDGES == 1 << common_clock_count);
  card_edges[(set * 0x0102'0408'1020'4080) >> 56](&c);  // the product has the lowest bit of byte k in bit 56 + k
#endif
}
/// The same with clocks of the transmit side.
[[gnu::always_inline]] inline void edge_directly([[maybe_unused]] Vnic___024root& c, [[maybe_unused]] clock_set set,
                                                 [[maybe_unused]] tx_clock_set tx) {
#if RINGSIDE_DIRECT_CALL
  const auto common = static_cast<unsigned>((set * 0x0102'0408'1020'4080) >> 56);
  const unsigned sending = (tx * 0x4081) >> 14 & 7;  // the product has the lowest bit of byte k in bit 14 + k
  card_edge_any(&c, common | sending << common_clock_count);
#endif
}

class verilated_card {
 public:
  explicit verilated_card(const rtl_nic_params& params) {
    // Uninitialised RTL state comes from the seed; and no thread beside ours, since a forked process would not have it.
    context_.threads(1);
    context_.randReset(2);
    context_.randSeed(static_cast<int>(params.seed & 0x7FFFFFFF) | 1);
    context_.traceEverOn(true);
    top_ = std::make_unique<Vnic>(&context_, "nic");
    pins_ = top_->rootp;
    tie_off(params);
    drive_clocks(0, 0);  // pins start at random as well, and a clock that starts high has no first edge
    top_->eval();
  }
  ~verilated_card() { top_->final(); }
  verilated_card(const verilated_card&) = delete;
  verilated_card& operator=(const verilated_card&) = delete;

  /// Inputs and outputs, at their place in the model.
  Vnic___024root& pins() { return *pins_; }
  const Vnic___024root& pins() const { return *pins_; }

  clock_set requested() const { return tlm::requested(*pins_); }
  tx_clock_set requested_tx() const { return tlm::requested_tx(*pins_); }
  bool asks_nothing() const { return (requested() | requested_tx()) == 0; }

  /// One rising edge of the clocks that registers, pins or a timer ask for.
  [[gnu::always_inline]] void edge(clock_set asked_by_pins) {
    const clock_set set = due(*pins_, asked_by_pins | always_);
    const tx_clock_set tx = (pins_->rst_ni != 0 ? requested_tx() : all_tx_clocks) | always_tx_;
    if (!direct_) [[unlikely]]
      edge_by_eval(set, tx);
    else if (tx == 0)
      edge_directly(*pins_, set);
    else
      edge_directly(*pins_, set, tx);
  }
  /// The same for who knows that rst_ni is 1 and direct() and keeps the pins' address; `always_tx`: of always_tx().
  [[gnu::always_inline]] static void edge_outside_reset(Vnic___024root& pins, clock_set asked_by_pins,
                                                        tx_clock_set always_tx) {
    const clock_set set = due(pins, asked_by_pins);
    const tx_clock_set tx = tlm::requested_tx(pins) | always_tx;
    if (tx == 0)
      edge_directly(pins, set);
    else
      edge_directly(pins, set, tx);
  }
  tx_clock_set always_tx() const { return always_tx_; }
  /// The clocks that come asked for or not; a caller of edge_directly() adds them.
  clock_set always() const { return always_; }
  /// edge_directly() may be called instead of edge().
  bool direct() const { return direct_; }

  /// Gives all clocks at every edge or those asked for; goes past eval(), where the build allows it, or not.
  void set_clocking(bool gate, bool direct) {
    fall();
    always_ = gate ? 0 : all_clocks;
    always_tx_ = gate ? 0 : all_tx_clocks;
    direct_ = RINGSIDE_DIRECT_CALL != 0 && direct && !drawn_;
  }

  /// Waveforms: from now on each edge goes through eval(), and the clock pins move.
  void draw(VerilatedVcdC& into) {
    constexpr int all_levels = 99;
    direct_ = false;
    drawn_ = true;
    top_->trace(&into, all_levels);
  }
  /// The clocks fall; without effect on the card.
  [[gnu::noinline]] void fall() {
    if (!high_) return;
    drive_clocks(0, 0);
    top_->eval();
    high_ = false;
  }

 private:
  [[gnu::noinline]] void edge_by_eval(clock_set set, tx_clock_set tx) {
    fall();
    if ((set | tx) == 0 && !drawn_) return;
    drive_clocks(set, tx);
    top_->eval();
    high_ = (set | tx) != 0;
  }

  void drive_clocks(clock_set set, tx_clock_set tx) {
    const auto level = [set](card_clock c) { return static_cast<CData>(set >> (8 * static_cast<unsigned>(c)) & 1); };
    top_->clk_csr_i = level(card_clock::csr);
    top_->clk_rx_frame_i = level(card_clock::rx_frame);
    top_->clk_rx_mac_i = level(card_clock::rx_mac);
    top_->clk_rx_fifo_i = level(card_clock::rx_fifo);
    top_->clk_rx_dma_i = level(card_clock::rx_dma);
    top_->clk_rx_desc_i = level(card_clock::rx_desc);
    top_->clk_mst_i = level(card_clock::mst);
    top_->clk_irq_i = level(card_clock::irq);
    top_->clk_tx_desc_i = (tx & only_tx(card_clock::tx_desc)) != 0;
    top_->clk_tx_dma_i = (tx & only_tx(card_clock::tx_dma)) != 0;
    top_->clk_tx_mac_i = (tx & only_tx(card_clock::tx_mac)) != 0;
  }

  // Pins that never change in a run, and those of a card in reset.
  void tie_off(const rtl_nic_params& params) {
    const eeprom_image loaded = params.eeprom != nullptr ? params.eeprom->words(0) : factory_image(params.mac_address);
    top_->mac_addr_i = address_of(loaded);
    load_straps(*pins_, loaded);
    set_eeprom_out(*pins_, 1);
    top_->m66en_i = params.bus_66mhz;
    top_->link_speed_i = params.link_mbps == 1000 ? 2 : params.link_mbps == 100 ? 1 : 0;  // as STATUS.SPEED
    top_->gmii_ce_i = 1;
    top_->gmii_tx_ce_i = 1;
    top_->mst_wdata_ready_i = 1;
    top_->rst_ni = 0;
  }

  // What a top of one's own may lack.
  template <class Pins>
  static void load_straps(Pins& p, const eeprom_image& loaded) {
    if constexpr (requires { p.apme_i; }) p.apme_i = (loaded[eeprom_word::control_3] & eeprom_word::APME) != 0;
    if constexpr (requires { p.subsystem_i; })
      p.subsystem_i = std::uint32_t{loaded[eeprom_word::subsystem]} << 16 | loaded[eeprom_word::subsystem_vendor];
  }

  VerilatedContext context_;
  std::unique_ptr<Vnic> top_;
  Vnic___024root* pins_ = nullptr;
  bool direct_ = RINGSIDE_DIRECT_CALL != 0;
  clock_set always_ = 0;  // clocks that come asked for or not
  tx_clock_set always_tx_ = 0;
  bool drawn_ = false;
  bool high_ = false;  // clock pins are high
};

inline nic_config_state config_state_of(const Vnic___024root& c) {
  return {static_cast<std::uint16_t>(c.cfg_command_o),
          c.cfg_bar0_o,
          c.cfg_bar2_o,
          c.cfg_latency_timer_o,
          c.cfg_cache_line_o,
          c.cfg_reset_o != 0};
}

/// The pins an edge is about to sample.
inline rtl_pins pins_of(const Vnic___024root& c) {
  rtl_pins p;
  p.now = c.now_i;
  p.target_wdata = c.tgt_wdata_i;
  p.response_data = c.mst_rsp_data_i;
  p.target_addr = c.tgt_addr_i;
  p.target_valid = c.tgt_req_valid_i;
  p.target_write = c.tgt_write_i;
  p.target_space = c.tgt_space_i;
  p.target_be = c.tgt_be_i;
  p.response_valid = c.mst_rsp_valid_i;
  p.response_last = c.mst_rsp_last_i;
  p.response_status = c.mst_rsp_status_i;
  p.response_tag = c.mst_rsp_tag_i;
  p.rxd = c.gmii_rxd_i;
  p.rx_dv = c.gmii_rx_dv_i;
  p.rx_er = c.gmii_rx_er_i;
  p.ce = c.gmii_ce_i;
  p.tx_ce = c.gmii_tx_ce_i;
  p.request_ready = c.mst_req_ready_i;
  p.rst_n = c.rst_ni;
  p.link_up = c.link_up_i;
  p.eeprom_out = eeprom_out(c);
  return p;
}

/// Folds every output of the card that means something into a running FNV-1a hash.
inline std::uint64_t hash_outputs(const Vnic___024root& c, std::uint64_t hash) {
  const auto fold = [&hash](std::uint64_t value) { hash = (hash ^ value) * 0x100000001B3ULL; };
  fold(c.evt_rx_o | std::uint64_t{c.evt_rst_o} << 25 | std::uint64_t{c.evt_cause_o} << 26 |
       std::uint64_t{c.evt_hold_o} << 27 | std::uint64_t{c.evt_lost_o} << 28);
  if (c.evt_cause_o) fold(c.evt_causes_o);
  if (c.evt_hold_o) fold(c.evt_held_o);
  if (c.evt_lost_o) fold(c.evt_lost_frame_o);
  if (eeprom_moved(c) != 0) fold(eeprom_levels(c));
  fold(c.evt_tx_o | std::uint64_t{c.gmii_tx_en_o} << 20 | std::uint64_t{c.gmii_txd_o} << 24);
  fold(c.mst_req_valid_o | c.mst_wdata_valid_o << 1 | c.tgt_rsp_valid_o << 2 | c.intx_o << 3 | c.tgt_req_ready_o << 4);
  if (c.mst_req_valid_o) {
    fold(c.mst_req_addr_o);
    fold(c.mst_req_len_o | c.mst_req_kind_o << 16 | c.mst_req_tag_o << 20 | c.mst_req_write_o << 25);
  }
  if (c.mst_wdata_valid_o) fold(c.mst_wdata_o | std::uint64_t{c.mst_wbe_o} << 32 | std::uint64_t{c.mst_wtag_o} << 40);
  if (c.tgt_rsp_valid_o) fold(c.tgt_rsp_rdata_o);
  return hash;
}

}  // namespace ringside::tlm
