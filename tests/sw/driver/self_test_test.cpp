// SPDX-License-Identifier: Apache-2.0
// ethtool -t and the other dumps: each test passes on a sound card and fails on a fault of its own (FS 11).
#include "tests/sw/driver/bench.h"

namespace ringside::test {
namespace self_test_tests {
namespace {

stack::self_test_result run_offline(const std::function<void(bench&)>& fault, bool open = true) {
  bench b;
  if (open) {
    b.up();
  } else {
    b.host.run_task([&b] {
      b.os.boot();
      ASSERT_EQ(b.card.probe(), driver::driver_status::ok);
    });
  }
  fault(b);
  stack::self_test_result result;
  b.host.run_task([&] { result = b.card.device().ops->self_test(true); });
  EXPECT_EQ(b.card.is_open(), open);
  b.nic.stuck.clear();
  return result;
}

std::vector<std::uint64_t> codes(const stack::self_test_result& r) {
  std::vector<std::uint64_t> all;
  for (const auto& [name, code] : r.tests) all.push_back(code);
  return all;
}
using results = std::vector<std::uint64_t>;  // register, EEPROM, interrupt, loopback, link

TEST(self_test, passes_on_a_sound_card) {
  for (const bool open : {true, false}) {
    const stack::self_test_result r = run_offline([](bench&) {}, open);
    EXPECT_FALSE(r.failed);
    EXPECT_EQ(codes(r), (results{0, 0, 0, 0, 0}));
    ASSERT_EQ(r.tests.size(), 5U);
    EXPECT_EQ(r.tests[0].first, "Register test  (offline)");
    EXPECT_EQ(r.tests[4].first, "Link test   (on/offline)");
  }
}

// FS 11.2: the first register that fails is told, by its offset.
TEST(self_test, finds_a_register_bit_that_sticks) {
  for (const std::uint32_t offset :
       {reg::FCAL, reg::FCAH,  reg::FCT,   reg::VET,  reg::RDTR,         reg::RDBAH, reg::RDLEN,        reg::RDH,
        reg::RDT,  reg::FCRTH, reg::FCTTV, reg::TIPG, reg::TDBAH,        reg::TDLEN, reg::RCTL,         reg::RDBAL,
        reg::TXCW, reg::TDBAL, reg::TIDV,  reg::RAH,  reg::RAH + 14 * 8, reg::MTA,   reg::MTA + 127 * 4}) {
    const stack::self_test_result r = run_offline([&](bench& b) { b.nic.stuck[offset] = 0x2100; });
    EXPECT_TRUE(r.failed);
    EXPECT_EQ(r.tests[0].second, offset) << std::hex << offset;
  }
}

TEST(self_test, finds_a_wrong_eeprom) {
  EXPECT_EQ(run_offline([](bench& b) { b.nic.eeprom.words[5] ^= 0x8000; }).tests[1].second, 2U);
}

TEST(self_test, finds_an_eeprom_that_does_not_answer) {
  EXPECT_EQ(run_offline([](bench& b) { b.nic.eeprom.grant = false; }).tests[1].second, 1U);
}

TEST(self_test, finds_an_interrupt_that_does_not_come) {
  EXPECT_EQ(run_offline([](bench& b) { b.nic.ics_works = false; }).tests[2].second, 4U);
}

TEST(self_test, finds_an_interrupt_that_is_masked_and_comes) {
  EXPECT_EQ(run_offline([](bench& b) { b.nic.ignores_mask = 0x01; }).tests[2].second, 3U);
}

// Another cause while one alone is enabled (FS 11.4 c).
TEST(self_test, finds_another_interrupt_than_the_one_enabled) {
  EXPECT_EQ(run_offline([](bench& b) { b.nic.ignores_mask = 0x4000; }).tests[2].second, 5U);
}

// On a shared line only what has to come can be tested.
TEST(self_test, on_a_shared_line_masks_are_not_tested) {
  bench b;
  b.up();
  const int other = 0;
  b.os.irqs().request_irq(bench::line, "other", &other, [](kernel::irq_line) { return kernel::irq_return::none; });
  b.nic.ignores_mask = 0x04;
  stack::self_test_result result;
  b.host.run_task([&] { result = b.card.device().ops->self_test(true); });
  EXPECT_EQ(result.tests[2].second, 0U);
  b.nic.ignores_mask = 0;
  b.os.irqs().free_irq(bench::line, &other);
}

// FS 11.5: 64 of a round have to be found.  Linux goes around the buffers and takes a frame it finds again for another,
// so it misses one that is lost; all of them it does not.
TEST(self_test, finds_a_loop_that_is_broken) {
  EXPECT_EQ(run_offline([](bench& b) { b.nic.loopback_loses_from = 1; }).tests[3].second, 13U);
  EXPECT_EQ(run_offline([](bench& b) { b.nic.loopback_loses_from = 64; }).tests[3].second, 0U);
}

TEST(self_test, without_a_link_fails_the_link_test_alone) {
  const stack::self_test_result r = run_offline([](bench& b) {
    b.nic.set_link(false);
    b.host.run_for(10 * ms);
  });
  EXPECT_EQ(codes(r), (results{0, 0, 0, 0, 1}));
}

TEST(self_test, online_touches_nothing) {
  bench b;
  b.up();
  b.nic.eeprom.words[5] ^= 0x8000;
  const std::uint64_t resets = b.nic.resets;
  const sim_time begin = b.host.now();
  stack::self_test_result result;
  b.host.run_task([&] { result = b.card.device().ops->self_test(false); });
  EXPECT_FALSE(result.failed);
  EXPECT_EQ(b.nic.resets, resets);
  EXPECT_GE(b.host.now() - begin, 8 * second);  // four for autonegotiation, four behind it all
  b.nic.set_link(false);
  b.host.run_task([&] { result = b.card.device().ops->self_test(false); });
  EXPECT_EQ(codes(result), (results{0, 0, 0, 0, 1}));
}

// ethtool -d (FS 10.8): 32 dwords, the MAC's first.
TEST(ethtool, dumps_registers_in_linuxs_order) {
  bench b;
  b.up();
  std::vector<std::uint32_t> dump;
  b.host.run_task([&] { dump = b.card.device().ops->get_regs(); });
  ASSERT_EQ(dump.size(), 32U);
  const std::vector<std::uint32_t> mac{reg::CTRL, reg::STATUS, reg::RCTL,  reg::RDLEN, reg::RDH, reg::RDT,
                                       reg::RDTR, reg::TCTL,   reg::TDLEN, reg::TDH,   reg::TDT, reg::TIDV};
  for (std::size_t i = 0; i < mac.size(); ++i) EXPECT_EQ(dump[i], b.nic.registers[mac[i]]) << i;
  EXPECT_EQ(dump[13], 0xAC00U);  // PHY17
  EXPECT_EQ(dump[17], b.nic.phy.registers[16]);
  EXPECT_EQ(dump[24], 0x3C00U);  // PHY10
  EXPECT_EQ(dump[26], b.nic.registers[reg::MANC]);
}

// ethtool -p: word 04 of the EEPROM says what the LEDs show; here LED 0 is OFF1_ON2, the others do not take part.
TEST(ethtool, identifies_the_card_by_its_led) {
  bench b;
  b.nic.eeprom.words[4] = 0x1118;
  b.nic.eeprom.fix_sum();
  b.nic.registers[reg::LEDCTL] = 0x00000602;
  b.up();
  stack::net_device_ops& ops = *b.card.device().ops;
  using state = stack::identify_state;
  b.host.run_task([&] {
    EXPECT_EQ(ops.set_phys_id(state::active), 2);
    EXPECT_EQ(b.nic.registers[reg::LEDCTL] & 0xFF, 0x0FU);  // off
    EXPECT_EQ(ops.set_phys_id(state::on), 0);
    EXPECT_EQ(b.nic.registers[reg::LEDCTL] & 0xFF, 0x0EU);
    EXPECT_EQ(ops.set_phys_id(state::off), 0);
    EXPECT_EQ(b.nic.registers[reg::LEDCTL] & 0xFF, 0x0FU);
    EXPECT_EQ(ops.set_phys_id(state::inactive), 0);
  });
  EXPECT_EQ(b.nic.values_written(reg::LEDCTL).size(), 4U);
}

// FS 7.7: this card's moderation is a module parameter only.
TEST(ethtool, refuses_what_this_card_has_not) {
  bench b;
  b.up();
  stack::net_device_ops& ops = *b.card.device().ops;
  std::uint32_t usecs = 0;
  EXPECT_EQ(ops.get_coalesce(usecs), -EOPNOTSUPP);
  EXPECT_EQ(ops.set_coalesce(100), -EOPNOTSUPP);
  EXPECT_EQ(ops.get_msglevel(), 7U);
  ops.set_msglevel(1);
  EXPECT_EQ(ops.get_msglevel(), 1U);
  const stack::ring_parameters rings = ops.get_ringparam();
  EXPECT_EQ(rings.rx_max, 4096U);
  EXPECT_EQ(rings.tx_max, 4096U);
  EXPECT_EQ(rings.tx, 256U);
}

}  // namespace
}  // namespace self_test_tests
}  // namespace ringside::test
