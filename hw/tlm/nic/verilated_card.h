// The Verilated model and its clock: included by the adapter and by the bench's replay of the model alone, nowhere
// else.
#pragma once

#include <Vnic.h>
#include <Vnic___024root.h>
#include <verilated.h>

#include <bit>
#include <cstring>
#include <stdexcept>

#include "hw/tlm/nic/rtl_nic.h"
#include "hw/tlm/nic/rtl_pins.h"

void Vnic___024root___eval_nba(Vnic___024root* vlSelf);

namespace ringside::tlm {

#if defined(RINGSIDE_SKIP_NEGEDGE) && VERILATOR_VERSION_INTEGER == 5006000
inline constexpr bool skip_negedge = true;
#else
inline constexpr bool skip_negedge = false;
#endif

/// Clocks of the card, a byte each, in the order of its clk_*_i, of its clk_req_*_o and of the model's triggers.
enum class card_clock : unsigned { csr, rx_frame, rx_mac, rx_fifo, rx_dma, rx_desc, mst, irq };
using clock_set = std::uint64_t;
constexpr clock_set only(card_clock c) {
  return clock_set{1} << (8 * static_cast<unsigned>(c));
}
constexpr clock_set all_clocks = ~clock_set{0} / 255;
inline constexpr bool little_endian = std::endian::native == std::endian::little;
static_assert(little_endian);

/// What the registers ask for.  The eight bytes lie side by side in the model: side_by_side() looks.
inline clock_set requested(const Vnic___024root& card) {
  clock_set set;
  std::memcpy(&set, &card.clk_req_csr_o, sizeof set);
  return set;
}
inline bool side_by_side(const Vnic___024root& c) {
  const CData* const first = &c.clk_req_csr_o;
  return &c.clk_req_rx_frame_o == first + 1 && &c.clk_req_rx_mac_o == first + 2 && &c.clk_req_rx_fifo_o == first + 3 &&
         &c.clk_req_rx_dma_o == first + 4 && &c.clk_req_rx_desc_o == first + 5 && &c.clk_req_mst_o == first + 6 &&
         &c.clk_req_irq_o == first + 7;
}

/// What the pins ask for, as long as they stay as they are.
inline clock_set asked_by_pins(const Vnic___024root& card) {
  if (card.rst_ni == 0) return all_clocks;
  return (clock_set{card.tgt_req_valid_i} << (8 * static_cast<unsigned>(card_clock::csr))) |
         (clock_set{card.gmii_rx_dv_i} << (8 * static_cast<unsigned>(card_clock::rx_mac))) |
         (clock_set{card.mst_rsp_valid_i} << (8 * static_cast<unsigned>(card_clock::mst)));
}

/// One rising edge of the clocks that anybody needs: the registers, `pins` or a deadline.  `both_edges` makes all of
/// them the way any Verilated model is used, falling edge and all (waveforms show it).
inline void clock_edge(Vnic& top, clock_set pins, bool both_edges) {
  Vnic___024root& card = *top.rootp;
#if defined(RINGSIDE_SKIP_NEGEDGE) && VERILATOR_VERSION_INTEGER == 5006000
  if (!both_edges) {
    clock_set set = requested(card) | pins;
    if (card.now_i >= card.next_deadline_o) set |= only(card_clock::irq);
    if (set == 0) return;
    // The triggers of the RTL's clocks, without the search for them: no logic hangs on the pins (checked at the build).
    std::memcpy(&card.__VnbaTriggered.at(0), &set, sizeof set);
    Vnic___024root___eval_nba(&card);
    return;
  }
#endif
  static_cast<void>(both_edges);
  static_cast<void>(pins);
  top.clk_csr_i = top.clk_rx_frame_i = top.clk_rx_mac_i = top.clk_rx_fifo_i = 0;
  top.clk_rx_dma_i = top.clk_rx_desc_i = top.clk_mst_i = top.clk_irq_i = 0;
  top.eval();
  top.clk_csr_i = top.clk_rx_frame_i = top.clk_rx_mac_i = top.clk_rx_fifo_i = 1;
  top.clk_rx_dma_i = top.clk_rx_desc_i = top.clk_mst_i = top.clk_irq_i = 1;
  top.eval();
}

/// The event word as e1000_pkg had it.
inline std::uint64_t event_word(const Vnic___024root& c) {
  return (c.evt_rx_o & 0xFFFFFFU) | std::uint64_t{c.evt_rst_o} << 24 | std::uint64_t{c.evt_cause_o} << 25 |
         std::uint64_t{c.evt_causes_o} << 26 | std::uint64_t{c.evt_hold_o} << 43 |
         std::uint64_t{c.evt_rx_o >> 24 & 1} << 44 | (c.evt_hold_o != 0 ? std::uint64_t{c.evt_held_o} << 45 : 0);
}

/// Before the model is made.  Uninitialised RTL state comes from the seed; and no thread beside ours, since a forked
/// process would not have it.
inline void prepare(VerilatedContext& context, const rtl_nic_params& params) {
  context.threads(1);
  context.randReset(2);
  context.randSeed(static_cast<int>(params.seed & 0x7FFFFFFF) | 1);
}

/// Pins that never change in a run, and the state before the first edge.
inline void tie_off(Vnic& top, const rtl_nic_params& params) {
  if (!side_by_side(*top.rootp)) throw std::logic_error("the model's clock requests do not lie side by side");
  top.mac_addr_i = params.mac_address;
  top.m66en_i = params.bus_66mhz;
  top.link_speed_i = params.link_mbps == 1000 ? 2 : params.link_mbps == 100 ? 1 : 0;  // as STATUS.SPEED
  top.gmii_ce_i = 1;
  top.mst_wdata_ready_i = 1;
  top.rst_ni = 0;
  top.eval();
}

/// The pins an edge is about to sample.
inline rtl_pins pins_of(const Vnic& top) {
  rtl_pins p;
  p.now = top.now_i;
  p.target_wdata = top.tgt_wdata_i;
  p.response_data = top.mst_rsp_data_i;
  p.target_addr = top.tgt_addr_i;
  p.target_valid = top.tgt_req_valid_i;
  p.target_write = top.tgt_write_i;
  p.target_space = top.tgt_space_i;
  p.target_be = top.tgt_be_i;
  p.response_valid = top.mst_rsp_valid_i;
  p.response_last = top.mst_rsp_last_i;
  p.response_status = top.mst_rsp_status_i;
  p.response_tag = top.mst_rsp_tag_i;
  p.rxd = top.gmii_rxd_i;
  p.rx_dv = top.gmii_rx_dv_i;
  p.rx_er = top.gmii_rx_er_i;
  p.ce = top.gmii_ce_i;
  p.request_ready = top.mst_req_ready_i;
  p.rst_n = top.rst_ni;
  p.link_up = top.link_up_i;
  return p;
}

/// Folds every output of the card into a running FNV-1a hash.
inline std::uint64_t hash_outputs(const Vnic& top, std::uint64_t hash) {
  const auto fold = [&hash](std::uint64_t value) { hash = (hash ^ value) * 0x100000001B3ULL; };
  fold(event_word(*top.rootp));
  fold(top.mst_req_valid_o | top.mst_wdata_valid_o << 1 | top.tgt_rsp_valid_o << 2 | top.intx_o << 3 |
       top.tgt_req_ready_o << 4);
  if (top.mst_req_valid_o) {
    fold(top.mst_req_addr_o);
    fold(top.mst_req_len_o | top.mst_req_kind_o << 16 | top.mst_req_tag_o << 20 | top.mst_req_write_o << 24);
  }
  if (top.mst_wdata_valid_o)
    fold(top.mst_wdata_o | std::uint64_t{top.mst_wbe_o} << 32 | std::uint64_t{top.mst_wtag_o} << 40);
  if (top.tgt_rsp_valid_o) fold(top.tgt_rsp_rdata_o);
  return hash;
}

}  // namespace ringside::tlm
