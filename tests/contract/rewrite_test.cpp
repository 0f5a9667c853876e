// SPDX-License-Identifier: Apache-2.0
// RDT with EN = 0 and rewritten rings: what was under way ends as if software had written afterwards, and a card
// that forgets it is caught.
#include <gtest/gtest.h>

#include "hw/regs/e1000_regs.h"
#include "tests/contract/contract_bench.h"

namespace ringside::contract {
namespace {

config without_link_rules() {
  config setup;
  setup.off.set(static_cast<std::size_t>(rule::L_1));
  return setup;
}

/// Ring of 8, four descriptors on chip; frame 1 is in memory, the receiver off, its write-back on the bus.
struct paused : contract_bench {
  explicit paused(const config& setup = cut_short()) : contract_bench(setup) {
    open(8);
    fill();
    fetch(0, 4);
    arrive(1, 64);
    payload(1, buffer(0), 64);
    done(1);
    write(reg::RCTL, 0);
  }
  void resume() {
    wait(100 * us);
    write(reg::RCTL, rx_control);
  }
};

TEST(rewrite, what_was_under_way_is_finished) {
  paused bench(without_link_rules());
  bench.write(reg::RDT, 7);
  bench.write_back(1, 0, contract_bench::last_of(64));
  bench.visible(1, 0, contract_bench::last_of(64));
  bench.cause(icr::RXT0);
  bench.wait(100 * us);
  bench.read(reg::RDH, 1);
  bench.take(0, contract_bench::last_of(64), 1);
  bench.resume();
  bench.fetch(1, 6);
  bench.receive(2, 1);
  EXPECT_LEGAL(bench);
}

// The descriptor has DD in memory, and the card starts at it again: the next frame would overwrite it.
TEST(rewrite, R_11_the_same_descriptor_once_more) {
  paused bench;
  bench.write(reg::RDT, 7);
  bench.write_back(1, 0, contract_bench::last_of(64));
  bench.cause(icr::RXT0);
  bench.resume();
  bench.fetch(0, 7);
  EXPECT_EQ(bench.broken().front(), "R-11") << bench.report();
}

TEST(rewrite, R_12_head_stays_behind) {
  paused bench;
  bench.write(reg::RDT, 7);
  bench.write_back(1, 0, contract_bench::last_of(64));
  bench.cause(icr::RXT0);
  bench.read(reg::RDH, 0);  // the card may not know yet
  bench.wait(100 * us);
  bench.read(reg::RDH, 0);
  EXPECT_ONLY(bench, "R-12");
}

TEST(rewrite, N_5_the_write_back_never_comes) {
  paused bench;
  bench.write(reg::RDT, 7);
  EXPECT_ONLY(bench, "N-5");
}

TEST(rewrite, I_1_the_cause_never_comes) {
  paused bench(without_link_rules());
  bench.write(reg::RDT, 7);
  bench.write_back(1, 0, contract_bench::last_of(64));
  EXPECT_ONLY(bench, "I-1");
}

// N-8: what was fetched before may be finished, not begun.
TEST(rewrite, N_8_a_frame_begins_in_a_descriptor_of_before) {
  paused bench;
  bench.write(reg::RDT, 7);
  bench.write_back(1, 0, contract_bench::last_of(64));
  bench.cause(icr::RXT0);
  bench.resume();
  bench.arrive(2, 64);
  bench.payload(2, bench.buffer(1), 64);
  EXPECT_ONLY(bench, "N-8");
}

// A frame that has filled three buffers when RDT is written goes on in descriptors that are fetched anew.
TEST(rewrite, a_long_frame_goes_on) {
  constexpr std::uint32_t control = contract_bench::rx_control | 3U << 16;  // 256 bytes
  contract_bench bench;
  bench.open(8, control);
  bench.fill();
  bench.fetch(0, 7);
  bench.arrive(1, 1000);
  for (std::uint32_t i = 0; i < 2; ++i) bench.payload(1, bench.buffer(i), 256);
  bench.write(reg::RCTL, control & ~rctl::EN);
  bench.write(reg::RDT, 6);
  bench.payload(1, bench.buffer(2), 256);  // was on the bus
  for (std::uint32_t i = 0; i < 3; ++i) bench.write_back(1, i, contract_bench::part_of(256));
  bench.wait(100 * us);
  bench.write(reg::RCTL, control);
  bench.fetch(3, 3);
  bench.payload(1, bench.buffer(3), 232);
  bench.done(1);
  bench.write_back(1, 3, contract_bench::last_of(232));
  bench.cause(icr::RXT0);
  EXPECT_LEGAL(bench);
}

// RDLEN in the place of RDT: RDH moves on with the burst; after RDH itself it does not.
TEST(rewrite, a_write_back_ends_in_the_old_ring) {
  for (const std::uint32_t written : {reg::RDLEN, reg::RDBAL, reg::RDH}) {
    SCOPED_TRACE(written);
    paused bench;
    if (written == reg::RDLEN) bench.write(written, 8 * 16);
    if (written == reg::RDBAL) bench.write(written, static_cast<std::uint32_t>(contract_bench::ring_base));
    if (written == reg::RDH) bench.write(written, 3);
    bench.write_back(1, 0, contract_bench::last_of(64));
    bench.cause(icr::RXT0);
    const std::uint32_t head = written == reg::RDH ? 3 : 1;
    bench.read(reg::RDH, head);
    bench.resume();
    bench.fetch(head, 7 - head);
    bench.receive(2, head);
    bench.read(reg::RDH, head + 1);
    EXPECT_LEGAL(bench);
  }
}

TEST(rewrite, R_11_the_new_ring_begins_at_the_old_place) {
  paused bench;
  bench.write(reg::RDLEN, 8 * 16);
  bench.write_back(1, 0, contract_bench::last_of(64));
  bench.cause(icr::RXT0);
  bench.resume();
  bench.fetch(0, 7);
  EXPECT_EQ(bench.broken().front(), "R-11") << bench.report();
}

// one write-back may serve two requests, one clock apart; a third RXT0 reports nothing.
TEST(rewrite, R_21_rxt0_over_and_over) {
  for (const unsigned times : {2U, 3U}) {
    contract_bench bench;
    bench.open(16);
    bench.fill();
    bench.fetch(0, 15);
    bench.receive(1, 0);
    bench.step = 8 * ns;
    bench.arrive(2, 64);
    bench.payload(2, bench.buffer(1), 64);
    bench.done(2);
    bench.arrive(3, 64);
    bench.payload(3, bench.buffer(2), 64);
    bench.done(3);
    bench.write_back(2, 1, contract_bench::last_of(64));
    for (unsigned i = 0; i < times; ++i) bench.cause(icr::RXT0);
    bench.wait(10 * us);
    bench.write_back(3, 2, contract_bench::last_of(64));
    bench.cause(icr::RXT0);
    if (times == 2) {
      EXPECT_LEGAL(bench);
    } else {
      EXPECT_ONLY(bench, "R-21");
    }
  }
}

// a frame stored under LPE, begun when neither LPE nor SBP is set.
TEST(rewrite, R_40_a_long_frame_that_waited) {
  contract_bench bench;
  bench.open(8, contract_bench::rx_control | rctl::LPE);
  bench.fill();
  bench.arrive(1, 3000);
  bench.write(reg::RCTL, 0);
  bench.wait(100 * us);
  bench.write(reg::RCTL, contract_bench::rx_control);
  bench.fetch(0, 7);
  bench.payload(1, bench.buffer(0), 2048);
  EXPECT_ONLY(bench, "R-40");
}

// ... and one that was begun before is finished, R-3.
TEST(rewrite, a_long_frame_that_was_begun) {
  contract_bench bench;
  bench.open(8, contract_bench::rx_control | rctl::LPE);
  bench.fill();
  bench.fetch(0, 7);
  bench.arrive(1, 3000);
  bench.payload(1, bench.buffer(0), 2048);
  bench.write(reg::RCTL, contract_bench::rx_control);
  bench.payload(1, bench.buffer(1), 952);
  bench.done(1);
  bench.write_back(1, 0, contract_bench::part_of(2048));
  bench.write_back(1, 1, contract_bench::last_of(952));
  bench.cause(icr::RXT0);
  EXPECT_LEGAL(bench);
}

// FS 7.4, R-16: the timers run on and causes follow, whatever becomes of the ring.
TEST(rewrite, I_1_the_packet_timer_is_forgotten) {
  for (const bool comes : {true, false}) {
    contract_bench bench(without_link_rules());
    bench.open(8);
    bench.write(reg::RDTR, 100);
    bench.fill();
    bench.fetch(0, 7);
    bench.arrive(1, 64);
    bench.payload(1, bench.buffer(0), 64);
    const sim_time placed = bench.now;
    bench.done(1);
    bench.write(reg::RCTL, 0);
    bench.write_back(1, 0, contract_bench::last_of(64));
    bench.write(reg::RDLEN, 8 * 16);
    bench.now = placed + 100 * 1024 * ns;
    if (comes) {
      bench.cause(icr::RXT0);
      EXPECT_LEGAL(bench);
    } else {
      EXPECT_ONLY(bench, "I-1");
    }
  }
}

TEST(rewrite, I_1_the_cause_of_a_write_back_under_way_is_forgotten) {
  for (const std::uint32_t written : {reg::RDLEN, reg::RDH}) {
    paused bench(without_link_rules());
    bench.write(written, written == reg::RDLEN ? 8 * 16 : 3);
    bench.write_back(1, 0, contract_bench::last_of(64));
    EXPECT_ONLY(bench, "I-1");
  }
}

// Linux sets up a ring by five writes: what was under way belongs to the ring before the first of them.
TEST(rewrite, a_write_back_ends_in_the_ring_before_a_whole_set_up) {
  paused bench;
  constexpr std::uint64_t elsewhere = contract_bench::ring_base + 0x8000;
  bench.write(reg::RDLEN, 16 * 16);
  bench.write(reg::RDBAH, 0);
  bench.write(reg::RDBAL, static_cast<std::uint32_t>(elsewhere));
  bench.write(reg::RDT, 0);
  bench.write(reg::RDH, 0);
  bench.write_back(1, 0, contract_bench::last_of(64));
  bench.cause(icr::RXT0);
  bench.read(reg::RDH, 0);
  EXPECT_LEGAL(bench);
}

// what no burst was granted for is forgotten; only one descriptor was complete.
TEST(rewrite, N_8_forgotten_descriptors_are_written_back) {
  paused bench;
  bench.write(reg::RDLEN, 8 * 16);
  bench.write_back(1, 0, contract_bench::last_of(64));
  bench.cause(icr::RXT0);
  bench.write_back(2, 1, contract_bench::last_of(64));
  EXPECT_ONLY(bench, "N-8");
}

TEST(rewrite, N_8_forgotten_descriptors_land_in_the_new_ring) {
  paused bench;
  bench.write(reg::RDBAL, static_cast<std::uint32_t>(contract_bench::ring_base + 0x8000));
  bench.bus(stage::desc_writeback, 1, contract_bench::ring_base + 0x8000, contract_bench::last_of(64));
  EXPECT_ONLY(bench, "N-8");
}

TEST(rewrite, N_2_write_back_into_no_ring) {
  paused bench;
  bench.write(reg::RDLEN, 8 * 16);
  bench.bus(stage::desc_writeback, 1, contract_bench::ring_base + 0x8000, contract_bench::last_of(64));
  EXPECT_ONLY(bench, "N-2");
}

// payload that was on the bus ends in the buffer it was meant for.
TEST(rewrite, N_3_payload_into_a_foreign_address) {
  for (const std::uint64_t address : {contract_bench::first_buffer, contract_bench::first_buffer + 1900,
                                      contract_bench::first_buffer - 64, std::uint64_t{0x77'0000}}) {
    contract_bench bench;
    bench.open(8);
    bench.fill();
    bench.fetch(0, 4);
    bench.arrive(1, 200);
    bench.write(reg::RCTL, 0);
    bench.write(reg::RDLEN, 8 * 16);
    bench.payload(1, address, 200);
    if (address == contract_bench::first_buffer) {
      EXPECT_LEGAL(bench);
    } else {
      EXPECT_ONLY(bench, "N-3");
    }
  }
}

constexpr auto command = nic_registers::config_base + nic_registers::command_offset;

// P-3: with BusMaster and EN both 0 the card forgets what it had asked for, as if the ring had been rewritten.
TEST(rewrite, N_8_what_was_held_back_is_done_after_a_full_stop) {
  for (const bool stopped : {false, true}) {
    contract_bench bench;
    bench.open(8);
    bench.fill();
    bench.fetch(0, 4);
    bench.arrive(1, 64);
    bench.nic(stage::reg_write, 0, command, 3);
    if (stopped) bench.write(reg::RCTL, 0);
    bench.wait(100 * us);
    if (stopped) bench.write(reg::RCTL, contract_bench::rx_control);
    bench.nic(stage::reg_write, 0, command, 7);
    bench.payload(1, bench.buffer(0), 64);
    bench.done(1);
    if (stopped) {
      EXPECT_EQ(bench.broken().front(), "N-8") << bench.report();
    } else {
      bench.write_back(1, 0, contract_bench::last_of(64));
      bench.cause(icr::RXT0);
      EXPECT_LEGAL(bench);
    }
  }
}

}  // namespace
}  // namespace ringside::contract
