// SPDX-License-Identifier: Apache-2.0
// Power states (P-9, manual 6.3.1.2 to 6.3.1.4, PCI PM 1.1 section 5.4.1): D3hot, D0 uninitialized, and what the MAC
// and the transfers do meanwhile.
#include <gtest/gtest.h>

#include <algorithm>

#include "common/drop_reason.h"
#include "tests/hw/tlm/model/card_bench.h"

namespace ringside::test::power_tests {
namespace {

constexpr auto config = tlm::pci_space::config;
constexpr std::uint32_t command = 0x04, pmcsr = 0xE0;
constexpr std::uint32_t d0 = 0, d3 = 3;
constexpr std::uint32_t all_enabled = 7, mastering = 4;

std::uint32_t read_command(card_bench& b) {
  return b.access(config, false, command, 0) & 0xFFFF;
}
void set_power(card_bench& b, std::uint32_t state) {
  b.access(config, true, pmcsr, state);
  b.run_for(1 * us);
}

// P-9: entering D3 clears memory and I/O enable; D0 is uninitialized until software enables memory space.
TEST(power, d3_takes_the_decoding_and_software_gives_it_back) {
  card_bench bench;
  EXPECT_EQ(read_command(bench), all_enabled);
  set_power(bench, d3);
  EXPECT_EQ(read_command(bench), mastering);
  EXPECT_EQ(bench.card().config_state().command & all_enabled, 0) << "neither decoding nor mastering in D3";
  bench.access(config, true, command, all_enabled);
  EXPECT_EQ(read_command(bench), mastering) << "no decoding in D3 whatever is written";
  set_power(bench, d0);
  EXPECT_EQ(read_command(bench), mastering);
  EXPECT_EQ(bench.card().config_state().command & all_enabled, 0) << "D0 uninitialized is as D3";
  bench.access(config, true, command, all_enabled);
  EXPECT_EQ(read_command(bench), all_enabled);
  EXPECT_EQ(bench.card().config_state().command & all_enabled, all_enabled);
}

TEST(power, nothing_is_received_in_d3_and_in_d0_uninitialized) {
  card_bench bench;
  for (unsigned i = 0; i < 3; ++i) bench.plan(plain_frame(own_address, 100, i * 100 * us));
  bench.open(16, 15, rctl::EN);
  set_power(bench, d3);
  bench.start_traffic();
  bench.run_for(50 * us);
  EXPECT_EQ(bench.read(reg::TPR), 0U);
  set_power(bench, d0);
  bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::SLU);
  bench.write(reg::RCTL, rctl::EN);
  bench.run_for(100 * us);
  EXPECT_EQ(bench.read(reg::TPR), 0U);
  EXPECT_EQ(bench.events(stage::fifo_commit).size(), 0U);
  const auto rejected = bench.events(stage::filter_reject);
  ASSERT_EQ(rejected.size(), 2U);
  for (const event& e : rejected) EXPECT_EQ(e.b, static_cast<std::uint64_t>(drop_reason::rx_disabled));
  bench.access(config, true, command, all_enabled);
  bench.run_for(100 * us);
  EXPECT_EQ(bench.read(reg::TPR), 1U);
  EXPECT_EQ(bench.events(stage::fifo_commit).size(), 1U);
}

TEST(power, d3_lowers_the_interrupt_and_d0_brings_none) {  // P-4
  card_bench bench;
  bench.write(reg::IMS, icr::LSC);
  bench.write(reg::ICS, icr::LSC);
  EXPECT_TRUE(bench.intx_level());
  set_power(bench, d3);
  EXPECT_FALSE(bench.intx_level());
  set_power(bench, d0);
  bench.access(config, true, command, all_enabled);
  bench.run_for(1 * us);
  EXPECT_FALSE(bench.intx_level());
  EXPECT_EQ(bench.read(reg::IMS), 0U);
  EXPECT_EQ(bench.read(reg::ICR), 0U);
}

// PCI PM 1.1 section 5.4.1: D0 after D3hot is as after a reset of the function; manual 6.3.1.2: PHY reset, EEPROM read,
// wake-up off.  Kept is what CTRL.RST keeps, and the rest of the configuration header.
TEST(power, d0_after_d3_is_a_reset_of_mac_and_phy) {
  card_bench bench;
  const auto phy = [&](std::uint32_t op, std::uint32_t number, std::uint32_t data) {
    bench.write(reg::MDIC, op << mdic::OP_SHIFT | 1U << mdic::PHYADD_SHIFT | number << mdic::REGADD_SHIFT | data);
    return bench.read(reg::MDIC) & mdic::DATA;
  };
  bench.access(config, true, 0x10, 0xFEB8'0000);
  bench.access(config, true, 0x3C, 0x0B);
  bench.write(reg::RAL, 0xDEAD'BEEF);
  bench.write(reg::RAH, 0);
  bench.write(reg::RADV, 0x1234);
  bench.write(reg::WUFC, 0xFF);
  bench.write(reg::WUC, 0x3);
  bench.write(reg::RDLEN, 0x1000);
  bench.write(reg::PBA, 40);
  bench.write(reg::RDBAL, 0x4'5670);
  phy(1, 4, 0x0123);
  set_power(bench, d3);
  set_power(bench, d0);
  bench.access(config, true, command, all_enabled);
  bench.run_for(1 * us);
  EXPECT_EQ(bench.read(reg::RAL), 0x1200'5452U);
  EXPECT_EQ(bench.read(reg::RAH), 0x8000'5634U);
  for (const std::uint32_t offset : {reg::RADV, reg::WUFC, reg::WUC, reg::RDLEN, reg::RCTL})
    EXPECT_EQ(bench.read(offset), 0U) << std::hex << offset;
  EXPECT_EQ(bench.read(reg::CTRL), 0xA01U);
  EXPECT_EQ(phy(2, 4, 0), 0x0DE1U);
  EXPECT_EQ(bench.read(reg::PBA) & pba::RXA, 40U);
  EXPECT_EQ(bench.read(reg::RDBAL), 0x4'5670U);
  EXPECT_EQ(bench.access(config, false, 0x10, 0), 0xFEB8'0000U);
  EXPECT_EQ(bench.access(config, false, 0x3C, 0) & 0xFF, 0x0BU);
  EXPECT_EQ(bench.events(stage::nic_reset).size(), 1U);
}

TEST(power, after_d3_the_card_works_again) {
  card_bench bench;
  for (unsigned i = 0; i < 2; ++i) bench.plan(plain_frame(own_address, 100 + i, i * 200 * us));
  bench.open(16, 15, rctl::EN);
  bench.start_traffic();
  bench.run_for(50 * us);
  EXPECT_TRUE(bench.done(0));
  set_power(bench, d3);
  set_power(bench, d0);
  bench.access(config, true, command, all_enabled);
  bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::SLU);
  bench.open(16, 15, rctl::EN);
  bench.run_for(300 * us);
  EXPECT_EQ(bench.read(reg::RDH), 1U);
  EXPECT_EQ(bench.descriptor(0).length, 101U);
}

TEST(power, d1_and_d2_are_refused) {  // P-9: the chip has D0 and D3
  card_bench bench;
  for (const std::uint32_t state : {1U, 2U}) {
    set_power(bench, state);
    EXPECT_EQ(bench.access(config, false, pmcsr, 0) & 3, 0U);
    EXPECT_EQ(read_command(bench), all_enabled);
  }
}

// what the bus has not begun keeps no reset waiting, whether Command.BusMaster is 0, D3 began or neither.
TEST(power, transfers_that_never_began_are_withdrawn_by_a_reset) {
  for (const std::uint32_t way : {0U, 1U, 2U, 3U}) {
    SCOPED_TRACE(way);
    card_bench bench;
    bench.plan(plain_frame(own_address, 1000));
    bench.plan(plain_frame(own_address, 77, 300 * us));
    bench.open(16, 15, rctl::EN);
    bench.run_for(5 * us);
    const std::size_t before = bench.transfers().size();
    bench.hold_bus(true);
    if (way == 3) bench.write(reg::RDH, 0);  // a fetch waits
    bench.start_traffic();
    bench.run_for(50 * us);
    if (way == 1) bench.access(config, true, command, 3);
    if (way == 2) {
      set_power(bench, d3);
      set_power(bench, d0);
    } else {
      bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::RST);
      bench.run_for(1 * us);
    }
    EXPECT_EQ(bench.read(reg::CTRL) & ctrl::RST, 0U);
    bench.hold_bus(false);
    bench.access(config, true, command, all_enabled);
    bench.run_for(50 * us);
    EXPECT_EQ(bench.transfers().size(), before);
    EXPECT_EQ(bench.access(config, false, command, 0) >> 16, 0x0230U) << "it is no error of the bus";
    bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::SLU);
    bench.open(16, 15, rctl::EN);
    bench.run_for(400 * us);
    EXPECT_EQ(bench.read(reg::RDH), 1U);
    EXPECT_EQ(bench.descriptor(0).length, 77U);
  }
}

}  // namespace
}  // namespace ringside::test::power_tests
