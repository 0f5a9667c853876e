// SPDX-License-Identifier: Apache-2.0
// MDIC and the PHY's registers: FS 3.2, 3.3, with L-1, M-2 to M-4, M-8, M-9, X-5 and X-9.
#include <gtest/gtest.h>

#include <array>
#include <utility>

#include "tests/hw/tlm/model/card_bench.h"

namespace ringside::test {
namespace {

enum : std::uint32_t { bmcr = 0, bmsr = 1, anar = 4, gigabit_control = 9, m88_control = 16, m88_status = 17 };
constexpr std::uint32_t op_write = 1, op_read = 2;

/// MDIC as it stands after the access.
std::uint32_t mdic_after(card_bench& b, std::uint32_t op, std::uint32_t number, std::uint32_t data = 0,
                         std::uint32_t phy = 1, std::uint32_t more = 0) {
  b.write(reg::MDIC, op << mdic::OP_SHIFT | phy << mdic::PHYADD_SHIFT | number << mdic::REGADD_SHIFT | data | more);
  return b.read(reg::MDIC);
}
std::uint32_t phy_read(card_bench& b, std::uint32_t number) {
  return mdic_after(b, op_read, number) & mdic::DATA;
}
void phy_write(card_bench& b, std::uint32_t number, std::uint32_t value) {
  mdic_after(b, op_write, number, value);
}

TEST(phy, registers_read_as_the_sheet_s) {  // FS 3.3; link up, auto-negotiation done
  card_bench bench;
  phy_read(bench, bmsr);  // what it latched before
  for (const auto& [number, value] : std::array<std::pair<std::uint32_t, std::uint32_t>, 20>{
           {{0, 0x1140},  {1, 0x796D},  {2, 0x0141},  {3, 0x0C20},  {4, 0x0DE1},  {5, 0x41E0}, {6, 0},
            {9, 0x0E00},  {10, 0x3C00}, {15, 0x3000}, {16, 0x0360}, {17, 0xAC00}, {18, 0},     {19, 0},
            {20, 0x0D60}, {21, 0},      {29, 0},      {30, 0},      {7, 0},       {31, 0}}})
    EXPECT_EQ(phy_read(bench, number), value) << "register " << number;
}

TEST(phy, a_read_puts_the_register_into_data_and_keeps_the_rest) {  // M-1, M-2, M-3: at once
  card_bench bench;
  EXPECT_EQ(mdic_after(bench, op_read, 2, 0xBEEF), 0x1822'0141U);
  EXPECT_EQ(mdic_after(bench, op_read, 31, 0xBEEF), 0x183F'0000U) << "unlisted: 0, and no ERROR";
  EXPECT_EQ(mdic_after(bench, op_write, 31, 0xBEEF), 0x143F'BEEFU) << "ignored, and no ERROR";
  EXPECT_EQ(phy_read(bench, 31), 0U);
}

TEST(phy, another_address_answers_with_error) {  // M-2
  card_bench bench;
  for (const std::uint32_t phy : {0U, 2U, 31U}) {
    EXPECT_EQ(mdic_after(bench, op_read, 2, 0xBEEF, phy), 0x5802'BEEFU | phy << mdic::PHYADD_SHIFT);
    mdic_after(bench, op_write, anar, 0x1111, phy);
  }
  EXPECT_EQ(phy_read(bench, anar), 0x0DE1U);
}

TEST(phy, mdac_comes_when_asked_for) {  // M-4
  card_bench bench;
  mdic_after(bench, op_read, 2);
  EXPECT_EQ(bench.read(reg::ICR), 0U);
  mdic_after(bench, op_read, 2, 0, 1, mdic::I);
  EXPECT_EQ(bench.read(reg::ICR), icr::MDAC);
  mdic_after(bench, op_write, 4, 0, 7, mdic::I);
  EXPECT_EQ(bench.read(reg::ICR), icr::MDAC);
}

TEST(phy, writable_registers_hold_their_values) {
  card_bench bench;
  for (const std::uint32_t number : {4U, 9U, 16U, 20U, 29U, 30U})
    for (const std::uint32_t value : {0xFFFFU, 0x1234U, 0U}) {
      phy_write(bench, number, value);
      EXPECT_EQ(phy_read(bench, number), value) << number;
    }
  for (const std::uint32_t number : {1U, 2U, 3U, 5U, 10U, 15U, 17U, 21U}) {
    const std::uint32_t before = phy_read(bench, number);
    phy_write(bench, number, 0x5555);
    EXPECT_EQ(phy_read(bench, number), number == bmsr ? 0x796DU : before) << number;
  }
}

TEST(phy, soft_reset_and_restart_clear_themselves) {  // FS 3.3, M-8
  card_bench bench;
  phy_write(bench, anar, 0x0101);
  phy_write(bench, gigabit_control, 0x0200);
  phy_write(bench, bmcr, 0x933F);
  EXPECT_EQ(phy_read(bench, bmcr), 0x1100U);
  EXPECT_EQ(phy_read(bench, anar), 0x0101U);
  EXPECT_EQ(phy_read(bench, gigabit_control), 0x0200U);
}

TEST(phy, link_latches_low) {  // FS 3.3: drivers read twice
  card_bench bench;
  phy_read(bench, bmsr);
  bench.card().set_link(false, bench.now());
  bench.run_for(1 * us);
  bench.card().set_link(true, bench.now());
  bench.run_for(1 * us);
  EXPECT_EQ(phy_read(bench, bmsr), 0x7969U);
  EXPECT_EQ(phy_read(bench, bmsr), 0x796DU);
  bench.card().set_link(false, bench.now());
  bench.run_for(1 * us);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(phy_read(bench, bmsr), 0x7949U);
  EXPECT_EQ(phy_read(bench, 5), 0x01E0U);
  EXPECT_EQ(phy_read(bench, m88_status) & 0x0C00U, 0U);
}

TEST(phy, power_down_takes_the_link_and_keeps_the_registers) {  // M-9, L-1
  card_bench bench;
  phy_write(bench, anar, 0x0101);
  phy_write(bench, bmcr, 0x1940);
  bench.run_for(1 * us);
  EXPECT_EQ(bench.read(reg::STATUS) & status::LU, 0U);
  EXPECT_EQ(bench.read(reg::ICR), icr::LSC);
  EXPECT_EQ(phy_read(bench, anar), 0x0101U);
  EXPECT_EQ(phy_read(bench, bmsr) & 0x4, 0U);
  phy_write(bench, bmcr, 0x1140);
  bench.run_for(1 * us);
  EXPECT_NE(bench.read(reg::STATUS) & status::LU, 0U);
  EXPECT_EQ(bench.read(reg::ICR), icr::LSC);
}

TEST(phy, software_can_force_a_link) {  // L-1, PSCR.10
  card_bench bench;
  bench.card().set_link(false, bench.now());
  bench.run_for(1 * us);
  bench.read(reg::ICR);
  phy_write(bench, m88_control, 0x0760);
  bench.run_for(1 * us);
  EXPECT_NE(bench.read(reg::STATUS) & status::LU, 0U);
  EXPECT_EQ(bench.read(reg::ICR), icr::LSC);
  phy_read(bench, bmsr);
  EXPECT_EQ(phy_read(bench, bmsr), 0x794DU) << "a link, and nothing was negotiated";
  EXPECT_EQ(phy_read(bench, m88_status) & 0x0400U, 0x0400U);
  phy_write(bench, bmcr, 0x1940);  // M-9
  bench.run_for(1 * us);
  EXPECT_EQ(bench.read(reg::STATUS) & status::LU, 0U);
  phy_write(bench, bmcr, 0x1140);
  phy_write(bench, m88_control, 0x0360);
  bench.run_for(1 * us);
  EXPECT_EQ(bench.read(reg::STATUS) & status::LU, 0U);
  bench.card().set_link(true, bench.now());
  bench.run_for(1 * us);
  EXPECT_NE(bench.read(reg::STATUS) & status::LU, 0U);
}

TEST(phy, loopback_gives_a_link) {  // B-2, L-1
  card_bench bench;
  bench.card().set_link(false, bench.now());
  bench.run_for(1 * us);
  bench.read(reg::ICR);
  phy_write(bench, bmcr, 0x4140);
  bench.run_for(1 * us);
  EXPECT_NE(bench.read(reg::STATUS) & status::LU, 0U);
  EXPECT_EQ(bench.read(reg::ICR), icr::LSC);
  bench.write(reg::CTRL, bench.read(reg::CTRL) & ~ctrl::SLU);
  bench.run_for(1 * us);
  EXPECT_EQ(bench.read(reg::STATUS) & status::LU, 0U);
}

TEST(phy, its_reset_is_a_pulse_of_phy_rst_and_no_other) {
  card_bench bench;
  const std::uint32_t control = bench.read(reg::CTRL);
  phy_write(bench, m88_control, 0x1111);
  bench.write(reg::CTRL, control | ctrl::RST);
  bench.run_for(1 * us);
  EXPECT_EQ(phy_read(bench, m88_control), 0x1111U);
  bench.write(reg::CTRL, control | ctrl::PHY_RST);
  bench.write(reg::CTRL, control);
  EXPECT_EQ(phy_read(bench, m88_control), 0x0360U);
}

// any 1-0 pulse of CTRL.PHY_RST counts, whichever write ends it: CTRL.RST clears the bit as well.
TEST(phy, a_device_reset_ends_the_pulse_too) {
  for (const bool pulse : {true, false})
    for (const std::uint32_t still : {ctrl::PHY_RST, 0U}) {
      card_bench bench;
      phy_write(bench, anar, 0x0123);
      bench.write(reg::CTRL, ctrl::SLU | (pulse ? ctrl::PHY_RST : 0U));
      bench.run_for(5 * us);
      EXPECT_EQ(phy_read(bench, anar), 0x0123U);
      bench.write(reg::CTRL, ctrl::SLU | ctrl::RST | (pulse ? still : 0U));
      bench.run_for(5 * us);
      EXPECT_EQ(phy_read(bench, anar), pulse ? 0x0DE1U : 0x0123U) << still;
    }
}

}  // namespace
}  // namespace ringside::test
