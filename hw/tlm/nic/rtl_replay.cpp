// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/nic/rtl_replay.h"

#include <vector>

#include "hw/tlm/nic/verilated_card.h"

namespace ringside::tlm {
namespace {

bool same_but_byte(const rtl_pins& x, const rtl_pins& y) {
  return x.target_valid == y.target_valid && x.target_write == y.target_write && x.target_space == y.target_space &&
         x.target_be == y.target_be && x.target_addr == y.target_addr && x.target_wdata == y.target_wdata &&
         x.response_valid == y.response_valid && x.response_last == y.response_last &&
         x.response_status == y.response_status && x.response_tag == y.response_tag &&
         x.response_data == y.response_data && x.request_ready == y.request_ready && x.rst_n == y.rst_n &&
         x.link_up == y.link_up && x.eeprom_out == y.eeprom_out && x.ce == y.ce && x.tx_ce == y.tx_ce &&
         x.rx_dv == y.rx_dv && x.rx_er == y.rx_er;
}

void apply(Vnic___024root& top, const rtl_pins& p) {
  top.tgt_req_valid_i = p.target_valid;
  top.tgt_write_i = p.target_write;
  top.tgt_space_i = p.target_space;
  top.tgt_be_i = p.target_be;
  top.tgt_addr_i = p.target_addr;
  top.tgt_wdata_i = p.target_wdata;
  top.mst_rsp_valid_i = p.response_valid;
  top.mst_rsp_last_i = p.response_last;
  top.mst_rsp_status_i = p.response_status;
  top.mst_rsp_tag_i = p.response_tag;
  top.mst_rsp_data_i = p.response_data;
  top.mst_req_ready_i = p.request_ready;
  top.rst_ni = p.rst_n;
  top.link_up_i = p.link_up;
  set_eeprom_out(top, p.eeprom_out);
  top.gmii_ce_i = p.ce;
  top.gmii_tx_ce_i = p.tx_ce;
  top.gmii_rx_dv_i = p.rx_dv;
  top.gmii_rx_er_i = p.rx_er;
}

}  // namespace

struct rtl_replay::impl {
  // Everything but now_i and the byte changes rarely: an edge carries these, and the rest only where it differs.
  struct edge_pins {
    std::uint64_t now;
    std::uint8_t rxd;
    std::uint8_t changed;  // the next entry of `others` applies
  };

  explicit impl(const rtl_nic_params& params) : card(params) {}

  verilated_card card;
  pin_requests requests;
  clock_set pin_clocks = all_clocks;
  std::vector<edge_pins> edges;
  std::vector<rtl_pins> others;
  std::uint64_t next = 0;
  std::uint64_t next_other = 0;
  std::uint64_t hash = rtl_pin_log{}.output_hash;

  // All edges before `end`; behind each of them `after` looks.  What is measured is the card, so the loop is kept
  // small.
  template <typename After>
  void run_to(std::uint64_t end, const After& after) {
    Vnic___024root& pins = card.pins();
    const tx_clock_set always_tx = card.always_tx();
    const edge_pins* e = edges.data() + next;
    const edge_pins* const last = edges.data() + end;
    clock_set asked = 0;
    bool plain = false;  // the same pins as before, but for time and byte, and no reset
    for (; e != last; ++e) {
      pins.now_i = e->now;
      pins.gmii_rxd_i = e->rxd;
      if (e->changed != 0 || !plain) {
        if (e->changed != 0 || !requests.settled()) change_pins(*e);
        plain = requests.settled() && card.direct() && pins.rst_ni != 0;
        asked = pin_clocks | card.always();
        if (!plain) {
          card.edge(pin_clocks);
          after(pins);
          continue;
        }
      }
      verilated_card::edge_outside_reset(pins, asked, always_tx);
      after(pins);
    }
    next = end;
  }
  [[gnu::noinline]] void change_pins(const edge_pins& e) {
    if (e.changed != 0) apply(card.pins(), others[next_other++]);
    pin_clocks = requests.of(card.pins());
  }
};

rtl_replay::rtl_replay(const rtl_nic_params& params, const rtl_pin_log& log) : impl_(std::make_unique<impl>(params)) {
  impl_->edges.reserve(log.edges.size());
  const rtl_pins* last = nullptr;
  for (const rtl_pins& p : log.edges) {
    const bool changed = last == nullptr || !same_but_byte(*last, p);
    if (changed) impl_->others.push_back(p);
    impl_->edges.push_back({p.now, p.rxd, changed});
    last = &p;
  }
}

rtl_replay::~rtl_replay() = default;

std::uint64_t rtl_replay::edges() const {
  return impl_->edges.size();
}

void rtl_replay::run_to(std::uint64_t edge) {
  impl_->run_to(edge, [](const Vnic___024root&) {});
}

void rtl_replay::idle(std::uint64_t edges) {
  impl& i = *impl_;
  Vnic___024root& pins = i.card.pins();
  pins.gmii_rx_dv_i = pins.tgt_req_valid_i = pins.mst_rsp_valid_i = 0;
  pins.mst_req_ready_i = 1;
  i.pin_clocks = i.requests.of(pins);
  for (std::uint64_t done = 0; done < edges; ++done) {
    ++pins.now_i;
    if (!i.requests.settled()) i.pin_clocks = i.requests.of(pins);
    i.card.edge(i.pin_clocks);
  }
}

std::uint64_t rtl_replay::hash_to(std::uint64_t edge) {
  std::uint64_t& hash = impl_->hash;
  impl_->run_to(edge, [&hash](const Vnic___024root& pins) { hash = hash_outputs(pins, hash); });
  return hash;
}

}  // namespace ringside::tlm
