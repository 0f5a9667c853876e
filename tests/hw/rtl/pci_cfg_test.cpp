// SPDX-License-Identifier: Apache-2.0
// PCI configuration: header and capability of FS 1.1, FS 1.2, rules P-3, P-4, P-8.
#include <Ve1000_top.h>

#include "tests/hw/rtl/back_setup.h"

namespace {
using namespace ringside;
using namespace ringside::rtl_test;

constexpr std::uint32_t command_reg = 0x04, cache_reg = 0x0C, bar0 = 0x10, bar2 = 0x18, pmcsr = 0xE0;

TEST(pci_cfg, header_reads_as_the_silicon) {
  top_bench bench;
  EXPECT_EQ(bench.read_config(0x00), 0x100E8086U);
  EXPECT_EQ(bench.read_config(0x04), 0x02300000U);  // 66 MHz, capability list, medium DEVSEL
  EXPECT_EQ(bench.read_config(0x08), 0x02000002U);  // Ethernet, revision 2
  EXPECT_EQ(bench.read_config(0x0C), 0U);
  EXPECT_EQ(bench.read_config(0x10), 0U);
  EXPECT_EQ(bench.read_config(0x14), 0U);  // no flash
  EXPECT_EQ(bench.read_config(0x18), 1U);  // I/O space
  for (const std::uint32_t off : {0x1CU, 0x20U, 0x24U, 0x28U, 0x30U, 0x38U, 0x40U, 0xE4U, 0xF0U, 0xFCU})
    EXPECT_EQ(bench.read_config(off), 0U) << off;
  EXPECT_EQ(bench.read_config(0x2C), 0x100E8086U);  // EEPROM words 0x0B, 0x0C of E-4
  EXPECT_EQ(bench.read_config(0x34), 0xDCU);
  EXPECT_EQ(bench.read_config(0x3C), 0x00FF0100U);  // Min_Gnt 0xFF, INTA#
  EXPECT_EQ(bench.read_config(0xDC), 0xC8220001U);  // PM, last capability
  EXPECT_EQ(bench.read_config(0xE0), 0x1B002000U);
}

TEST(pci_cfg, bars_size_to_128_kib_of_memory_and_64_bytes_of_io) {
  top_bench bench;
  bench.write_config(bar0, 0xFFFFFFFF);
  bench.write_config(bar2, 0xFFFFFFFF);
  EXPECT_EQ(bench.read_config(bar0), 0xFFFE0000U);
  EXPECT_EQ(bench.read_config(bar2), 0xFFFFFFC1U);
  bench.write_config(0x14, 0xFFFFFFFF);
  EXPECT_EQ(bench.read_config(0x14), 0U);
}

TEST(pci_cfg, byte_enables_write_single_bytes) {
  top_bench bench;
  bench.write_config(cache_reg, 0xAABBCCDD, 0x1);
  EXPECT_EQ(bench.read_config(cache_reg), 0x000000DDU);
  bench.write_config(cache_reg, 0x00004000, 0x2);
  EXPECT_EQ(bench.read_config(cache_reg), 0x000040DDU);
  bench.write_config(0x3C, 0xFFFFFF0B);
  EXPECT_EQ(bench.read_config(0x3C), 0x00FF010BU);
}

TEST(pci_cfg, command_holds_its_writable_bits) {
  top_bench bench;
  bench.write_config(command_reg, 0x0000FFFF);
  EXPECT_EQ(bench.read_config(command_reg) & 0xFFFF, 0x0557U);  // bits 0 1 2 4 6 8 10
}

TEST(pci_cfg, d1_and_d2_are_refused_and_d3_is_taken) {
  top_bench bench;
  bench.write_config(pmcsr, 1);
  EXPECT_EQ(bench.read_config(pmcsr) & 3, 0U);
  bench.write_config(pmcsr, 2);
  EXPECT_EQ(bench.read_config(pmcsr) & 3, 0U);
  bench.write_config(pmcsr, 0x103);
  EXPECT_EQ(bench.read_config(pmcsr) & 0xFFFF, 0x2103U);
}

TEST(pci_cfg, intx_disable_and_d3_mask_the_line) {
  top_bench bench;
  bench.bring_up();
  bench.write(reg::IMS, icr::RXSEQ);
  bench.write(reg::ICS, icr::RXSEQ);
  bench.run(4);
  ASSERT_TRUE(bench.intx());
  bench.write_config(command_reg, 0x0407);
  bench.run(4);
  EXPECT_FALSE(bench.intx());
  bench.write_config(command_reg, 0x0007);
  bench.run(4);
  EXPECT_TRUE(bench.intx());  // the cause is still there
  bench.write_config(pmcsr, 3);
  bench.run(4);
  EXPECT_FALSE(bench.intx());
}

// Manual 6.3.1.4: D3 clears memory and I/O enable and answers configuration cycles only; 6.3.1.2: D0 is uninitialized
// until memory space is enabled again.  PCI PM 1.1 section 5.4.1: the way out is a reset of the function.
TEST(pci_cfg, d3_answers_configuration_only_and_d0_begins_anew) {
  top_bench bench;
  open(bench);
  bench.run(600);  // the descriptors are there: nothing keeps the reset waiting
  bench.write(reg::RADV, 0x1234);
  bench.write(reg::ICS, icr::RXSEQ);
  bench.run(4);
  ASSERT_TRUE(bench.intx());
  EXPECT_EQ(bench.dut().cfg_command_o & 7, 7);
  bench.write_config(pmcsr, 3);
  bench.run(4);
  EXPECT_EQ(bench.dut().cfg_command_o & 7, 0) << "the interface neither decodes nor masters";
  EXPECT_EQ(bench.read_config(command_reg) & 7, 4U);
  EXPECT_FALSE(bench.intx());
  EXPECT_TRUE(bench.resets.empty());
  bench.write_config(pmcsr, 0);
  bench.run(4);
  EXPECT_EQ(bench.dut().cfg_command_o & 7, 0);
  EXPECT_EQ(bench.read_config(command_reg) & 7, 4U);
  EXPECT_EQ(bench.resets.size(), 1U);
  bench.write_config(command_reg, 7);
  EXPECT_EQ(bench.dut().cfg_command_o & 7, 7);
  EXPECT_FALSE(bench.intx());
  EXPECT_EQ(bench.read(reg::RADV), 0U);
  EXPECT_EQ(bench.read(reg::RDT), 0U);
  open(bench);
  bench.send(make_frame(station, 64));
  EXPECT_TRUE(bench.run_until([&] { return bench.descriptor_at(0).status & rxd_status::DD; }));
}

TEST(pci_cfg, no_dma_without_bus_master_or_in_d3) {
  for (const bool d3 : {false, true}) {
    top_bench bench;
    bench.bring_up();
    if (d3)
      bench.write_config(pmcsr, 3);
    else
      bench.write_config(command_reg, 0x0003);
    bench.set_ring(ring_base, 64);
    bench.fill_ring(64, buffer_base, 2048);
    bench.write(reg::RCTL, rctl::EN | rctl::BAM);
    bench.write(reg::RDT, 62);
    bench.send(make_frame(station, 64));
    bench.run(500);
    EXPECT_TRUE(bench.log.empty());
    EXPECT_TRUE(bench.asks_no_clock());
    bench.write_config(pmcsr, 0);
    bench.write_config(command_reg, 0x0007);
    if (d3) {  // which was a reset
      open(bench);
      bench.send(make_frame(station, 64));
    }
    EXPECT_TRUE(bench.run_until([&] { return bench.descriptor_at(0).status & rxd_status::DD; }));
  }
}

TEST(pci_cfg, master_errors_set_status_and_stop_dma_until_reset) {
  struct row {
    unsigned status, bits;
  };
  // RspMasterAbort, RspTargetAbort, RspParityError, with Command.PERR.  Bit 15 is for who receives bad data: in a write
  // that is the target (PCI 2.3 section 6.2.3).
  for (const row& r : {row{1, 0x2000}, row{2, 0x1000}, row{3, 0x0100}}) {
    for (const kind failing : {kind::payload, kind::fetch, kind::writeback}) {
      const unsigned bits = r.bits | (r.status == 3 && failing == kind::fetch ? 0x8000U : 0U);
      top_bench bench;
      open(bench);
      bench.write_config(command_reg, 0x0047);
      bench.fail_kind = static_cast<unsigned>(failing);
      bench.fail_status = r.status;
      bench.write(reg::RDH, 0);  // fetch again, now with the error armed
      bench.causes.clear();
      bench.send(make_frame(station, 600));
      bench.run(2000);
      EXPECT_EQ(bench.read_config(command_reg) >> 16, 0x0230U | bits);
      bench.write_config(command_reg, bits << 16 | 0x0047);
      EXPECT_EQ(bench.read_config(command_reg) >> 16, 0x0230U);
      EXPECT_EQ(bench.read(reg::RDH), 0U);
      EXPECT_TRUE(bench.causes.empty());
      bench.fail_kind = 99;
      bench.send(make_frame(station, 64));
      const std::size_t before = bench.log.size();
      bench.run(500);
      EXPECT_EQ(bench.log.size(), before);
      EXPECT_EQ(bench.descriptor_at(0).status, 0);
      bench.write(reg::CTRL, ctrl::RST);
      bench.run(300);
      open(bench);
      bench.send(make_frame(station, 64));
      EXPECT_TRUE(bench.run_until([&] { return bench.descriptor_at(0).status & rxd_status::DD; }));
    }
  }
}

TEST(pci_cfg, ctrl_rst_leaves_configuration_alone) {
  top_bench bench;
  bench.write_config(command_reg, 0x0117);
  bench.write_config(bar0, 0xFEB80000);
  bench.write_config(cache_reg, 0x4010);
  bench.write(reg::CTRL, ctrl::RST);
  bench.run(10);
  EXPECT_EQ(bench.read_config(command_reg), 0x02300117U);
  EXPECT_EQ(bench.read_config(bar0), 0xFEB80000U);
  EXPECT_EQ(bench.read_config(cache_reg), 0x4010U);
  bench.pci_reset();
  EXPECT_EQ(bench.read_config(command_reg), 0x02300000U);
  EXPECT_EQ(bench.read_config(bar0), 0U);
}
}  // namespace
