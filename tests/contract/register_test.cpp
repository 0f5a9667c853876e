// SPDX-License-Identifier: Apache-2.0
// What registers must not read, and a reset that does not come: P-6, X-1, X-4, X-5, X-6, X-10.
#include <gtest/gtest.h>

#include "hw/regs/e1000_regs.h"
#include "tests/contract/contract_bench.h"

namespace ringside::contract {
namespace {

struct after_reset : contract_bench {
  after_reset() {
    write(reg::PBA, 40);
    write(reg::MTA + 8, 0x1234'5678);
    write(reg::RDTR, 32);
    write(reg::RAH + 8, rah::AV);
    write(reg::CTRL, ctrl::SLU | ctrl::SWDPIO | ctrl::RST);
    nic(stage::nic_reset);
  }
};

TEST(register_rules, P_6_an_offset_without_register_is_not_0) {
  for (const std::uint32_t offset : {0x5008U, 0x00E0U, 0x280CU}) {
    contract_bench bench;
    bench.read(offset, 0x8000);
    EXPECT_ONLY(bench, "P-6");
  }
}

TEST(register_rules, registers_and_diagnostic_windows_may_read_anything) {
  contract_bench bench;
  bench.read(reg::STATUS, 0x383);
  bench.read(0x6000, 0x1234);
  bench.read(0x1'0000, 0x1234);
  bench.read(0x5008, 0);
  EXPECT_LEGAL(bench);
}

TEST(register_rules, X_1_reset_does_not_come) {
  contract_bench bench;
  bench.write(reg::CTRL, ctrl::RST);
  EXPECT_ONLY(bench, "X-1");
}

TEST(register_rules, reset_values_after_reset_are_legal) {
  after_reset bench;
  bench.read(reg::CTRL, 0x00C0'0A41);  // SLU by the EEPROM, 23:22 kept
  bench.read(reg::PBA, 0x0018'0028);
  bench.read(reg::MTA + 8, 0x1234'5678);
  bench.read(reg::RDTR, 0);
  bench.read(reg::RAH, 0x8000'5634);
  bench.read(reg::RAH + 8, 0);
  bench.write(reg::RDTR, 7);
  bench.read(reg::RDTR, 7);
  EXPECT_LEGAL(bench);
}

TEST(register_rules, X_4_a_register_survives_reset) {
  after_reset bench;
  bench.read(reg::RDTR, 32);
  EXPECT_ONLY(bench, "X-4");
}

TEST(register_rules, X_5_what_should_survive_does_not) {
  after_reset bench;
  bench.read(reg::PBA, 0x0010'0030);
  bench.read(reg::MTA + 8, 0);
  EXPECT_EQ(bench.broken(), (std::vector<std::string>{"X-5", "X-5"})) << bench.report();
}

TEST(register_rules, X_6_address_entries_after_reset) {
  after_reset bench;
  bench.read(reg::RAH, 0x5634);
  bench.read(reg::RAH + 8, rah::AV);
  EXPECT_EQ(bench.broken(), (std::vector<std::string>{"X-6", "X-6"})) << bench.report();
}

TEST(register_rules, X_10_control_after_reset) {
  after_reset bench;
  bench.read(reg::CTRL, 0x0000'0A01);  // 23:22 lost
  EXPECT_ONLY(bench, "X-10");
}

}  // namespace
}  // namespace ringside::contract
