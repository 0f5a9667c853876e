// SPDX-License-Identifier: Apache-2.0
// What the bus had taken when the card was stopped may still end: how long, on both sides of each bound.
//
// The bounds are the checker's judgement of a slow bus, not the chip's: 100 us for a descriptor read begun before EN
// fell (it may stand behind 1 KiB of payload, 51 us at 20 MB/s before any retry), 60 us for that payload or a
// write-back asked for before the ring was rewritten; 5 us after CTRL.RST.
#include <gtest/gtest.h>

#include "hw/regs/e1000_regs.h"
#include "tests/contract/contract_bench.h"

namespace ringside::contract {
namespace {

constexpr sim_time behind_payload = 100 * us;
constexpr sim_time slow_bus = 60 * us;
constexpr sim_time after_reset = 5 * us;
constexpr sim_time one_clock = 8 * ns;

/// Ring of 8, all seven handed over, the first two on chip; frame 1 waits.
struct running : contract_bench {
  running() {
    open(8);
    fill();
    fetch(0, 2);
    arrive(1, 64);
  }
  /// Clears EN; returns when.
  sim_time stop() {
    write(reg::RCTL, 0);
    return now;
  }
  /// RDT with EN = 0 takes unused descriptors from the chip.
  sim_time stop_and_rewrite() {
    stop();
    wait(50 * us);
    write(reg::RDT, 7);
    return now;
  }
  sim_time reset() {
    nic(stage::nic_reset);
    return now;
  }
  void load_at(sim_time t, std::uint32_t index) {
    now = t - step;
    bus(stage::desc_load, 0, descriptor(index), buffer(index));
  }
  void fetch_ends_at(sim_time t, std::uint32_t from, std::uint32_t descriptors) {
    now = t - step;
    bus(stage::desc_fetch, 0, descriptor(from), descriptors * 16ULL);
  }
  void payload_at(sim_time t) {
    now = t - step;
    bus(stage::dma_write, 1, buffer(0), 64);
  }
  void write_back_at(sim_time t) {
    now = t - step;
    write_back(1, 0, last_of(64));
  }
};

// ---- N-9, EN = 0: the first of a burst's data decides, wherever its end falls ----

TEST(drain, fetch_whose_first_data_came_in_time_may_end_late) {
  running bench;
  const sim_time stopped = bench.stop();
  bench.load_at(stopped + behind_payload, 2);
  bench.load_at(stopped + 2 * behind_payload, 3);
  bench.fetch_ends_at(stopped + 2 * behind_payload, 2, 2);
  EXPECT_LEGAL(bench);
}

TEST(drain, N_9_first_data_one_clock_too_late) {
  running bench;
  const sim_time stopped = bench.stop();
  bench.load_at(stopped + behind_payload + one_clock, 2);
  bench.fetch_ends_at(bench.now, 2, 1);
  EXPECT_ONLY(bench, "N-9");
}

TEST(drain, N_9_a_burst_in_time_does_not_excuse_the_next) {
  running bench;
  const sim_time stopped = bench.stop();
  bench.load_at(stopped + behind_payload / 2, 2);
  bench.fetch_ends_at(stopped + behind_payload / 2, 2, 1);
  bench.load_at(stopped + behind_payload + one_clock, 3);
  bench.fetch_ends_at(bench.now, 3, 1);
  EXPECT_ONLY(bench, "N-9");
}

TEST(drain, fetch_the_bus_had_taken_before_reset_is_legal) {
  running bench;
  const sim_time reset = bench.reset();
  bench.load_at(reset + after_reset, 2);
  bench.fetch_ends_at(reset + 2 * after_reset, 2, 1);
  EXPECT_LEGAL(bench);
}

TEST(drain, N_9_first_data_one_clock_too_late_after_reset) {
  running bench;
  const sim_time reset = bench.reset();
  bench.load_at(reset + after_reset + one_clock, 2);
  bench.fetch_ends_at(bench.now, 2, 1);
  EXPECT_ONLY(bench, "N-9");
}

// ---- N-8, R-16: what is on chip is forgotten when the ring is rewritten; what the bus holds ends in memory (R-5) ----

TEST(drain, payload_the_bus_had_taken_before_the_ring_was_rewritten_is_legal) {
  running bench;
  bench.payload_at(bench.stop_and_rewrite() + slow_bus);
  EXPECT_LEGAL(bench);
}

TEST(drain, N_8_payload_one_clock_too_late_after_the_ring_was_rewritten) {
  running bench;
  bench.payload_at(bench.stop_and_rewrite() + slow_bus + one_clock);
  EXPECT_ONLY(bench, "N-8");
}

TEST(drain, write_back_the_bus_had_taken_before_the_ring_was_rewritten_is_legal) {
  running bench;
  bench.payload(1, bench.buffer(0), 64);
  bench.done(1);
  bench.write_back_at(bench.stop_and_rewrite() + slow_bus);
  EXPECT_LEGAL(bench);
}

// RDH is written, so the burst can only be one that was under way.
TEST(drain, N_8_write_back_one_clock_too_late_after_rdh_was_written) {
  running bench;
  bench.payload(1, bench.buffer(0), 64);
  bench.done(1);
  bench.stop();
  bench.write(reg::RDH, 0);
  bench.write_back_at(bench.now + slow_bus + one_clock);
  EXPECT_ONLY(bench, "N-8");
}

// EN = 1 takes nothing back from the bus.
TEST(drain, payload_in_time_although_enabled_again) {
  for (const sim_time late : {sim_time{0}, one_clock}) {
    running bench;
    const sim_time rewritten = bench.stop_and_rewrite();
    bench.write(reg::RCTL, contract_bench::rx_control);
    bench.payload_at(rewritten + slow_bus + late);
    if (late == 0) {
      EXPECT_LEGAL(bench);
    } else {
      EXPECT_ONLY(bench, "N-8");
    }
  }
}

// ---- N-10, X-7: after CTRL.RST ----

TEST(drain, payload_the_bus_had_taken_before_reset_is_legal) {
  running bench;
  bench.payload_at(bench.reset() + after_reset);
  EXPECT_LEGAL(bench);
}

TEST(drain, N_10_payload_one_clock_too_late_after_reset) {
  running bench;
  bench.payload_at(bench.reset() + after_reset + one_clock);
  EXPECT_ONLY(bench, "N-10");
}

// ---- P-3: nothing is late while the bus may not be had ----

TEST(drain, a_frame_waits_for_its_dd_as_long_as_bus_mastering_is_off) {
  constexpr auto command = nic_registers::config_base + nic_registers::command_offset;
  for (const bool written : {true, false}) {
    running bench;
    bench.payload(1, bench.buffer(0), 64);
    bench.done(1);
    bench.nic(stage::reg_write, 0, command, 3);
    bench.wait(10 * ms);
    bench.nic(stage::reg_write, 0, command, 7);
    if (written) {
      bench.write_back(1, 0, contract_bench::last_of(64));
      bench.cause(icr::RXT0);
      EXPECT_LEGAL(bench);
    } else {
      EXPECT_ONLY(bench, "N-5");
    }
  }
}

}  // namespace
}  // namespace ringside::contract
