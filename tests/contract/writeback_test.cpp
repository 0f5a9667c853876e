// SPDX-License-Identifier: Apache-2.0
// Illegal write-backs: each trips exactly its rule.
#include <gtest/gtest.h>

#include "common/drop_reason.h"
#include "hw/regs/e1000_regs.h"
#include "tests/contract/contract_bench.h"

namespace ringside::contract::writeback_tests {
namespace {

constexpr std::uint32_t buffers_of_256 = contract_bench::rx_control | 3U << 16;
std::uint64_t last_of(std::uint32_t n) {
  return contract_bench::last_of(n);
}
std::uint64_t part_of(std::uint32_t n) {
  return contract_bench::part_of(n);
}
constexpr std::uint64_t status(std::uint8_t s) {
  return static_cast<std::uint64_t>(s) << 32;
}
constexpr std::uint64_t errors(std::uint8_t e) {
  return static_cast<std::uint64_t>(e) << 40;
}
constexpr std::uint64_t special(std::uint16_t v) {
  return static_cast<std::uint64_t>(v) << 48;
}
constexpr std::uint8_t plain = rxd_status::DD | rxd_status::EOP | rxd_status::IXSM;

/// Ring of 8, seven fetched, frame 1 of `bytes` placed in descriptor 0.
struct placed : contract_bench {
  explicit placed(std::uint32_t bytes = 64, std::uint32_t control = rx_control) {
    open(8, control);
    fill();
    fetch(0, 7);
    arrive(1, bytes);
    payload(1, buffer(0), bytes);
    done(1);
  }
};

TEST(writeback_rules, N_1_dd_before_the_last_byte) {
  contract_bench bench;
  bench.open();
  bench.fill();
  bench.fetch(0, 7);
  bench.arrive(1, 128);
  bench.payload(1, bench.buffer(0), 124);
  bench.write_back(1, 0, last_of(128));
  EXPECT_ONLY(bench, "N-1");
}

TEST(writeback_rules, N_1_a_hole_in_the_data) {
  contract_bench bench;
  bench.open();
  bench.fill();
  bench.fetch(0, 7);
  bench.arrive(1, 128);
  bench.payload(1, bench.buffer(0), 64);
  bench.payload(1, bench.buffer(0), 64);
  bench.write_back(1, 0, last_of(128));
  EXPECT_ONLY(bench, "N-1");
}

TEST(writeback_rules, N_2_skips_a_descriptor) {
  placed bench;
  bench.write_back(1, 1, last_of(64));
  EXPECT_ONLY(bench, "N-2");
}

TEST(writeback_rules, N_2_outside_the_ring) {
  placed bench;
  bench.bus(stage::desc_writeback, 1, bench.descriptor(8), last_of(64));
  bench.write_back(1, 0, last_of(64));
  EXPECT_ONLY(bench, "N-2");
}

TEST(writeback_rules, N_2_at_the_tail) {
  contract_bench bench;
  bench.open();
  bench.post(0);
  bench.doorbell(1);
  bench.fetch(0, 1);
  bench.receive(1, 0);
  bench.write_back(2, 1, last_of(64));
  EXPECT_ONLY(bench, "N-2");
}

TEST(writeback_rules, R_22_in_two_pieces) {
  placed bench;
  bench.write_back(1, 0, last_of(64));
  bench.write_back(1, 0, last_of(64));
  EXPECT_ONLY(bench, "R-22");
}

TEST(writeback_rules, R_22_without_DD) {
  placed bench;
  bench.write_back(1, 0, 64);
  EXPECT_ONLY(bench, "R-22");
}

TEST(writeback_rules, R_22_only_half_a_descriptor) {
  placed bench;
  bench.bus(stage::desc_writeback, 1, bench.descriptor(0) + 8, last_of(64));
  bench.write_back(1, 0, last_of(64));
  EXPECT_ONLY(bench, "R-22");
}

TEST(writeback_rules, N_8_descriptor_not_fetched_since_the_rewrite) {
  contract_bench bench;
  bench.open();
  bench.fill();
  bench.write_back(1, 0, last_of(64));
  EXPECT_ONLY(bench, "N-8");
}

TEST(writeback_rules, N_10_after_reset) {
  placed bench;
  bench.nic(stage::nic_reset);
  bench.wait(6 * us);
  bench.write_back(1, 0, last_of(64));
  EXPECT_ONLY(bench, "N-10");
}

TEST(writeback_rules, R_23_non_EOP_with_a_short_length) {
  contract_bench bench;
  bench.open(8, buffers_of_256);
  bench.fill();
  bench.fetch(0, 7);
  bench.arrive(1, 300);
  bench.payload(1, bench.buffer(0), 256);
  bench.payload(1, bench.buffer(1), 44);
  bench.done(1);
  bench.write_back(1, 0, part_of(255));
  bench.write_back(1, 1, last_of(44));
  EXPECT_ONLY(bench, "R-23");
}

TEST(writeback_rules, R_23_non_EOP_with_IXSM) {
  contract_bench bench;
  bench.open(8, buffers_of_256);
  bench.fill();
  bench.fetch(0, 7);
  bench.arrive(1, 300);
  bench.payload(1, bench.buffer(0), 256);
  bench.payload(1, bench.buffer(1), 44);
  bench.done(1);
  bench.write_back(1, 0, part_of(256) | status(rxd_status::IXSM));
  bench.write_back(1, 1, last_of(44));
  EXPECT_ONLY(bench, "R-23");
}

TEST(writeback_rules, N_12_frame_without_EOP) {
  contract_bench bench;
  bench.open(8, buffers_of_256);
  bench.fill();
  bench.fetch(0, 7);
  bench.payload(1, bench.buffer(0), 256);
  bench.done(1);
  bench.payload(2, bench.buffer(1), 64);
  bench.done(2);
  bench.write_back(1, 0, part_of(256));
  bench.write_back(2, 1, last_of(64));
  EXPECT_EQ(bench.broken().front(), "N-12") << bench.report();
}

TEST(writeback_rules, N_12_EOP_twice) {
  contract_bench bench;
  bench.open(8, buffers_of_256);
  bench.fill();
  bench.fetch(0, 7);
  bench.payload(1, bench.buffer(0), 256);
  bench.payload(1, bench.buffer(1), 64);
  bench.done(1);
  bench.write_back(1, 0, last_of(256));
  bench.write_back(1, 1, last_of(64));
  EXPECT_ONLY(bench, "N-12");
}

TEST(writeback_rules, N_3_reports_more_than_the_buffer_holds) {
  placed bench(64, buffers_of_256);
  bench.write_back(1, 0, part_of(260));
  bench.write_back(1, 1, last_of(4));
  EXPECT_EQ(bench.broken().front(), "N-3") << bench.report();
}

TEST(writeback_rules, N_11_length_too_small) {
  placed bench(128);
  bench.write_back(1, 0, last_of(124));
  EXPECT_ONLY(bench, "N-11");
}

TEST(writeback_rules, N_11_length_includes_a_stripped_CRC) {
  contract_bench bench;
  bench.open(8, contract_bench::rx_control | rctl::SECRC);
  bench.fill();
  bench.fetch(0, 7);
  bench.arrive(1, 128);
  bench.payload(1, bench.buffer(0), 128);
  bench.done(1);
  bench.write_back(1, 0, last_of(128));
  EXPECT_ONLY(bench, "N-11");
}

TEST(writeback_rules, length_without_tag_and_CRC_is_legal) {
  contract_bench bench;
  bench.write(reg::CTRL, ctrl::VME);
  bench.open(8, contract_bench::rx_control | rctl::SECRC);
  bench.fill();
  bench.fetch(0, 7);
  bench.arrive(1, 128);
  bench.payload(1, bench.buffer(0), 120);
  bench.done(1);
  bench.write_back(1, 0, 120 | status(plain | rxd_status::VP) | special(0x0064));
  EXPECT_LEGAL(bench);
}

TEST(writeback_rules, R_43_VP_without_VME) {
  placed bench;
  bench.write_back(1, 0, 64 | status(plain | rxd_status::VP) | special(0x0064));
  EXPECT_ONLY(bench, "R-43");
}

TEST(writeback_rules, R_43_tag_without_VP) {
  placed bench;
  bench.write_back(1, 0, last_of(64) | special(0x0064));
  EXPECT_ONLY(bench, "R-43");
}

TEST(writeback_rules, R_24_reserved_bits) {
  for (const std::uint64_t bits : {status(0x10), errors(0x02), errors(0x04), errors(0x08), errors(0x10)}) {
    placed bench;
    bench.write_back(1, 0, last_of(64) | bits);
    EXPECT_ONLY(bench, "R-24");
  }
}

TEST(writeback_rules, R_83_packet_checksum_differs_in_a_chain) {
  for (const std::uint64_t last : {0x1234ULL, 0x1235ULL}) {
    contract_bench bench;
    bench.open(8, buffers_of_256);
    bench.fill();
    bench.fetch(0, 7);
    bench.arrive(1, 300);
    bench.payload(1, bench.buffer(0), 256);
    bench.payload(1, bench.buffer(1), 44);
    bench.done(1);
    bench.write_back(1, 0, part_of(256) | 0x1234ULL << 16);
    bench.write_back(1, 1, last_of(44) | last << 16);
    if (last == 0x1234)
      EXPECT_LEGAL(bench);
    else
      EXPECT_ONLY(bench, "R-83");
  }
}

TEST(writeback_rules, R_82_neither_IXSM_nor_a_checksum) {
  placed bench;
  bench.write_back(1, 0, 64 | status(rxd_status::DD | rxd_status::EOP));
  EXPECT_ONLY(bench, "R-82");
}

TEST(writeback_rules, R_82_IXSM_beside_TCPCS) {
  placed bench;
  bench.write_back(1, 0, 64 | status(plain | rxd_status::TCPCS));
  EXPECT_ONLY(bench, "R-82");
}

// open() sets RXCSUM.TUOFL as Linux does, not IPOFL.
TEST(writeback_rules, R_84_IPCS_without_IPOFL) {
  placed bench;
  bench.write_back(1, 0, 64 | status(rxd_status::DD | rxd_status::EOP | rxd_status::IPCS));
  EXPECT_ONLY(bench, "R-84");
}

TEST(writeback_rules, TCPCS_with_TUOFL_is_legal) {
  placed bench;
  bench.write_back(1, 0, 64 | status(rxd_status::DD | rxd_status::EOP | rxd_status::TCPCS));
  EXPECT_LEGAL(bench);
}

TEST(writeback_rules, R_84_TCPE_without_TUOFL) {
  contract_bench bench;
  bench.count = 8;
  bench.write(reg::RDLEN, 128);
  bench.write(reg::RDBAL, contract_bench::ring_base);
  bench.write(reg::RCTL, contract_bench::rx_control);
  bench.fill();
  bench.fetch(0, 7);
  bench.arrive(1, 64);
  bench.payload(1, bench.buffer(0), 64);
  bench.done(1);
  bench.write_back(1, 0, last_of(64) | errors(rxd_error::TCPE));
  EXPECT_ONLY(bench, "R-84");
}

TEST(writeback_rules, N_4_CE_with_SBP_0) {
  placed bench;
  bench.write_back(1, 0, last_of(64) | errors(rxd_error::CE));
  EXPECT_ONLY(bench, "N-4");
}

TEST(writeback_rules, N_4_frame_with_bad_FCS) {
  contract_bench bench;
  bench.open();
  bench.fill();
  bench.fetch(0, 7);
  bench.nic(stage::wire_sof, 1, 64, wire_mark::bad_fcs);
  bench.payload(1, bench.buffer(0), 64);
  bench.done(1);
  bench.write_back(1, 0, last_of(64));
  EXPECT_ONLY(bench, "N-4");
}

TEST(writeback_rules, N_4_rejected_frame) {
  contract_bench bench;
  bench.open();
  bench.fill();
  bench.fetch(0, 7);
  bench.nic(stage::wire_sof, 1, 64);
  bench.nic(stage::filter_reject, 1, 0, static_cast<std::uint64_t>(drop_reason::address_filter));
  bench.payload(1, bench.buffer(0), 64);
  bench.done(1);
  bench.write_back(1, 0, last_of(64));
  EXPECT_EQ(bench.broken(), (std::vector<std::string>{"R-27", "N-4"})) << bench.report();
}

TEST(writeback_rules, D_5_frame_too_short_for_the_driver) {
  contract_bench bench;
  bench.open();
  bench.fill();
  bench.fetch(0, 7);
  bench.payload(1, bench.buffer(0), 55);  // nothing known from the wire
  bench.done(1);
  bench.write_back(1, 0, last_of(55));
  EXPECT_ONLY(bench, "D-5");
}

TEST(writeback_rules, R_26_null_descriptor_with_EOP) {
  contract_bench bench;
  bench.open();
  bench.post(0, 0);
  bench.post(1);
  bench.doorbell(2);
  bench.bus(stage::desc_load, 0, bench.descriptor(0), 0);
  bench.bus(stage::desc_load, 0, bench.descriptor(1), bench.buffer(1));
  bench.bus(stage::desc_fetch, 0, bench.descriptor(0), 32);
  bench.write_back(1, 0, last_of(0));
  EXPECT_ONLY(bench, "R-26");
}

TEST(writeback_rules, N_5_no_DD_for_a_complete_frame) {
  placed bench;
  EXPECT_ONLY(bench, "N-5");
}

TEST(writeback_rules, frame_may_wait_for_its_timer) {
  contract_bench bench;
  bench.open(16);
  bench.write(reg::RDTR, 1000);
  bench.write(reg::RXDCTL, 4U << 16 | rxdctl::GRAN);
  bench.fill();
  bench.fetch(0, 15);
  bench.arrive(1, 64);
  bench.payload(1, bench.buffer(0), 64);
  bench.done(1);
  EXPECT_LEGAL(bench);
}

// R-20 (a): four complete descriptors reach WTHRESH = 4 although the timer still runs.
TEST(writeback_rules, R_20_threshold_reached_and_nothing_written) {
  contract_bench bench;
  bench.open(16);
  bench.write(reg::RDTR, 65535);
  bench.write(reg::RXDCTL, 4U << 16 | rxdctl::GRAN);
  bench.fill();
  bench.fetch(0, 15);
  for (std::uint32_t i = 0; i < 4; ++i) {
    bench.arrive(i + 1, 64);
    bench.payload(i + 1, bench.buffer(i), 64);
    bench.done(i + 1);
  }
  EXPECT_ONLY(bench, "R-20");
}

// The threshold falls to what is complete already.
TEST(writeback_rules, R_20_lower_threshold_and_nothing_written) {
  for (const std::uint32_t lower : {3U, 4U}) {
    contract_bench bench;
    bench.open(16);
    bench.write(reg::RDTR, 65535);
    bench.write(reg::RXDCTL, 8U << 16 | rxdctl::GRAN);
    bench.fill();
    bench.fetch(0, 15);
    for (std::uint32_t i = 0; i < 3; ++i) {
      bench.arrive(i + 1, 64);
      bench.payload(i + 1, bench.buffer(i), 64);
      bench.done(i + 1);
    }
    bench.write(reg::RXDCTL, lower << 16 | rxdctl::GRAN);
    if (lower == 3)
      EXPECT_ONLY(bench, "R-20");
    else
      EXPECT_LEGAL(bench);
  }
}

// R-20 (d): the only descriptor is used up.
TEST(writeback_rules, R_20_ring_dry_and_nothing_written) {
  contract_bench bench;
  bench.open(16);
  bench.write(reg::RDTR, 65535);
  bench.write(reg::RXDCTL, 8U << 16 | rxdctl::GRAN);
  bench.post(0);
  bench.doorbell(1);
  bench.fetch(0, 1);
  bench.arrive(1, 64);
  bench.payload(1, bench.buffer(0), 64);
  bench.done(1);
  EXPECT_ONLY(bench, "R-20");
}

TEST(writeback_rules, R_12_RDH_runs_ahead_of_the_write_back) {
  placed bench;
  bench.write_back(1, 0, last_of(64));
  bench.read(reg::RDH, 1);
  EXPECT_LEGAL(bench);
  contract_bench ahead;
  ahead.open();
  ahead.fill();
  ahead.fetch(0, 7);
  ahead.receive(1, 0);
  ahead.read(reg::RDH, 2);
  EXPECT_ONLY(ahead, "R-12");
}

}  // namespace
}  // namespace ringside::contract::writeback_tests
