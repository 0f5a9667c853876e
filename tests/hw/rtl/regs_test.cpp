// SPDX-License-Identifier: Apache-2.0
// Register file and I/O window: FS 2, self-test of FS 11.2, rules P-2, P-6, P-7, X-2, X-4, X-5, X-10.
#include "tests/hw/rtl/back_setup.h"

namespace {
using namespace ringside;
using namespace ringside::rtl_test;

TEST(regs, reset_values_are_those_of_section_2) {
  top_bench bench;
  const std::vector<std::pair<std::uint32_t, std::uint32_t>> expected = {
      {0x0000, 0x00000A01}, {0x0004, 0x00000A01}, {0x0010, 0x00000118}, {0x0014, 0}, {0x0018, 0}, {0x0020, 0x10000000},
      {0x0038, 0x8100},     {0x00C0, 0},          {0x00C4, 0},          {0x00D0, 0}, {0x0100, 0}, {0x0400, 0},
      {0x0410, 0x00602008}, {0x0E00, 0x00000602}, {0x1000, 0x00100030}, {0x2808, 0}, {0x2810, 0}, {0x2818, 0},
      {0x2820, 0},          {0x2828, 0x01010000}, {0x282C, 0},          {0x2C00, 0}, {0x5000, 0}, {0x5800, 0},
      {0x5810, 0},          {0x5820, 0x00222300}};
  for (const auto& [offset, value] : expected) EXPECT_EQ(bench.read(offset), value) << std::hex << offset;
}

TEST(regs, every_writable_register_keeps_exactly_its_mask) {
  for (const reg::row& row : reg::table) {
    if (row.access != "RW" || row.offset == reg::CTRL || row.offset == reg::CTRL_DUP || row.offset == reg::EECD ||
        row.offset == reg::EERD || row.offset == reg::MDIC || row.offset == reg::PBA || row.offset == reg::IMS)
      continue;  // own tests below
    top_bench bench;
    for (std::uint32_t i = 0; i<row.count; i += row.count> 1 ? row.count - 1 : 1) {
      const std::uint32_t offset = row.offset + i * row.stride;
      for (const std::uint32_t pattern : {0x5A5A5A5AU, 0xA5A5A5A5U, 0U, 0xFFFFFFFFU}) {
        bench.write(offset, pattern);
        EXPECT_EQ(bench.read(offset), pattern & row.mask) << row.name << " " << i << std::hex << " " << pattern;
      }
    }
  }
}

// The Linux register self-test, FS 11.2, in its order on one device.
TEST(regs, linux_register_self_test_passes) {
  top_bench bench;
  bench.bring_up();
  struct row {
    std::uint32_t offset, mask, write;
  };
  const auto pattern_test = [&](const row& r) {
    for (const std::uint32_t pattern : {0x5A5A5A5AU, 0xA5A5A5A5U, 0U, 0xFFFFFFFFU}) {
      bench.write(r.offset, r.write & pattern);
      EXPECT_EQ(bench.read(r.offset), r.write & pattern & r.mask) << std::hex << r.offset << " " << pattern;
    }
  };
  const auto set_check = [&](const row& r) {
    bench.write(r.offset, r.write & r.mask);
    EXPECT_EQ(bench.read(r.offset) & r.mask, r.write & r.mask) << std::hex << r.offset;
  };
  const std::uint32_t status = bench.read(0x0008) & 0xFFFFF833;
  bench.write(0x0008, 0xFFFFF833);
  EXPECT_EQ(bench.read(0x0008) & 0xFFFFF833, status);
  for (const row& r :
       {row{0x28, 0xFFFFFFFF, 0xFFFFFFFF}, row{0x2C, 0xFFFF, 0xFFFFFFFF}, row{0x30, 0xFFFF, 0xFFFFFFFF},
        row{0x38, 0xFFFF, 0xFFFFFFFF}, row{0x2820, 0xFFFF, 0xFFFFFFFF}, row{0x2804, 0xFFFFFFFF, 0xFFFFFFFF},
        row{0x2808, 0xFFF80, 0xFFFFF}, row{0x2810, 0xFFFF, 0xFFFF}, row{0x2818, 0xFFFF, 0xFFFF},
        row{0x2168, 0xFFF8, 0xFFF8}, row{0x170, 0xFFFF, 0xFFFF}, row{0x410, 0x3FFFFFFF, 0x3FFFFFFF},
        row{0x3804, 0xFFFFFFFF, 0xFFFFFFFF}, row{0x3808, 0xFFF80, 0xFFFFF}})
    pattern_test(r);
  set_check({0x100, 0xFFFFFFFF, 0});
  set_check({0x100, 0x06DFB3FE, 0x003FFFFB});
  set_check({0x400, 0xFFFFFFFF, 0});
  set_check({0x100, 0x06DFB3FE, 0xFFFFFFFF});
  bench.send(make_frame(station, 64));  // live traffic while the ring registers are garbage
  for (const row& r : {row{0x2800, 0xFFFFFFF0, 0xFFFFFFFF}, row{0x178, 0xC000FFFF, 0xFFFF},
                       row{0x3800, 0xFFFFFFF0, 0xFFFFFFFF}, row{0x3820, 0xFFFF, 0xFFFF}})
    pattern_test(r);
  for (std::uint32_t i = 0; i < 15; ++i) pattern_test({0x5404 + 8 * i, 0x8003FFFF, 0xFFFFFFFF});
  for (std::uint32_t i = 0; i < 128; ++i) pattern_test({0x5200 + 4 * i, 0xFFFFFFFF, 0xFFFFFFFF});
  bench.run(500);
  EXPECT_TRUE(bench.log.empty()) << "DMA with garbage ring registers";
  EXPECT_EQ(bench.read(reg::ICR) & icr::RXT0, icr::RXT0);  // FPD was written
}

TEST(regs, unknown_offsets_read_zero_and_ignore_writes) {
  top_bench bench;
  // P-6, R-60: register dump windows, later parts' registers, the ends of BAR0
  for (const std::uint32_t offset : {0x000CU, 0x00E0U, 0x2008U, 0x280CU, 0x2900U, 0x3840U, 0x3900U, 0x3940U, 0x5008U,
                                     0x5818U, 0x6000U, 0x7000U, 0x8000U, 0xFFFCU, 0x10000U, 0x1FFFCU}) {
    bench.write(offset, 0xFFFFFFFF);
    EXPECT_EQ(bench.read(offset), 0U) << std::hex << offset;
  }
}

TEST(regs, ctrl_reads_back_and_its_duplicate_is_the_same_register) {
  top_bench bench;
  bench.write(reg::CTRL, 0xFBFFFFFF);
  EXPECT_EQ(bench.read(reg::CTRL), 0xFBFFFFFFU);
  bench.write(reg::CTRL_DUP, 0x00000A41);
  EXPECT_EQ(bench.read(reg::CTRL), 0x00000A41U);
  EXPECT_EQ(bench.read(reg::CTRL_DUP), 0x00000A41U);
}

TEST(regs, status_follows_the_link_pins) {
  top_bench bench;
  bench.bring_up();
  EXPECT_EQ(bench.read(reg::STATUS), 0x00000383U);
  bench.set_m66en(true);
  bench.run(2);
  EXPECT_EQ(bench.read(reg::STATUS), 0x00000B83U);
  bench.set_m66en(false);
  bench.set_link(true, 1);
  bench.run(4);
  EXPECT_EQ(bench.read(reg::STATUS) & status::SPEED, 0x80U);  // CTRL resets to FRCSPD with 1000
  bench.write(reg::CTRL, bench.read(reg::CTRL) & ~ctrl::FRCSPD);
  bench.run(4);
  EXPECT_EQ(bench.read(reg::STATUS), 0x00000143U);  // SPEED 01, ASDV 01
  bench.set_link(true, 0);
  bench.run(4);
  EXPECT_EQ(bench.read(reg::STATUS), 0x00000003U);
  bench.write(reg::CTRL, (bench.read(reg::CTRL) & ~ctrl::FD) | ctrl::FRCDPX);
  bench.run(4);
  EXPECT_EQ(bench.read(reg::STATUS) & status::FD, 0U);
  bench.set_link(false);
  bench.run(4);
  EXPECT_EQ(bench.read(reg::STATUS) & status::LU, 0U);
}

TEST(regs, pba_shares_64_kib_and_survives_reset) {
  top_bench bench;
  bench.write(reg::PBA, 40);
  EXPECT_EQ(bench.read(reg::PBA), (24U << 16) | 40U);
  bench.write(reg::CTRL, ctrl::RST);
  bench.run(10);
  EXPECT_EQ(bench.read(reg::PBA), (24U << 16) | 40U);
  bench.pci_reset();
  EXPECT_EQ(bench.read(reg::PBA), 0x00100030U);
}

// FS 6.6: 64 KiB in all, so RXA beyond it leaves nothing for the transmitter; bits 15:7 read 0.
TEST(regs, pba_edges) {
  top_bench bench;
  for (const std::uint32_t rxa : {0U, 8U, 56U, 63U, 64U, 65U, 72U, 126U, 127U}) {
    bench.write(reg::PBA, 0xFFFFFF80 | rxa);
    EXPECT_EQ(bench.read(reg::PBA), (rxa > 64 ? 0U : 64U - rxa) << 16 | rxa);
  }
}

TEST(regs, io_window_reaches_the_registers_by_whole_dwords) {
  top_bench bench;
  bench.write_io(0, reg::FCAL);
  EXPECT_EQ(bench.read_io(0), reg::FCAL);
  bench.write_io(4, 0x12345678);
  EXPECT_EQ(bench.read_io(4), 0x12345678U);
  EXPECT_EQ(bench.read(reg::FCAL), 0x12345678U);
  for (const unsigned enables : {0x1U, 0x3U, 0x7U, 0xEU, 0x8U, 0x0U}) {  // P-2: narrower writes are ignored
    bench.write_io(0, reg::FCT, enables);
    bench.write_io(4, 0xFFFFFFFF, enables);
  }
  EXPECT_EQ(bench.read_io(0), reg::FCAL);
  EXPECT_EQ(bench.read(reg::FCAL), 0x12345678U);
  bench.write_io(8, 0xFFFFFFFF);
  EXPECT_EQ(bench.read_io(8), 0U);
  bench.write_io(0, 0x00020000 | reg::FCAL);  // beyond BAR0's 128 KiB
  bench.write_io(4, 0);
  EXPECT_EQ(bench.read_io(4), 0U);
  EXPECT_EQ(bench.read(reg::FCAL), 0x12345678U);
}

TEST(regs, partial_memory_writes_are_ignored) {
  top_bench bench;
  bench.write(reg::FCAL, 0x11223344);
  bench.write(reg::FCAL, 0xFFFFFFFF, 0x7);
  EXPECT_EQ(bench.read(reg::FCAL), 0x11223344U);
}

TEST(regs, reset_through_memory_and_through_io_is_the_same) {
  for (const bool io : {false, true}) {
    top_bench bench;
    bench.bring_up();
    bench.write(reg::IMS, 0x1FFFF);
    bench.write(reg::ICS, icr::RXSEQ);
    bench.write(reg::RDLEN, 1024);
    bench.write(reg::RDBAL, 0x12340);
    bench.write(reg::TDBAL, 0x56780);
    bench.write(reg::MTA + 4 * 127, 0xCAFE);
    bench.write(reg::RADV, 8);
    bench.run(4);
    EXPECT_TRUE(bench.intx());
    const std::uint32_t value = bench.read(reg::CTRL) | ctrl::RST | 0x00C00000 | ctrl::VME;
    if (io) {
      bench.write_io(0, reg::CTRL);
      bench.write_io(4, value);
    } else {
      bench.write(reg::CTRL, value);
    }
    bench.run(4);
    EXPECT_FALSE(bench.intx());
    EXPECT_EQ(bench.read(reg::CTRL), 0x00C00A01U);  // X-10, 23:22 kept
    for (const std::uint32_t offset : {reg::IMS, reg::ICR, reg::RDLEN, reg::RADV, reg::RCTL, reg::RDH, reg::RDT})
      EXPECT_EQ(bench.read(offset), 0U) << offset;
    EXPECT_EQ(bench.read(reg::RDBAL), 0x12340U);
    EXPECT_EQ(bench.read(reg::TDBAL), 0x56780U);
    EXPECT_EQ(bench.read(reg::MTA + 4 * 127), 0xCAFEU);
    EXPECT_EQ(bench.read(reg::RAL), 0x12005452U);
    EXPECT_EQ(bench.read(reg::RAH), 0x80005634U);
    EXPECT_EQ(bench.resets.size(), 1U);
  }
}

TEST(regs, mdic_completes_at_once_and_raises_mdac_only_when_asked) {
  top_bench bench;
  bench.write(reg::MDIC, 0x08210000);             // read register 1 of PHY 1
  EXPECT_EQ(bench.read(reg::MDIC), 0x18217949U);  // no link yet
  EXPECT_EQ(bench.read(reg::ICR), 0U);            // M-4
  bench.write(reg::MDIC, 0x28210000);
  bench.run(2);
  EXPECT_EQ(bench.read(reg::ICR), icr::MDAC);
  bench.write(reg::MDIC, 0x08410000);  // no PHY 2: M-2
  EXPECT_EQ(bench.read(reg::MDIC), 0x58410000U);
}

TEST(regs, eeprom_grant_follows_request_and_holds_eerd) {
  top_bench bench;
  bench.write(reg::EECD, eecd::REQ | eecd::CS);
  EXPECT_EQ(bench.read(reg::EECD), eecd::REQ | eecd::GNT | eecd::CS | eecd::DO | eecd::PRES);
  bench.write(reg::EERD, 0x3F00 | eerd::START);
  EXPECT_EQ(bench.read(reg::EERD), 0x3F00U);  // E-5
  bench.write(reg::EECD, 0x10);
  EXPECT_EQ(bench.read(reg::EERD), 0x3F00U) << "the part is clocked, about 1 MHz";
  bench.run(64 * 125);  // E-9
  // E-3: what makes the sum 0xBABA with the station's address, and E-4's ids
  const std::uint32_t sum =
      0x5452 + 0x1200 + 0x5634 + 2 * (0x100E + 0x8086) + 0xFFFF + 0x6403 + 0x3040 + 0x4901;  // E-10
  EXPECT_EQ(bench.read(reg::EERD), ((0xBABA - sum) & 0xFFFF) << 16 | 0x3F00U | eerd::DONE);
  EXPECT_EQ(bench.read(reg::EECD), 0x118U);
}
}  // namespace
