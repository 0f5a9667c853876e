// SPDX-License-Identifier: Apache-2.0
// Illegal ICR, IMS and INTA# behaviour: each sequence trips exactly its rule.
#include <gtest/gtest.h>

#include "hw/regs/e1000_regs.h"
#include "tests/contract/contract_bench.h"

namespace ringside::contract {
namespace {

/// INTx moved by the test itself.
struct by_hand : contract_bench {
  by_hand() {
    open();
    auto_intx = false;
  }
  void intx(bool level) {
    const sim_time usual = step;
    step = 16 * ns;
    nic(level ? stage::intx_assert : stage::intx_deassert);
    step = usual;
  }
};

TEST(interrupt_rules, N_7_interrupt_with_IMS_0) {
  by_hand bench;
  bench.write(reg::IMC, ~0U);
  bench.cause(icr::LSC);
  bench.intx(true);
  EXPECT_ONLY(bench, "N-7");
}

TEST(interrupt_rules, I_5_interrupt_with_only_masked_causes) {
  by_hand bench;
  bench.cause(icr::TXD_LOW);  // not in 0x9D (I-8)
  bench.intx(true);
  EXPECT_ONLY(bench, "I-5");
}

TEST(interrupt_rules, I_5_no_interrupt_for_a_cause) {
  by_hand bench;
  bench.cause(icr::LSC);
  EXPECT_ONLY(bench, "I-5");
}

// I-5, D-2: the IMS write raises what is pending.
TEST(interrupt_rules, I_5_unmask_does_not_raise_a_pending_cause) {
  by_hand bench;
  bench.write(reg::IMC, ~0U);
  bench.cause(icr::LSC);
  bench.write(reg::IMS, contract_bench::enabled_causes);
  EXPECT_ONLY(bench, "I-5");
}

TEST(interrupt_rules, I_5_line_falls_with_a_cause_pending) {
  by_hand bench;
  bench.cause(icr::LSC);
  bench.intx(true);
  bench.wait(1 * us);
  bench.intx(false);
  EXPECT_ONLY(bench, "I-5");
}

TEST(interrupt_rules, N_6_line_stays_up_after_ICR_read) {
  by_hand bench;
  bench.cause(icr::LSC);
  bench.intx(true);
  bench.read(reg::ICR, icr::LSC);
  EXPECT_ONLY(bench, "N-6");
}

TEST(interrupt_rules, N_6_line_stays_up_after_IMC) {
  by_hand bench;
  bench.cause(icr::LSC);
  bench.intx(true);
  bench.write(reg::IMC, ~0U);
  EXPECT_ONLY(bench, "N-6");
}

//
TEST(interrupt_rules, N_6_line_stays_up_after_reset) {
  by_hand bench;
  bench.cause(icr::LSC);
  bench.intx(true);
  bench.nic(stage::nic_reset);
  EXPECT_ONLY(bench, "N-6");
}

TEST(interrupt_rules, N_6_cause_lost_by_a_read) {
  contract_bench bench;
  bench.open();
  bench.write(reg::IMC, ~0U);
  bench.cause(icr::LSC | icr::TXDW);
  bench.read(reg::ICR, icr::LSC);
  EXPECT_ONLY(bench, "N-6");
}

// I-4: set wins over a clear in the same cycle; here the next read shows that it did not.
TEST(interrupt_rules, N_6_cause_beside_a_read_lost) {
  contract_bench bench;
  bench.open();
  bench.write(reg::IMC, ~0U);
  bench.cause(icr::LSC);
  bench.cause(icr::TXDW);
  bench.step = 8 * ns;
  bench.read(reg::ICR, icr::LSC);
  bench.wait(1 * us);
  bench.read(reg::ICR, 0);
  EXPECT_ONLY(bench, "N-6");
}

TEST(interrupt_rules, I_2_read_does_not_clear) {
  contract_bench bench;
  bench.open();
  bench.write(reg::IMC, ~0U);
  bench.cause(icr::LSC);
  bench.read(reg::ICR, icr::LSC);
  bench.read(reg::ICR, icr::LSC);
  EXPECT_ONLY(bench, "I-2");
}

TEST(interrupt_rules, I_3_write_of_ones_clears) {
  contract_bench bench;
  bench.open();
  bench.write(reg::IMC, ~0U);
  bench.cause(icr::LSC | icr::TXDW);
  bench.write(reg::ICR, icr::LSC);
  bench.read(reg::ICR, icr::TXDW);
  EXPECT_LEGAL(bench);
}

TEST(interrupt_rules, I_6_ICS_sets_nothing) {
  contract_bench bench;
  bench.open();
  bench.write(reg::ICS, icr::LSC);
  EXPECT_ONLY(bench, "I-6");
}

TEST(interrupt_rules, ICS_before_or_after_its_cause_event_is_legal) {
  contract_bench bench;
  bench.open();
  bench.step = 16 * ns;
  bench.write(reg::ICS, icr::LSC);
  bench.cause(icr::LSC);
  bench.wait(1 * us);
  bench.read(reg::ICR, icr::LSC);
  bench.wait(1 * us);
  bench.cause(icr::LSC);
  bench.write(reg::ICS, icr::LSC);
  EXPECT_LEGAL(bench);
}

TEST(interrupt_rules, I_20_second_assertion_one_clock_too_soon) {
  by_hand bench;
  bench.write(reg::ITR, 195);
  bench.cause(icr::LSC);
  bench.intx(true);
  const sim_time first = bench.now;
  bench.read(reg::ICR, icr::LSC);
  bench.intx(false);
  bench.wait(1 * us);
  bench.cause(icr::LSC);
  bench.now = first + 195 * 256 * ns - 8 * ns;
  bench.step = 0;
  bench.nic(stage::intx_assert);
  EXPECT_ONLY(bench, "I-20");
}

TEST(interrupt_rules, I_5_no_assertion_when_the_throttle_is_over) {
  by_hand bench;
  bench.write(reg::ITR, 195);
  bench.cause(icr::LSC);
  bench.intx(true);
  bench.read(reg::ICR, icr::LSC);
  bench.intx(false);
  bench.cause(icr::LSC);
  EXPECT_ONLY(bench, "I-5");
}

TEST(interrupt_rules, I_7_ICR_reads_0_while_the_line_is_up) {
  by_hand bench;
  bench.cause(icr::TXDW);
  bench.intx(true);
  bench.wait(1 * us);
  bench.read(reg::ICR, 0);
  bench.intx(false);
  EXPECT_ONLY(bench, "I-7");
}

TEST(interrupt_rules, I_54_ICR_has_bits_above_16) {
  contract_bench bench;
  bench.open();
  bench.read(reg::ICR, 0x8000'0000);  // no INT_ASSERTED on this generation
  EXPECT_ONLY(bench, "I-54");
}

TEST(interrupt_rules, P_4_line_is_up_although_disabled_or_in_D3) {
  constexpr auto config_space = nic_registers::config_base;
  for (const auto& [offset, value] :
       {std::pair{nic_registers::command_offset, 0x407U}, std::pair{nic_registers::power_offset, 3U}}) {
    by_hand falls;
    falls.cause(icr::TXDW);
    falls.intx(true);
    falls.wait(1 * us);
    falls.step = 16 * ns;
    falls.nic(stage::reg_write, 0, config_space + offset, value);
    falls.intx(false);
    EXPECT_LEGAL(falls);
    by_hand stays;
    stays.cause(icr::TXDW);
    stays.intx(true);
    stays.wait(1 * us);
    stays.nic(stage::reg_write, 0, config_space + offset, value);
    EXPECT_ONLY(stays, "P-4");
  }
}

TEST(interrupt_rules, N_13_ICR_reads_all_ones) {
  contract_bench bench;
  bench.open();
  bench.read(reg::STATUS, ~0U);
  EXPECT_ONLY(bench, "N-13");
}

}  // namespace
}  // namespace ringside::contract
