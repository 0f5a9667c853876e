// The Verilated model and its clock: included by the adapter and by the bench's replay of the model alone, nowhere
// else.
#pragma once

#include <Vnic.h>
#include <Vnic___024root.h>
#include <verilated.h>

#include "hw/tlm/nic/rtl_nic.h"
#include "hw/tlm/nic/rtl_pins.h"

namespace ringside::tlm {

#if defined(RINGSIDE_SKIP_NEGEDGE) && VERILATOR_VERSION_INTEGER == 5006000
inline constexpr bool skip_negedge = true;
#else
inline constexpr bool skip_negedge = false;
#endif

/// One rising edge of clk_i.  The RTL has no negedge logic, so the falling edge needs no evaluation: the model only has
/// to believe that the clock was low.  `both_edges` evaluates it all the same (waveforms show it).
inline void clock_edge(Vnic& top, bool both_edges) {
#if defined(RINGSIDE_SKIP_NEGEDGE) && VERILATOR_VERSION_INTEGER == 5006000
  if (!both_edges) {
    Vnic___024root& card = *top.rootp;
    card.clk_i = 1;
    card.__Vtrigrprev__TOP__clk_i = 0;
    top.eval();
    return;
  }
#endif
  static_cast<void>(both_edges);
  top.clk_i = 0;
  top.eval();
  top.clk_i = 1;
  top.eval();
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
  top.mac_addr_i = params.mac_address;
  top.m66en_i = params.bus_66mhz;
  top.link_speed_i = params.link_mbps == 1000 ? 2 : params.link_mbps == 100 ? 1 : 0;  // as STATUS.SPEED
  top.gmii_ce_i = 1;
  top.mst_wdata_ready_i = 1;
  top.rst_ni = 0;
  top.clk_i = 0;
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
  fold(top.evt_o);
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
