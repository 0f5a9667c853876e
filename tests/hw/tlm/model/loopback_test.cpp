// SPDX-License-Identifier: Apache-2.0
// PHY loopback: B-1 to B-5, and the self-test's 11.5.
#include <gtest/gtest.h>

#include "tests/hw/tlm/model/transmit_bench.h"

namespace ringside::test::transmit_loopback_tests {
namespace {

struct transmit_loopback : testing::Test {
  transmit_bench bench;

  void phy_write(std::uint32_t number, std::uint32_t value) {
    bench.write(reg::MDIC, value | number << 16 | 1U << 21 | 1U << 26);
  }
  void loop() { phy_write(0, 0x4140); }
  byte_vector own_frame(std::size_t size) const {
    byte_vector f = counting_frame(size);
    std::copy(own_address.begin(), own_address.end(), f.begin());
    return f;
  }
};

TEST_F(transmit_loopback, frames_come_back_at_once_and_the_wire_sees_none) {  // B-1, B-3, B-5
  bench.open_transmit(64);
  bench.open(16, 15, rctl::EN);
  loop();
  for (std::uint32_t i = 0; i < 5; ++i) bench.post(i, own_frame(100 + 300 * i));
  bench.post(5, counting_frame(200));  // to another address
  bench.doorbell(6);
  bench.run_for(200 * us);
  EXPECT_TRUE(bench.sent().empty());
  for (std::uint32_t i = 0; i < 5; ++i) {
    const byte_vector right = with_fcs(own_frame(100 + 300 * i));
    const host_descriptor d = bench.descriptor(i);
    EXPECT_EQ(d.status & (rxd_status::DD | rxd_status::EOP), rxd_status::DD | rxd_status::EOP);
    EXPECT_EQ(d.length, right.size());
    EXPECT_EQ(bench.bytes(d.address, right.size()), right);
  }
  EXPECT_FALSE(bench.done(5)) << "the address filter counts";
  EXPECT_EQ(bench.read(reg::GPRC), 5U);
  EXPECT_EQ(bench.read(reg::TPR), 6U);
  EXPECT_EQ(bench.read(reg::GPTC), 6U);
  EXPECT_EQ(bench.read(reg::CRCERRS), 0U);
}

TEST_F(transmit_loopback, link_is_up_without_a_partner_and_ilos_does_not_matter) {  // B-2
  bench.card().set_link(false, bench.now());
  bench.run_for(1 * us);
  EXPECT_EQ(bench.read(reg::STATUS) & status::LU, 0U);
  loop();
  bench.write(reg::CTRL, ctrl::SLU | ctrl::ILOS | ctrl::FRCSPD | ctrl::FRCDPX | ctrl::FD | 2U << 8);
  EXPECT_EQ(bench.read(reg::STATUS) & status::LU, status::LU);
  bench.open_transmit(64);
  bench.open(16, 15, rctl::EN);
  bench.post(0, own_frame(500));
  bench.doorbell(1);
  bench.run_for(50 * us);
  EXPECT_TRUE(bench.done(0));
}

TEST_F(transmit_loopback, wire_is_isolated) {  // B-5
  bench.open(16, 15, rctl::EN);
  loop();
  bench.plan(plain_frame(own_address, 200));
  bench.start_traffic();
  bench.run_for(20 * us);
  EXPECT_FALSE(bench.done(0));
  EXPECT_EQ(bench.read(reg::TPR), 0U);
  const std::vector<event> lost = bench.events(stage::filter_reject);
  ASSERT_EQ(lost.size(), 1U);
  EXPECT_EQ(lost[0].b, static_cast<std::uint64_t>(drop_reason::link_down));
}

TEST_F(transmit_loopback, leaving_it_gives_the_wire_back) {  // B-4
  bench.open_transmit(64);
  bench.open(16, 15, rctl::EN);
  loop();
  bench.run_for(1 * us);
  phy_write(0, 0x0140);
  phy_write(0, 0x8140);
  bench.post(0, own_frame(100));
  bench.doorbell(1);
  bench.run_for(20 * us);
  EXPECT_EQ(bench.sent().size(), 1U);
  EXPECT_FALSE(bench.done(0));
}

TEST_F(transmit_loopback, rctl_lbm_loops_nothing) {  // FS 8
  bench.open_transmit(64);
  bench.open(16, 15, rctl::EN | rctl::LBM);
  bench.post(0, own_frame(100));
  bench.doorbell(1);
  bench.run_for(20 * us);
  EXPECT_EQ(bench.sent().size(), 1U);
  EXPECT_FALSE(bench.done(0));
}

TEST_F(transmit_loopback, looped_frames_have_ids_of_their_own) {
  bench.open_transmit(64);
  bench.open(16, 15, rctl::EN);
  loop();
  const frame_id made = make_frame_id(frame_kind::made, 0, 3);
  bench.post(0, own_frame(100));
  bench.mark_frame(bench.buffer(0), 100, made);
  bench.doorbell(1);
  bench.run_for(20 * us);
  const std::vector<event> links = bench.events(stage::skb_link);
  ASSERT_EQ(links.size(), 1U);
  EXPECT_EQ(links[0].a, made);
  EXPECT_EQ(links[0].b, static_cast<std::uint64_t>(link_kind::copy));
  EXPECT_EQ(bench.events(stage::wire_sof).at(0).frame, links[0].frame);
  EXPECT_EQ(bench.events(stage::fifo_commit).at(0).frame, links[0].frame);
  EXPECT_EQ(bench.events(stage::tx_wire_eof).at(0).frame, made);
}

// FS 11.5, steps 1 to 6: 64 frames a round, 255 receive descriptors given once.
TEST_F(transmit_loopback, linux_self_test_finds_its_frames) {
  bench.open_transmit(256, 0x0003'F0FA);
  bench.open(256, 0, 0x0000'8002);
  phy_write(16, 0x0808);
  phy_write(0, 0x9140);
  phy_write(0, 0x8140);
  phy_write(0, 0x4140);
  bench.write(reg::CTRL, ctrl::SLU | ctrl::ILOS | ctrl::FRCSPD | ctrl::FRCDPX | ctrl::FD | 2U << 8);
  bench.write(reg::RDT, 255);
  byte_vector frame(1024, 0xFF);
  std::fill(frame.begin() + 512, frame.begin() + 1023, std::uint8_t{0xAA});
  frame[522] = 0xBE;
  frame[524] = 0xAF;
  for (std::uint32_t i = 0; i < 256; ++i) {
    bench.put_bytes(transmit_bench::data_at + i * 0x800, i < 64 ? frame : byte_vector(1024, 0xFF));
    bench.put(i, transmit_bench::data_at + i * 0x800, 1024 | 0x1300'0000, 0);
  }
  for (std::uint32_t round = 0; round < 10; ++round) {
    bench.doorbell((round + 1) * 64 % 256);
    bench.run_for(1 * ms);
  }
  EXPECT_EQ(bench.read(reg::GPTC), 640U) << "it goes on through the wraps of TDT";
  EXPECT_EQ(bench.read(reg::TDH), 640U % 256);
  unsigned good = 0;
  for (std::uint32_t i = 0; i < 64; ++i) {
    const byte_vector got = bench.bytes(bench.descriptor(i).address, 1028);
    good += got == with_fcs(frame) ? 1 : 0;
  }
  EXPECT_EQ(good, 64U) << "the first 64 buffers hold the first round";
  EXPECT_GT(bench.read(reg::MPC), 0U) << "behind 255 descriptors the FIFO fills and drops";
}

}  // namespace
}  // namespace ringside::test::transmit_loopback_tests
