// SPDX-License-Identifier: Apache-2.0
// Causes at the wrong time: R-21, I-40, I-41, R-32.
#include <gtest/gtest.h>

#include "common/drop_reason.h"
#include "hw/regs/e1000_regs.h"
#include "tests/contract/contract_bench.h"

namespace ringside::contract {
namespace {

TEST(cause_rules, R_21_rxt0_before_the_write_back) {
  contract_bench bench;
  bench.open();
  bench.fill();
  bench.fetch(0, 7);
  bench.arrive(1, 64);
  bench.payload(1, bench.buffer(0), 64);
  bench.done(1);
  bench.cause(icr::RXT0);
  bench.write_back(1, 0, contract_bench::last_of(64));
  bench.visible(1, 0, contract_bench::last_of(64));
  EXPECT_ONLY(bench, "R-21");
}

// Without dma_done the wire's length tells when a frame is complete.
TEST(cause_rules, R_21_without_an_event_for_the_end_of_the_data) {
  contract_bench bench;
  bench.open();
  bench.fill();
  bench.fetch(0, 7);
  bench.arrive(1, 600);
  bench.payload(1, bench.buffer(0), 300);
  bench.payload(1, bench.buffer(0) + 300, 300);
  bench.cause(icr::RXT0);
  bench.write_back(1, 0, contract_bench::last_of(600));
  bench.visible(1, 0, contract_bench::last_of(600));
  EXPECT_ONLY(bench, "R-21");
}

TEST(cause_rules, R_21_after_frames_that_were_in_order) {
  contract_bench bench;
  bench.open();
  bench.fill();
  bench.fetch(0, 7);
  for (frame_id f = 1; f <= 3; ++f) bench.receive(f, static_cast<std::uint32_t>(f - 1));
  bench.arrive(4, 64);
  bench.payload(4, bench.buffer(3), 64);
  bench.done(4);
  bench.cause(icr::RXT0);
  bench.write_back(4, 3, contract_bench::last_of(64));
  EXPECT_ONLY(bench, "R-21");
}

// One RXT0 for all that is written, and nothing of it is left to excuse the next.
TEST(cause_rules, R_21_after_one_cause_for_several_frames) {
  contract_bench bench;
  bench.open();
  bench.fill();
  bench.fetch(0, 7);
  const auto place = [&bench](frame_id f) {
    bench.arrive(f, 64);
    bench.payload(f, bench.buffer(static_cast<std::uint32_t>(f - 1)), 64);
    bench.done(f);
  };
  for (frame_id f = 1; f <= 3; ++f) place(f);
  for (frame_id f = 1; f <= 3; ++f) bench.write_back(f, static_cast<std::uint32_t>(f - 1), contract_bench::last_of(64));
  bench.cause(icr::RXT0);
  place(4);
  bench.cause(icr::RXT0);
  bench.write_back(4, 3, contract_bench::last_of(64));
  EXPECT_ONLY(bench, "R-21");
}

TEST(cause_rules, rxt0_by_ics_is_legal) {
  contract_bench bench;
  bench.open();
  bench.fill();
  bench.fetch(0, 7);
  bench.arrive(1, 64);
  bench.payload(1, bench.buffer(0), 64);
  bench.done(1);
  bench.step = 16 * ns;
  bench.cause(icr::RXT0);
  bench.write(reg::ICS, icr::RXT0);
  bench.write_back(1, 0, contract_bench::last_of(64));
  bench.visible(1, 0, contract_bench::last_of(64));
  EXPECT_LEGAL(bench);
}

// V-13: QEMU raises RXDMT0 after every frame while free <= T; the chip only on the edge.
TEST(cause_rules, I_40_level_instead_of_edge) {
  contract_bench bench;
  bench.open(32);
  bench.fill();
  bench.fetch(0, 31);
  for (std::uint32_t i = 0; i < 15; ++i) bench.receive(i + 1, i);
  bench.cause(icr::RXDMT0);
  for (std::uint32_t i = 15; i < 22; ++i) bench.receive(i + 1, i);
  bench.cause(icr::RXDMT0);
  EXPECT_ONLY(bench, "I-40");
}

TEST(cause_rules, I_40_far_above_the_threshold) {
  contract_bench bench;
  bench.open(32);
  bench.fill();
  bench.fetch(0, 31);
  bench.receive(1, 0);
  bench.cause(icr::RXDMT0);
  EXPECT_ONLY(bench, "I-40");
}

TEST(cause_rules, I_40_does_not_come) {
  contract_bench bench;
  bench.open(32);
  bench.fill();
  bench.fetch(0, 31);
  for (std::uint32_t i = 0; i < 20; ++i) bench.receive(i + 1, i);
  EXPECT_ONLY(bench, "I-40");
}

// I-40: a first RDT write that leaves free <= T raises nothing.
TEST(cause_rules, few_descriptors_from_the_start_raise_nothing) {
  contract_bench bench;
  bench.open(32);
  for (std::uint32_t i = 0; i < 10; ++i) bench.post(i);
  bench.doorbell(10);
  bench.fetch(0, 10);
  for (std::uint32_t i = 0; i < 5; ++i) bench.receive(i + 1, i);
  EXPECT_LEGAL(bench);
}

TEST(cause_rules, I_41_missed_frame_without_rxo) {
  contract_bench bench;
  bench.no_fifo();
  bench.open();
  bench.nic(stage::wire_sof, 1, 64);
  bench.nic(stage::fifo_drop, 1, 0, static_cast<std::uint64_t>(drop_reason::fifo_overflow));
  EXPECT_ONLY(bench, "I-41");
}

TEST(cause_rules, I_41_rxo_without_a_missed_frame) {
  contract_bench bench;
  bench.open();
  bench.cause(icr::RXO);
  EXPECT_ONLY(bench, "I-41");
}

TEST(cause_rules, bad_crc_is_no_missed_frame) {
  contract_bench bench;
  bench.open();
  bench.nic(stage::wire_sof, 1, 64, wire_mark::bad_fcs);
  bench.nic(stage::fifo_drop, 1, 0, static_cast<std::uint64_t>(drop_reason::crc_error));
  EXPECT_LEGAL(bench);
}

TEST(cause_rules, R_32_rnbc_with_free_descriptors) {
  contract_bench bench;
  bench.open(16);
  bench.fill();
  bench.fetch(0, 15);
  bench.wait(1 * us);
  bench.nic(stage::rnbc, 1);
  EXPECT_ONLY(bench, "R-32");
}

TEST(cause_rules, rnbc_with_an_empty_ring_is_legal) {
  contract_bench bench;
  bench.open(16);
  bench.wait(1 * us);
  bench.nic(stage::rnbc, 1);
  EXPECT_LEGAL(bench);
}

}  // namespace
}  // namespace ringside::contract
