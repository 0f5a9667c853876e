// SPDX-License-Identifier: Apache-2.0
// Interrupt unit and receive timers, to the clock: rules I-1 to I-7, I-20, I-30 to I-33, I-50, I-52 to I-54, L-1, L-7.
#include "tests/hw/rtl/back_setup.h"

namespace {
using namespace ringside;
using namespace ringside::rtl_test;

constexpr std::uint64_t rdtr_unit = 128;  // 1.024 us at 125 MHz
constexpr std::uint64_t itr_unit = 32;    // 256 ns

std::vector<std::uint64_t> times_of(const top_bench& bench, std::uint32_t bit) {
  std::vector<std::uint64_t> out;
  for (const auto& cause : bench.causes)
    if (cause.bits & bit) out.push_back(cause.time);
  return out;
}

// When each frame's last byte completed on the bus: the start event of I-32.
std::vector<std::uint64_t> data_done(const top_bench& bench) {
  std::vector<std::uint64_t> out;
  for (const bus_op& op : bench.ops(kind::payload)) out.push_back(op.completed);
  return out;
}

// Cycles from the start event to RXT0 with RDTR = 0 and equal bus timing: what every timer is measured against.
std::uint64_t immediate_delay() {
  top_bench bench;
  open(bench);
  bench.run(600);  // the descriptor fetch is over: its data share the response channel
  bench.send(make_frame(station, 64));
  bench.run(500);
  return times_of(bench, icr::RXT0).at(0) - data_done(bench).at(0);
}

// Delay of a flush whose descriptors are already written (WTHRESH 1): no bus in it.
std::uint64_t flushed_delay() {
  top_bench bench;
  open(bench);
  bench.write(reg::RDTR, 50);
  bench.send(make_frame(station, 64));
  bench.run(8000);
  return times_of(bench, icr::RXT0).at(0) - data_done(bench).at(0) - 50 * rdtr_unit;
}

TEST(irq, every_bit_stores_sets_and_masks) {
  top_bench bench;
  for (unsigned bit = 0; bit < 32; ++bit) {
    const std::uint32_t mask = 1U << bit, kept = mask & 0x1FFFF;  // I-54
    bench.write(reg::ICS, mask);
    EXPECT_EQ(bench.read(reg::ICS), kept);  // V-8: reading ICS clears nothing
    EXPECT_EQ(bench.read(reg::ICR), kept);
    EXPECT_EQ(bench.read(reg::ICR), 0U);  // I-2
    bench.write(reg::IMS, mask);
    EXPECT_EQ(bench.read(reg::IMS), kept);
    bench.write(reg::IMC, mask);
    EXPECT_EQ(bench.read(reg::IMS), 0U);
    EXPECT_EQ(bench.read(reg::IMC), 0U);
  }
}

TEST(irq, writing_ones_to_icr_clears_them) {
  top_bench bench;
  bench.write(reg::ICS, 0x1FFFF);
  bench.write(reg::ICR, 0x0A0A5);
  EXPECT_EQ(bench.read(reg::ICR), 0x1FFFFU & ~0x0A0A5U);
}

TEST(irq, the_line_follows_icr_and_ims) {
  top_bench bench;
  bench.write(reg::ICS, icr::RXT0);
  bench.run(4);
  EXPECT_FALSE(bench.intx());  // I-1, N-7
  bench.write(reg::IMS, icr::RXT0);
  bench.run(4);
  EXPECT_TRUE(bench.intx());  // I-5: no new event needed
  bench.write(reg::IMC, icr::RXT0);
  bench.run(4);
  EXPECT_FALSE(bench.intx());
  bench.write(reg::IMS, icr::RXT0);
  bench.run(4);
  EXPECT_TRUE(bench.intx());
  EXPECT_EQ(bench.read(reg::ICR), icr::RXT0);
  EXPECT_FALSE(bench.intx());  // low when the read's response is out (FS 10.3)
}

TEST(irq, the_linux_interrupt_self_test_passes) {
  top_bench bench;
  bench.bring_up();
  std::uint32_t seen = 0;
  const auto settle = [&] {
    for (int i = 0; i < 50; ++i) {
      bench.run(2);
      if (bench.intx()) seen |= bench.read(reg::ICR);
    }
  };
  bench.write(reg::IMC, ~0U);
  for (unsigned i = 0; i < 10; ++i) {  // FS 11.4
    const std::uint32_t mask = 1U << i;
    seen = 0;
    bench.write(reg::IMC, mask);
    bench.write(reg::ICS, mask);
    settle();
    EXPECT_EQ(seen & mask, 0U);
    seen = 0;
    bench.write(reg::IMS, mask);
    bench.write(reg::ICS, mask);
    settle();
    EXPECT_NE(seen & mask, 0U);
    seen = 0;
    bench.write(reg::IMC, ~mask & 0x7FFF);
    bench.write(reg::ICS, ~mask & 0x7FFF);
    settle();
    EXPECT_EQ(seen, 0U);
    bench.read(reg::ICR);
  }
}

// I-4: reading ICR at every alignment to an event neither loses it nor reports it twice.
TEST(irq, an_event_is_seen_exactly_once_whenever_icr_is_read) {
  unsigned before = 0, after = 0;
  for (unsigned delay = 0; delay < 60; ++delay) {
    top_bench bench;
    open(bench, {.ims = 0});
    bench.run(400);
    bench.causes.clear();
    bench.send(make_frame(station, 64));
    ASSERT_TRUE(bench.run_until([&] { return !bench.ops(kind::writeback).empty(); }));
    bench.run(delay);
    const std::uint32_t first = bench.read(reg::ICR);
    bench.run(200);
    const std::uint32_t second = bench.read(reg::ICR);
    EXPECT_EQ(first ^ second, icr::RXT0) << delay;
    before += first != 0;
    after += second != 0;
  }
  EXPECT_GT(before, 0U);
  EXPECT_GT(after, 0U);
}

TEST(irq, itr_spaces_assertions_exactly) {
  for (const std::uint32_t itr : {1U, 2U, 3U, 55U, 195U, 976U}) {
    top_bench bench;
    bench.write(reg::ITR, itr);
    bench.write(reg::IMS, icr::RXSEQ);
    for (int i = 0; i < 4; ++i) {
      bench.write(reg::ICS, icr::RXSEQ);
      ASSERT_TRUE(bench.run_until([&] { return bench.intx(); }, itr * itr_unit + 10));
      bench.read(reg::ICR);
    }
    ASSERT_EQ(bench.intx_rises.size(), 4U);
    for (unsigned i = 1; i < 4; ++i)
      EXPECT_EQ(bench.intx_rises[i] - bench.intx_rises[i - 1], itr * itr_unit) << itr;  // I-53, V-11
    if (itr > 2) {
      EXPECT_EQ(bench.holds.size(), 3U);
    }
  }
}

// The event names what waits: causes that IMS lets through, and no others.
TEST(irq, a_hold_names_the_causes_that_wait) {
  top_bench bench;
  bench.write(reg::ITR, 100);
  bench.write(reg::IMS, icr::RXSEQ | icr::TXDW);
  bench.write(reg::ICS, icr::RXSEQ);
  bench.run(4);
  bench.read(reg::ICR);
  EXPECT_TRUE(bench.held.empty());
  bench.write(reg::ICS, icr::TXDW | icr::LSC);
  bench.run(4);
  bench.write(reg::ICS, icr::RXSEQ);  // already waiting: no new hold
  ASSERT_TRUE(bench.run_until([&] { return bench.intx(); }, 100 * itr_unit + 10));
  EXPECT_EQ(bench.held, (std::vector<std::uint32_t>{icr::TXDW}));
}

// Whoever skips idle clocks must be told when a held cause will interrupt.
TEST(irq, a_held_cause_exports_its_deadline) {
  top_bench bench;
  bench.write(reg::ITR, 100);
  bench.write(reg::IMS, icr::RXSEQ);
  bench.write(reg::ICS, icr::RXSEQ);
  bench.run(4);
  bench.read(reg::ICR);
  bench.run(4);
  EXPECT_EQ(bench.next_deadline(), ~0ULL);
  bench.write(reg::ICS, icr::RXSEQ);
  bench.run(4);
  ASSERT_EQ(bench.intx_rises.size(), 1U);
  EXPECT_TRUE(bench.asks_no_clock());
  EXPECT_EQ(bench.next_deadline(), bench.intx_rises[0] + 100 * itr_unit);
}

TEST(irq, the_first_interrupt_after_idle_is_not_delayed) {
  top_bench bench;
  bench.write(reg::ITR, 500);
  bench.write(reg::IMS, icr::RXSEQ);
  for (int i = 0; i < 3; ++i) {
    bench.write(reg::ICS, icr::RXSEQ);
    bench.run(3);
    EXPECT_TRUE(bench.intx());
    bench.read(reg::ICR);
    bench.run(500 * itr_unit);
  }
}

TEST(irq, a_deassertion_is_never_delayed_and_a_write_to_itr_waits_for_the_next_load) {
  top_bench bench;
  bench.write(reg::ITR, 100);
  bench.write(reg::IMS, icr::RXSEQ);
  bench.write(reg::ICS, icr::RXSEQ);
  bench.run(3);
  bench.write(reg::ITR, 10);  // I-52
  bench.read(reg::ICR);
  EXPECT_FALSE(bench.intx());
  bench.write(reg::ICS, icr::RXSEQ);
  bench.run(4000);
  bench.read(reg::ICR);
  bench.write(reg::ICS, icr::RXSEQ);
  bench.run(1000);
  ASSERT_EQ(bench.intx_rises.size(), 3U);
  EXPECT_EQ(bench.intx_rises[1] - bench.intx_rises[0], 100 * itr_unit);
}

TEST(irq, itr_0_means_no_throttle) {
  top_bench bench;
  bench.write(reg::IMS, icr::RXSEQ);
  for (int i = 0; i < 5; ++i) {
    bench.write(reg::ICS, icr::RXSEQ);
    bench.run(3);
    EXPECT_TRUE(bench.intx());
    bench.read(reg::ICR);
  }
  EXPECT_TRUE(bench.holds.empty());
}

TEST(irq, the_packet_timer_counts_128_clocks_a_step_from_the_last_byte) {
  const std::uint64_t base = flushed_delay();
  for (const std::uint32_t delay : {1U, 2U, 3U, 17U, 64U, 200U}) {
    top_bench bench;
    open(bench);
    bench.write(reg::RDTR, delay);
    bench.send(make_frame(station, 64));
    bench.run(400 + delay * rdtr_unit);
    ASSERT_EQ(times_of(bench, icr::RXT0).size(), 1U);
    EXPECT_EQ(times_of(bench, icr::RXT0)[0] - data_done(bench)[0], base + delay * rdtr_unit) << delay;  // I-53
  }
}

// The start event is the clock that takes the response from its register; a flush with nothing left to write costs one
// more clock on its way through the write-back.  Neither is the timer's.
TEST(irq, a_timer_adds_nothing_to_its_count) {
  EXPECT_EQ(flushed_delay(), 2U);
  top_bench bench;
  open(bench);
  bench.write(reg::RDTR, 9);
  bench.write(reg::RADV, 4);
  bench.send(make_frame(station, 64));
  ASSERT_TRUE(bench.run_until([&] { return bench.next_deadline() != ~0ULL; }));
  EXPECT_EQ(bench.next_deadline(), data_done(bench)[0] + 1 + 4 * rdtr_unit);
}

TEST(irq, each_frame_restarts_the_packet_timer) {
  const std::uint64_t base = flushed_delay();
  top_bench bench;
  open(bench);
  bench.write(reg::RDTR, 10);
  for (int i = 0; i < 5; ++i) bench.send(make_frame(station, 64), 900);
  bench.run(12000);
  ASSERT_EQ(times_of(bench, icr::RXT0).size(), 1U);
  EXPECT_EQ(times_of(bench, icr::RXT0)[0], data_done(bench)[4] + base + 10 * rdtr_unit);
}

TEST(irq, the_absolute_timer_counts_from_the_first_frame) {
  const std::uint64_t base = flushed_delay();
  top_bench bench;
  open(bench);
  bench.write(reg::RDTR, 10);
  bench.write(reg::RADV, 25);
  for (int i = 0; i < 10; ++i) bench.send(make_frame(station, 64), 900);
  bench.run(20000);
  const auto rxt0 = times_of(bench, icr::RXT0);
  const auto done = data_done(bench);
  ASSERT_GE(rxt0.size(), 2U);
  EXPECT_EQ(rxt0[0], done[0] + base + 25 * rdtr_unit);  // I-31: it cancels the packet timer
  // the next frame after it starts both anew
  std::size_t next = 0;
  while (done[next] <= rxt0[0]) ++next;
  EXPECT_EQ(rxt0[1], done[next] + base + 25 * rdtr_unit);
}

TEST(irq, packet_expiry_stops_the_absolute_timer) {
  top_bench bench;
  open(bench);
  bench.write(reg::RDTR, 5);
  bench.write(reg::RADV, 20);
  bench.send(make_frame(station, 64));
  bench.run(8000);
  EXPECT_EQ(times_of(bench, icr::RXT0).size(), 1U);  // I-31
  EXPECT_EQ(bench.next_deadline(), ~0ULL);
}

TEST(irq, radv_does_nothing_while_rdtr_is_0) {
  const std::uint64_t base = immediate_delay();
  top_bench bench;
  open(bench);
  bench.run(600);
  bench.write(reg::RADV, 8);  // what Linux writes (I-30)
  for (int i = 0; i < 3; ++i) bench.send(make_frame(station, 64), 400);
  bench.run(3000);
  const auto rxt0 = times_of(bench, icr::RXT0);
  const auto done = data_done(bench);
  ASSERT_EQ(rxt0.size(), 3U);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(rxt0[i] - done[i], base);
}

TEST(irq, small_packets_interrupt_at_once_and_clear_both_timers) {
  for (const unsigned length : {63U, 64U, 65U, 99U, 100U, 101U, 500U}) {
    if (length < 64) continue;
    top_bench bench;
    open(bench);
    bench.write(reg::RDTR, 30);
    bench.write(reg::RADV, 60);
    bench.write(reg::RSRPD, 100);
    bench.send(make_frame(station, 200));  // starts both timers
    bench.send(make_frame(station, length));
    bench.run(1200);
    const bool small = length <= 100;
    EXPECT_EQ(times_of(bench, icr::SRPD).size(), small ? 1U : 0U) << length;
    EXPECT_EQ(times_of(bench, icr::RXT0).size(), small ? 1U : 0U) << length;
    EXPECT_EQ(bench.next_deadline() == ~0ULL, small) << length;  // I-50
  }
}

TEST(irq, srpd_compares_the_stored_length) {
  top_bench bench;
  open(bench, {.rctl = rctl::EN | rctl::BAM | rctl::SECRC});
  bench.write(reg::RDTR, 30);
  bench.write(reg::RSRPD, 100);
  bench.send(make_frame(station, 104));  // 100 without CRC
  bench.run(600);
  EXPECT_EQ(times_of(bench, icr::SRPD).size(), 1U);
}

TEST(irq, a_write_to_rdtr_takes_effect_at_the_next_start) {
  const std::uint64_t base = flushed_delay();
  top_bench bench;
  open(bench);
  bench.write(reg::RDTR, 20);
  bench.send(make_frame(station, 64));
  bench.run(400);
  bench.write(reg::RDTR, 3);  // I-52
  bench.run(3000);
  ASSERT_EQ(times_of(bench, icr::RXT0).size(), 1U);
  EXPECT_EQ(times_of(bench, icr::RXT0)[0] - data_done(bench)[0], base + 20 * rdtr_unit);
}

TEST(irq, link_changes_raise_lsc_and_reset_does_not) {
  top_bench bench;
  bench.bring_up();
  bench.causes.clear();
  bench.set_link(false);
  bench.run(10);
  EXPECT_EQ(bench.read(reg::ICR), icr::LSC);
  bench.set_link(true);
  bench.run(10);
  EXPECT_EQ(bench.read(reg::ICR), icr::LSC);
  bench.write(reg::CTRL, ctrl::RST);  // SLU falls: LU 1 -> 0 with the reset, no cause (L-7)
  bench.run(10);
  EXPECT_EQ(bench.read(reg::ICR), 0U);
  EXPECT_EQ(bench.read(reg::STATUS) & status::LU, 0U);
  bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::SLU);
  bench.run(10);
  EXPECT_EQ(bench.read(reg::ICR), icr::LSC);
}

TEST(irq, no_frame_is_received_without_link) {
  top_bench bench;
  open(bench);
  bench.set_link(false);
  bench.run(10);
  bench.send(make_frame(station, 64));
  bench.run(500);
  EXPECT_EQ(bench.ops(kind::payload).size(), 0U);  // L-6
}

TEST(irq, events_while_masked_wait_for_ims) {
  top_bench bench;
  open(bench, {.ims = 0});
  bench.send(make_frame(station, 64));
  bench.run(500);
  EXPECT_FALSE(bench.intx());
  bench.write(reg::IMS, icr::RXT0);  // D-2, D-4
  bench.run(3);
  EXPECT_TRUE(bench.intx());
}
}  // namespace
