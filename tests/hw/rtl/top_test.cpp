// SPDX-License-Identifier: Apache-2.0
// e1000_top end to end: GMII in, memory and INTA# out.  Expected values: FS 5 to FS 7 and FS 10.2.
#include <random>

#include "tests/hw/rtl/back_setup.h"
#include "tests/hw/rtl/rounds.h"

namespace {
using namespace ringside;
using namespace ringside::rtl_test;

TEST(top, receives_a_frame_and_interrupts) {
  top_bench bench;
  open(bench);
  const bytes frame = make_frame(station, 64);
  bench.send(frame);
  ASSERT_TRUE(bench.run_until([&] { return bench.intx(); }));
  const auto desc = bench.descriptor_at(0);
  EXPECT_EQ(desc.buffer, buffer_base);
  EXPECT_EQ(desc.length, 64);
  EXPECT_EQ(desc.status & dd_eop, dd_eop);
  EXPECT_EQ(desc.errors, 0);
  EXPECT_EQ(bench.bytes_at(buffer_base, 64), frame);
  EXPECT_EQ(bench.byte_at(buffer_base + 64), 0xEE);
  EXPECT_EQ(bench.read(reg::RDH), 1U);
  EXPECT_EQ(bench.read(reg::ICR), icr::RXT0);
  EXPECT_FALSE(bench.intx());
}

TEST(top, addresses_above_4_gib_work) {
  top_bench bench;
  open(bench, {.ring = 0x3'0000'1000, .first_buffer = 0xFFFF'FFFF'0000'1003});
  const bytes frame = make_frame(station, 200);
  bench.send(frame);
  ASSERT_TRUE(bench.run_until([&] { return bench.intx(); }));
  EXPECT_EQ(bench.bytes_at(0xFFFF'FFFF'0000'1003, 200), frame);
}

// One long random run: sizes, buffer sizes, thresholds, timers, bus speed, stalls; the driver polls at random.
// Every frame comes out once, whole, in order, or is counted in MPC; skipping idle cycles changes no event.
struct outcome {
  std::uint64_t hash, edges, cycles;
  std::size_t received;
  std::uint32_t missed;
};

outcome random_run(std::uint32_t seed, bool skipping) {
  std::mt19937 random(seed);
  const auto pick = [&](std::uint32_t low, std::uint32_t high) {
    return low + static_cast<std::uint32_t>(random() % (high - low + 1));
  };
  top_bench bench;
  bench.allow_skipping(skipping);
  bench.timing.latency_min = pick(1, 80);
  bench.timing.latency_max = bench.timing.latency_min + pick(0, 100);
  bench.timing.stall_percent = pick(0, 1) ? pick(0, 60) : 0;
  constexpr std::array sizes = {256U, 512U, 1024U, 2048U, 4096U};
  const unsigned size = sizes[pick(0, 4)];
  open_options options{.descriptors = 8 * pick(1, 20), .rctl = rctl_for(size) | rctl::LPE};
  options.stride = size + pick(0, 9);
  options.first_buffer += pick(0, 7);
  options.ring += 16ULL * pick(0, 255);
  open(bench, options);
  bench.write(reg::RXDCTL, pick(0, 63) << rxdctl::PTHRESH_SHIFT | pick(0, 20) << rxdctl::HTHRESH_SHIFT |
                               pick(0, 1) * pick(0, 63) << rxdctl::WTHRESH_SHIFT | rxdctl::GRAN);
  bench.write(reg::RDTR, pick(0, 1) * pick(0, 60));
  bench.write(reg::RADV, pick(0, 1) * pick(0, 90));
  bench.write(reg::ITR, pick(0, 1) * pick(0, 200));
  bench.write(reg::RSRPD, pick(0, 3) == 0 ? pick(0, 200) : 0);
  receive_loop loop(bench, options, size);
  std::vector<bytes> sent;
  for (unsigned i = 0; i < 120; ++i) {
    const unsigned length = pick(0, 5) == 0 ? pick(1519, 5000) : pick(64, 300);
    sent.push_back(make_frame(station, length, seed * 1000 + i));
    bench.send(sent.back(), pick(0, 9) == 0 ? pick(1000, 20000) : 12);
    bench.run(pick(0, 2) == 0 ? pick(0, 6000) : pick(0, length));
    if (bench.intx()) bench.read(reg::ICR);
    if (pick(0, 3) == 0) loop.poll();
  }
  std::uint32_t missed = 0;
  for (int i = 0; i < 400; ++i) {
    bench.run(4000);
    if (bench.intx()) bench.read(reg::ICR);
    loop.poll();
    missed += bench.read(reg::MPC);
    if (bench.wire_idle() && loop.frames.size() + missed == sent.size()) break;
  }
  EXPECT_EQ(loop.frames.size() + missed, sent.size()) << "seed " << seed;
  std::size_t at = 0;  // in order, gaps only where frames were missed
  for (const bytes& frame : loop.frames) {
    while (at < sent.size() && sent[at] != frame) ++at;
    EXPECT_LT(at, sent.size()) << "a frame that was not sent, or out of order, seed " << seed;
    ++at;
  }
  return {bench.hash(), bench.edges(), bench.now(), loop.frames.size(), missed};
}

TEST(top, random_traffic_is_conserved_and_skipping_is_exact) {
  std::uint64_t edges = 0, skipped_edges = 0;
  for (std::uint32_t seed = 1; seed <= rounds(6, 24); ++seed) {
    const outcome full = random_run(seed, false);
    const outcome skipped = random_run(seed, true);
    EXPECT_EQ(full.hash, skipped.hash) << "seed " << seed;
    EXPECT_EQ(full.cycles, skipped.cycles) << "seed " << seed;
    EXPECT_EQ(full.received, skipped.received) << "seed " << seed;
    edges += full.edges;
    skipped_edges += skipped.edges;
  }
  EXPECT_LT(skipped_edges, edges / 2);  // otherwise nothing was skipped
}

TEST(top, overflow_drops_whole_frames_and_reception_resumes) {
  top_bench bench;
  open_options options{.tail = 4};
  open(bench, options);
  std::vector<bytes> sent;
  for (unsigned i = 0; i < 60; ++i) {  // 4 delivered, the rest fills 48 KiB
    sent.push_back(make_frame(station, 1518, i));
    bench.send(sent.back());
  }
  bench.run_until([&] { return bench.wire_idle(); }, 200000);
  bench.run(1000);
  const std::uint32_t missed = bench.read(reg::MPC);
  EXPECT_GT(missed, 0U);
  EXPECT_NE(bench.read(reg::ICR) & icr::RXO, 0U);  // I-41
  receive_loop loop(bench, options, 2048);
  for (int i = 0; i < 200; ++i) {
    loop.poll();
    bench.run(500);
  }
  EXPECT_EQ(loop.frames.size() + missed, sent.size());
  for (std::size_t i = 0; i < loop.frames.size(); ++i) EXPECT_EQ(loop.frames[i], sent[i]);  // the late ones went
  bench.send(make_frame(station, 64, 7));
  bench.run(1000);
  loop.poll();
  EXPECT_EQ(loop.frames.back(), make_frame(station, 64, 7));  // N-15
}

TEST(top, line_rate_of_small_frames_is_kept_up_on_a_quick_bus) {
  top_bench bench;
  bench.timing = {8, 8, 0};
  const open_options options{.descriptors = 256};
  open(bench, options);
  receive_loop loop(bench, options, 2048);
  for (unsigned i = 0; i < 500; ++i) bench.send(make_frame(station, 64, i));
  while (!bench.wire_idle()) {
    bench.run(1000);
    loop.poll();
  }
  bench.run(1000);
  loop.poll();
  EXPECT_EQ(loop.frames.size(), 500U);
  EXPECT_EQ(bench.read(reg::MPC), 0U);
}
}  // namespace
