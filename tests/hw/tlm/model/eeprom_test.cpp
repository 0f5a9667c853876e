// SPDX-License-Identifier: Apache-2.0
// The Microwire EEPROM bit by bit on EECD's pins, and who may have it: FS 4.1, E-1, E-3 to E-8, E-10.
#include <gtest/gtest.h>

#include "tests/hw/tlm/model/card_bench.h"

namespace ringside::test::eeprom_tests {
namespace {

constexpr std::uint32_t idle = 0x118;  // EECD after reset

struct microwire_eeprom : testing::Test {
  card_bench bench;
  std::uint32_t pins = 0;

  void set(std::uint32_t bits, bool on) {
    pins = on ? pins | bits : pins & ~bits;
    bench.write(reg::EECD, pins | 1U << 4);
  }
  bool out() { return (bench.read(reg::EECD) & eecd::DO) != 0; }
  void request() {
    set(eecd::REQ, true);
    ASSERT_NE(bench.read(reg::EECD) & eecd::GNT, 0U);
  }
  /// GNT waits for whoever has the pins, 64 us at most (E-9).
  void request_late() {
    set(eecd::REQ, true);
    for (const sim_time limit = bench.now() + 64 * us; bench.now() < limit;)
      if ((bench.read(reg::EECD) & eecd::GNT) != 0) return;
    FAIL() << "no grant";
  }
  void release() { set(eecd::REQ, false); }
  void select() {
    set(eecd::SK | eecd::DI, false);
    set(eecd::CS, true);
  }
  /// FS 4.1 step 2: most significant bit first.
  void shift_in(std::uint32_t value, unsigned bits) {
    for (unsigned i = bits; i-- > 0;) {
      set(eecd::DI, (value >> i & 1) != 0);
      clock();
    }
    set(eecd::DI, false);
  }
  void clock() {
    set(eecd::SK, true);
    set(eecd::SK, false);
  }
  /// Step 3: the bit behind each rising edge.
  std::uint32_t shift_out(unsigned bits) {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < bits; ++i) {
      set(eecd::SK, true);
      value = value << 1 | (out() ? 1 : 0);
      set(eecd::SK, false);
    }
    return value;
  }
  /// Step 4.
  void standby() {
    set(eecd::CS | eecd::SK, false);
    set(eecd::SK, true);
    set(eecd::CS, true);
    set(eecd::SK, false);
  }
  /// Step 5.
  void end() {
    set(eecd::CS | eecd::DI, false);
    clock();
  }
  std::uint32_t read_word(std::uint32_t at) {
    select();
    shift_in(6, 3);
    shift_in(at, 6);
    const std::uint32_t word = shift_out(16);
    end();
    return word;
  }
  void command(std::uint32_t bits) {
    select();
    shift_in(bits, 5);
    shift_in(0, 4);
    end();
  }
  void enable_writing() { command(0b10011); }
  void disable_writing() { command(0b10000); }
  void write_word(std::uint32_t at, std::uint32_t value) {
    select();
    shift_in(5, 3);
    shift_in(at, 6);
    shift_in(value, 16);
    standby();
  }
  bool ready_within(sim_time most) {
    for (const sim_time limit = bench.now() + most; bench.now() < limit;)
      if (out()) return true;
    return false;
  }
  /// EERD with DONE, or as it is after the time a read may take (E-9).
  std::uint32_t eerd_done() {
    for (const sim_time limit = bench.now() + 64 * us; bench.now() < limit;)
      if (const std::uint32_t value = bench.read(reg::EERD); (value & eerd::DONE) != 0) return value;
    return bench.read(reg::EERD);
  }
  std::uint32_t eerd_word(std::uint32_t at) {
    bench.write(reg::EERD, at << 8 | eerd::START);
    const std::uint32_t value = eerd_done();
    EXPECT_NE(value & eerd::DONE, 0U);
    return value >> 16;
  }
};

TEST_F(microwire_eeprom, reads_as_linux_reads_it) {  // FS 4.1, E-1 to E-3, E-9
  EXPECT_EQ(bench.read(reg::EECD), idle);
  request();
  std::uint32_t sum = 0;
  std::vector<std::uint32_t> words;
  for (std::uint32_t at = 0; at < 64; ++at) {
    select();
    shift_in(6, 3);
    shift_in(at, 6);
    EXPECT_FALSE(out()) << "the dummy bit";
    words.push_back(shift_out(16));
    standby();
    sum += words.back();
  }
  end();
  release();
  EXPECT_EQ(sum & 0xFFFF, 0xBABAU);
  EXPECT_EQ(words[0], 0x5452U);  // 52:54:00:12:34:56
  EXPECT_EQ(words[1], 0x1200U);
  EXPECT_EQ(words[2], 0x5634U);
  EXPECT_EQ(words[0x0B], 0x100EU);  // E-4, E-10
  EXPECT_EQ(words[0x0C], 0x8086U);
  EXPECT_EQ(words[0x0D], 0x100EU);
  EXPECT_EQ(words[0x0E], 0x8086U);
  EXPECT_EQ(words[0x04], 0xFFFFU);
  EXPECT_EQ(words[0x0F], 0x3040U);
  EXPECT_EQ(words[0x24] & 0x0400, 0U);
  for (std::uint32_t at = 0; at < 64; ++at) EXPECT_EQ(eerd_word(at), words[at]);
}

TEST_F(microwire_eeprom, leading_zeros_do_not_count) {  // FS 4.1 step 7
  request();
  select();
  shift_in(0, 5);
  shift_in(6, 3);
  shift_in(1, 6);
  EXPECT_EQ(shift_out(16), 0x1200U);
}

TEST_F(microwire_eeprom, goes_on_with_the_next_word) {  // E-6
  request();
  select();
  shift_in(6, 3);
  shift_in(62, 6);
  const std::uint32_t w62 = shift_out(16), w63 = shift_out(16), w0 = shift_out(16);
  end();
  EXPECT_EQ(w62, read_word(62));
  EXPECT_EQ(w63, read_word(63));
  EXPECT_EQ(w0, 0x5452U);
}

TEST_F(microwire_eeprom, select_resets_the_command_and_is_no_edge) {  // FS 4.1 step 4
  request();
  select();
  shift_in(0b110, 3);
  shift_in(0b01, 2);  // a command that is not finished
  standby();
  shift_in(6, 3);
  shift_in(2, 6);
  EXPECT_EQ(shift_out(16), 0x5634U);
  // CS rises while SK is high and DI is 1: no start bit.
  set(eecd::CS | eecd::SK, false);
  set(eecd::DI | eecd::SK, true);
  set(eecd::CS, true);
  set(eecd::SK, false);
  shift_in(6, 3);
  shift_in(0, 6);
  EXPECT_EQ(shift_out(16), 0x5452U);
}

TEST_F(microwire_eeprom, edges_without_select_are_ignored) {  // FS 4.1 step 5
  request();
  set(eecd::DI, true);
  for (unsigned i = 0; i < 4; ++i) clock();
  EXPECT_TRUE(out());
  EXPECT_EQ(read_word(0), 0x5452U);
}

TEST_F(microwire_eeprom, writes_when_enabled_and_is_busy) {  // E-6
  request();
  enable_writing();
  write_word(0x20, 0xBEEF);
  EXPECT_FALSE(out()) << "busy";
  const sim_time begun = bench.now();
  ASSERT_TRUE(ready_within(10 * ms)) << "Linux waits 200 x 50 us";
  EXPECT_GE(bench.now() - begun, 1900 * us);
  EXPECT_LE(bench.now() - begun, 2100 * us);
  end();
  EXPECT_EQ(read_word(0x20), 0xBEEFU);
  EXPECT_EQ(read_word(0x21), 0U) << "and nothing else";
}

TEST_F(microwire_eeprom, writes_nothing_unless_enabled) {  // E-6
  request();
  write_word(0x20, 0xBEEF);
  EXPECT_TRUE(out()) << "ready at once";
  end();
  enable_writing();
  disable_writing();
  write_word(0x20, 0xBEEF);
  EXPECT_TRUE(out());
  end();
  EXPECT_EQ(read_word(0x20), 0U);
}

TEST_F(microwire_eeprom, a_write_cut_short_is_none) {  // E-6
  request();
  enable_writing();
  select();
  shift_in(5, 3);
  shift_in(0x20, 6);
  shift_in(0x7FFF, 15);
  standby();
  EXPECT_TRUE(out());
  end();
  EXPECT_EQ(read_word(0x20), 0U);
}

TEST_F(microwire_eeprom, commands_meet_a_busy_part_in_vain) {  // E-6
  request();
  enable_writing();
  write_word(0x20, 0x1111);
  end();
  write_word(0x21, 0x2222);
  EXPECT_FALSE(out());
  ASSERT_TRUE(ready_within(10 * ms));
  end();
  EXPECT_EQ(read_word(0x20), 0x1111U);
  EXPECT_EQ(read_word(0x21), 0U);
}

TEST_F(microwire_eeprom, erases_a_word_and_all) {  // E-6
  request();
  enable_writing();
  select();
  shift_in(7, 3);
  shift_in(0x0B, 6);
  standby();
  ASSERT_FALSE(out());
  ASSERT_TRUE(ready_within(10 * ms));
  end();
  EXPECT_EQ(read_word(0x0B), 0xFFFFU);
  EXPECT_EQ(read_word(0x0C), 0x8086U);
  select();
  shift_in(0b10001, 5);  // WRAL
  shift_in(0, 4);
  shift_in(0xA55A, 16);
  standby();
  ASSERT_TRUE(ready_within(10 * ms));
  end();
  for (const std::uint32_t at : {0U, 31U, 63U}) EXPECT_EQ(read_word(at), 0xA55AU);
  command(0b10010);  // ERAL
  bench.run_for(3 * ms);
  for (const std::uint32_t at : {0U, 31U, 63U}) EXPECT_EQ(read_word(at), 0xFFFFU);
}

TEST_F(microwire_eeprom, a_changed_address_is_loaded_by_reset) {  // E-7, E-8, X-6
  request();
  enable_writing();
  write_word(0, 0x2202);
  ASSERT_TRUE(ready_within(10 * ms));
  end();
  write_word(0x24, 0x4D01);  // APME
  ASSERT_TRUE(ready_within(10 * ms));
  end();
  release();
  EXPECT_EQ(bench.read(reg::RAL), 0x1200'5452U);
  bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::RST);
  bench.run_for(2 * ms);
  EXPECT_EQ(bench.read(reg::RAL), 0x1200'2202U);
  EXPECT_EQ(bench.read(reg::CTRL), 0x0000'0A41U) << "X-10 with APME";
  pins = 0;
  request();
  write_word(0x30, 0x7777);
  EXPECT_FALSE(out()) << "still enabled: the part knows no CTRL.RST";
}

TEST_F(microwire_eeprom, what_eecd_writes_ee_rst_loads) {  // E-8, X-9
  request();
  enable_writing();
  write_word(1, 0x1A00);
  ASSERT_TRUE(ready_within(10 * ms));
  end();
  release();
  EXPECT_EQ(bench.read(reg::RAL), 0x1200'5452U) << "nobody has loaded it";
  bench.write(reg::RAL + 8, 0x1111'1111);
  bench.write(reg::CTRL_EXT, ctrl_ext::EE_RST);
  bench.run_for(2 * ms);
  EXPECT_EQ(bench.read(reg::RAL), 0x1A00'5452U);
  EXPECT_EQ(bench.read(reg::RAH), 0x8000'5634U);
  EXPECT_EQ(bench.read(reg::RAL + 8), 0x1111'1111U);
  EXPECT_EQ(bench.read(reg::CTRL) & ctrl::SLU, ctrl::SLU) << "EE_RST is not CTRL.RST (X-10)";
  EXPECT_EQ(eerd_word(1), 0x1A00U);
}

TEST_F(microwire_eeprom, a_load_leaves_alone_what_software_has_set_since) {  // E-8
  bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::RST);
  bench.run_for(10 * us);
  bench.write(reg::RAL, 0xDEAD'BEEF);
  bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::SLU);
  bench.run_for(2 * ms);
  EXPECT_EQ(bench.read(reg::RAL), 0xDEAD'BEEFU) << "the words are those of the load before";
  EXPECT_EQ(bench.read(reg::CTRL) & ctrl::SLU, ctrl::SLU);
}

TEST_F(microwire_eeprom, eerd_goes_by_the_address_written_last) {  // FS 4.2
  bench.write(reg::EERD, 0 << 8 | eerd::START);
  bench.write(reg::EERD, 2 << 8 | eerd::START);
  EXPECT_EQ(eerd_done(), 0x5634'0210U);
  bench.run_for(100 * us);
  EXPECT_EQ(bench.read(reg::EERD), 0x5634'0210U);
  bench.write(reg::EERD, 1 << 8);  // no START
  bench.run_for(100 * us);
  EXPECT_EQ(bench.read(reg::EERD), 0x0000'0100U);
}

TEST_F(microwire_eeprom, a_read_under_way_keeps_software_off) {  // FS 4.1: GNT
  bench.write(reg::EERD, 2 << 8 | eerd::START);
  request_late();
  EXPECT_EQ(eerd_done(), 0x5634'0210U);
  EXPECT_EQ(read_word(1), 0x1200U);
}

TEST_F(microwire_eeprom, reads_wait_for_a_part_that_writes) {  // E-6
  request();
  enable_writing();
  write_word(0x20, 0xBEEF);
  end();
  release();
  bench.write(reg::EERD, 1U << 8 | eerd::START);
  bench.run_for(4 * ms);
  EXPECT_EQ(bench.read(reg::EERD), 0x1200'0110U);
  EXPECT_EQ(eerd_word(0x20), 0xBEEFU);
}

TEST_F(microwire_eeprom, reset_ends_a_command_of_software) {  // X-4, E-7
  request();
  enable_writing();
  select();
  shift_in(5, 3);
  shift_in(0x20, 6);
  shift_in(0x7FFF, 15);  // one bit is missing
  bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::RST);
  bench.run_for(2 * ms);
  pins = 0;
  request();
  EXPECT_EQ(read_word(0x20), 0U);
}

TEST_F(microwire_eeprom, pins_reach_it_with_the_grant_only) {  // E-7
  set(eecd::CS, true);                                         // without REQ
  shift_in(6, 3);
  shift_in(0, 6);
  EXPECT_EQ(bench.read(reg::EECD) & (eecd::GNT | eecd::CS | eecd::DO), eecd::CS | eecd::DO);
  EXPECT_EQ(shift_out(16), 0xFFFFU) << "DO idles at 1";
}

TEST_F(microwire_eeprom, auto_load_has_it_first) {  // E-8
  bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::RST);
  bench.run_for(10 * us);
  EXPECT_EQ(bench.read(reg::EECD), idle);
  set(eecd::REQ, true);
  EXPECT_EQ(bench.read(reg::EECD) & eecd::GNT, 0U);
  bench.write(reg::EERD, eerd::START);
  bench.run_for(800 * us);
  EXPECT_EQ(bench.read(reg::EECD) & eecd::GNT, 0U);
  bench.run_for(300 * us);
  EXPECT_NE(bench.read(reg::EECD) & eecd::GNT, 0U) << "within the 5 ms of X-1";
  EXPECT_EQ(bench.read(reg::EERD), 0U) << "software has it now (E-5)";
  release();
  EXPECT_EQ(eerd_done(), 0x5452'0010U);
  bench.write(reg::CTRL_EXT, ctrl_ext::EE_RST);
  bench.write(reg::EERD, 1U << 8 | eerd::START);
  EXPECT_EQ(bench.read(reg::EERD), 0x0000'0100U);
  bench.run_for(1100 * us);
  EXPECT_EQ(eerd_done(), 0x1200'0110U);
}

}  // namespace
}  // namespace ringside::test::eeprom_tests
