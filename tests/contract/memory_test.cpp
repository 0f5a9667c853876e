// SPDX-License-Identifier: Apache-2.0
// What memory shows and when the driver may believe it: I-9, S-4, S-9, R-22 at visibility.
#include <gtest/gtest.h>

#include "hw/regs/e1000_regs.h"
#include "tests/contract/contract_bench.h"

namespace ringside::contract {
namespace {

std::uint64_t last_of(std::uint32_t n) {
  return contract_bench::last_of(n);
}

/// Frame 1 written back to descriptor 0 on the bus, RXT0 set; not drained into memory.
struct posted : contract_bench {
  posted() {
    open();
    fill();
    fetch(0, 7);
    arrive(1, 64);
    payload(1, buffer(0), 64);
    done(1);
    write_back(1, 0, last_of(64));
    cause(icr::RXT0);
    sw(stage::hardirq_enter);
    read(reg::ICR, icr::RXT0);
  }
};

TEST(memory_rules, I_9_icr_read_returns_before_the_drain) {
  posted bench;
  bench.sw(stage::icr_read, 0, icr::RXT0);
  bench.visible(1, 0, last_of(64));
  EXPECT_ONLY(bench, "I-9");
}

TEST(memory_rules, drain_at_the_very_time_of_the_icr_read_is_legal) {
  posted bench;
  bench.sw(stage::icr_read, 0, icr::RXT0);
  bench.step = 0;  // software events at T stand before bus events at T
  bench.visible(1, 0, last_of(64));
  bench.step = 200 * ns;
  bench.take(0, last_of(64), 1);
  EXPECT_LEGAL(bench);
}

TEST(memory_rules, drain_at_the_very_time_of_the_take_is_legal) {
  posted bench;
  bench.take(0, last_of(64), 1);
  bench.step = 0;
  bench.visible(1, 0, last_of(64));
  bench.step = 200 * ns;
  bench.sw(stage::icr_read, 0, icr::RXT0);
  EXPECT_LEGAL(bench);
}

// I-9: RXDMT0 claims no writes.
TEST(memory_rules, icr_read_without_rxt0_claims_nothing) {
  contract_bench bench;
  bench.open();
  bench.fill();
  bench.fetch(0, 7);
  bench.arrive(1, 64);
  bench.payload(1, bench.buffer(0), 64);
  bench.done(1);
  bench.write_back(1, 0, last_of(64));
  bench.cause(icr::LSC);
  bench.sw(stage::hardirq_enter);
  bench.read(reg::ICR, icr::LSC);
  bench.sw(stage::icr_read, 0, icr::LSC);
  bench.visible(1, 0, last_of(64));
  EXPECT_LEGAL(bench);
}

TEST(memory_rules, S_4_taken_before_DD_is_in_memory) {
  posted bench;
  bench.take(0, last_of(64), 1);
  bench.visible(1, 0, last_of(64));
  EXPECT_ONLY(bench, "S-4");
}

TEST(memory_rules, S_4_taken_with_other_contents) {
  posted bench;
  bench.visible(1, 0, last_of(64));
  bench.take(0, last_of(60), 1);
  EXPECT_ONLY(bench, "S-4");
}

TEST(memory_rules, S_9_taken_out_of_order) {
  posted bench;
  bench.visible(1, 0, last_of(64));
  bench.arrive(2, 64);
  bench.payload(2, bench.buffer(1), 64);
  bench.done(2);
  bench.write_back(2, 1, last_of(64));
  bench.visible(2, 1, last_of(64));
  bench.take(1, last_of(64), 2);
  EXPECT_ONLY(bench, "S-9");
}

TEST(memory_rules, S_9_taken_twice) {
  posted bench;
  bench.visible(1, 0, last_of(64));
  bench.take(0, last_of(64), 1);
  bench.take(0, last_of(64), 1);
  EXPECT_ONLY(bench, "S-9");
}

TEST(memory_rules, R_22_memory_shows_torn_bytes) {
  posted bench;
  bench.visible(1, 0, 1ULL << 32);
  EXPECT_ONLY(bench, "R-22");
}

}  // namespace
}  // namespace ringside::contract
