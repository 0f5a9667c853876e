// SPDX-License-Identifier: Apache-2.0
// Illegal descriptor fetches: each trips exactly its rule.
#include <gtest/gtest.h>

#include "hw/regs/e1000_regs.h"
#include "tests/contract/contract_bench.h"

namespace ringside::contract {
namespace {

// Ring of 8, descriptors 0 to 3 handed over.
void open_with_four(contract_bench& bench) {
  bench.open();
  for (std::uint32_t i = 0; i < 4; ++i) bench.post(i);
  bench.doorbell(4);
}

TEST(fetch_rules, R_13_fetch_runs_past_the_tail) {
  contract_bench bench;
  open_with_four(bench);
  bench.fetch(0, 5);
  EXPECT_ONLY(bench, "R-13");
}

TEST(fetch_rules, R_13_fetch_at_the_tail) {
  contract_bench bench;
  open_with_four(bench);
  bench.fetch(0, 4);
  bench.fetch(4, 1);
  EXPECT_ONLY(bench, "R-13");
}

TEST(fetch_rules, R_13_old_tail_does_not_count_new_tail_does) {
  contract_bench bench;
  open_with_four(bench);
  bench.fetch(0, 4);
  bench.post(4);
  bench.doorbell(5);
  bench.fetch(4, 1);
  EXPECT_LEGAL(bench);
}

TEST(fetch_rules, R_11_fetch_begins_outside_the_owned_descriptors) {
  contract_bench bench;
  open_with_four(bench);
  bench.fetch(6, 1);
  EXPECT_ONLY(bench, "R-11");
}

TEST(fetch_rules, N_2_fetch_skips_a_descriptor) {
  contract_bench bench;
  open_with_four(bench);
  bench.fetch(1, 2);
  EXPECT_ONLY(bench, "N-2");
}

TEST(fetch_rules, N_9_fetch_with_empty_ring) {
  contract_bench bench;
  bench.open();
  bench.fetch(0, 1);
  EXPECT_ONLY(bench, "N-9");
}

// RDH = RDT means none, also after a lap.
TEST(fetch_rules, N_9_fetch_with_everything_used) {
  contract_bench bench;
  open_with_four(bench);
  bench.fetch(0, 4);
  for (std::uint32_t i = 0; i < 4; ++i) bench.receive(i + 1, i);
  bench.fetch(4, 1);
  EXPECT_ONLY(bench, "N-9");
}

TEST(fetch_rules, N_9_fetch_before_enable) {
  contract_bench bench;
  bench.count = 8;
  bench.write(reg::RDLEN, 128);
  bench.write(reg::RDBAL, contract_bench::ring_base);
  bench.write(reg::RDH, 0);
  bench.write(reg::RDT, 7);
  bench.bus(stage::desc_fetch, 0, bench.descriptor(0), 16);
  EXPECT_ONLY(bench, "N-9");
}

TEST(fetch_rules, N_9_fetch_long_after_enable_fell) {
  contract_bench bench;
  open_with_four(bench);
  bench.fetch(0, 2);
  bench.write(reg::RCTL, 0);
  bench.wait(101 * us);
  bench.fetch(2, 2);
  EXPECT_ONLY(bench, "N-9");
}

// R-5, FS 6.3: a read the bus had taken before EN fell may finish.
TEST(fetch_rules, fetch_under_way_when_enable_fell_is_legal) {
  contract_bench bench;
  open_with_four(bench);
  bench.write(reg::RCTL, 0);
  bench.fetch(0, 4);
  EXPECT_LEGAL(bench);
}

TEST(fetch_rules, N_9_fetch_with_bus_mastering_off) {
  contract_bench bench;
  open_with_four(bench);
  bench.nic(stage::reg_write, 0, nic_registers::config_base + 4, 0x0003);
  bench.fetch(0, 4);
  EXPECT_ONLY(bench, "N-9");
}

TEST(fetch_rules, R_10_fetch_of_half_a_descriptor) {
  contract_bench bench;
  open_with_four(bench);
  bench.bus(stage::desc_fetch, 0, bench.descriptor(0) + 8, 16);
  EXPECT_ONLY(bench, "R-10");
}

TEST(fetch_rules, R_10_fetch_crosses_the_end_of_the_ring) {
  contract_bench bench;
  bench.open();
  bench.fill();
  bench.fetch(0, 7);
  for (std::uint32_t i = 0; i < 7; ++i) {
    bench.receive(i + 1, i);
    bench.take(i, contract_bench::last_of(64));
  }
  bench.post(7);
  for (std::uint32_t i = 0; i < 4; ++i) bench.post(i);
  bench.doorbell(4);
  bench.bus(stage::desc_fetch, 0, bench.descriptor(7), 3 * 16);
  EXPECT_ONLY(bench, "R-10");
}

TEST(fetch_rules, R_14_descriptor_read_before_it_was_posted) {
  contract_bench bench;
  open_with_four(bench);
  bench.bus(stage::desc_load, 0, bench.descriptor(0), 0xBAD000);
  bench.bus(stage::desc_fetch, 0, bench.descriptor(0), 16);
  EXPECT_ONLY(bench, "R-14");
}

TEST(fetch_rules, R_18_fetch_with_head_beyond_the_ring) {
  contract_bench bench;
  bench.write(reg::RDLEN, 128);
  bench.write(reg::RDBAL, contract_bench::ring_base);
  bench.write(reg::RDH, 8);
  bench.write(reg::RCTL, contract_bench::rx_control);
  bench.write(reg::RDT, 4);
  bench.bus(stage::desc_fetch, 0, contract_bench::ring_base, 16);
  EXPECT_ONLY(bench, "R-18");
}

TEST(fetch_rules, R_18_fetch_with_no_ring) {
  contract_bench bench;
  bench.write(reg::RDLEN, 0);
  bench.write(reg::RCTL, contract_bench::rx_control);
  bench.write(reg::RDT, 4);
  bench.bus(stage::desc_fetch, 0, 0, 16);
  EXPECT_ONLY(bench, "R-18");
}

}  // namespace
}  // namespace ringside::contract
