// SPDX-License-Identifier: Apache-2.0
// The register test of `ethtool -t`, step by step: FS 11.2, T-0, T-1.
#include <gtest/gtest.h>

#include "tests/hw/tlm/model/card_bench.h"

namespace ringside::test::self_test_tests {
namespace {

constexpr std::uint32_t all_ones = 0xFFFF'FFFF;

struct self_test : testing::Test {
  card_bench bench;

  /// Every pattern through the writable bits; the answer is exact on all 32.
  void patterns(std::uint32_t offset, std::uint32_t mask, std::uint32_t writable) {
    for (const std::uint32_t pattern : {0x5A5A'5A5AU, 0xA5A5'A5A5U, 0U, all_ones}) {
      bench.write(offset, writable & pattern);
      EXPECT_EQ(bench.read(offset), writable & pattern & mask) << std::hex << offset << " of " << pattern;
    }
  }
  void set_and_check(std::uint32_t offset, std::uint32_t mask, std::uint32_t value) {
    bench.write(offset, value & mask);
    EXPECT_EQ(bench.read(offset) & mask, value & mask) << std::hex << offset;
  }
};

TEST_F(self_test, status_keeps_its_value) {  // T-0
  constexpr std::uint32_t mask = 0xFFFF'F833;
  const std::uint32_t before = bench.read(reg::STATUS) & mask;
  bench.write(reg::STATUS, mask);
  EXPECT_EQ(bench.read(reg::STATUS) & mask, before);
  bench.write(reg::STATUS, before);
}

TEST_F(self_test, every_register_of_the_table_passes) {  // T-1, and what FS 11.2 says of DMA meanwhile
  constexpr std::uint32_t rctl_mask = 0x06DF'B3FE;
  for (const std::uint32_t offset : {reg::FCAL}) patterns(offset, all_ones, all_ones);
  for (const std::uint32_t offset : {reg::FCAH, reg::FCT, reg::VET, reg::RDTR}) patterns(offset, 0xFFFF, all_ones);
  patterns(reg::RDBAH, all_ones, all_ones);
  patterns(reg::RDLEN, 0x000F'FF80, 0x000F'FFFF);
  patterns(reg::RDH, 0xFFFF, 0xFFFF);
  patterns(reg::RDT, 0xFFFF, 0xFFFF);
  patterns(reg::FCRTH, 0xFFF8, 0xFFF8);
  patterns(reg::FCTTV, 0xFFFF, 0xFFFF);
  patterns(reg::TIPG, 0x3FFF'FFFF, 0x3FFF'FFFF);
  patterns(reg::TDBAH, all_ones, all_ones);
  patterns(reg::TDLEN, 0x000F'FF80, 0x000F'FFFF);
  set_and_check(reg::RCTL, all_ones, 0);
  set_and_check(reg::RCTL, rctl_mask, 0x003F'FFFB);
  set_and_check(reg::TCTL, all_ones, 0);
  set_and_check(reg::RCTL, rctl_mask, all_ones);
  patterns(reg::RDBAL, 0xFFFF'FFF0, all_ones);
  patterns(reg::TXCW, 0xC000'FFFF, 0x0000'FFFF);
  patterns(reg::TDBAL, 0xFFFF'FFF0, all_ones);
  patterns(reg::TIDV, 0xFFFF, 0xFFFF);
  for (std::uint32_t i = 0; i < 15; ++i) patterns(reg::RAH + 8 * i, 0x8003'FFFF, all_ones);
  for (std::uint32_t i = 0; i < 128; ++i) patterns(reg::MTA + 4 * i, all_ones, all_ones);
  bench.run_for(1 * ms);
  EXPECT_TRUE(bench.transfers().empty()) << "no ring was set up";
  EXPECT_EQ(bench.on_bus(tlm::dma_kind::fetch) + bench.on_bus(tlm::dma_kind::tx_fetch), 0U);
}

}  // namespace
}  // namespace ringside::test::self_test_tests
