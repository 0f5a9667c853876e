// SPDX-License-Identifier: Apache-2.0
// FS 1 and FS 2 through the seam: every register's reset value and mask, the I/O window, the
// configuration header.
#include <gtest/gtest.h>

#include <set>
#include <utility>
#include <vector>

#include "tests/hw/tlm/model/card_bench.h"

namespace ringside::test {
namespace {

constexpr std::uint32_t all = 0xFFFF'FFFF;
constexpr auto config = tlm::pci_space::config;
constexpr auto io = tlm::pci_space::io;

TEST(registers, reset_values_of_the_whole_table) {
  card_bench bench;
  // The bench has set SLU, so the link is up: 0x00000B83 on a 66 MHz bus (FS 2.1).
  const std::map<std::uint32_t, std::uint32_t> other = {{reg::CTRL, 0xA41},
                                                        {reg::CTRL_DUP, 0xA41},
                                                        {reg::STATUS, 0xB83},
                                                        {reg::RAL, 0x1200'5452},
                                                        {reg::RAH, 0x8000'5634}};
  for (const reg::row& row : reg::table)
    for (std::uint32_t i = 0; row.reset_defined && i < row.count; ++i) {
      const std::uint32_t offset = row.offset + i * row.stride;
      const auto found = other.find(offset);
      EXPECT_EQ(bench.read(offset), found == other.end() ? row.reset : found->second) << row.name << ' ' << i;
    }
}

TEST(registers, masks_of_the_whole_table) {
  card_bench bench;
  // Bits the chip itself sets beside what was written: EECD PRES, DO, GNT; EERD DONE, START; MDIC READY, ERROR; PBA
  // TXA.
  const std::set<std::uint32_t> with_own_bits = {reg::EECD, reg::EERD, reg::MDIC, reg::PBA};
  const std::set<std::uint32_t> side_effect = {reg::ICR, reg::ICS, reg::IMS, reg::IMC, reg::WUS};
  for (const reg::row& row : reg::table) {
    if (row.access != "RW" || side_effect.contains(row.offset)) continue;
    // The RTL's FIFO pointers are real ones and move only while it is empty: tests/hw/rtl/rx_fifo_test.cpp.
    if (card_under_test == card_kind::rtl && row.offset >= reg::RDFH && row.offset <= reg::RDFPC) continue;
    const bool control = row.offset == reg::CTRL || row.offset == reg::CTRL_DUP;
    for (std::uint32_t i = 0; i < row.count; ++i)
      for (const std::uint32_t pattern : {0x5A5A'5A5AU, 0xA5A5'A5A5U, 0U, all}) {
        const std::uint32_t offset = row.offset + i * row.stride;
        bench.write(offset, control ? pattern & ~ctrl::RST : pattern);
        const std::uint32_t shown = with_own_bits.contains(offset) ? row.mask : all;
        EXPECT_EQ(bench.read(offset) & shown, pattern & row.mask) << row.name << ' ' << i;
      }
  }
}

TEST(registers, unimplemented_ones_read_zero) {  // P-6, R-60
  card_bench bench;
  for (const std::uint32_t offset : {0x5008U, 0x00E0U, 0x5818U, 0x280CU, 0x2900U, 0x2008U, 0x3840U, 0x1'FFFCU}) {
    bench.write(offset, all);
    EXPECT_EQ(bench.read(offset), 0U) << std::hex << offset;
  }
}

TEST(registers, status_ignores_writes) {  // FS 2.3, P-7
  card_bench bench;
  bench.write(reg::STATUS, all);
  EXPECT_EQ(bench.read(reg::STATUS), 0xB83U);
  EXPECT_EQ(bench.read(reg::STATUS), 0xB83U);
}

TEST(registers, transmit_share_of_the_buffer_follows_rxa) {  // FS 6.6
  card_bench bench;
  bench.write(reg::PBA, 40);
  EXPECT_EQ(bench.read(reg::PBA), 0x0018'0028U);
}

TEST(registers, wus_is_cleared_by_ones_only) {
  card_bench bench;
  bench.write(reg::WUS, all);
  EXPECT_EQ(bench.read(reg::WUS), 0U);
}

TEST(registers, eeprom_words_add_up) {  // E-3
  card_bench bench;
  std::uint32_t sum = 0;
  for (std::uint32_t word = 0; word < 64; ++word) {
    bench.write(reg::EERD, word << 8 | eerd::START);
    bench.run_for(64 * us);  // E-9
    const std::uint32_t value = bench.read(reg::EERD);
    EXPECT_EQ(value & (eerd::START | eerd::DONE), eerd::DONE);
    EXPECT_TRUE(word != 0 || value >> 16 == 0x5452U);
    sum += value >> 16;
  }
  EXPECT_EQ(sum & 0xFFFF, 0xBABAU);
}

// FS 4.2, 4.3: the address, what configuration space shows of it, and nothing behind the last word.
TEST(registers, eeprom_words_are_those_the_chip_is_loaded_from) {
  card_bench bench;
  const auto word = [&](std::uint32_t at) {
    bench.write(reg::EERD, at << 8 | eerd::START);
    bench.run_for(64 * us);  // E-9
    const std::uint32_t value = bench.read(reg::EERD);
    EXPECT_EQ(value & 0xFFFF, at << 8 | eerd::DONE);
    return value >> 16;
  };
  const std::uint32_t low = bench.read(reg::RAL), high = bench.read(reg::RAH);
  EXPECT_EQ(word(0), low & 0xFFFF);
  EXPECT_EQ(word(1), low >> 16);
  EXPECT_EQ(word(2), high & 0xFFFF);
  EXPECT_EQ(word(0x0C) | word(0x0B) << 16, bench.access(config, false, 0x2C, 0));
  EXPECT_EQ(word(0x0E) | word(0x0D) << 16, 0x100E'8086U);
  for (const std::uint32_t beyond : {0x40U, 0x80U, 0xFFU}) EXPECT_EQ(word(beyond), 0U);
}

TEST(registers, ee_rst_loads_the_address_again) {
  card_bench bench;
  bench.write(reg::RAL, 0xDEAD'BEEF);
  bench.write(reg::RAH, 0x0003'1234);
  bench.write(reg::RAL + 8, 0x1111'1111);
  bench.write(reg::RAH + 8, 0x8000'2222);
  bench.write(reg::RADV, 0x1234);
  bench.write(reg::CTRL_EXT, ctrl_ext::EE_RST | 1);
  EXPECT_EQ(bench.read(reg::CTRL_EXT), 1U) << "clears itself";
  EXPECT_EQ(bench.read(reg::RAL), 0x1200'5452U);
  EXPECT_EQ(bench.read(reg::RAH), 0x8000'5634U);
  EXPECT_EQ(bench.read(reg::RAL + 8), 0x1111'1111U) << "nothing else comes from the EEPROM";
  EXPECT_EQ(bench.read(reg::RAH + 8), 0x8000'2222U);
  EXPECT_EQ(bench.read(reg::RADV), 0x1234U);
}

TEST(registers, status_shows_the_forced_speed) {  // FS 2.3
  card_bench bench;
  struct row {
    std::uint32_t forced, speed, asdv;
  };
  for (const row& r : {row{0, 0, 0}, row{1, 1, 1}, row{2, 2, 3}, row{3, 2, 3}}) {
    const std::uint32_t control = bench.read(reg::CTRL) & ~ctrl::SPEED;
    bench.write(reg::CTRL, control | ctrl::FRCSPD | r.forced << ctrl::SPEED_SHIFT);
    EXPECT_EQ(bench.read(reg::STATUS), 0x803U | r.speed << status::SPEED_SHIFT | r.asdv << status::ASDV_SHIFT)
        << r.forced;
    EXPECT_EQ(bench.read(reg::CTRL) & ctrl::SPEED, r.forced << ctrl::SPEED_SHIFT);
    bench.write(reg::CTRL, control & ~ctrl::FRCSPD);
    EXPECT_EQ(bench.read(reg::STATUS), 0xB83U) << "the PHY's";
  }
}

// FS 2.1, 2.6: storage, all of it its own; CTRL.RST clears what has a reset value and keeps the rest.
TEST(registers, those_without_a_function_hold_what_is_written) {
  card_bench bench;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> written;                                          // offset, mask
  for (std::uint32_t i = 0; i < 5; ++i) written.emplace_back(0x3410 + 8 * i, i < 2 ? 0x7FFU : 0x1FFFU);  // FS 2
  written.emplace_back(0x3830, all);
  written.emplace_back(0x5838, 0x1'000FU);
  for (std::uint32_t i = 0; i < 4; ++i) written.emplace_back(0x5840 + 8 * i, all);
  for (std::uint32_t i = 0; i < 4; ++i) written.emplace_back(0x5880 + 4 * i, all);
  const auto value = [](std::uint32_t offset) { return offset * 0x9E37'79B9U; };
  for (const auto& [offset, mask] : written) bench.write(offset, value(offset));
  for (const auto& [offset, mask] : written) EXPECT_EQ(bench.read(offset), value(offset) & mask) << std::hex << offset;
  for (const std::uint32_t offset : {0x3408U, 0x3438U, 0x3834U, 0x583CU, 0x5844U, 0x585CU, 0x5860U, 0x5890U, 0x587CU})
    EXPECT_EQ(bench.read(offset), 0U) << std::hex << offset;
  bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::RST);
  bench.run_for(1 * us);
  for (const auto& [offset, mask] : written) {
    const bool cleared = offset < 0x3800 || offset == 0x5838;
    EXPECT_EQ(bench.read(offset), cleared ? 0U : value(offset) & mask) << std::hex << offset;
  }
}

TEST(registers, eeprom_read_waits_for_the_software_request) {  // E-5
  card_bench bench;
  bench.write(reg::EECD, eecd::REQ);
  bench.write(reg::EERD, eerd::START);
  EXPECT_EQ(bench.read(reg::EERD), 0U);
  bench.run_for(100 * us);
  EXPECT_EQ(bench.read(reg::EERD), 0U);
  bench.write(reg::EECD, 0);
  bench.run_for(64 * us);  // E-9
  EXPECT_EQ(bench.read(reg::EERD), 0x5452'0010U);
}

TEST(io_window, reaches_registers_by_dwords_only) {  // P-2
  card_bench bench;
  bench.access(io, true, 0, reg::VET);
  bench.access(io, true, 4, 0x1234);
  EXPECT_EQ(bench.read(reg::VET), 0x1234U);
  EXPECT_EQ(bench.access(io, false, 0, 0), reg::VET);
  EXPECT_EQ(bench.access(io, false, 4, 0), 0x1234U);
  bench.access(io, true, 4, 0x5678, 0x3);
  EXPECT_EQ(bench.read(reg::VET), 0x1234U);
}

TEST(config_header, is_the_chip_s) {  // FS 1.1, FS 1.2, P-8
  card_bench bench;
  const std::map<std::uint32_t, std::uint32_t> expected = {
      {0x00, 0x100E'8086}, {0x04, 0x0230'0007}, {0x08, 0x0200'0002}, {0x0C, 0}, {0x10, 0},
      {0x14, 0},           {0x18, 1},           {0x2C, 0x100E'8086}, {0x30, 0}, {0x34, 0xDC},
      {0x3C, 0x00FF'0100}, {0xDC, 0xC822'0001}, {0xE0, 0x1B00'2000}, {0xE4, 0}, {0xF0, 0}};
  for (const auto& [offset, value] : expected)
    EXPECT_EQ(bench.access(config, false, offset, 0), value) << std::hex << offset;
}

TEST(config_header, bars_have_their_sizes) {
  card_bench bench;
  for (const std::uint32_t bar : {0x10U, 0x14U, 0x18U, 0x1CU, 0x20U, 0x24U, 0x30U})
    bench.access(config, true, bar, all);
  EXPECT_EQ(bench.access(config, false, 0x10, 0), 0xFFFE'0000U);  // 128 KiB
  EXPECT_EQ(bench.access(config, false, 0x14, 0), 0U);
  EXPECT_EQ(bench.access(config, false, 0x18, 0), 0xFFFF'FFC1U);  // 64 B of I/O
  EXPECT_EQ(bench.access(config, false, 0x1C, 0), 0U);
  EXPECT_EQ(bench.access(config, false, 0x30, 0), 0U);
}

TEST(config_header, byte_enables_count) {
  card_bench bench;
  bench.access(config, true, 0x0C, 0xFFFF'4010, 0x2);
  EXPECT_EQ(bench.access(config, false, 0x0C, 0), 0x4000U);
  bench.access(config, true, 0x3C, all, 0x1);
  EXPECT_EQ(bench.access(config, false, 0x3C, 0), 0x00FF'01FFU);
}

}  // namespace
}  // namespace ringside::test
