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
  b.nic.registers[reg::GPRC] = 5;
  b.nic.registers[reg::GORCL] = 0xFFFFFFFF;
  b.nic.registers[reg::GORCH] = 1;
  b.nic.registers[reg::MPC] = 2;
  b.host.run_task([&] { b.card.update_statistics(); });
  b.nic.registers[reg::GPRC] = 7;
  b.nic.registers[reg::GORCL] = 1;
  b.nic.reads.clear();
  b.host.run_task([&] { b.card.update_statistics(); });
  EXPECT_EQ(b.card.hardware_counters()["GPRC"], 12U);
  EXPECT_EQ(b.card.hardware_counters()["GORC"], 0x1FFFFFFFFULL + 1);
  EXPECT_EQ(b.card.device().stats.rx_missed_errors, 2U);
  // low before high.
  const auto low = std::find(b.nic.reads.begin(), b.nic.reads.end(), reg::GORCL);
  const auto high = std::find(b.nic.reads.begin(), b.nic.reads.end(), reg::GORCH);
  EXPECT_LT(low, high);
}

// e1000_update_stats of Linux 6.1; offsets by the sheet, 6.10.
TEST(e1000_statistics, of_the_interface_are_linuxs_sums) {
  bench b;
  b.up();
  b.receive(udp_frame(pattern(30, 1)));
  b.host.run_for(5 * ms);
  b.nic.registers[reg::CRCERRS] = 1;
  b.nic.registers[reg::ALGNERRC] = 2;
  b.nic.registers[reg::RXERRC] = 4;
  b.nic.registers[reg::RLEC] = 1000;  // RLEC: no part of any sum
  b.nic.registers[reg::CEXTERR] = 8;
  b.nic.registers[reg::MPRC] = 16;
  b.nic.registers[reg::RUC] = 32;
  b.nic.registers[reg::RFC] = 2000;
  b.nic.registers[reg::ROC] = 64;
  b.nic.registers[reg::RJC] = 4000;
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
