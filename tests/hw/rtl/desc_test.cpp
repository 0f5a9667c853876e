// SPDX-License-Identifier: Apache-2.0
// Ring, descriptor fetch and cache: rules, FS 6.3, FS 6.4, I-40, N-8, N-9.
#include "tests/hw/rtl/back_setup.h"

namespace {
using namespace ringside;
using namespace ringside::rtl_test;

// Descriptors read so far, by ring index.
std::vector<unsigned> fetched(const top_bench& bench, std::uint64_t ring = ring_base) {
  std::vector<unsigned> out;
  for (const bus_op& op : bench.ops(kind::fetch))
    for (unsigned i = 0; i < op.length / 16; ++i) out.push_back(static_cast<unsigned>((op.addr - ring) / 16) + i);
  return out;
}

TEST(desc, fetches_up_to_but_not_including_the_tail) {
  for (const unsigned tail : {1U, 2U, 7U, 63U}) {
    top_bench bench;
    open(bench, {.tail = tail});
    bench.run(600);
    std::vector<unsigned> expected;
    for (unsigned i = 0; i < tail; ++i) expected.push_back(i);
    EXPECT_EQ(fetched(bench), expected);
    EXPECT_TRUE(bench.asks_no_clock());
  }
}

TEST(desc, the_cache_holds_64) {
  top_bench bench;
  open(bench, {.descriptors = 256});
  bench.run(1000);
  ASSERT_EQ(bench.ops(kind::fetch).size(), 1U);
  EXPECT_EQ(bench.ops(kind::fetch)[0].length, 64U * 16);
}

TEST(desc, nothing_is_fetched_while_disabled_and_the_tail_counts_when_enabled) {
  top_bench bench;
  bench.bring_up();
  bench.set_ring(ring_base, 64);
  bench.fill_ring(64, buffer_base, 2048);
  bench.write(reg::RDT, 40);  // DPDK: RDT before EN
  bench.run(300);
  EXPECT_TRUE(bench.log.empty());
  EXPECT_TRUE(bench.asks_no_clock());
  bench.write(reg::RCTL, rctl::EN | rctl::BAM);
  bench.run(300);
  EXPECT_EQ(fetched(bench).size(), 40U);
}

TEST(desc, equal_head_and_tail_mean_none_whatever_the_value) {
  for (const unsigned value : {0U, 5U, 63U, 64U, 0xFFFFU}) {
    top_bench bench;
    bench.bring_up();
    bench.set_ring(ring_base, 64);
    bench.write(reg::RDH, value);
    bench.write(reg::RDT, value);
    bench.write(reg::RCTL, rctl::EN | rctl::BAM);
    bench.send(make_frame(station, 64));
    bench.run(400);
    EXPECT_TRUE(bench.log.empty()) << value;
    EXPECT_EQ(bench.read(reg::RNBC), 1U);  // kept, not dropped
    EXPECT_EQ(bench.read(reg::MPC), 0U);
  }
}

TEST(desc, an_impossible_ring_does_no_dma) {
  struct row {
    unsigned length, head, tail;
  };
  for (const row& r : {row{0, 0, 5}, row{1024, 64, 5}, row{1024, 0xFFFF, 5}, row{1024, 0, 64}}) {
    top_bench bench;
    bench.bring_up();
    bench.set_ring(ring_base, 64);
    bench.write(reg::RDLEN, r.length);
    bench.write(reg::RDH, r.head);
    bench.write(reg::RCTL, rctl::EN | rctl::BAM);
    bench.write(reg::RDT, r.tail);
    bench.send(make_frame(station, 64));
    bench.run(400);
    EXPECT_TRUE(bench.log.empty()) << r.length << " " << r.head << " " << r.tail;
  }
}

TEST(desc, a_fetch_splits_at_the_ring_end) {
  top_bench bench;
  bench.bring_up();
  bench.set_ring(ring_base, 16);
  bench.fill_ring(16, buffer_base, 2048);
  bench.write(reg::RDH, 10);
  bench.write(reg::RCTL, rctl::EN | rctl::BAM);
  bench.write(reg::RDT, 4);
  bench.run(300);
  ASSERT_EQ(bench.ops(kind::fetch).size(), 1U);  // thresholds 0: again only when empty
  EXPECT_EQ(fetched(bench), (std::vector<unsigned>{10, 11, 12, 13, 14, 15}));
  for (int i = 0; i < 6; ++i) bench.send(make_frame(station, 64));
  bench.run(2000);
  EXPECT_EQ(fetched(bench), (std::vector<unsigned>{10, 11, 12, 13, 14, 15, 0, 1, 2, 3}));
}

TEST(desc, a_fetch_splits_at_a_page) {
  top_bench bench;
  const std::uint64_t ring = 0x10000 + 4096 - 5 * 16;  // only 16-byte aligned
  open(bench, {.descriptors = 32, .ring = ring});
  bench.run(300);
  EXPECT_EQ(bench.ops(kind::fetch).at(0).length, 5U * 16);
}

TEST(desc, prefetch_obeys_pthresh_and_hthresh) {
  top_bench bench;
  bench.bring_up();
  bench.write(reg::RXDCTL,
              8U << rxdctl::PTHRESH_SHIFT | 4U << rxdctl::HTHRESH_SHIFT | 1U << rxdctl::WTHRESH_SHIFT | rxdctl::GRAN);
  bench.set_ring(ring_base, 64);
  bench.fill_ring(64, buffer_base, 2048);
  bench.write(reg::RCTL, rctl::EN | rctl::BAM);
  bench.write(reg::RDT, 9);
  bench.run(300);
  ASSERT_EQ(fetched(bench).size(), 9U);
  bench.write(reg::RDT, 12);  // 9 on chip: not below PTHRESH
  bench.run(300);
  EXPECT_EQ(fetched(bench).size(), 9U);
  bench.send(make_frame(station, 64));
  bench.send(make_frame(station, 64));  // 7 on chip, 3 in the ring: below HTHRESH
  bench.run(600);
  EXPECT_EQ(fetched(bench).size(), 9U);
  bench.write(reg::RDT, 13);
  bench.run(300);
  EXPECT_EQ(fetched(bench).size(), 13U);
}

TEST(desc, thresholds_in_cache_lines_follow_the_cache_line_size) {
  top_bench bench;
  bench.bring_up();
  bench.write_config(0x0C, 0x10);  // 64 bytes: 4 descriptors a line
  bench.write(reg::RXDCTL, 2U << rxdctl::PTHRESH_SHIFT | 1U << rxdctl::HTHRESH_SHIFT | 1U << rxdctl::WTHRESH_SHIFT);
  bench.set_ring(ring_base, 64);
  bench.fill_ring(64, buffer_base, 2048);
  bench.write(reg::RCTL, rctl::EN | rctl::BAM);
  bench.write(reg::RDT, 7);  // below 2 lines on chip
  bench.run(300);
  bench.write(reg::RDT, 10);  // 3 < 1 line
  bench.run(300);
  EXPECT_EQ(fetched(bench).size(), 7U);
  bench.write(reg::RDT, 11);
  bench.run(300);
  EXPECT_EQ(fetched(bench).size(), 11U);
}

TEST(desc, with_thresholds_zero_it_fetches_only_when_empty) {
  top_bench bench;
  open(bench, {.tail = 4});
  bench.run(300);
  bench.write(reg::RDT, 20);
  for (int i = 0; i < 3; ++i) bench.send(make_frame(station, 64));
  bench.run(1500);
  EXPECT_EQ(fetched(bench).size(), 4U);
  bench.send(make_frame(station, 64));
  bench.run(600);
  EXPECT_EQ(fetched(bench).size(), 20U);
}

// N-8: whatever software rewrites, nothing fetched before counts, the fetch in flight included, at every alignment.
TEST(desc, rewriting_the_ring_forgets_what_was_fetched) {
  for (unsigned delay = 0; delay < 160; ++delay) {
    top_bench bench;
    bench.timing.latency_min = bench.timing.latency_max = 30;
    open(bench, {.descriptors = 32});
    bench.run(delay);
    bench.write(reg::RCTL, rctl::BAM);
    for (unsigned i = 0; i < 32; ++i) bench.post(i, 0x400000 + 2048ULL * i);
    if (delay % 2)
      bench.write(reg::RDH, 0);
    else
      bench.write(reg::RDT, 0);  // with EN=0
    bench.write(reg::RCTL, rctl::EN | rctl::BAM);
    bench.write(reg::RDT, 30);
    bench.send(make_frame(station, 70));
    ASSERT_TRUE(bench.run_until([&] { return bench.descriptor_at(0).status & rxd_status::DD; }, 3000)) << delay;
    EXPECT_EQ(bench.descriptor_at(0).buffer, 0x400000U) << delay;
    EXPECT_EQ(bench.byte_at(0x400000), 0x52) << delay;
    EXPECT_EQ(bench.byte_at(buffer_base), 0xEE) << delay;
  }
}

TEST(desc, the_ring_wraps_for_many_rounds) {
  for (const unsigned n : {8U, 16U, 48U, 256U}) {
    top_bench bench;
    const open_options options{.descriptors = n};
    open(bench, options);
    receive_loop loop(bench, options, 2048);
    std::vector<bytes> sent;
    for (unsigned i = 0; i < 3 * n + 5; ++i) {
      sent.push_back(make_frame(station, 64 + i % 90, i));
      bench.send(sent.back());
      bench.run_until([&] { return bench.wire_idle(); });
      bench.run(120);
      loop.poll();
    }
    bench.run(500);
    loop.poll();
    EXPECT_EQ(loop.frames, sent) << n;
    EXPECT_EQ(bench.read(reg::RDH), (3 * n + 5) % n);
  }
}

TEST(desc, rxdmt0_fires_once_when_the_free_count_reaches_the_threshold) {
  for (const unsigned rdmts : {0U, 1U, 2U, 3U}) {
    top_bench bench;
    const unsigned n = 64, threshold = n >> (rdmts + 1);  // I-40; 11: 1/16 (V-14)
    open(bench, {.descriptors = n, .rctl = rctl::EN | rctl::BAM | rdmts << rctl::RDMTS_SHIFT, .tail = n - 1});
    bench.causes.clear();
    for (unsigned i = 1; i <= n - 1; ++i) {
      bench.send(make_frame(station, 64));
      bench.run_until([&] { return bench.wire_idle(); });
      bench.run(150);
      unsigned seen = 0;
      for (const auto& cause : bench.causes) seen += (cause.bits & icr::RXDMT0) != 0;
      EXPECT_EQ(seen, (n - 1 - i <= threshold) ? 1U : 0U) << rdmts << " after " << i;
    }
    bench.causes.clear();
    bench.write(reg::RDT, n - 2);  // everything but one is free again: re-armed
    for (unsigned i = 0; i < n - threshold; ++i) bench.send(make_frame(station, 64));
    bench.run(12000);
    unsigned seen = 0;
    for (const auto& cause : bench.causes) seen += (cause.bits & icr::RXDMT0) != 0;
    EXPECT_EQ(seen, 1U) << rdmts;
  }
}

TEST(desc, a_first_tail_at_the_threshold_raises_nothing) {
  top_bench bench;
  open(bench, {.tail = 20});  // free 20 <= 32 from the start
  bench.causes.clear();
  for (int i = 0; i < 10; ++i) bench.send(make_frame(station, 64));
  bench.run(2500);
  for (const auto& cause : bench.causes) EXPECT_EQ(cause.bits & icr::RXDMT0, 0U);
}

TEST(desc, one_long_frame_may_step_over_the_threshold) {
  top_bench bench;
  open(bench, {.descriptors = 16, .rctl = rctl_for(256), .stride = 256, .tail = 12});  // T = 8
  bench.causes.clear();
  bench.send(make_frame(station, 1500));  // 6 descriptors: free 12 -> 6
  bench.run(3500);
  unsigned seen = 0;
  for (const auto& cause : bench.causes) seen += (cause.bits & icr::RXDMT0) != 0;
  EXPECT_EQ(seen, 1U);
}
}  // namespace
