// SPDX-License-Identifier: Apache-2.0
// RXT0 at the wrong time: I-32 (too early) and I-1 (never), against arithmetic of FS 7.4.
#include <gtest/gtest.h>

#include "hw/regs/e1000_regs.h"
#include "tests/contract/contract_bench.h"

namespace ringside::contract {
namespace {

constexpr sim_time unit = 1024 * ns;

struct timed : contract_bench {
  timed(std::uint32_t rdtr_value, std::uint32_t radv_value, std::uint32_t small = 0) : contract_bench(config{}) {
    open(32);
    write(reg::RDTR, rdtr_value);
    write(reg::RADV, radv_value);
    write(reg::RSRPD, small);
    fill();
    fetch(0, 31);
    wait(100 * us);
    step = 16 * ns;
  }
  /// Data and descriptor of a frame; returns when its last byte was on the bus.
  sim_time deliver(frame_id frame, std::uint32_t bytes = 100) {
    const auto index = static_cast<std::uint32_t>(frame - 1);
    arrive(frame, bytes);
    bus(stage::dma_start, frame, buffer(index), bytes);
    bus(stage::dma_write, frame, buffer(index), bytes);
    const sim_time t = now;
    done(frame);
    write_back(frame, index, last_of(bytes));
    visible(frame, index, last_of(bytes));
    return t;
  }
  void rxt0_at(sim_time t) {
    now = t - step;
    cause(icr::RXT0);
  }
};

TEST(timer_rules, packet_timer_on_time_is_legal) {
  timed bench(50, 0);
  bench.deliver(1);
  bench.wait(20 * us);
  const sim_time last = bench.deliver(2);
  bench.rxt0_at(last + 50 * unit + 1 * us);
  EXPECT_LEGAL(bench);
}

TEST(timer_rules, I_32_packet_timer_not_restarted_by_the_second_frame) {
  timed bench(50, 0);
  const sim_time first = bench.deliver(1);
  bench.wait(20 * us);
  bench.deliver(2);
  bench.rxt0_at(first + 50 * unit);
  bench.wait(100 * us);
  bench.cause(icr::RXT0);
  EXPECT_ONLY(bench, "I-32");
}

TEST(timer_rules, I_32_one_unit_too_early) {
  timed bench(50, 0);
  const sim_time t = bench.deliver(1);
  bench.rxt0_at(t + 49 * unit);
  bench.wait(100 * us);
  bench.cause(icr::RXT0);
  EXPECT_ONLY(bench, "I-32");
}

TEST(timer_rules, absolute_timer_from_the_first_frame_is_legal) {
  timed bench(50, 60);
  const sim_time first = bench.deliver(1);
  bench.wait(40 * us);
  bench.deliver(2);
  bench.rxt0_at(first + 60 * unit + 1 * us);
  EXPECT_LEGAL(bench);
}

// I-31: the packet timer's expiry stops the absolute timer; the next frame starts it anew.
TEST(timer_rules, I_32_absolute_timer_goes_on_after_the_packet_timer) {
  timed bench(50, 60);
  const sim_time first = bench.deliver(1);
  bench.rxt0_at(first + 50 * unit + 100 * ns);
  bench.wait(2 * us);
  bench.deliver(2);
  bench.rxt0_at(first + 60 * unit);
  bench.wait(100 * us);
  bench.cause(icr::RXT0);
  EXPECT_ONLY(bench, "I-32");
}

TEST(timer_rules, small_packets_at_once_are_legal) {  // RSRPD
  timed bench(1000, 0, 100);
  bench.deliver(1, 100);
  bench.cause(icr::RXT0 | icr::SRPD);
  EXPECT_LEGAL(bench);
}

TEST(timer_rules, I_32_packet_above_the_limit_at_once) {
  timed bench(1000, 0, 100);
  const sim_time t = bench.deliver(1, 101);
  bench.cause(icr::RXT0);
  bench.rxt0_at(t + 1000 * unit + 1 * us);
  EXPECT_ONLY(bench, "I-32");
}

// The packet timer may have expired before the card knew of the small packet, or be stopped by it (I-50).
TEST(timer_rules, small_packet_beside_an_expiry_is_legal) {
  timed bench(10, 0, 100);
  const sim_time first = bench.deliver(1, 101);
  bench.now = first + 10 * unit - 200 * ns;
  const sim_time second = bench.deliver(2, 100);
  ASSERT_LT(second, first + 10 * unit);
  bench.cause(icr::RXT0);
  bench.cause(icr::RXT0 | icr::SRPD);
  EXPECT_LEGAL(bench);
}

TEST(timer_rules, I_32_second_rxt0_after_a_small_packet_stopped_the_timer) {
  timed bench(10, 0, 100);
  const sim_time first = bench.deliver(1, 101);
  bench.now = first + 8 * unit;
  bench.deliver(2, 100);
  bench.cause(icr::RXT0 | icr::SRPD);
  bench.rxt0_at(first + 10 * unit + 100 * ns);
  EXPECT_ONLY(bench, "I-32");
}

/// Data of a frame without its descriptor; returns when its last byte was on the bus.
sim_time place(timed& bench, frame_id frame, std::uint32_t bytes = 100) {
  bench.arrive(frame, bytes);
  bench.bus(stage::dma_start, frame, bench.buffer(static_cast<std::uint32_t>(frame - 1)), bytes);
  bench.bus(stage::dma_write, frame, bench.buffer(static_cast<std::uint32_t>(frame - 1)), bytes);
  const sim_time t = bench.now;
  bench.done(frame);
  return t;
}

// The expiry that restarts for frame 2 reports nothing new, since its descriptor went with that of frame 1; frame 3 has
// just arrived in memory and the card does not know.
TEST(timer_rules, rxt0_of_a_timer_beside_the_end_of_another_frame_is_legal) {
  timed bench(10, 0);
  const sim_time first = bench.deliver(1);
  bench.now = first + 10 * unit - 200 * ns;
  const sim_time second = bench.deliver(2);
  bench.cause(icr::RXT0);
  bench.now = second + 10 * unit - 120 * ns;
  const sim_time third = place(bench, 3);
  ASSERT_LT(third, second + 10 * unit);
  bench.rxt0_at(second + 10 * unit + 40 * ns);
  bench.write_back(3, 2, timed::last_of(100));
  bench.rxt0_at(third + 10 * unit + 100 * ns);
  EXPECT_LEGAL(bench);
}

// The same RXT0 with no deadline near announces frame 2, which is small, before its descriptor: with SRPD or without.
TEST(timer_rules, R_21_small_packet_announced_before_the_write_back) {
  for (const std::uint32_t bits : {icr::RXT0 | icr::SRPD, icr::RXT0}) {
    for (const sim_time after : {16 * ns, 200 * ns, 450 * ns, 900 * ns}) {
      timed bench(1000, 0, 100);
      bench.deliver(1, 100);
      bench.cause(icr::RXT0 | icr::SRPD);
      bench.wait(5 * us);
      const sim_time second = place(bench, 2);
      bench.now = second + after - bench.step;
      bench.cause(bits);
      bench.wait(1 * us);
      bench.write_back(2, 1, timed::last_of(100));
      EXPECT_ONLY(bench, "R-21") << bits << " after " << after;
    }
  }
}

// A timer that expired some time ago explains nothing.
TEST(timer_rules, R_21_small_packet_announced_before_the_write_back_after_an_expiry) {
  timed bench(10, 0, 100);
  const sim_time first = bench.deliver(1, 101);
  bench.rxt0_at(first + 10 * unit + 40 * ns);
  bench.wait(2 * us);
  place(bench, 2);
  bench.cause(icr::RXT0);
  bench.write_back(2, 1, timed::last_of(100));
  EXPECT_ONLY(bench, "R-21");
}

// Two small packets were announced by one cause: none is left to excuse the SRPD beside an expiry.
TEST(timer_rules, R_21_srpd_before_the_write_back_after_one_cause_for_two) {
  timed bench(10, 0, 100);
  bench.deliver(1);
  bench.deliver(2);
  bench.cause(icr::RXT0 | icr::SRPD);
  bench.wait(2 * us);
  const sim_time third = bench.deliver(3, 101);
  bench.now = third + 10 * unit - 120 * ns;
  place(bench, 4);
  bench.now = third + 10 * unit + 40 * ns - bench.step;
  bench.cause(icr::RXT0 | icr::SRPD);
  bench.write_back(4, 3, timed::last_of(100));
  EXPECT_ONLY(bench, "R-21");
}

// A deadline beside it explains RXT0, but not SRPD.
TEST(timer_rules, R_21_srpd_before_the_write_back_beside_an_expiry) {
  for (const bool small_too : {false, true}) {
    timed bench(10, 0, 100);
    const sim_time first = bench.deliver(1, 101);
    bench.now = first + 10 * unit - 200 * ns;
    const sim_time second = bench.deliver(2, 101);
    bench.cause(icr::RXT0);
    bench.now = second + 10 * unit - 120 * ns;
    place(bench, 3);  // 100 bytes
    bench.now = second + 10 * unit + 40 * ns - bench.step;
    bench.cause(small_too ? icr::RXT0 | icr::SRPD : icr::RXT0);
    bench.write_back(3, 2, timed::last_of(100));
    bench.cause(icr::RXT0 | icr::SRPD);
    if (small_too)
      EXPECT_ONLY(bench, "R-21");
    else
      EXPECT_LEGAL(bench);
  }
}

// Two small packets go back in one burst; their causes come one clock apart, and the next is in memory in between.
TEST(timer_rules, srpd_of_two_packets_beside_the_end_of_a_third_is_legal) {
  timed bench(1000, 0, 100);
  place(bench, 1);
  place(bench, 2);
  bench.write_back(1, 0, timed::last_of(100));
  bench.write_back(2, 1, timed::last_of(100));
  bench.step = 4 * ns;
  bench.cause(icr::RXT0 | icr::SRPD);
  place(bench, 3);
  bench.cause(icr::RXT0 | icr::SRPD);
  bench.step = 16 * ns;
  bench.write_back(3, 2, timed::last_of(100));
  bench.cause(icr::RXT0 | icr::SRPD);
  EXPECT_LEGAL(bench);
}

// SRPD of frame 2 is gathered with the request of frame 3, which is not small, and comes when that is written; frame 4
// is in memory then.
TEST(timer_rules, srpd_gathered_with_a_later_request_is_legal) {
  timed bench(0, 0, 64);
  place(bench, 1);
  place(bench, 2, 64);
  bench.write_back(1, 0, timed::last_of(100));
  bench.cause(icr::RXT0);
  place(bench, 3);
  bench.write_back(2, 1, timed::last_of(64));
  bench.wait(5 * us);
  place(bench, 4, 64);
  bench.write_back(3, 2, timed::last_of(100));
  bench.cause(icr::RXT0 | icr::SRPD);
  bench.write_back(4, 3, timed::last_of(64));
  bench.cause(icr::RXT0 | icr::SRPD);
  EXPECT_LEGAL(bench);
}

// The second is in memory when the first is announced.
TEST(timer_rules, srpd_of_the_packet_before_is_legal) {
  timed bench(1000, 0, 100);
  place(bench, 1);
  bench.write_back(1, 0, timed::last_of(100));
  place(bench, 2);
  bench.cause(icr::RXT0 | icr::SRPD);
  bench.write_back(2, 1, timed::last_of(100));
  bench.cause(icr::RXT0 | icr::SRPD);
  EXPECT_LEGAL(bench);
}

TEST(timer_rules, srpd_by_ics_is_legal) {
  timed bench(1000, 0, 100);
  place(bench, 1);
  bench.cause(icr::SRPD);
  bench.write(reg::ICS, icr::SRPD);
  bench.write_back(1, 0, timed::last_of(100));
  bench.cause(icr::RXT0 | icr::SRPD);
  EXPECT_LEGAL(bench);
}

TEST(timer_rules, R_21_timer_raises_rxt0_before_the_write_back) {
  timed bench(10, 0);
  const sim_time t = place(bench, 1);
  bench.rxt0_at(t + 10 * unit + 100 * ns);
  bench.wait(1 * us);
  bench.write_back(1, 0, timed::last_of(100));
  bench.cause(icr::RXT0);
  const auto broken = bench.broken();
  ASSERT_FALSE(broken.empty());
  EXPECT_EQ(broken.front(), "R-21") << bench.report();
}

TEST(timer_rules, flush_write_and_ics_explain_rxt0) {
  timed bench(1000, 0);
  bench.deliver(1);
  bench.write(reg::RDTR, rdtr::FPD | 1000);
  bench.cause(icr::RXT0);
  bench.wait(1 * us);
  bench.cause(icr::RXT0);
  bench.write(reg::ICS, icr::RXT0);
  bench.rxt0_at(bench.now + 1025 * unit);
  EXPECT_LEGAL(bench);
}

// I-52: the running timer keeps the value it was started with.
TEST(timer_rules, I_32_new_delay_cuts_a_running_timer_short) {
  timed bench(50, 0);
  const sim_time t = bench.deliver(1);
  bench.wait(5 * us);
  bench.write(reg::RDTR, 10);
  bench.rxt0_at(t + 10 * unit);
  bench.rxt0_at(t + 51 * unit);
  EXPECT_ONLY(bench, "I-32");
}

TEST(timer_rules, I_1_no_rxt0_for_a_frame) {
  timed bench(0, 0);
  bench.deliver(1);
  EXPECT_ONLY(bench, "I-1");
}

TEST(timer_rules, I_1_timer_does_not_expire) {
  timed bench(50, 0);
  bench.deliver(1);
  EXPECT_ONLY(bench, "I-1");
}

TEST(timer_rules, one_rxt0_for_several_frames_is_legal) {
  timed bench(0, 0);
  for (frame_id f = 1; f <= 3; ++f) bench.deliver(f);
  bench.cause(icr::RXT0);
  EXPECT_LEGAL(bench);
}

}  // namespace
}  // namespace ringside::contract
