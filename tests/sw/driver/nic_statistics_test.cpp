// SPDX-License-Identifier: Apache-2.0
// The card's counters as the driver adds them up, and what the interface shows of them.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sw/driver/bench.h"
#include "tests/sw/frames.h"

namespace ringside::test {
namespace {

TEST(e1000_statistics, accumulate_read_to_clear_counters) {
  bench b;
  b.up();
  b.nic.registers[0x4074] = 5;           // GPRC
  b.nic.registers[0x4088] = 0xFFFFFFFF;  // GORCL
  b.nic.registers[0x408C] = 1;           // GORCH
  b.nic.registers[0x4010] = 2;           // MPC
  b.host.run_task([&] { b.card.update_statistics(); });
  b.nic.registers[0x4074] = 7;
  b.nic.registers[0x4088] = 1;
  b.nic.reads.clear();
  b.host.run_task([&] { b.card.update_statistics(); });
  EXPECT_EQ(b.card.hardware_counters()["GPRC"], 12U);
  EXPECT_EQ(b.card.hardware_counters()["GORC"], 0x1FFFFFFFFULL + 1);
  EXPECT_EQ(b.card.device().stats.rx_missed_errors, 2U);
  // low before high.
  const auto low = std::find(b.nic.reads.begin(), b.nic.reads.end(), 0x4088U);
  const auto high = std::find(b.nic.reads.begin(), b.nic.reads.end(), 0x408CU);
  EXPECT_LT(low, high);
}

// e1000_update_stats of Linux 6.1; offsets by the sheet, 6.10.
TEST(e1000_statistics, of_the_interface_are_linuxs_sums) {
  bench b;
  b.up();
  b.receive(udp_frame(pattern(30, 1)));
  b.host.run_for(5 * ms);
  b.nic.registers[0x4000] = 1;     // CRCERRS
  b.nic.registers[0x4004] = 2;     // ALGNERRC
  b.nic.registers[0x400C] = 4;     // RXERRC
  b.nic.registers[0x4040] = 1000;  // RLEC: no part of any sum
  b.nic.registers[0x403C] = 8;     // CEXTERR
  b.nic.registers[0x407C] = 16;    // MPRC
  b.nic.registers[0x40A4] = 32;    // RUC
  b.nic.registers[0x40A8] = 2000;  // RFC
  b.nic.registers[0x40AC] = 64;    // ROC
  b.nic.registers[0x40B0] = 4000;  // RJC
  b.host.run_task([&] { b.card.update_statistics(); });
  const stack::net_device_statistics& s = b.card.device().stats;
  EXPECT_EQ(s.rx_errors, 1U + 2 + 4 + 8 + 32 + 64);
  EXPECT_EQ(s.rx_length_errors, 32U + 64);
  EXPECT_EQ(s.rx_crc_errors, 1U);
  EXPECT_EQ(s.rx_frame_errors, 2U);
  EXPECT_EQ(s.multicast, 16U);
  EXPECT_EQ(s.rx_packets, 1U);
  EXPECT_EQ(s.rx_bytes, 72U);  // 14 + 20 + 8 + 30, no FCS
}

}  // namespace
}  // namespace ringside::test
