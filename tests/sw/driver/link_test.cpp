// SPDX-License-Identifier: Apache-2.0
// EEPROM, PHY and link: FS 4.1, FS 3.2 to FS 3.4, FS 10.1, L-4, L-5.
#include "sw/driver/link.h"

#include "tests/sw/driver/bench.h"

namespace ringside::test {
namespace link_tests {
namespace {

using driver::driver_status;
using driver::flow_control;
namespace m88 = driver::m88;
namespace phy_ability = driver::phy_ability;
namespace phy_ctrl = driver::phy_ctrl;
namespace phy_reg = driver::phy_reg;

constexpr int speed_and_mode = phy_ctrl::SPEED_1000 | phy_ctrl::FULL_DUPLEX | phy_ctrl::AUTONEG | phy_ctrl::SPEED_100;
constexpr int gigabit = phy_ability::HALF_1000 | phy_ability::FULL_1000;
constexpr std::uint16_t pause = phy_ability::PAUSE, asm_dir = phy_ability::ASM_DIR, pauses = pause | asm_dir;
// Acknowledged, of all speeds to 100 Mb/s (IEEE 802.3 28.2.1.2); and one that obeys PAUSE and would send it.
constexpr std::uint16_t partner_of_all_speeds = 0x41E0, partner_that_obeys = partner_of_all_speeds | pauses;

driver::config with(const std::function<void(driver::config&)>& change) {
  driver::config c;
  change(c);
  return c;
}

/// Probes only.
void probe(bench& b) {
  b.host.run_task([&] {
    b.os.boot();
    b.net.register_protocols();
    ASSERT_EQ(b.card.probe(), driver_status::ok);
  });
}

// ---- EEPROM

TEST(driver_eeprom, gives_the_station_its_address) {
  bench b;
  b.nic.eeprom.words[0] = 0x0202;
  b.nic.eeprom.words[1] = 0x0403;
  b.nic.eeprom.words[2] = 0x0605;
  b.nic.eeprom.fix_sum();
  probe(b);
  EXPECT_EQ(b.card.device().address, (stack::mac_address{0x02, 0x02, 0x03, 0x04, 0x05, 0x06}));
  EXPECT_EQ(b.nic.registers[reg::RAL], 0x04030202U);
  EXPECT_EQ(b.nic.registers[reg::RAH], 0x80000605U);
}

// E-3: the card is there, and may be looked at; it has no address to be opened with.
TEST(driver_eeprom, with_a_wrong_sum_gives_none) {
  bench b;
  b.nic.eeprom.words[0x20] ^= 1;
  probe(b);
  EXPECT_EQ(b.card.device().address, stack::mac_address{});
  b.host.run_task([&] { EXPECT_EQ(b.card.open(), driver_status::no_address); });
  EXPECT_EQ(b.card.device().ops->get_eeprom_len(), 128U);
}

// A card without EEPROM behind its pins: the address its reset loaded.
TEST(driver_eeprom, that_is_not_there_leaves_what_the_reset_loaded) {
  bench b;
  b.nic.eeprom.grant = false;
  probe(b);
  EXPECT_EQ(b.card.device().address, (stack::mac_address{0x52, 0x54, 0x00, 0x12, 0x34, 0x56}));
}

// ethtool -e and -E: bytes at odd places, the other half of a word kept, the sum made right.
TEST(driver_eeprom, is_read_and_written_by_ethtool) {
  bench b;
  probe(b);
  stack::net_device_ops& ops = *b.card.device().ops;
  constexpr std::uint32_t magic = 0x100E8086;
  b.host.run_task([&] {
    std::vector<std::uint8_t> read(5);
    EXPECT_EQ(ops.get_eeprom(1, read), 0);
    EXPECT_EQ(read, (std::vector<std::uint8_t>{0x54, 0x00, 0x12, 0x34, 0x56}));
    EXPECT_EQ(ops.get_eeprom(126, read), -EINVAL);
    EXPECT_EQ(ops.get_eeprom(0, {}), -EINVAL);
    const std::vector<std::uint8_t> fresh{0xA1, 0xA2, 0xA3};
    EXPECT_EQ(ops.set_eeprom(0x12345678, 0x21, fresh), -EFAULT);
    EXPECT_EQ(ops.set_eeprom(magic, 0x21, {}), -EOPNOTSUPP);
    EXPECT_EQ(ops.set_eeprom(magic, 0x7E, fresh), -EINVAL);
    b.nic.eeprom.words[0x10] = 0x1122;
    b.nic.eeprom.words[0x11] = 0x3344;
    EXPECT_EQ(ops.set_eeprom(magic, 0x21, fresh), 0);
  });
  EXPECT_EQ(b.nic.eeprom.words[0x10], 0xA122);
  EXPECT_EQ(b.nic.eeprom.words[0x11], 0xA3A2);
  std::uint32_t sum = 0;
  for (const std::uint16_t word : b.nic.eeprom.words) sum += word;
  EXPECT_EQ(sum & 0xFFFF, 0xBABAU);
  EXPECT_FALSE(b.nic.eeprom.enabled);  // EWDS at the end
  const unsigned writes = b.nic.eeprom.writes;
  b.nic.eeprom.finishes = false;
  b.host.run_task([&] {
    const std::vector<std::uint8_t> fresh{0xB1, 0xB2};
    EXPECT_EQ(ops.set_eeprom(magic, 0x20, fresh), -EIO);
  });
  EXPECT_EQ(b.nic.eeprom.writes, writes + 1);
}

// 10 ms at 50 us: the wait between two changes of a pin is the part's (FS 4.1).
TEST(driver_eeprom, waits_between_the_edges_of_its_clock) {
  bench b;
  probe(b);
  sim_time last_edge = -1;
  std::uint32_t before = 0;
  for (const auto& w : b.nic.writes) {
    if (w.offset != reg::EECD) continue;
    if (((w.value ^ before) & eecd::SK) != 0) {
      EXPECT_TRUE(last_edge < 0 || w.time - last_edge >= 50 * us);
      last_edge = w.time;
    }
    before = w.value;
  }
  EXPECT_GT(last_edge, 0);
}

// ---- PHY

// FS 10.1 step 7, from PHY16 on: bits of the fact sheet's table over its reset values.
TEST(driver_phy, is_set_up_in_linuxs_order) {
  bench b;
  probe(b);
  using write = std::pair<std::uint32_t, std::uint16_t>;
  const std::vector<write> expected{
      {phy_reg::M88_CTRL, 0x0B60},      // 0360 with CRS on TX; MDI auto, polarity correction on
      {phy_reg::M88_EXT_CTRL, 0x0170},  // 0D60 with TX_CLK 25 MHz, downshift after one attempt
      {phy_reg::CTRL, 0x9140},          // reset
      {phy_reg::AUTONEG_ADV, 0x0DE1},   // all of 10 and 100, PAUSE and ASM_DIR
      {phy_reg::CTRL_1000T, 0x0E00},    // 1000 full, not half
      {phy_reg::CTRL, 0x1340},          // autonegotiation, restarted
  };
  EXPECT_EQ(b.nic.phy.writes, expected);
}

// D-1: reception needs no PHY, transmission does.
TEST(driver_phy, of_another_kind_gives_no_link) {
  for (const bool answers : {true, false}) {
    bench b;
    if (answers) {
      b.nic.phy.registers[phy_reg::ID2] = 0x0C30;
    } else {
      b.nic.phy.answers = false;
    }
    b.up();
    b.host.run_for(1 * second);
    EXPECT_GE(b.card.hardware_errors(), 1U);
    EXPECT_EQ(b.card.device().carrier, answers);  // the watchdog asks BMSR alone
    EXPECT_NE(b.nic.registers[reg::RCTL] & rctl::EN, 0U);
  }
}

TEST(driver_phy, advertises_what_is_chosen) {
  struct row {
    std::uint32_t autoneg, speed, duplex;
    std::uint16_t base, fast;
  };
  using namespace phy_ability;
  constexpr std::uint16_t tens = HALF_10 | FULL_10, hundreds = HALF_100 | FULL_100;
  // `autoneg` as in ethtool: 1, 2 for 10 Mb/s half and full; 4, 8 for 100; 20 for 1000 full
  for (const row& r :
       {row{0x2F, 0, 0, tens | hundreds, FULL_1000}, row{0x03, 0, 0, tens, 0}, row{0x28, 0, 0, FULL_100, FULL_1000},
        row{0x03, 0, 1, HALF_10 | HALF_100, 0}, row{0x2F, 0, 2, FULL_10 | FULL_100, FULL_1000},
        row{0x2F, 10, 0, tens, 0}, row{0x2F, 100, 0, hundreds, 0}, row{0x2F, 1000, 0, 0, FULL_1000},
        row{0x2F, 1000, 1, 0, FULL_1000}}) {
    bench b(with([&](driver::config& c) {
      c.autoneg = r.autoneg;
      c.speed = r.speed;
      c.duplex = r.duplex;
    }));
    probe(b);
    EXPECT_EQ(b.nic.phy.registers[phy_reg::AUTONEG_ADV] & phy_ability::speeds, r.base) << r.speed << ' ' << r.duplex;
    EXPECT_EQ(b.nic.phy.registers[phy_reg::CTRL_1000T] & gigabit, r.fast) << r.speed << ' ' << r.duplex;
  }
}

// e1000_phy_force_speed_duplex: BMCR 13 speed 100, 8 full duplex, 12 and 6 off; CTRL forced alike; no flow control.
TEST(driver_phy, is_forced_to_100_full) {
  bench b(with([](driver::config& c) {
    c.speed = 100;
    c.duplex = 2;
  }));
  b.up();
  EXPECT_EQ(b.nic.phy.registers[phy_reg::CTRL] & speed_and_mode, phy_ctrl::SPEED_100 | phy_ctrl::FULL_DUPLEX);
  EXPECT_EQ(b.nic.phy.registers[phy_reg::M88_CTRL] & m88::AUTO_CROSSOVER, 0);
  const std::uint32_t control = b.nic.registers[reg::CTRL];
  EXPECT_EQ(control & (ctrl::FRCSPD | ctrl::FRCDPX | ctrl::FD), ctrl::FRCSPD | ctrl::FRCDPX | ctrl::FD);
  EXPECT_EQ((control & ctrl::SPEED) >> ctrl::SPEED_SHIFT, 1U);
  EXPECT_EQ(control & (ctrl::RFCE | ctrl::TFCE), 0U);
}

// ---- Flow control

// L-5, IEEE 802.3 table 28B-3: what each side says and what comes of it.
TEST(driver_flow_control, is_what_both_sides_said) {
  struct row {
    flow_control wished;
    std::uint16_t partner;
    std::uint32_t result;  // RFCE and TFCE
  };
  constexpr std::uint32_t rx = ctrl::RFCE, tx = ctrl::TFCE;
  for (const row& r :
       {row{flow_control::by_eeprom, 0, rx},  // nothing said: obeys, which harms nobody
        row{flow_control::by_eeprom, pause, rx | tx}, row{flow_control::by_eeprom, pauses, rx | tx},
        row{flow_control::by_eeprom, asm_dir, rx}, row{flow_control::full, pauses, rx | tx},
        row{flow_control::rx, pauses, rx}, row{flow_control::rx, 0, rx}, row{flow_control::tx, pauses, tx},
        row{flow_control::tx, pause, 0}, row{flow_control::tx, 0, 0}, row{flow_control::none, pauses, 0}}) {
    bench b(with([&](driver::config& c) { c.pause = r.wished; }));
    b.nic.phy.registers[phy_reg::LP_ABILITY] = static_cast<std::uint16_t>(partner_of_all_speeds | r.partner);
    b.up();
    EXPECT_EQ(b.nic.registers[reg::CTRL] & (ctrl::RFCE | ctrl::TFCE), r.result)
        << static_cast<int>(r.wished) << ' ' << r.partner;
  }
}

// Word 0F, bits 13:12: none, 10 only sent, else both (FS 4.3).
TEST(driver_flow_control, is_by_default_as_the_eeprom_says) {
  struct row {
    std::uint16_t word;
    std::uint16_t advertised;
  };
  for (const row& r : {row{0x0040, 0}, row{0x2040, asm_dir}, row{0x1040, pauses}, row{0x3040, pauses}}) {
    bench b;
    b.nic.eeprom.words[0x0F] = r.word;
    b.nic.eeprom.fix_sum();
    probe(b);
    EXPECT_EQ(b.nic.phy.registers[phy_reg::AUTONEG_ADV] & pauses, r.advertised) << r.word;
  }
}

TEST(driver_flow_control, half_duplex_has_none) {
  bench b;
  b.nic.phy.registers[phy_reg::LP_ABILITY] = partner_that_obeys;
  b.nic.half_duplex = true;
  b.up();
  EXPECT_EQ(b.nic.registers[reg::CTRL] & (ctrl::RFCE | ctrl::TFCE), 0U);
}

// F-8: 90 % of 48 KiB in steps of 8 is ACC8; with 40 KiB and an MTU of 9000 one frame below the top: 40960 - 9018 =
// 7CC6.
TEST(driver_flow_control, thresholds_leave_room_for_a_frame) {
  bench b;
  b.nic.phy.registers[phy_reg::LP_ABILITY] = partner_that_obeys;  // else nothing is sent, and no threshold set
  b.up();
  EXPECT_EQ(b.nic.registers[reg::FCRTL], 0x8000ACC0U);
  EXPECT_EQ(b.nic.registers[reg::FCRTH], 0x0000ACC8U);
  EXPECT_EQ(b.nic.registers[reg::FCTTV], 0xFFFFU);
  bench jumbo(with([](driver::config& c) {
    c.mtu = 9000;
    c.pba_kb = 0;
  }));
  jumbo.nic.phy.registers[phy_reg::LP_ABILITY] = partner_that_obeys;
  jumbo.up();
  EXPECT_EQ(jumbo.nic.registers[reg::FCRTH], 0x7CC0U);
  bench none(with([](driver::config& c) { c.pause = flow_control::rx; }));
  none.up();
  EXPECT_EQ(none.nic.registers[reg::FCRTH], 0U);
  EXPECT_EQ(none.nic.registers[reg::FCRTL], 0U);
}

// ethtool -A: negotiated anew, or at once.
TEST(driver_flow_control, is_changed_by_ethtool) {
  bench b;
  b.nic.phy.registers[phy_reg::LP_ABILITY] = partner_that_obeys;
  b.up();
  stack::net_device_ops& ops = *b.card.device().ops;
  EXPECT_EQ(ops.get_pauseparam(), (stack::pause_parameters{true, true, true}));
  const std::uint64_t resets = b.nic.resets;
  b.host.run_task([&] { EXPECT_EQ(ops.set_pauseparam({false, false, true}), 0); });
  EXPECT_EQ(b.nic.resets, resets);
  EXPECT_EQ(b.nic.registers[reg::CTRL] & (ctrl::RFCE | ctrl::TFCE), ctrl::TFCE);
  EXPECT_EQ(ops.get_pauseparam(), (stack::pause_parameters{false, false, true}));
  b.host.run_task([&] { EXPECT_EQ(ops.set_pauseparam({true, true, false}), 0); });
  EXPECT_EQ(b.nic.resets, resets + 1);
  b.host.run_for(2100 * ms);
  EXPECT_EQ(b.nic.registers[reg::CTRL] & (ctrl::RFCE | ctrl::TFCE), ctrl::RFCE);
}

// ---- The link

// L-4: what the service reads and writes, in its order.
TEST(driver_link, is_serviced_when_it_comes_up) {
  bench b;
  b.nic.phy.link = false;
  b.nic.registers[reg::STATUS] &= ~status::LU;
  b.up();
  b.host.run_for(2 * second);
  b.nic.set_link(true);
  b.nic.reads.clear();
  b.nic.writes.clear();
  b.host.run_for(2050 * ms);
  std::vector<std::uint32_t> phy;
  std::vector<std::uint32_t> tctl_written;
  for (const auto& w : b.nic.writes) {
    if (w.offset == reg::MDIC) phy.push_back(w.value >> 16 & 0x1F);
    if (w.offset == reg::TCTL) tctl_written.push_back(w.value);
  }
  ASSERT_GE(phy.size(), 7U);
  phy.resize(7);
  EXPECT_EQ(phy, (std::vector<std::uint32_t>{phy_reg::STATUS, phy_reg::STATUS, phy_reg::M88_STATUS, phy_reg::STATUS,
                                             phy_reg::STATUS, phy_reg::AUTONEG_ADV, phy_reg::LP_ABILITY}));
  // PSP, CT 15, COLD of full duplex, RTLC, as e1000_configure_tx and e1000_config_collision_dist leave it
  constexpr std::uint32_t set_up = 0x0103F0F8;
  EXPECT_EQ(tctl_written, (std::vector<std::uint32_t>{set_up, set_up | tctl::EN}));
  EXPECT_TRUE(b.card.device().carrier);
}

TEST(driver_link, settings_are_shown_and_changed) {
  bench b;
  b.up();
  stack::net_device_ops& ops = *b.card.device().ops;
  b.host.run_task([&] {
    stack::link_settings now;
    EXPECT_EQ(ops.get_link_settings(now), 0);
    EXPECT_EQ(now.speed, 1000U);
    EXPECT_TRUE(now.full_duplex);
    EXPECT_TRUE(now.autoneg);
    EXPECT_EQ(now.advertising, 0x2FU);
    EXPECT_TRUE(ops.get_link());
    EXPECT_EQ(ops.set_link_settings({.speed = 100, .full_duplex = false, .autoneg = false}), 0);
    EXPECT_EQ(b.nic.phy.registers[phy_reg::CTRL] & speed_and_mode, phy_ctrl::SPEED_100);
    EXPECT_EQ(ops.set_link_settings({.speed = 1000, .full_duplex = false, .autoneg = false}), -EINVAL);
    EXPECT_EQ(ops.set_link_settings({.speed = 1000, .full_duplex = true, .autoneg = false}), 0);
    EXPECT_EQ(b.nic.phy.registers[phy_reg::CTRL_1000T] & gigabit, phy_ability::FULL_1000);
    EXPECT_EQ(b.nic.phy.registers[phy_reg::AUTONEG_ADV] & phy_ability::speeds, 0);
    const std::uint64_t resets = b.nic.resets;
    EXPECT_EQ(ops.nway_reset(), 0);
    EXPECT_EQ(b.nic.resets, resets + 1);
  });
}

// M-9: off while nobody wants to wake the machine by it.
TEST(driver_link, the_phy_sleeps_while_the_interface_is_down) {
  bench b;
  b.up();
  EXPECT_EQ(b.nic.phy.registers[phy_reg::CTRL] & phy_ctrl::POWER_DOWN, 0);
  b.down();
  EXPECT_EQ(b.nic.phy.registers[phy_reg::CTRL] & phy_ctrl::POWER_DOWN, phy_ctrl::POWER_DOWN);
  b.host.run_task([&] { ASSERT_EQ(b.card.open(), driver_status::ok); });
  EXPECT_EQ(b.nic.phy.registers[phy_reg::CTRL] & phy_ctrl::POWER_DOWN, 0);
  bench waking;
  waking.nic.eeprom.words[0x24] |= 0x0400;  // APME
  waking.nic.eeprom.fix_sum();
  waking.up();
  waking.down();
  EXPECT_EQ(waking.nic.phy.registers[phy_reg::CTRL] & phy_ctrl::POWER_DOWN, 0);
}

}  // namespace
}  // namespace link_tests
}  // namespace ringside::test
