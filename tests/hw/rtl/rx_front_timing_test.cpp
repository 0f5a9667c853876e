// SPDX-License-Identifier: Apache-2.0
// The receive front against the clock: settings changed in mid-frame, gaps, reads and resets at every alignment.
#include <gtest/gtest.h>

#include <vector>

#include "tests/hw/rtl/front_bench.h"
#include "tests/hw/rtl/reg_bus.h"

namespace ringside::rtl_test {
namespace {

const bytes station = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
const bytes stranger = {0x52, 0x54, 0x00, 0x12, 0x34, 0x57};
constexpr std::uint32_t on = rctl::EN | rctl::BAM;

TEST(rx_front_timing, settings_are_those_of_the_first_byte) {
  front_bench bench;
  auto& m = bench.pins();
  const auto frame = make_frame(stranger, 200);
  for (const bool open : {false, true}) {
    m.rctl_i = on | (open ? rctl::UPE : 0);
    for (std::size_t i = 0; i < 8 + frame.size() + 12; ++i) {
      m.gmii_rx_dv_i = i < 8 + frame.size();
      m.gmii_rxd_i = i < 7 ? 0x55 : i == 7 ? 0xD5 : i - 8 < frame.size() ? frame[i - 8] : std::uint8_t{0};
      if (i == 12) m.rctl_i = open ? rctl::SECRC : on | rctl::UPE | rctl::SECRC;
      bench.tick();
    }
    const auto frames = bench.drain();
    ASSERT_EQ(frames.size(), open ? 1U : 0U);
    if (open) {
      EXPECT_EQ(frames[0].data, frame);
    }
    EXPECT_EQ(bench.read(reg::TPR), 1U);  // the frame of the time the receiver was on, counted at its end
  }
}

TEST(rx_front_timing, gaps_of_one_cycle_keep_neighbours_whole) {
  for (unsigned gap = 1; gap <= 16; ++gap) {
    for (const unsigned preamble : {0U, 1U, 7U}) {
      front_bench bench;
      bench.pins().rctl_i = on | rctl::SBP;
      std::vector<bytes> sent;
      for (unsigned i = 0; i < 12; ++i) {
        sent.push_back(make_frame(station, i % 3 == 2 ? 18 + i : 64 + i, i));
        bench.send(sent.back(), gap, preamble);
      }
      const auto frames = bench.drain();
      ASSERT_EQ(frames.size(), sent.size()) << gap;
      for (std::size_t i = 0; i < sent.size(); ++i) {
        EXPECT_EQ(frames[i].data, sent[i]) << gap;
        EXPECT_EQ(frames[i].tag, i + 1);
      }
    }
  }
}

TEST(rx_front_timing, reads_of_a_counter_at_every_alignment_lose_nothing) {
  for (int at = 0; at < 90; ++at) {
    front_bench bench;
    auto& m = bench.pins();
    m.rctl_i = on;
    const auto frame = make_frame(station, 64);
    std::uint32_t seen = 0;
    for (int i = 0; i < 72 + 20; ++i) {
      m.gmii_rx_dv_i = i < 72;
      m.gmii_rxd_i = i < 7 ? 0x55 : i == 7 ? 0xD5 : i < 72 ? frame[static_cast<std::size_t>(i) - 8] : std::uint8_t{0};
      m.reg_i = i == at ? reg_read(reg::GPRC) : 0;
      m.eval();
      if (i == at) seen = m.reg_rdata_o;
      bench.tick();
    }
    EXPECT_EQ(seen + bench.read(reg::GPRC), 1U) << at;
  }
}

// whatever the moment, the burst has one fate, the FIFO is empty afterwards and the tag goes on.
TEST(rx_front_timing, soft_reset_at_every_cycle_of_a_frame) {
  for (int at = 0; at < 100; ++at) {
    front_bench bench;
    auto& m = bench.pins();
    m.rctl_i = on;
    const auto frame = make_frame(station, 64);
    bench.send(frame);
    bench.take_events();
    for (int i = 0; i < 72 + 40; ++i) {
      m.gmii_rx_dv_i = i < 72;
      m.gmii_rxd_i = i < 7 ? 0x55 : i == 7 ? 0xD5 : i < 72 ? frame[static_cast<std::size_t>(i) - 8] : std::uint8_t{0};
      m.soft_rst_i = i == at;
      bench.tick();
      if (i == at) m.rctl_i = 0;  // as RCTL does
    }
    EXPECT_FALSE(m.frame_valid_o) << at;
    EXPECT_FALSE(m.clk_req_rx_mac_o || m.clk_req_rx_frame_o || m.clk_req_rx_fifo_o || m.clk_req_rx_dma_o) << at;
    unsigned ends = 0;
    for (const auto& event : bench.take_events()) {
      EXPECT_EQ(event.tag, 2U);
      ends += event.commit + event.drop + event.reject;
      if (event.drop || event.reject) {
        EXPECT_EQ(event.reason, rx_reason::rx_disabled);
      }
    }
    EXPECT_EQ(ends, 1U) << at;
    m.rctl_i = on;
    bench.send(frame);
    const auto frames = bench.drain();
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(frames[0].tag, 3U);
    EXPECT_EQ(frames[0].data, frame);
    EXPECT_EQ(bench.read(reg::TPR), 1U);
  }
}

}  // namespace
}  // namespace ringside::rtl_test
