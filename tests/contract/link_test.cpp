// SPDX-License-Identifier: Apache-2.0
// LSC that does not belong to a change of the link, or is missing: L-1, L-2, L-7.
#include <gtest/gtest.h>

#include "hw/regs/e1000_regs.h"
#include "tests/contract/contract_bench.h"

namespace ringside::contract {
namespace {

struct linked : contract_bench {
  linked() : contract_bench(config{}) {
    nic(stage::link_change, 0, 1);
    write(reg::CTRL, ctrl::SLU);
    step = 16 * ns;
    cause(icr::LSC);
    step = 200 * ns;
    wait(10 * us);
  }
};

TEST(link_rules, changes_with_lsc_are_legal) {
  linked bench;
  bench.step = 16 * ns;
  for (const std::uint64_t up : {0, 1}) {
    bench.nic(stage::link_change, 0, up);
    bench.cause(icr::LSC);
    bench.wait(10 * us);
  }
  EXPECT_LEGAL(bench);
}

TEST(link_rules, L_1_no_lsc_on_link_up_or_down) {  // L-2
  for (const bool up : {false, true}) {
    linked bench;
    bench.nic(stage::link_change, 0, 0);
    if (up) {
      bench.step = 16 * ns;
      bench.cause(icr::LSC);
      bench.wait(10 * us);
      bench.nic(stage::link_change, 0, 1);
    }
    EXPECT_ONLY(bench, "L-1");
  }
}

TEST(link_rules, L_1_no_lsc_when_slu_falls) {
  linked bench;
  bench.write(reg::CTRL, 0);
  EXPECT_ONLY(bench, "L-1");
}

TEST(link_rules, L_1_lsc_without_a_change) {
  linked bench;
  bench.cause(icr::LSC);
  EXPECT_ONLY(bench, "L-1");
}

TEST(link_rules, lsc_by_ics_is_legal) {
  linked bench;
  bench.step = 16 * ns;
  bench.cause(icr::LSC);
  bench.write(reg::ICS, icr::LSC);
  EXPECT_LEGAL(bench);
}

TEST(link_rules, L_7_lsc_by_reset_itself) {
  linked bench;
  bench.write(reg::CTRL, ctrl::RST);
  bench.nic(stage::nic_reset);
  bench.cause(icr::LSC);
  EXPECT_ONLY(bench, "L-7");
}

std::uint32_t phy_write(std::uint32_t number, std::uint32_t value) {
  return 1U << mdic::OP_SHIFT | 1U << mdic::PHYADD_SHIFT | number << mdic::REGADD_SHIFT | value;
}
constexpr std::uint32_t power_down = 1U << 11, loopback = 1U << 14;  // BMCR, FS 3.3

// L-1, M-9, B-2: software takes the link by BMCR.11 and makes one by BMCR.14; the end of CTRL.PHY_RST undoes both
//
TEST(link_rules, L_1_the_phy_s_control_register_moves_the_link) {
  for (const bool quiet : {false, true}) {
    linked bench;
    bench.step = 16 * ns;
    bench.write(reg::MDIC, phy_write(0, power_down));
    if (!quiet) bench.cause(icr::LSC);
    bench.wait(10 * us);
    if (quiet) {
      EXPECT_ONLY(bench, "L-1");
      continue;
    }
    bench.write(reg::CTRL, ctrl::SLU | ctrl::PHY_RST);
    bench.write(reg::CTRL, ctrl::SLU);
    bench.cause(icr::LSC);
    bench.wait(10 * us);
    bench.nic(stage::link_change, 0, 0);
    bench.cause(icr::LSC);
    bench.wait(10 * us);
    bench.write(reg::MDIC, phy_write(0, loopback));
    bench.cause(icr::LSC);
    bench.wait(10 * us);
    bench.write(reg::MDIC, phy_write(4, power_down));  // another register
    EXPECT_LEGAL(bench);
  }
}

// L-1: PSCR.10 forces a link; power-down takes it all the same (M-9).
TEST(link_rules, L_1_a_forced_link_is_one) {
  constexpr std::uint32_t pscr = 16, force = 1U << 10;
  for (const bool quiet : {false, true}) {
    linked bench;
    bench.step = 16 * ns;
    bench.nic(stage::link_change, 0, 0);
    bench.cause(icr::LSC);
    bench.wait(10 * us);
    bench.write(reg::MDIC, phy_write(pscr, force));
    if (!quiet) bench.cause(icr::LSC);
    bench.wait(10 * us);
    if (quiet) {
      EXPECT_ONLY(bench, "L-1");
      continue;
    }
    bench.nic(stage::link_change, 0, 1);  // the wire's comes to a link that is up
    bench.wait(10 * us);
    bench.write(reg::MDIC, phy_write(0, power_down));
    bench.cause(icr::LSC);
    bench.wait(10 * us);
    bench.write(reg::MDIC, phy_write(pscr, 0));
    bench.wait(10 * us);
    EXPECT_LEGAL(bench);
  }
}

}  // namespace
}  // namespace ringside::contract
