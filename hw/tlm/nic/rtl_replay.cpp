#include "hw/tlm/nic/rtl_replay.h"

#include <vector>

#include "hw/tlm/nic/verilated_card.h"

namespace ringside::tlm {
namespace {

// Everything but now_i and GMII changes rarely: an edge carries its byte, and the rest only where it differs.
struct edge_pins {
  std::uint64_t now;
  std::uint8_t rxd;
  std::uint8_t rx_dv;
  std::uint8_t rx_er;
  std::uint8_t changed;  // the next entry of `others` applies
};

bool same_but_gmii(const rtl_pins& x, const rtl_pins& y) {
  return x.target_valid == y.target_valid && x.target_write == y.target_write && x.target_space == y.target_space &&
         x.target_be == y.target_be && x.target_addr == y.target_addr && x.target_wdata == y.target_wdata &&
         x.response_valid == y.response_valid && x.response_last == y.response_last &&
         x.response_status == y.response_status && x.response_tag == y.response_tag &&
         x.response_data == y.response_data && x.request_ready == y.request_ready && x.rst_n == y.rst_n &&
         x.link_up == y.link_up && x.ce == y.ce;
}

void apply(Vnic& top, const rtl_pins& p) {
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
  top.gmii_ce_i = p.ce;
}

}  // namespace

struct rtl_replay::impl {
  VerilatedContext context;
  std::unique_ptr<Vnic> top;
  std::vector<edge_pins> edges;
  std::vector<rtl_pins> others;
  std::uint64_t next = 0;
  std::uint64_t next_other = 0;
  clock_set clocks = all_clocks;
  std::uint64_t hash = rtl_pin_log{}.output_hash;

  void drive() {
    const edge_pins& e = edges[next++];
    Vnic___024root& pins = *top->rootp;
    pins.now_i = e.now;
    pins.gmii_rxd_i = e.rxd;
    pins.gmii_rx_dv_i = e.rx_dv;
    pins.gmii_rx_er_i = e.rx_er;
    clocks = asked_by_pins(pins);
    if (e.changed) {
      const bool link = top->link_up_i;
      apply(*top, others[next_other++]);
      clocks = asked_by_pins(pins);
      if (link != static_cast<bool>(top->link_up_i)) clocks |= only(card_clock::csr);
    }
  }
};

rtl_replay::rtl_replay(const rtl_nic_params& params, const rtl_pin_log& log) : impl_(std::make_unique<impl>()) {
  prepare(impl_->context, params);
  impl_->context.traceEverOn(true);
  impl_->top = std::make_unique<Vnic>(&impl_->context, "nic");
  tie_off(*impl_->top, params);
  impl_->edges.reserve(log.edges.size());
  const rtl_pins* last = nullptr;
  for (const rtl_pins& p : log.edges) {
    const bool changed = last == nullptr || !same_but_gmii(*last, p);
    if (changed) impl_->others.push_back(p);
    impl_->edges.push_back({p.now, p.rxd, p.rx_dv, p.rx_er, changed});
    last = &p;
  }
}

rtl_replay::~rtl_replay() {
  impl_->top->final();
}

std::uint64_t rtl_replay::edges() const {
  return impl_->edges.size();
}

void rtl_replay::run_to(std::uint64_t edge) {
  impl& i = *impl_;
  while (i.next < edge) {
    i.drive();
    clock_edge(*i.top, i.clocks, false);
  }
}

std::uint64_t rtl_replay::hash_to(std::uint64_t edge) {
  impl& i = *impl_;
  while (i.next < edge) {
    i.drive();
    clock_edge(*i.top, i.clocks, false);
    i.hash = hash_outputs(*i.top, i.hash);
  }
  return i.hash;
}

}  // namespace ringside::tlm
