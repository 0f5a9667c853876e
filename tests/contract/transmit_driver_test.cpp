// SPDX-License-Identifier: Apache-2.0
// What the driver owes on transmit, S-17 to S-21: each rule has a sequence that breaks it alone.
#include <gtest/gtest.h>

#include "tests/contract/transmit_bench.h"

namespace ringside::contract {
namespace {

using namespace sending;

TEST(transmit_rules, S_17_the_driver_writes_what_the_card_has) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.ring(1);
  b.put(0, eop | rs | 100, transmit_bench::buffer_of(5));
  EXPECT_ONLY(b, "S-17");
}

TEST(transmit_rules, S_18_tail_beyond_the_ring) {
  transmit_bench b;
  b.ring(8);
  EXPECT_ONLY(b, "S-18");
}

TEST(transmit_rules, S_18_tail_covers_what_was_not_written) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.ring(2);
  EXPECT_ONLY(b, "S-18");
}

// A ring of 8 takes 7: with 8 TDH = TDT would mean none.
TEST(transmit_rules, S_18_tail_passes_what_is_not_done) {
  transmit_bench b;
  b.send(0, 1);
  for (std::uint32_t i = 1; i < 8; ++i) b.put(i, eop | rs | 100);
  b.ring(0);
  b.put(0, eop | rs | 100);
  b.ring(1);
  EXPECT_ONLY(b, "S-18");
}

TEST(transmit_rules, S_19_the_buffer_is_not_mapped) {
  transmit_bench b;
  b.put(0, eop | rs | 100, transmit_bench::buffer_of(0), false);
  EXPECT_ONLY(b, "S-19");
}

TEST(transmit_rules, S_19_unmapped_before_it_is_done) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.ring(1);
  b.load(0);
  b.unmap(0, 100);
  EXPECT_ONLY(b, "S-19");
}

TEST(transmit_rules, S_20_the_ring_is_rewritten_while_it_runs) {
  transmit_bench b;
  b.write(reg::TDLEN, 256);
  EXPECT_ONLY(b, "S-20");
}

TEST(transmit_rules, S_21_a_packet_without_its_context) {
  transmit_bench b;
  b.put(0, dext | tse);  // the other kind (T-15)
  b.put(1, data_type | eop | rs | txsm | 60);
  b.ring(2);
  b.load(0);
  b.load(1);
  EXPECT_ONLY(b, "S-21");
}

// CTRL.RST takes the ring, and what was on its way ends.
TEST(transmit_rules, a_reset_in_the_middle_is_legal) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.put(1, eop | rs | 100);
  b.ring(2);
  b.load(0);
  b.nic(stage::nic_reset);
  b.load(1);
  b.read(0, 0, 100);
  b.settle();
  EXPECT_LEGAL(b);
}

}  // namespace
}  // namespace ringside::contract
