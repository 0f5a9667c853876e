// SPDX-License-Identifier: Apache-2.0
// Counters of FS 6.10 that the length table of filter_test.cpp does not reach: clearing, reset, SYMERRS, MPC beside
// GPRC.
#include <gtest/gtest.h>

#include "tests/hw/tlm/model/card_bench.h"

namespace ringside::test {
namespace {

TEST(counters, symerrs_stays_0) {
  card_bench bench;
  for (unsigned i = 0; i < 4; ++i) {
    offered_frame frame = plain_frame(own_address, 100, i * 10 * us);
    frame.bad_fcs = i % 2 != 0;
    frame.rx_er_at = 20;
    bench.plan(std::move(frame));
  }
  bench.open(16, 15, rctl::EN);
  bench.start_traffic();
  bench.run_for(100 * us);
  EXPECT_EQ(bench.read(reg::RXERRC), 4U);
  EXPECT_EQ(bench.read(reg::SYMERRS), 0U);
}

TEST(counters, total_counts_strangers_and_good_does_not) {
  card_bench bench;
  constexpr std::array<std::uint8_t, 6> stranger{0x52, 0x54, 0x00, 0x12, 0x34, 0x57};
  bench.plan(plain_frame(stranger, 100));
  bench.plan(plain_frame(own_address, 200, 10 * us));
  bench.open(16, 15, rctl::EN);
  bench.start_traffic();
  bench.run_for(100 * us);
  EXPECT_EQ(bench.read(reg::TPR), 2U);
  EXPECT_EQ(bench.read(reg::TORL), 300U);
  EXPECT_EQ(bench.read(reg::GPRC), 1U);
  EXPECT_EQ(bench.read(reg::GORCL), 200U);
}

// placed in the FIFO is received, descriptors or not.
TEST(counters, good_counts_what_waits_for_a_descriptor) {
  card_bench bench;
  for (unsigned i = 0; i < 3; ++i) bench.plan(plain_frame(own_address, 100, i * 10 * us));
  bench.open(16, 0, rctl::EN);
  bench.start_traffic();
  bench.run_for(100 * us);
  EXPECT_EQ(bench.read(reg::GPRC), 3U);
  EXPECT_EQ(bench.read(reg::RNBC), 3U);
}

// read at every phase of a frame's end, the sum of what was read is what came.
TEST(counters, no_count_is_lost_to_a_clearing_read) {
  constexpr unsigned frames = 200;
  card_bench bench;
  for (unsigned i = 0; i < frames; ++i) bench.plan(plain_frame(own_address, 64));
  bench.open(16, 0, rctl::EN);
  bench.start_traffic();
  std::uint32_t total = 0;
  for (unsigned i = 0; i < 400; ++i) {
    total += bench.read(reg::TPR);
    bench.run_for((i % 13) * 8 * ns);
  }
  bench.run_for(100 * us);
  EXPECT_EQ(total + bench.read(reg::TPR), frames);
}

// F-1 to F-3, F-5: what is counted of MAC control frames, obeyed or not.
TEST(counters, mac_control_frames) {
  constexpr std::array<std::uint8_t, 6> flow{0x01, 0x80, 0xC2, 0x00, 0x00, 0x01};
  constexpr std::array<std::uint8_t, 6> group{0x01, 0x80, 0xC2, 0x00, 0x00, 0x02};
  struct row {
    std::array<std::uint8_t, 6> da;
    std::uint16_t type, opcode, timer;
    std::size_t size;
    std::uint32_t counter;  // 0: none
    bool bad = false;
  };
  for (const row& r :
       {row{flow, 0x8808, 1, 0x1234, 64, reg::XOFFRXC}, row{flow, 0x8808, 1, 0x0001, 64, reg::XOFFRXC},
        row{flow, 0x8808, 1, 0x0100, 64, reg::XOFFRXC}, row{flow, 0x8808, 1, 0, 64, reg::XONRXC},
        row{own_address, 0x8808, 1, 0, 64, reg::XONRXC}, row{own_address, 0x8808, 1, 1, 80, reg::XOFFRXC},
        row{flow, 0x8808, 2, 0, 64, reg::FCRUC}, row{own_address, 0x8808, 0x0101, 9, 64, reg::FCRUC},
        row{group, 0x8808, 1, 9, 64, 0}, row{flow, 0x8809, 1, 9, 64, 0}, row{flow, 0x8808, 1, 9, 63, 0},
        row{flow, 0x8808, 1, 9, 20, 0}, row{flow, 0x8808, 1, 9, 64, 0, true}})
    for (const bool obeyed : {false, true}) {
      card_bench bench;
      bench.write(reg::FCAL, 0x00C2'8001);
      bench.write(reg::FCAH, 0x0100);
      bench.write(reg::FCT, 0x8808);
      if (obeyed) bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::RFCE);
      for (unsigned i = 0; i < 3; ++i) {
        offered_frame frame = plain_frame(r.da, r.size, i * 10 * us, r.type);
        for (unsigned b = 0; b < 2 && frame.bytes.size() > 17; ++b) {
          frame.bytes[14 + b] = static_cast<std::uint8_t>(r.opcode >> (b == 0 ? 8 : 0));
          frame.bytes[16 + b] = static_cast<std::uint8_t>(r.timer >> (b == 0 ? 8 : 0));
        }
        frame.bad_fcs = r.bad;
        bench.plan(std::move(frame));
      }
      bench.open(16, 15, rctl::EN | rctl::MPE);
      bench.start_traffic();
      bench.run_for(100 * us);
      for (const std::uint32_t counter : {reg::XONRXC, reg::XOFFRXC, reg::FCRUC}) {
        EXPECT_EQ(bench.read(counter), counter == r.counter ? 3U : 0U)
            << std::hex << counter << " opcode " << r.opcode << " timer " << r.timer << (obeyed ? " obeyed" : "");
        EXPECT_EQ(bench.read(counter), 0U) << "a read clears";
      }
      EXPECT_EQ(bench.read(reg::TPR), 3U);
    }
}

// jabber beyond 64 KiB counts with all its octets.
TEST(counters, octets_of_endless_frames) {
  card_bench bench;
  for (const std::size_t size : {65535UL, 65536UL, 70000UL, 140000UL}) bench.plan(plain_frame(own_address, size));
  bench.open(16, 15, rctl::EN);
  bench.start_traffic();
  bench.run_for(4 * ms);
  EXPECT_EQ(bench.read(reg::TPR), 4U);
  EXPECT_EQ(bench.read(reg::TORL), 65535U + 65536U + 70000U + 140000U);
  EXPECT_EQ(bench.read(reg::ROC), 4U);
  EXPECT_EQ(bench.read(reg::GORCL), 0U);
}

// X-5, T-70: PBA divides the packet buffer with CTRL.RST, for both sides at once.
TEST(packet_buffer, is_divided_at_reset) {
  for (const bool reset : {false, true}) {
    card_bench bench;
    bench.write(reg::PBA, 8);
    EXPECT_EQ(bench.read(reg::PBA), 8U | 56U << 16);
    if (reset) bench.reset();
    for (unsigned i = 0; i < 20; ++i) bench.plan(plain_frame(own_address, 1000));
    bench.open(16, 0, rctl::EN);
    bench.start_traffic();
    bench.run_for(400 * us);
    EXPECT_EQ(bench.read(reg::GPRC), reset ? 8U : 20U);
    EXPECT_EQ(bench.read(reg::MPC), reset ? 12U : 0U);
  }
}

TEST(counters, reset_clears_them) {
  card_bench bench;
  bench.plan(plain_frame(own_address, 100));
  bench.open(16, 15, rctl::EN);
  bench.start_traffic();
  bench.run_for(50 * us);
  bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::RST);
  bench.run_for(1 * us);
  for (const std::uint32_t counter : {reg::TPR, reg::GPRC, reg::PRC127, reg::GORCL, reg::TORL})
    EXPECT_EQ(bench.read(counter), 0U) << std::hex << counter;
}

}  // namespace
}  // namespace ringside::test
