// SPDX-License-Identifier: Apache-2.0
// Transmit: a legal life of packets passes silently, and each rule of the card has a sequence that breaks it alone.
#include <gtest/gtest.h>

#include "tests/contract/transmit_bench.h"

namespace ringside::contract {
namespace {

using namespace sending;

TEST(transmit_rules, packets_of_every_kind_pass) {
  transmit_bench b;
  b.write(reg::TIDV, 900);
  b.settle();
  for (std::uint32_t i = 0; i < 20; ++i) b.send(i % 8, (i + 1) % 8);
  // Two buffers, status of the last alone; then a context and a packet with checksum and delayed interrupt.
  b.put(4, 60);
  b.put(5, eop | rs | 40);
  b.put(6, dext | rs);
  b.put(7, data_type | eop | rs | ide | txsm | 50);
  b.ring(0);
  for (std::uint32_t i = 4; i < 8; ++i) b.load(i);
  b.read(4, 0, 10);
  b.read(4, 10, 50);
  b.read(5, 0, 40);
  b.done(5);
  b.seen(5);
  b.cause(icr::TXDW);
  b.done(6);
  b.seen(6);
  b.cause(icr::TXDW);
  b.read(7, 0, 50);
  b.done(7, (txsm >> 32 << 32) | 1ULL << 32);
  b.seen(7);
  b.cause(icr::TXQE);
  b.wait(1 * ms);  // TIDV
  b.cause(icr::TXDW);
  b.head(0);
  EXPECT_LEGAL(b);
}

// T-34: bytes beyond the payload length need not be read, nor those of a packet whose context cannot be used.
TEST(transmit_rules, a_segmented_packet_may_be_finished_before_all_is_read) {
  transmit_bench b;
  b.put(0, dext | tse);
  b.put(1, data_type | tse | 200);
  b.put(2, data_type | tse | eop | rs | 300);
  b.ring(3);
  for (std::uint32_t i = 0; i < 3; ++i) b.load(i);
  b.read(1, 0, 200);
  b.done(2);
  b.seen(2);
  b.cause(icr::TXDW | icr::TXQE);
  EXPECT_LEGAL(b);
}

TEST(transmit_rules, T_10_bytes_beyond_the_buffer_are_read) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.ring(1);
  b.load(0);
  b.read(0, 0, 101);
  EXPECT_ONLY(b, "T-10");
}

TEST(transmit_rules, T_10_a_buffer_is_read_out_of_turn) {
  transmit_bench b;
  b.put(0, 100);
  b.put(1, eop | rs | 100);
  b.ring(2);
  b.load(0);
  b.load(1);
  b.read(1, 0, 100);
  EXPECT_ONLY(b, "T-10");
}

TEST(transmit_rules, T_40_fetch_reaches_the_tail) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.put(1, eop | rs | 100);
  b.ring(1);
  b.load(0);
  b.load(1);
  EXPECT_ONLY(b, "T-40");
}

TEST(transmit_rules, T_40_fetch_skips_a_descriptor) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.put(1, eop | rs | 100);
  b.ring(2);
  b.load(1);
  EXPECT_ONLY(b, "T-40");
}

TEST(transmit_rules, T_40_fetch_outside_the_ring) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.ring(1);
  b.bus(stage::tx_desc_load, 0, transmit_bench::at(8), 0);
  EXPECT_ONLY(b, "T-40");
}

TEST(transmit_rules, T_40_the_descriptor_read_is_not_what_software_wrote) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.ring(1);
  b.bus(stage::tx_desc_load, 0, transmit_bench::at(0), eop | rs | 60);
  EXPECT_ONLY(b, "T-40");
}

TEST(transmit_rules, T_41_fetch_while_the_transmitter_is_off) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.write(reg::TCTL, 0);
  b.settle();
  b.ring(1);
  b.load(0);
  EXPECT_ONLY(b, "T-41");
}

// T-47: unused descriptors come again after TDT was written with EN = 0.
TEST(transmit_rules, fetched_again_after_a_pause) {
  transmit_bench b;
  b.send(0, 1);
  b.put(1, eop | rs | 100);
  b.put(2, eop | rs | 100);
  b.ring(2);
  b.load(1);
  b.write(reg::TCTL, 0);
  b.settle();
  b.ring(3);
  b.write(reg::TCTL, enable);
  b.load(1);
  b.load(2);
  b.read(1, 0, 100);
  b.read(2, 0, 100);
  b.done(1);
  b.done(2);
  b.cause(icr::TXDW | icr::TXQE);
  EXPECT_LEGAL(b);
}

TEST(transmit_rules, T_42_done_before_the_data_were_read) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.ring(1);
  b.load(0);
  b.read(0, 0, 99);
  b.done(0);
  b.cause(icr::TXDW | icr::TXQE);
  EXPECT_ONLY(b, "T-42");
}

TEST(transmit_rules, T_42_done_before_the_data_of_an_earlier_descriptor_were_read) {
  transmit_bench b;
  b.put(0, 100);
  b.put(1, eop | rs | 100);
  b.ring(2);
  b.load(0);
  b.load(1);
  b.done(1);
  b.cause(icr::TXDW | icr::TXQE);
  EXPECT_ONLY(b, "T-42");
}

TEST(transmit_rules, T_43_head_passes_what_is_not_done) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.ring(1);
  b.load(0);
  b.read(0, 0, 100);
  b.settle();
  b.head(1);
  EXPECT_ONLY(b, "T-43");
}

TEST(transmit_rules, T_43_head_stays_behind) {
  transmit_bench b;
  b.send(0, 1);
  b.settle();
  b.head(0);
  EXPECT_ONLY(b, "T-43");
}

TEST(transmit_rules, T_44_descriptor_without_RS_is_written_back) {
  transmit_bench b;
  b.put(0, eop | 100);
  b.ring(1);
  b.load(0);
  b.read(0, 0, 100);
  b.done(0);
  EXPECT_ONLY(b, "T-44");
}

TEST(transmit_rules, T_44_written_back_out_of_order) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.put(1, eop | rs | 100);
  b.ring(2);
  b.load(0);
  b.load(1);
  b.read(0, 0, 100);
  b.read(1, 0, 100);
  b.done(1);
  EXPECT_ONLY(b, "T-44");
}

TEST(transmit_rules, T_44_other_bits_change) {
  transmit_bench b;
  const std::uint64_t special = 0x1234ULL << 48;
  b.put(0, special | eop | rs | 100);
  b.ring(1);
  b.load(0);
  b.read(0, 0, 100);
  b.done(0, 1ULL << 32);  // special is gone
  b.cause(icr::TXDW | icr::TXQE);
  EXPECT_ONLY(b, "T-44");
}

TEST(transmit_rules, T_60_nothing_was_written_back) {
  transmit_bench b;
  b.send(0, 1);
  b.cause(icr::TXDW);
  EXPECT_ONLY(b, "T-60");
}

// T-61: the second completes behind the first one's expiry and is written back before TXDW of that stands in ICR.
TEST(transmit_rules, T_60_a_timer_left_behind_an_expiry) {
  for (const sim_time before : {100 * ns, 5 * us}) {
    transmit_bench b;
    b.write(reg::TIDV, 1000);
    b.settle();
    for (const std::uint32_t i : {0U, 1U}) b.put(i, eop | rs | ide | 100);
    b.ring(2);
    for (const std::uint32_t i : {0U, 1U}) {
      b.load(i);
      b.read(i, 0, 100);
    }
    b.done(0);
    b.wait(1000 * us);
    b.done(1);
    b.wait(before);
    b.cause(icr::TXQE | icr::TXDW);
    b.wait(1000 * us);
    b.cause(icr::TXDW);
    if (before > 1 * us) {  // there was time to tell of it
      EXPECT_ONLY(b, "T-60");
      continue;
    }
    EXPECT_LEGAL(b);
    b.cause(icr::TXDW);
    EXPECT_ONLY(b, "T-60");
  }
}

// ... and a write-back without IDE stops it (T-60), as does its own expiry.
TEST(transmit_rules, T_60_no_timer_is_left_behind_an_interrupt_at_once) {
  transmit_bench b;
  b.write(reg::TIDV, 1000);
  b.settle();
  b.put(0, eop | rs | ide | 100);
  b.put(1, eop | rs | 100);
  b.ring(2);
  for (const std::uint32_t i : {0U, 1U}) {
    b.load(i);
    b.read(i, 0, 100);
    b.done(i);
  }
  b.cause(icr::TXQE | icr::TXDW);
  b.wait(900 * us);
  b.cause(icr::TXDW);
  EXPECT_ONLY(b, "T-60");
}

TEST(transmit_rules, T_60_the_cause_does_not_come) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.ring(1);
  b.load(0);
  b.read(0, 0, 100);
  b.done(0);
  b.cause(icr::TXQE);
  b.wait(1 * ms);
  EXPECT_ONLY(b, "T-60");
}

TEST(transmit_rules, T_61_a_timer_brings_the_cause) {
  for (const bool late : {false, true})
    for (const bool absolute : {false, true}) {
      transmit_bench b;
      b.write(reg::TIDV, absolute ? 60'000 : 1000);
      b.write(reg::TADV, absolute ? 1000 : 0);
      b.settle();
      for (const std::uint32_t i : {0U, 1U}) b.put(i, eop | rs | ide | 100);
      b.ring(2);
      for (const std::uint32_t i : {0U, 1U}) {
        b.load(i);
        b.read(i, 0, 100);
        b.done(i);
        if (i == 0) b.wait(500 * us);
      }
      b.cause(icr::TXQE);
      // 1024 us from the second for TIDV, from the first for TADV; 200 us for a busy bus.
      b.wait((absolute ? 500 : 1000) * us + (late ? 300 * us : 0));
      b.cause(icr::TXDW);
      if (late)
        EXPECT_ONLY(b, "T-61");
      else
        EXPECT_LEGAL(b);
    }
}

TEST(transmit_rules, T_61_without_a_delay_it_comes_at_once) {
  transmit_bench b;
  b.put(0, eop | rs | ide | 100);
  b.ring(1);
  b.load(0);
  b.read(0, 0, 100);
  b.done(0);
  b.cause(icr::TXQE);
  b.wait(1 * ms);
  EXPECT_ONLY(b, "T-61");
}

TEST(transmit_rules, T_62_the_cause_does_not_come) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.ring(1);
  b.load(0);
  b.read(0, 0, 100);
  b.done(0);
  b.cause(icr::TXDW);
  b.wait(1 * ms);
  EXPECT_ONLY(b, "T-62");
}

TEST(transmit_rules, T_80_payload_is_read_while_the_transmitter_is_off) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.ring(1);
  b.load(0);
  b.write(reg::TCTL, 0);
  b.wait(1 * ms);
  b.read(0, 0, 100);
  EXPECT_ONLY(b, "T-80");
}

TEST(transmit_rules, T_62_descriptors_are_left) {
  transmit_bench b;
  b.put(0, eop | rs | 100);
  b.put(1, eop | rs | 100);
  b.ring(2);
  b.load(0);
  b.load(1);
  b.read(0, 0, 100);
  b.done(0);
  b.cause(icr::TXDW | icr::TXQE);
  EXPECT_ONLY(b, "T-62");
}

// The cause comes a few clocks behind the write-back, as a card has it; a doorbell as near to it may be too late.
TEST(transmit_rules, T_62_is_judged_right_behind_the_write_back) {
  for (const bool late_doorbell : {false, true}) {
    transmit_bench b;
    b.put(0, eop | rs | 100);
    b.put(1, eop | rs | 100);
    b.ring(late_doorbell ? 1 : 2);
    b.load(0);
    b.read(0, 0, 100);
    b.step = 24 * ns;
    b.done(0);
    if (late_doorbell) b.ring(2);
    b.cause(icr::TXDW | icr::TXQE);
    EXPECT_EQ(b.broken(), late_doorbell ? std::vector<std::string>{} : std::vector<std::string>{"T-62"});
  }
}

TEST(transmit_rules, T_72_a_frame_begins_while_the_transmitter_is_off) {
  transmit_bench b;
  b.write(reg::TCTL, 0);
  b.wait(1 * us);
  b.wire();
  EXPECT_ONLY(b, "T-72");
}

}  // namespace
}  // namespace ringside::contract
