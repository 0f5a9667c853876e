// SPDX-License-Identifier: Apache-2.0
// Each lesson shows the effect its page claims, as counts of the run.
#include <gtest/gtest.h>

#include <sstream>
#include <utility>

#include "tests/lessons/lesson_run.h"

namespace ringside::test {
namespace {

lesson_result sound(const std::string& scenario, const settings& changes = {}) {
  lesson_result r = run_lesson(scenario, changes);
  EXPECT_EQ(r.complaints, "") << scenario;
  EXPECT_GT(r["frames.delivered"], 0) << scenario;
  return r;
}

TEST(lesson, one_frame_reaches_the_application) {
  const lesson_result r = sound("one_frame");
  EXPECT_EQ(r["frames.delivered"], 16);
  EXPECT_EQ(r["latency_ns.wire_app.samples"], 16);
  // The card at rest interrupts at once; the following frames wait for ITR (FS 7.3).
  EXPECT_LT(r["latency_ns.wire_app.min"], 10'000);
  EXPECT_GT(r["latency_ns.wire_app.max"], 40'000);
}

// FS 7.3 and FS 7.4: 50,000 frames a second for 20 ms; ITR 20,000 a second allows 400 interrupts, ITR 4,000 allows 80.
TEST(lesson, coalescing_trades_interrupts_for_latency) {
  const lesson_result off = sound("lesson_coalescing", {"driver.itr=off"});
  const lesson_result medium = sound("lesson_coalescing");
  const lesson_result low = sound("lesson_coalescing", {"driver.itr=4000"});
  constexpr double others = 8;  // link change and watchdog
  EXPECT_GE(off["interrupts.asserted"], 1000);
  EXPECT_LE(medium["interrupts.asserted"], 400 + others);
  EXPECT_GT(medium["interrupts.asserted"], 300);
  EXPECT_LE(low["interrupts.asserted"], 80 + others);
  EXPECT_LT(off["latency_ns.wire_app.p50"], medium["latency_ns.wire_app.p50"]);
  EXPECT_LT(medium["latency_ns.wire_app.p50"], low["latency_ns.wire_app.p50"]);
  EXPECT_GT(off["cpu.0.hardirq"], 2 * medium["cpu.0.hardirq"]);
  for (const lesson_result* r : {&off, &medium, &low}) EXPECT_EQ((*r)["frames.delivered"], 1000);
}

// FS 7.4: RDTR restarts with every frame.  Frames every 20 us keep a delay of 30.7 us from ever ending; only half an
// empty ring (RXDMT0) interrupts, unless RADV bounds the wait.
TEST(lesson, coalescing_rdtr_starves_without_radv) {
  const lesson_result no_radv = sound("lesson_coalescing", {"driver.itr=off", "driver.rdtr=30", "driver.radv=0"});
  const lesson_result radv = sound("lesson_coalescing", {"driver.itr=off", "driver.rdtr=30", "driver.radv=100"});
  EXPECT_GT(no_radv["latency_ns.wire_app.max"], 2'000'000);
  EXPECT_GT(no_radv["interrupts.causes.rxdmt0"], 0);
  // RADV = 100 units of 1.024 us from the first frame: one interrupt every 102.4 us or so, each for about six frames.
  EXPECT_LT(radv["latency_ns.wire_app.max"], 130'000);
  EXPECT_GT(radv["interrupts.asserted"], 5 * no_radv["interrupts.asserted"]);
}

// Mogul and Ramakrishnan 1997: with an interrupt per frame, more load means less delivered.
TEST(lesson, livelock_of_the_old_way_against_napi) {
  const lesson_result eased = sound("lesson_livelock", {"gen.rate=100000pps", "gen.count=5000"});
  const lesson_result irq = sound("lesson_livelock");
  const lesson_result napi = sound("lesson_livelock", {"driver.mode=napi"});
  EXPECT_EQ(eased["frames.delivered"], 5000);
  EXPECT_LT(irq["frames.delivered"], 5000 / 2.0) << "four times the load, the same 50 ms";
  EXPECT_LT(irq["seen.reads_under_load"] * 4, napi["seen.reads_under_load"]);
  EXPECT_GT(napi["frames.delivered"], 3 * irq["frames.delivered"]);
  // Where the excess dies: late, after the CPU has worked for it; or in the card, for free.
  EXPECT_EQ(irq["frames.dropped.backlog_full"], 20'000 - irq["frames.delivered"]);
  EXPECT_EQ(napi["frames.dropped.backlog_full"], 0);
  EXPECT_EQ(napi["chip.MPC"], 20'000 - napi["frames.delivered"]);
  EXPECT_GT(irq["interrupts.hardirqs"], 100 * napi["interrupts.hardirqs"]);
}

// FS 6.10: RNBC counts frames that found no descriptor, MPC those that found no room.
TEST(lesson, ring_runs_dry_counts_rnbc_before_mpc) {
  const lesson_result small = sound("lesson_ring_runs_dry");
  EXPECT_GT(small["chip.RNBC"], 0);
  EXPECT_EQ(small["chip.RNBC"], small["seen.rnbc"]);
  EXPECT_EQ(small["chip.MPC"], small["frames.dropped.fifo_overflow"]);
  EXPECT_GT(small["chip.MPC"], 0);
  // A burst the FIFO can hold waits there and is not lost: RNBC without MPC.
  const lesson_result burst = sound("lesson_ring_runs_dry", {"gen.count=300"});
  EXPECT_GT(burst["chip.RNBC"], 0);
  EXPECT_EQ(burst["chip.MPC"], 0);
  EXPECT_EQ(burst["frames.delivered"], 300);
  const lesson_result large = sound("lesson_ring_runs_dry", {"gen.count=300", "driver.ring_size=512"});
  EXPECT_EQ(large["chip.RNBC"], 0);
}

TEST(lesson, fifo_overruns_at_33_mhz_with_descriptors_to_spare) {
  const lesson_result slow = sound("lesson_fifo_overrun");
  EXPECT_GT(slow["chip.MPC"], 0);
  EXPECT_EQ(slow["chip.RNBC"], 0) << "the ring never ran dry: the bus was the bottleneck";
  EXPECT_GT(slow["interrupts.causes.rxo"], 0);
  const lesson_result fast = sound("lesson_fifo_overrun", {"bus.clock_mhz=66"});
  EXPECT_EQ(fast["chip.MPC"], 0);
  EXPECT_EQ(fast["frames.delivered"], 1500);
}

// PCI 2.3 2.2.6 and 3.2.5: INTA# is not ordered with posted writes; a read's completion is.
TEST(lesson, intx_overtakes_data_and_the_icr_read_waits_for_it) {
  const lesson_result r = sound("lesson_intx_overtakes_data");
  EXPECT_LT(r["latency_ns.dd_intx.max"], 0) << "INTA# before DD, every time";
  EXPECT_EQ(r["seen.dd_after_intx"], 16);
  EXPECT_EQ(r["seen.icr_reads_before_dd"], 0) << "no ICR value reached the driver before the data it announces";
  EXPECT_EQ(r["frames.delivered"], 16);
  const lesson_result quick = sound("lesson_intx_overtakes_data", {"bridge.drain_latency_ns=0"});
  EXPECT_GE(quick["latency_ns.dd_intx.min"], 0);
}

/// Complaints in all, and those that contain `part`.  What a breach adds in further lines is indented.
std::pair<int, int> complaints(const lesson_result& r, const std::string& part) {
  std::pair<int, int> found;
  std::istringstream in(r.complaints);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(' ')) continue;
    ++found.first;
    if (line.find(part) != std::string::npos) ++found.second;
  }
  return found;
}

// I-1, I-3, I-5: a cause that is cleared after the last look at the ring is gone; D-4: the watchdog's ICS comes every 2
// s, which the timer wheel makes up to 36 ms more.
TEST(lesson, lost_wakeup_waits_for_the_watchdog) {
  const lesson_result lost = run_lesson("lesson_lost_wakeup");
  EXPECT_EQ(complaints(lost, "contract: D-4 broken by the driver"), std::pair(1, 1)) << lost.complaints;
  EXPECT_EQ(lost["frames.delivered"], 2);
  EXPECT_GT(lost["latency_ns.wire_app.max"], 1'900'000'000.0);
  EXPECT_LT(lost["latency_ns.wire_app.max"], 2'036'100'000.0);
  EXPECT_LT(lost["latency_ns.wire_app.min"], 10'000);
  // Nobody comes: the frame stays in the ring until the interface is closed.
  const lesson_result alone = run_lesson("lesson_lost_wakeup", {"driver.watchdog=off"});
  EXPECT_EQ(alone["frames.delivered"], 1);
  EXPECT_EQ(alone["frames.dropped.driver_down"], 1);
  // Any later frame's interrupt takes it along.
  EXPECT_LT(sound("lesson_lost_wakeup", {"gen.count=3"})["latency_ns.wire_app.max"], 20'000);
}

TEST(lesson, lost_wakeup_is_none_in_napis_order) {
  const lesson_result right = sound("lesson_lost_wakeup", {"driver.ack_after_poll=off"});
  EXPECT_EQ(right["frames.delivered"], 2);
  EXPECT_LT(right["latency_ns.wire_app.max"], 12'000);
  for (const char* rate : {"gen.rate=320000pps", "gen.rate=450000pps"})
    EXPECT_LT(sound("lesson_lost_wakeup", {rate})["latency_ns.wire_app.max"], 20'000) << rate;
}

// Linux core-api/dma-api: the CPU may read a streaming buffer after a sync or an unmap.
TEST(lesson, missing_dma_sync_shows_old_bytes_to_copybreak) {
  const lesson_result apart = run_lesson("lesson_missing_dma_sync");
  EXPECT_EQ(complaints(apart, "contract: S-12 broken by the driver"), std::pair(4, 4)) << apart.complaints;
  EXPECT_EQ(apart["frames.delivered"], 4);  // full-size frames, unmapped
  EXPECT_EQ(apart["frames.dropped.other_host"], 4) << "a destination address of zeros";
  EXPECT_EQ(apart["seen.skbs_copied"], 4);
  EXPECT_EQ(apart["seen.skbs_built"], 4);
}

TEST(lesson, missing_dma_sync_is_named_where_it_does_no_harm) {
  const lesson_result together = run_lesson("lesson_missing_dma_sync", {"bus.coherent=on"});
  EXPECT_EQ(together["frames.delivered"], 8);
  EXPECT_EQ(complaints(together, "contract: S-12 broken by the driver"), std::pair(4, 4)) << together.complaints;
  for (const char* key : {"driver.skip_dma_sync=off", "driver.copybreak=0"})
    EXPECT_EQ(sound("lesson_missing_dma_sync", {key})["frames.delivered"], 8) << key;
}

TEST(lesson, copybreak_copies_small_frames_and_keeps_their_buffers) {
  const lesson_result r = sound("lesson_copybreak");
  EXPECT_EQ(r["seen.skbs_copied"], 500);  // 64 bytes
  EXPECT_EQ(r["seen.skbs_built"], 500);   // 1518 bytes
  const lesson_result none = sound("lesson_copybreak", {"driver.copybreak=0"});
  EXPECT_EQ(none["seen.skbs_copied"], 0);
  const lesson_result all = sound("lesson_copybreak", {"driver.copybreak=1518"});
  EXPECT_EQ(all["seen.skbs_built"], 0);
  EXPECT_GT(all["cpu.0.softirq"], r["cpu.0.softirq"]) << "copying full frames costs";
}

TEST(lesson, affinity_splits_interrupts_and_application) {
  const lesson_result two = sound("lesson_affinity");
  EXPECT_GT(two["seen.hardirqs_cpu0"], 0);
  EXPECT_EQ(two["seen.hardirqs_cpu1"], 0);
  EXPECT_EQ(two["seen.reads_cpu0"], 0);
  EXPECT_EQ(two["seen.reads_cpu1"], 4000);
  EXPECT_GT(two["cpu.0.softirq"], 0.01);
  EXPECT_EQ(two["cpu.1.softirq"], 0);
  EXPECT_GT(two["cpu.1.task"], 0.05);
  const lesson_result one = sound("lesson_affinity", {"cpu.task_affinity=0"});
  // CPU 0's tasks brought the interface up in both; the application's work comes on top where it runs there.
  EXPECT_NEAR(one["cpu.0.task"] - two["cpu.0.task"], two["cpu.1.task"], 0.01);
  EXPECT_EQ(one["seen.reads_cpu0"], 4000);
  EXPECT_LT(two["latency_ns.wire_app.p99"], one["latency_ns.wire_app.p99"]);
}

TEST(lesson, ksoftirqd_takes_over_when_budgets_run_out) {
  const lesson_result slow = sound("lesson_ksoftirqd");
  EXPECT_GT(slow["napi.budget_exhausted"], 0);
  EXPECT_EQ(slow["napi.frames_per_poll.max"], 64);
  EXPECT_GT(slow["softirq.ksoftirqd_runs"], 0);
  const lesson_result eased = sound("lesson_ksoftirqd", {"gen.rate=20000pps", "gen.count=500"});
  EXPECT_EQ(eased["napi.budget_exhausted"], 0);
  EXPECT_EQ(eased["softirq.ksoftirqd_runs"], 0);
  EXPECT_EQ(eased["frames.delivered"], 500);
}

lesson_result sent(const std::string& scenario, double frames, const settings& changes = {}) {
  lesson_result r = run_lesson(scenario, changes);
  EXPECT_EQ(r.complaints, "") << scenario;
  EXPECT_EQ(r["frames.made.transmitted"], frames) << scenario;
  return r;
}

// T-46, T-71: bytes before the wire, the wire before the descriptor, and nothing waits for anything else.
TEST(lesson, frame_out_is_on_the_wire_before_its_descriptor_is_back) {
  const lesson_result r = sent("lesson_frame_out", 16);
  EXPECT_EQ(r["chip.GPTC"], 16);
  EXPECT_EQ(r["way_out_ns.wire.max"],
            1224);  // 8 bytes of preamble, 14 + 20 + 8 + 100 bytes and the FCS, 154 - 1 times 8 ns
  EXPECT_LT(r["way_out_ns.made_wire.max"], r["latency_ns.made_sent.min"]);
  const lesson_result at_once = sent("lesson_frame_out", 16, {"driver.tx_int_delay=0"});
  EXPECT_LT(at_once["latency_ns.made_sent.max"], r["latency_ns.made_sent.min"]);
}

// T-30, T-34: 32,768 bytes are 22 segments of 1,460 and one of 648; the chip cuts, or the stack.
TEST(lesson, tso_makes_23_frames_of_each_packet) {
  const lesson_result chip = sent("lesson_tso", 4);
  EXPECT_EQ(chip["frames.derived.transmitted"], 92);
  EXPECT_EQ(chip["chip.TSCTC"], 4);
  EXPECT_EQ(chip["chip.GPTC"], 92);
  EXPECT_EQ(chip["chip.GOTC"], 4 * (32'768 + 23 * 58));
  const lesson_result stack = run_lesson("lesson_tso", {"driver.tso=off"});
  EXPECT_EQ(stack.complaints, "");
  EXPECT_EQ(stack["chip.TSCTC"], 0);
  EXPECT_EQ(stack["chip.GPTC"], 92);
  EXPECT_EQ(stack["chip.GOTC"], chip["chip.GOTC"]);
}

// DR-2: stopped with fewer than 24 of 255 descriptors free, two for each datagram: 116 frames of 1,538 byte times wait
// in the ring at most.  QD-12: with byte queue limits so few that the wire does not notice.
TEST(lesson, ring_full_waits_in_the_ring_or_above_it) {
  constexpr double frame_ns = 1538 * 8;
  const lesson_result full = sent("lesson_ring_full", 1000);
  EXPECT_GT(full["way_out_ns.fetch.p50"], 100 * frame_ns);
  EXPECT_LT(full["way_out_ns.fetch.max"], 116 * frame_ns);
  const lesson_result limited = sent("lesson_ring_full", 1000, {"byte_queue_limits.limit_min=0"});
  EXPECT_LT(limited["way_out_ns.fetch.max"], 20 * frame_ns);
  EXPECT_NEAR(limited["way_out_ns.made_wire.max"], full["way_out_ns.made_wire.max"], 5 * frame_ns);
  const lesson_result tight =
      sent("lesson_ring_full", 1000, {"byte_queue_limits.limit_min=0", "byte_queue_limits.limit_max=3000"});
  EXPECT_GT(tight["way_out_ns.made_wire.max"], 1.2 * full["way_out_ns.made_wire.max"]);
}

// F-2, F-4: with RFCE frames wait in the FIFO, and nothing is lost; without it for the frame before them at most, which
// takes 8 + 1,518 + 12 byte times.
TEST(lesson, pause_holds_the_sender) {
  const lesson_result obeyed = sent("lesson_pause", 1200);
  EXPECT_EQ(obeyed["chip.XOFFRXC"], 2);
  EXPECT_GT(obeyed["way_out_ns.fifo.max"], 100'000);
  const lesson_result ignored = sent("lesson_pause", 1200, {"driver.flow_control=none"});
  EXPECT_LT(ignored["way_out_ns.fifo.max"], 2 * 1538 * 8);
}

TEST(lesson, transmit_latency_is_the_taps_the_buss_and_the_wires) {
  const lesson_result plain = sent("lesson_transmit_latency", 200);
  EXPECT_EQ(plain["way_out_ns.wire.p50"], 12'200);
  const lesson_result slow = sent("lesson_transmit_latency", 200, {"bus.clock_mhz=100/3"});
  EXPECT_GT(slow["way_out_ns.payload.p50"], 1.8 * plain["way_out_ns.payload.p50"]);
  EXPECT_EQ(slow["way_out_ns.stack.p50"], plain["way_out_ns.stack.p50"]);
}

}  // namespace
}  // namespace ringside::test
