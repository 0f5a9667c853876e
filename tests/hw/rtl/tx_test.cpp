// SPDX-License-Identifier: Apache-2.0
// Transmit end to end: descriptors and memory in, GMII, write-back and INTA# out.  Expected values: FS 9.
#include <random>

#include "tests/hw/rtl/rounds.h"
#include "tests/hw/rtl/tx_setup.h"

namespace {
using namespace ringside;
using namespace ringside::rtl_test;

TEST(tx, sends_a_frame_and_interrupts) {
  top_bench bench;
  open_tx(bench);
  const bytes frame = body(60);
  poke(bench, tx_buffer_base, frame);
  bench.put_tx(0, tx_buffer_base, 60 | txd::EOP | txd::IFCS | txd::RS);
  bench.write(reg::TDT, 1);
  ASSERT_TRUE(bench.run_until([&] { return bench.intx(); }, 2000));
  EXPECT_EQ(bench.tx_high(0), 60 | txd::EOP | txd::IFCS | txd::RS | txd::DD);
  EXPECT_EQ(bench.qword_at(tx_ring_base), tx_buffer_base);
  EXPECT_EQ(bench.read(reg::TDH), 1U);
  EXPECT_EQ(bench.read(reg::ICR), icr::TXDW | icr::TXQE | icr::TXD_LOW);  // T-60, T-62, T-63: none is left
  EXPECT_FALSE(bench.intx());
  ASSERT_TRUE(bench.run_until([&] { return !bench.sent.empty(); }, 2000));
  EXPECT_EQ(bench.sent[0].bytes, on_wire(frame));
}

// The CRC-32 check value of "123456789" is CBF43926, whatever program says so.
TEST(tx, fcs_is_the_published_one) {
  top_bench bench;
  open_tx(bench, {.tctl = tctl::EN});
  const bytes digits = {'1', '2', '3', '4', '5', '6', '7', '8', '9'};
  poke(bench, tx_buffer_base, digits);
  bench.put_tx(0, tx_buffer_base, 9 | txd::EOP | txd::IFCS | txd::RS);
  bench.write(reg::TDT, 1);
  ASSERT_TRUE(bench.run_until([&] { return !bench.sent.empty(); }, 2000));
  const bytes expected = {'1', '2', '3', '4', '5', '6', '7', '8', '9', 0x26, 0x39, 0xF4, 0xCB};
  EXPECT_EQ(bench.sent[0].bytes, expected);  // T-74: PSP=0 leaves it short
}

TEST(tx, a_frame_brings_its_own_fcs) {
  top_bench bench;
  open_tx(bench);
  bytes frame = body(30);
  for (int i = 0; i < 4; ++i) frame.push_back(0xA5);
  poke(bench, tx_buffer_base, frame);
  bench.put_tx(0, tx_buffer_base, 34 | txd::EOP | txd::RS);
  bench.write(reg::TDT, 1);
  ASSERT_TRUE(bench.run_until([&] { return !bench.sent.empty(); }, 2000));
  EXPECT_EQ(bench.sent[0].bytes, frame);  // T-73: neither padded nor given an FCS
}

// Frames that are ready go out with exactly the gap of IPGT + 4 (T-75).
TEST(tx, gap_is_that_of_tipg) {
  for (const unsigned ipgt : {0U, 4U, 8U, 10U, 100U}) {
    top_bench bench;
    bench.timing = {4, 4, 0};
    open_tx(bench, {.tctl = 0});
    bench.write(reg::TIPG, ipgt);
    for (unsigned i = 0; i < 6; ++i) {
      poke(bench, tx_buffer_base + 0x800 * i, body(200, i));
      bench.put_tx(i, tx_buffer_base + 0x800 * i, 200 | txd::EOP | txd::IFCS | (i == 5 ? txd::RS : 0));
    }
    bench.write(reg::TDT, 6);
    bench.write(reg::TCTL, tctl::EN);
    ASSERT_TRUE(bench.run_until([&] { return bench.sent.size() == 6; }, 20000));
    for (unsigned i = 3; i < 6; ++i)
      EXPECT_EQ(bench.sent[i].start - bench.sent[i - 1].end - 1, ipgt + 4U) << "IPGT " << ipgt << ", frame " << i;
  }
}

// One long random run: packets of several buffers at any alignment, zero-length descriptors, thresholds, a bus that
// stalls.  Every packet comes out once, whole and in order; skipping idle cycles changes no event.
struct outcome {
  std::uint64_t hash, cycles, edges;
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
  const unsigned descriptors = 8 * pick(1, 20);
  open_tx(bench, {.descriptors = descriptors,
                  .ring = tx_ring_base + 16ULL * pick(0, 255),
                  .txdctl = pick(0, 63) << txdctl::PTHRESH_SHIFT | pick(0, 20) << txdctl::HTHRESH_SHIFT |
                            pick(0, 1) * pick(0, 20) << txdctl::WTHRESH_SHIFT | txdctl::GRAN});
  bench.write(reg::TIDV, pick(0, 1) * pick(0, 30));
  bench.write(reg::TADV, pick(0, 1) * pick(0, 60));
  std::vector<bytes> expected;
  unsigned tail = 0, head = 0;
  std::vector<std::uint64_t> posted(descriptors, 0);
  const auto used = [&] { return (tail + descriptors - head) % descriptors; };
  for (unsigned i = 0; i < 80; ++i) {
    const unsigned length = pick(0, 5) == 0 ? pick(1500, 4000) : pick(14, 400);
    const bytes frame = body(length, seed * 1000 + i);
    const unsigned pieces = pick(0, 2) == 0 ? pick(2, std::min(descriptors - 2, 6U)) : 1;
    for (int tries = 0; used() + pieces >= descriptors; ++tries) {
      if (tries == 0) bench.write(reg::TDT, tail);
      if (tries == 1000) {
        ADD_FAILURE() << "the ring does not empty, seed " << seed;
        return {};
      }
      bench.run(200);
      if (bench.intx()) bench.read(reg::ICR);
      head = bench.read(reg::TDH);
    }
    unsigned at = 0;
    for (unsigned k = 0; k < pieces; ++k) {
      const unsigned bytes_here = k + 1 == pieces ? length - at : pick(0, 3) == 0 ? 0 : pick(0, length - at);
      const std::uint64_t where = tx_buffer_base + 0x2000ULL * (i % 64) + at + 37ULL * k + pick(0, 3);
      poke(bench, where, bytes(frame.begin() + at, frame.begin() + at + bytes_here));
      std::uint64_t high = bytes_here | txd::IFCS | (pick(0, 3) == 0 ? txd::IDE : 0);
      if (k + 1 == pieces)
        high |= txd::EOP | txd::RS;
      else if (pick(0, 4) == 0)
        high |= txd::RS;
      if (pick(0, 1)) high |= txd::DATA;
      bench.put_tx(tail, pick(0, 9) == 0 && bytes_here == 0 ? 0 : where, high);
      posted[tail] = high;
      tail = (tail + 1) % descriptors;
      at += bytes_here;
    }
    expected.push_back(on_wire(frame));
    if (pick(0, 2) != 0) bench.write(reg::TDT, tail);
    if (pick(0, 2) == 0) bench.run(pick(0, 3000));
    if (bench.intx()) bench.read(reg::ICR);
    if (pick(0, 1)) head = bench.read(reg::TDH);
  }
  bench.write(reg::TDT, tail);
  for (int i = 0; i < 400 && bench.sent.size() < expected.size(); ++i) {
    bench.run(2000);
    if (bench.intx()) bench.read(reg::ICR);
  }
  bench.run(3000);
  EXPECT_EQ(bench.read(reg::TDH), tail) << "seed " << seed;
  EXPECT_EQ(bench.sent.size(), expected.size()) << "seed " << seed;
  for (std::size_t i = 0; i < std::min(bench.sent.size(), expected.size()); ++i)
    EXPECT_EQ(bench.sent[i].bytes, expected[i]) << "seed " << seed << ", frame " << i;
  for (unsigned i = 0; i < descriptors; ++i) {
    if (posted[i] == 0) continue;
    EXPECT_EQ(bench.tx_high(i), posted[i] | (posted[i] & txd::RS ? txd::DD : 0)) << "seed " << seed << ", entry " << i;
  }
  return {bench.hash(), bench.now(), bench.edges()};
}

TEST(tx, random_packets_come_out_whole_and_skipping_is_exact) {
  std::uint64_t edges = 0, skipped_edges = 0;
  for (std::uint32_t seed = 1; seed <= rounds(6, 24); ++seed) {
    const outcome full = random_run(seed, false);
    const outcome skipped = random_run(seed, true);
    EXPECT_EQ(full.hash, skipped.hash) << "seed " << seed;
    EXPECT_EQ(full.cycles, skipped.cycles) << "seed " << seed;
    edges += full.edges;
    skipped_edges += skipped.edges;
  }
  EXPECT_LT(skipped_edges, edges);
}
}  // namespace
