// SPDX-License-Identifier: Apache-2.0
// Descriptor write-back: rules, WTHRESH and GRAN of FS 6.4, N-5.
#include "tests/hw/rtl/back_setup.h"

namespace {
using namespace ringside;
using namespace ringside::rtl_test;

void send_and_settle(top_bench& bench, unsigned frames, unsigned length = 64) {
  for (unsigned i = 0; i < frames; ++i) bench.send(make_frame(station, length, i));
  bench.run_until([&] { return bench.wire_idle(); });
  bench.run(400);
}

unsigned rxt0_count(const top_bench& bench) {
  unsigned n = 0;
  for (const auto& cause : bench.causes) n += (cause.bits & icr::RXT0) != 0;
  return n;
}

constexpr std::uint32_t long_timer = 0xFFFF;

TEST(writeback, waits_for_wthresh_then_writes_one_burst) {
  for (const unsigned threshold : {1U, 2U, 5U, 16U, 40U}) {
    top_bench bench;
    open(bench);
    bench.write(reg::RDTR, long_timer);
    bench.write(reg::RXDCTL, threshold << rxdctl::WTHRESH_SHIFT | rxdctl::GRAN);
    send_and_settle(bench, threshold - 1);
    EXPECT_EQ(bench.ops(kind::writeback).size(), 0U);
    EXPECT_EQ(bench.read(reg::RDH), 0U);
    send_and_settle(bench, 1);
    ASSERT_EQ(bench.ops(kind::writeback).size(), 1U) << threshold;
    EXPECT_EQ(bench.ops(kind::writeback)[0].length, threshold * 16);
    EXPECT_EQ(bench.read(reg::RDH), threshold);
    EXPECT_EQ(rxt0_count(bench), 0U);  // write-back by threshold is no interrupt
  }
}

TEST(writeback, wthresh_0_acts_as_1) {
  top_bench bench;
  open(bench);
  bench.write(reg::RDTR, long_timer);
  bench.write(reg::RXDCTL, rxdctl::GRAN);
  send_and_settle(bench, 1);
  EXPECT_EQ(bench.ops(kind::writeback).size(), 1U);
  EXPECT_EQ(bench.read(reg::RXDCTL), rxdctl::GRAN);
}

TEST(writeback, wthresh_counts_cache_lines_without_gran) {
  top_bench bench;
  open(bench);
  bench.write_config(0x0C, 0x08);  // 32 bytes: 2 descriptors a line
  bench.write(reg::RDTR, long_timer);
  bench.write(reg::RXDCTL, 3U << rxdctl::WTHRESH_SHIFT);
  send_and_settle(bench, 5);
  EXPECT_EQ(bench.ops(kind::writeback).size(), 0U);
  send_and_settle(bench, 1);
  EXPECT_EQ(bench.ops(kind::writeback).size(), 1U);
}

TEST(writeback, thresholds_in_lines_stop_at_31_descriptors) {
  top_bench bench;
  open(bench, {.descriptors = 128});
  bench.write_config(0x0C, 0x10);  // 64 bytes: 4 descriptors a line
  bench.write(reg::RDTR, long_timer);
  bench.write(reg::RXDCTL, 20U << rxdctl::WTHRESH_SHIFT);
  send_and_settle(bench, 30);
  EXPECT_EQ(bench.ops(kind::writeback).size(), 0U);
  send_and_settle(bench, 1);
  EXPECT_EQ(bench.ops(kind::writeback).size(), 1U);
}

TEST(writeback, fpd_flushes_and_raises_rxt0_even_with_nothing_pending) {
  top_bench bench;
  open(bench);
  bench.write(reg::RDTR, long_timer);
  bench.write(reg::RXDCTL, 16U << rxdctl::WTHRESH_SHIFT | rxdctl::GRAN);
  send_and_settle(bench, 3);
  EXPECT_EQ(bench.ops(kind::writeback).size(), 0U);
  bench.write(reg::RDTR, long_timer | rdtr::FPD);
  bench.run(200);
  ASSERT_EQ(bench.ops(kind::writeback).size(), 1U);
  EXPECT_EQ(bench.ops(kind::writeback)[0].length, 48U);
  EXPECT_EQ(rxt0_count(bench), 1U);
  EXPECT_EQ(bench.read(reg::RDTR), long_timer);  // FPD reads 0
  EXPECT_EQ(bench.next_deadline(), ~0ULL);       // both timers stopped
  bench.write(reg::RDTR, rdtr::FPD);
  bench.run(10);
  EXPECT_EQ(rxt0_count(bench), 2U);
}

TEST(writeback, the_timer_flushes_everything_at_once) {
  top_bench bench;
  open(bench);
  bench.write(reg::RDTR, 20);
  bench.write(reg::RXDCTL, 60U << rxdctl::WTHRESH_SHIFT | rxdctl::GRAN);
  send_and_settle(bench, 7);
  EXPECT_EQ(bench.ops(kind::writeback).size(), 0U);
  bench.run(20 * 128 + 200);
  ASSERT_EQ(bench.ops(kind::writeback).size(), 1U);
  EXPECT_EQ(bench.ops(kind::writeback)[0].length, 7U * 16);
  EXPECT_EQ(rxt0_count(bench), 1U);
}

TEST(writeback, nothing_sticks_when_the_ring_runs_out) {
  top_bench bench;
  open(bench, {.tail = 3});
  bench.write(reg::RDTR, long_timer);
  bench.write(reg::RXDCTL, 60U << rxdctl::WTHRESH_SHIFT | rxdctl::GRAN);
  send_and_settle(bench, 2);
  EXPECT_EQ(bench.ops(kind::writeback).size(), 0U);
  send_and_settle(bench, 1);  // R-20 d: no unused descriptor left on chip or in the ring
  EXPECT_EQ(bench.read(reg::RDH), 3U);
}

// R-5, N-10: a stopped receiver writes nothing long after the stop, so what is complete goes out at once.
TEST(writeback, en_0_writes_back_what_is_complete) {
  top_bench bench;
  open(bench);
  bench.write(reg::RDTR, long_timer);
  bench.write(reg::RXDCTL, 60U << rxdctl::WTHRESH_SHIFT | rxdctl::GRAN);
  send_and_settle(bench, 3);
  EXPECT_EQ(bench.read(reg::RDH), 0U);
  bench.write(reg::RCTL, rctl::BAM);
  bench.run(200);
  EXPECT_EQ(bench.read(reg::RDH), 3U);
}

TEST(writeback, splits_at_the_ring_end_and_at_a_page) {
  struct row {
    std::uint64_t ring;
    unsigned head;
    std::vector<unsigned> lengths;
  };
  for (const row& r : {row{ring_base, 13, {48, 32}}, row{0x10000 + 4096 - 16 * 16 + 32, 12, {32, 32, 16}}}) {
    top_bench bench;
    bench.bring_up();
    bench.write(reg::RDTR, long_timer);
    bench.write(reg::RXDCTL, 5U << rxdctl::WTHRESH_SHIFT | rxdctl::GRAN);
    bench.set_ring(r.ring, 16);
    bench.fill_ring(16, buffer_base, 2048);
    bench.write(reg::RDH, r.head);
    bench.write(reg::RCTL, rctl::EN | rctl::BAM);
    bench.write(reg::RDT, r.head - 2);
    send_and_settle(bench, 5);
    bench.write(reg::RDTR, long_timer | rdtr::FPD);  // what is left over after a split counts anew against WTHRESH
    bench.run(300);
    std::vector<unsigned> lengths;
    for (const bus_op& op : bench.ops(kind::writeback)) lengths.push_back(op.length);
    EXPECT_EQ(lengths, r.lengths);
    EXPECT_EQ(bench.read(reg::RDH), (r.head + 5) % 16);
  }
}

// RDH, then the cause, then INTA#, all after the bus completed the write-back.
TEST(writeback, head_cause_and_interrupt_follow_completion) {
  for (const unsigned latency : {1U, 5U, 60U, 300U}) {
    top_bench bench;
    bench.timing = {latency, latency, 0};
    open(bench);
    bench.run(2000);
    bench.causes.clear();
    bench.send(make_frame(station, 64));
    ASSERT_TRUE(bench.run_until([&] { return !bench.ops(kind::writeback).empty(); }));
    while (bench.ops(kind::writeback)[0].completed == 0) {
      EXPECT_TRUE(bench.causes.empty());
      EXPECT_FALSE(bench.intx());
      bench.tick();
    }
    ASSERT_TRUE(bench.run_until([&] { return bench.intx(); }, 10));
    EXPECT_GT(bench.causes.at(0).time, bench.ops(kind::writeback)[0].completed);
    EXPECT_EQ(bench.read(reg::RDH), 1U);
  }
}

// A cause asked for by one frame must not wait for frames that complete later, however busy the wire is.
TEST(writeback, causes_are_not_put_off_by_later_frames) {
  top_bench bench;
  bench.timing = {150, 150, 0};
  const open_options options{.descriptors = 64};
  open(bench, options);
  receive_loop loop(bench, options, 2048);
  bench.causes.clear();
  for (unsigned i = 0; i < 200; ++i) bench.send(make_frame(station, 64, i), 12);
  std::uint64_t last = bench.now(), widest = 0;
  std::size_t seen = 0;
  bench.run(800);
  for (int i = 0; i < 20000; ++i) {
    if (i % 64 == 0) loop.poll();
    bench.tick();
    if (bench.causes.size() != seen) {
      if (seen != 0) widest = std::max(widest, bench.now() - last);
      last = bench.now();
      seen = bench.causes.size();
    }
  }
  loop.poll();
  EXPECT_EQ(loop.frames.size(), 200U);
  EXPECT_LT(widest, 1200U);
}

TEST(writeback, a_failed_write_back_moves_neither_head_nor_cause) {
  top_bench bench;
  open(bench);
  bench.fail_kind = 2;
  bench.fail_status = 2;
  bench.causes.clear();
  send_and_settle(bench, 1);
  EXPECT_EQ(bench.read(reg::RDH), 0U);
  EXPECT_TRUE(bench.causes.empty());
}
}  // namespace
