// SPDX-License-Identifier: Apache-2.0
#include "tests/hw/rtl/front_bench.h"

#include "tests/hw/rtl/clocks.h"
#include "tests/hw/rtl/reg_bus.h"
#include "tests/hw/rtl/start_state.h"

namespace ringside::rtl_test {

front_bench::front_bench() : context_(std::make_unique<VerilatedContext>()) {
  start_at_random(*context_);
  model_ = std::make_unique<Ve1000_rx_front>(context_.get());
  auto& m = *model_;
  set_clocks(m, 0);
  m.rst_ni = 1;
  m.soft_rst_i = 0;
  m.gmii_ce_i = 1;
  m.gmii_rx_dv_i = 0;
  m.gmii_rx_er_i = 0;
  m.gmii_rxd_i = 0;
  m.loop_i = 0;
  m.loop_ce_i = 1;
  m.loop_dv_i = 0;
  m.loop_data_i = 0;
  m.fill_on_i = 0;
  m.link_up_i = 1;
  m.mac_load_i = 0;
  m.mac_addr_i = 0x563412005452;  // 52:54:00:12:34:56
  m.rctl_i = 0;
  m.vme_i = 0;
  m.rfce_i = 0;
  m.vet_i = 0x8100;
  m.rxcsum_i = 0;
  m.pba_rxa_i = 48;
  m.flow_address_i = 0x010000C28001;  // 01:80:C2:00:00:01, F-1
  m.flow_type_i = 0x8808;
  m.reg_i = 0;
  m.no_desc_i = 0;
  m.data_pop_i = 0;
  m.frame_pop_i = 0;
  reset();
}

void front_bench::tick() {
  auto& m = *model_;
  ++cycle_;
  context_->assertOn(!gate_clocks);  // they look from edge to edge of one clock at registers of several
  m.eval();                          // assertions sample what stood before the edge
  // What e1000_top adds to the front's requests: registers and resets concern everybody; and its pins.
  const bool all = !gate_clocks || (m.reg_i & reg_strobes) || m.soft_rst_i || !m.rst_ni;
  const bool byte_time = m.gmii_ce_i && (m.gmii_rx_dv_i || burst_);
  if (m.gmii_ce_i) burst_ = m.gmii_rx_dv_i;
  m.clk_csr_i = all || m.clk_req_csr_o;
  m.clk_rx_mac_i = all || m.clk_req_rx_mac_o || byte_time;
  m.clk_rx_frame_i = all || m.clk_req_rx_frame_o;
  m.clk_rx_fifo_i = all || m.clk_req_rx_fifo_o;
  m.clk_rx_dma_i = all || m.clk_req_rx_dma_o || m.data_pop_i || m.frame_pop_i;
  skipped += !(m.clk_rx_mac_i || m.clk_rx_frame_i || m.clk_rx_fifo_i || m.clk_rx_dma_i);
  m.eval();
  set_clocks(m, 0);
  m.soft_rst_i = 0;
  m.gmii_rx_dv_i = 0;
  m.gmii_rx_er_i = 0;
  m.reg_i &= ~reg_strobes;
  m.data_pop_i = 0;
  m.frame_pop_i = 0;
  m.eval();
  if (m.evt_o != 0) {
    const pins::rx_evt e = pins::unpack_rx_evt(m.evt_o);
    events_.push_back({.cycle = cycle_,
                       .tag = e.tag,
                       .reason = e.reason,
                       .drop = e.drop,
                       .commit = e.commit,
                       .reject = e.reject,
                       .accept = e.accept});
    rnbc_ += e.rnbc ? 1 : 0;
  }
  rxo_ += m.rxo_o;
}

void front_bench::idle(unsigned cycles) {
  for (unsigned i = 0; i < cycles; ++i) tick();
}

void front_bench::reset() {
  for (int i = 0; i < 4; ++i) {
    model_->rst_ni = 0;
    tick();
  }
  model_->rst_ni = 1;
  idle(2);
  events_.clear();  // random state at power-on
  rxo_ = 0;
  rnbc_ = 0;
}

void front_bench::soft_reset() {
  model_->soft_rst_i = 1;
  tick();
}

void front_bench::send(const bytes& frame, unsigned gap, unsigned preamble, int error_at) {
  bytes burst(preamble, 0x55);
  burst.push_back(0xD5);
  burst.insert(burst.end(), frame.begin(), frame.end());
  send_raw(burst, gap, error_at);
}

void front_bench::send_raw(const bytes& burst, unsigned gap, int error_at) {
  auto& m = *model_;
  auto byte_time = [&](bool valid, std::uint8_t value, bool error) {
    for (unsigned i = 0; i < ce_period; ++i) {
      m.gmii_ce_i = i == 0;
      m.gmii_rx_dv_i = valid;
      m.gmii_rx_er_i = error;
      m.gmii_rxd_i = value;
      tick();
    }
    m.gmii_ce_i = 1;
  };
  for (std::size_t i = 0; i < burst.size(); ++i) byte_time(true, burst[i], static_cast<int>(i) == error_at);
  for (unsigned i = 0; i < gap; ++i) byte_time(false, 0, false);
}

std::uint32_t front_bench::read(std::uint32_t reg) {
  model_->reg_i = reg_read(reg);
  model_->eval();
  const std::uint32_t value = model_->reg_rdata_o;
  tick();
  return value;
}

void front_bench::write(std::uint32_t reg, std::uint32_t value) {
  model_->reg_i = reg_write(reg, value);
  tick();
}

stored_frame front_bench::take() {
  auto& m = *model_;
  EXPECT_TRUE(m.frame_valid_o);
  // rx_frame_t: length 78:64, tag 63:48, status 47:40, errors 39:32, csum 31:16, special 15:0.
  stored_frame frame;
  const unsigned length = m.frame_o[2] & 0xFFFF;
  frame.tag = m.frame_o[1] >> 16;
  frame.status = static_cast<std::uint8_t>(m.frame_o[1] >> 8);
  frame.errors = static_cast<std::uint8_t>(m.frame_o[1]);
  frame.csum = static_cast<std::uint16_t>(m.frame_o[0] >> 16);
  frame.special = static_cast<std::uint16_t>(m.frame_o[0]);
  while (frame.data.size() < length) {
    EXPECT_TRUE(m.data_valid_o);  // a word every cycle
    if (!m.data_valid_o) break;
    for (unsigned lane = 0; lane < 8 && frame.data.size() < length; ++lane) {
      frame.data.push_back(static_cast<std::uint8_t>(m.data_o >> (8 * lane)));
    }
    m.data_pop_i = 1;
    tick();
  }
  EXPECT_FALSE(m.data_valid_o);
  m.frame_pop_i = 1;
  tick();
  return frame;
}

std::vector<stored_frame> front_bench::drain() {
  std::vector<stored_frame> frames;
  idle(8);
  while (model_->frame_valid_o) {
    frames.push_back(take());
    idle(8);
  }
  return frames;
}

std::vector<rx_event> front_bench::take_events() {
  auto taken = std::move(events_);
  events_.clear();
  return taken;
}

}  // namespace ringside::rtl_test
