// SPDX-License-Identifier: Apache-2.0
// PAUSE frames the card sends: F-6 to F-10, T-91.
#include <gtest/gtest.h>

#include "tests/hw/tlm/model/transmit_bench.h"

namespace ringside::test::transmit_pause_tests {
namespace {

constexpr sim_time byte_on_wire = 8 * ns;
constexpr std::uint16_t asked_time = 0x1234;

struct transmit_pause : testing::Test {
  transmit_bench bench;

  void SetUp() override {
    bench.write(reg::FCAL, 0x00C2'8001);
    bench.write(reg::FCAH, 0x0100);
    bench.write(reg::FCT, 0x8808);
    bench.write(reg::FCTTV, asked_time);
    bench.open_transmit(64);
  }
  void allow() { bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::TFCE); }
  /// A receiver without descriptors: frames of the wire stay in the FIFO.
  void receive_into_fifo(unsigned frames, std::size_t size, std::uint32_t high, std::uint32_t low) {
    bench.write(reg::FCRTH, high);
    bench.write(reg::FCRTL, low);
    bench.open(64, 0, rctl::EN);
    for (unsigned i = 0; i < frames; ++i) bench.plan(plain_frame(own_address, size));
    bench.start_traffic();
  }
  std::vector<std::uint16_t> asked() const {
    std::vector<std::uint16_t> timers;
    for (const tlm::sent_frame& f : bench.sent())
      timers.push_back(static_cast<std::uint16_t>(f.bytes[16] << 8 | f.bytes[17]));
    return timers;
  }
};

/// IEEE 802.3 annex 31B.
byte_vector pause_frame(std::uint16_t timer) {
  byte_vector f{0x01, 0x80, 0xC2, 0x00, 0x00, 0x01, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 0x88, 0x08, 0x00, 0x01};
  f.push_back(static_cast<std::uint8_t>(timer >> 8));
  f.push_back(static_cast<std::uint8_t>(timer));
  return padded_with_fcs(f);
}

TEST_F(transmit_pause, software_sends_one_without_negotiation) {  // F-7, F-9
  bench.write(reg::TCTL, tctl::EN | tctl::SWXOFF);
  bench.run_for(5 * us);
  ASSERT_EQ(bench.sent().size(), 1U);
  EXPECT_EQ(bench.sent()[0].bytes, pause_frame(asked_time));
  EXPECT_EQ(bench.sent()[0].id, 0U);
  EXPECT_EQ(bench.read(reg::TCTL), tctl::EN) << "SWXOFF clears itself";
  EXPECT_EQ(bench.read(reg::XOFFTXC), 1U);
  EXPECT_EQ(bench.read(reg::XONTXC), 0U);
  EXPECT_EQ(bench.read(reg::TPT), 1U) << "it is sent (T-90)";
  EXPECT_EQ(bench.read(reg::TOTL), 64U);
  EXPECT_EQ(bench.read(reg::GPTC), 0U) << "and no good packet";
  EXPECT_EQ(bench.read(reg::MPTC), 0U);
  EXPECT_EQ(bench.read(reg::PTC64), 0U);
  const std::vector<event> told = bench.events(stage::tx_pause);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].a, asked_time);
}

TEST_F(transmit_pause, a_timer_of_zero_is_an_xon) {  // F-7
  bench.write(reg::FCTTV, 0);
  bench.write(reg::TCTL, tctl::EN | tctl::SWXOFF);
  bench.run_for(5 * us);
  ASSERT_EQ(bench.sent().size(), 1U);
  EXPECT_EQ(bench.sent()[0].bytes, pause_frame(0));
  EXPECT_EQ(bench.read(reg::XONTXC), 1U);
  EXPECT_EQ(bench.read(reg::XOFFTXC), 0U);
}

TEST_F(transmit_pause, goes_before_the_fifo_and_behind_the_frame_under_way) {  // F-9
  for (std::uint32_t i = 0; i < 4; ++i) bench.post(i, counting_frame(1000));
  bench.doorbell(4);
  ASSERT_TRUE(bench.run_until_seen([&] { return bench.events(stage::tx_wire_sof).size() == 1; }));
  bench.write(reg::TCTL, tctl::EN | tctl::SWXOFF);
  bench.run_for(60 * us);
  ASSERT_EQ(bench.sent().size(), 5U);
  EXPECT_EQ(bench.sent()[0].bytes, with_fcs(counting_frame(1000)));
  EXPECT_EQ(bench.sent()[1].bytes, pause_frame(asked_time));
  EXPECT_EQ(bench.sent()[1].start, bench.sent()[0].end + 12 * byte_on_wire);
}

TEST_F(transmit_pause, needs_transmitter_link_and_full_duplex) {  // F-9, T-76
  bench.write(reg::TCTL, tctl::SWXOFF);
  bench.run_for(5 * us);
  bench.write(reg::TCTL, tctl::EN);
  const std::uint32_t control = bench.read(reg::CTRL);
  bench.write(reg::CTRL, control & ~ctrl::SLU);
  bench.write(reg::TCTL, tctl::EN | tctl::SWXOFF);
  bench.run_for(5 * us);
  bench.write(reg::CTRL, (control | ctrl::FRCDPX) & ~ctrl::FD);
  bench.write(reg::TCTL, tctl::EN | tctl::SWXOFF);
  bench.run_for(5 * us);
  bench.write(reg::CTRL, control);
  bench.run_for(5 * us);
  EXPECT_TRUE(bench.sent().empty()) << "nothing is made up for";
}

TEST_F(transmit_pause, a_received_pause_does_not_hold_it) {  // F-9
  bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::RFCE);
  bench.open(8, 7, rctl::EN);
  offered_frame f = plain_frame({0x01, 0x80, 0xC2, 0x00, 0x00, 0x01}, 64, 0, 0x8808);
  f.bytes[14] = 0;
  f.bytes[15] = 1;
  f.bytes[16] = f.bytes[17] = 0xFF;
  bench.plan(std::move(f));
  bench.start_traffic();
  bench.run_for(5 * us);
  ASSERT_NE(bench.read(reg::STATUS) & status::TXOFF, 0U);
  bench.write(reg::TCTL, tctl::EN | tctl::SWXOFF);
  bench.run_for(5 * us);
  EXPECT_EQ(bench.sent().size(), 1U);
}

TEST_F(transmit_pause, one_xoff_for_each_crossing_and_an_xon) {  // F-6, F-8
  allow();
  // Frames of 1000 bytes take 1016 each: the tenth takes the fill over the threshold.
  receive_into_fifo(20, 1000, 9656, fcrtl::XONE | 4000);
  bench.run_for(300 * us);
  ASSERT_EQ(asked(), (std::vector<std::uint16_t>{asked_time})) << "no refresh";
  const sim_time begun = bench.sent()[0].start;
  const std::vector<event> frames = bench.events(stage::wire_sof);
  // 9 whole ones are 9144; 9656 is reached when 496 and 16 of the tenth are in.
  const sim_time reached = frames.at(9).time + (8 + 489) * byte_on_wire;
  EXPECT_GE(begun, reached);
  EXPECT_LE(begun, reached + 16 * byte_on_wire);
  EXPECT_EQ(bench.read(reg::XOFFTXC), 1U);

  bench.write(reg::RDT, 14);  // six of twenty stay: 6096
  bench.run_for(200 * us);
  EXPECT_EQ(asked().size(), 1U);
  bench.write(reg::RDT, 15);  // 5080
  bench.write(reg::RDT, 16);  // 4064
  bench.run_for(50 * us);
  EXPECT_EQ(asked().size(), 1U);
  bench.write(reg::RDT, 17);  // 3048
  bench.run_for(50 * us);
  EXPECT_EQ(asked(), (std::vector<std::uint16_t>{asked_time, 0}));
  EXPECT_EQ(bench.read(reg::XONTXC), 1U);
}

TEST_F(transmit_pause, no_xon_without_xone) {  // F-8
  allow();
  receive_into_fifo(10, 1000, 5000, 4000);
  bench.run_for(150 * us);
  EXPECT_EQ(asked().size(), 1U);
  bench.write(reg::RDT, 10);
  bench.run_for(150 * us);
  EXPECT_EQ(asked().size(), 1U);
}

TEST_F(transmit_pause, an_overflow_gets_one_more) {  // F-6
  allow();
  receive_into_fifo(70, 1000, 40 * 1016, 1000);  // 48 fit into 48 KiB
  bench.run_for(1 * ms);
  EXPECT_GT(bench.read(reg::MPC), 10U);
  EXPECT_EQ(asked(), (std::vector<std::uint16_t>{asked_time, asked_time}));
}

TEST_F(transmit_pause, crossing_again_asks_again) {  // F-6
  allow();
  for (unsigned i = 0; i < 16; ++i) bench.plan(plain_frame(own_address, 1000, i < 8 ? 0 : 300 * us));
  receive_into_fifo(0, 0, 4 * 1016, 2032);
  bench.run_for(120 * us);
  EXPECT_EQ(asked().size(), 1U);
  bench.write(reg::RDT, 8);
  bench.run_for(120 * us);
  EXPECT_EQ(asked().size(), 1U) << "re-armed without XONE";
  bench.run_for(200 * us);
  EXPECT_EQ(asked(), (std::vector<std::uint16_t>{asked_time, asked_time}));
}

TEST_F(transmit_pause, nothing_without_tfce_or_threshold) {  // F-6
  receive_into_fifo(20, 1000, 2000, 1000);
  bench.run_for(300 * us);
  EXPECT_TRUE(bench.sent().empty());
  transmit_bench other;
  other.write(reg::CTRL, other.read(reg::CTRL) | ctrl::TFCE);
  other.open_transmit();
  other.write(reg::FCRTH, 0);
  other.open(64, 0, rctl::EN);
  for (unsigned i = 0; i < 20; ++i) other.plan(plain_frame(own_address, 1000));
  other.start_traffic();
  other.run_for(300 * us);
  EXPECT_TRUE(other.sent().empty()) << "FCRTH = 0 is never crossed";
}

TEST_F(transmit_pause, frames_of_others_do_not_fill) {  // F-10
  allow();
  bench.write(reg::FCRTH, 800);
  bench.open(64, 0, rctl::EN);
  for (unsigned i = 0; i < 5; ++i) bench.plan(plain_frame({0x02, 9, 9, 9, 9, 9}, 1500));
  bench.start_traffic();
  bench.run_for(100 * us);
  EXPECT_TRUE(bench.sent().empty());
}

TEST_F(transmit_pause, tfce_looks_at_the_fill_as_it_stands) {  // F-6
  receive_into_fifo(10, 1000, 5000, fcrtl::XONE | 4000);
  bench.run_for(150 * us);
  ASSERT_TRUE(bench.sent().empty());
  allow();
  bench.run_for(5 * us);
  EXPECT_EQ(asked(), (std::vector<std::uint16_t>{asked_time})) << "TFCE set above FCRTH is a crossing";
  bench.write(reg::CTRL, bench.read(reg::CTRL) & ~ctrl::TFCE);
  bench.run_for(5 * us);
  allow();
  bench.run_for(5 * us);
  EXPECT_EQ(asked().size(), 2U) << "and so is TFCE set once more";
  bench.write(reg::CTRL, bench.read(reg::CTRL) & ~ctrl::TFCE);
  bench.write(reg::RDT, 10);
  bench.run_for(150 * us);
  allow();
  bench.run_for(5 * us);
  EXPECT_EQ(asked(), (std::vector<std::uint16_t>{asked_time, asked_time})) << "an XON belongs to a crossing with TFCE";
}

TEST_F(transmit_pause, an_overflow_that_empties_to_fcrtl_is_no_xon) {  // F-6, F-8
  bench.divide_buffer(8);
  SetUp();
  allow();
  // Eight frames are 8128 of 8192 bytes: each further one goes over FCRTH, is missed, and leaves FCRTL.
  receive_into_fifo(12, 1000, 8160, 8152);
  bench.run_for(300 * us);
  EXPECT_EQ(bench.read(reg::MPC), 4U);
  EXPECT_EQ(asked(), std::vector<std::uint16_t>(8, asked_time)) << "crossing and overflow, four times";
}

TEST_F(transmit_pause, thresholds_the_wrong_way_round) {  // F-6
  allow();
  receive_into_fifo(10, 1000, 4000, fcrtl::XONE | 8000);
  bench.run_for(150 * us);
  EXPECT_EQ(asked(), (std::vector<std::uint16_t>{asked_time})) << "10160 bytes are above both";
  bench.write(reg::RDT, 4);  // 6096: not above FCRTL, and above FCRTH
  bench.run_for(150 * us);
  EXPECT_EQ(asked().size(), 1U);
  bench.write(reg::RDT, 7);  // 3048
  bench.run_for(150 * us);
  EXPECT_EQ(asked(), (std::vector<std::uint16_t>{asked_time, 0}));
}

}  // namespace
}  // namespace ringside::test::transmit_pause_tests
