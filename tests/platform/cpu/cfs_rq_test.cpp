// SPDX-License-Identifier: Apache-2.0
// The run queue against kernel/sched/fair.c of Linux 6.1, in numbers worked out by hand: a clock of 1 GHz, so that a
// cycle is a nanosecond; latency 6 ms, granularity 0.75 ms, wake-up granularity 1 ms.
#include "platform/cpu/cfs_rq.h"

#include <gtest/gtest.h>

#include <array>

namespace ringside::test {
namespace {

using platform::cfs_rq;
using platform::sched_entity;

constexpr std::int64_t ms_cycles = 1'000'000;

class cfs : public testing::Test {
 protected:
  /// Made runnable and run for so long, alone, up to `until`; then asleep.
  void run_alone(sched_entity& se, std::int64_t from, std::int64_t until) {
    rq.wake_up(se, from, false);
    ASSERT_EQ(rq.pick_next(from), &se);
    rq.sleep(until);
    ASSERT_EQ(rq.pick_next(until), nullptr);
  }
  cfs_rq rq{{}, clock_domain(1'000'000'000)};
  sched_entity a, b, c;
};

// update_min_vruntime: it follows the one that runs and stays when nobody does.
TEST_F(cfs, min_vruntime_is_monotone) {
  run_alone(a, 0, 60 * ms_cycles);
  EXPECT_EQ(rq.min_vruntime(), 60 * ms_cycles);
  rq.wake_up(b, 80 * ms_cycles, false);  // at 57 ms
  EXPECT_EQ(rq.pick_next(80 * ms_cycles), &b);
  EXPECT_EQ(rq.min_vruntime(), 60 * ms_cycles);
  rq.sleep(81 * ms_cycles);
  EXPECT_EQ(rq.min_vruntime(), 60 * ms_cycles) << "not back to the sleeper's 58 ms";
}

// place_entity with GENTLE_FAIR_SLEEPERS: min_vruntime less half the latency, whoever runs; who lies beyond keeps it.
TEST_F(cfs, a_sleeper_is_placed_half_the_latency_behind) {
  run_alone(a, 0, 60 * ms_cycles);
  rq.wake_up(b, 60 * ms_cycles, false);
  EXPECT_EQ(b.vruntime, 57 * ms_cycles);
  rq.wake_up(a, 60 * ms_cycles, false);
  EXPECT_EQ(a.vruntime, 60 * ms_cycles);
}

// START_DEBIT: a new task begins a slice of the period behind, and not before its parent.
TEST_F(cfs, a_new_task_starts_behind_a_slice) {
  rq.start(a, 0, false);
  EXPECT_EQ(a.vruntime, 0);
  ASSERT_EQ(rq.pick_next(0), &a);
  rq.start(b, 1 * ms_cycles, true);
  EXPECT_EQ(b.vruntime, 1 * ms_cycles + 3 * ms_cycles) << "6 ms for two";
  rq.start(c, 1 * ms_cycles, true);
  EXPECT_EQ(c.vruntime, 1 * ms_cycles + 2 * ms_cycles) << "6 ms for three";
}

// wakeup_preempt_entity: more than the granularity, not as much.
TEST_F(cfs, a_waker_preempts_from_more_than_the_granularity_on) {
  run_alone(a, 0, 10 * ms_cycles);
  run_alone(b, 10 * ms_cycles, 19 * ms_cycles);  // 7 + 9 = 16 ms
  ASSERT_EQ(b.vruntime, 16 * ms_cycles);
  c.vruntime = 15 * ms_cycles;
  rq.wake_up(b, 20 * ms_cycles, false);
  ASSERT_EQ(rq.pick_next(20 * ms_cycles), &b);
  EXPECT_FALSE(rq.wake_up(c, 20 * ms_cycles, false));
  EXPECT_TRUE(rq.tick(40 * ms_cycles));
  a.vruntime = b.vruntime - 1 * ms_cycles - 1;
  EXPECT_TRUE(rq.wake_up(a, 40 * ms_cycles, false));
}

// check_preempt_tick: beyond its slice of 3 ms, or 3 ms ahead of the first in the queue once it had the granularity.
TEST_F(cfs, the_tick_ends_a_slice) {
  rq.start(a, 0, false);
  rq.start(b, 0, false);
  ASSERT_EQ(rq.pick_next(0), &a);
  EXPECT_FALSE(rq.tick(3 * ms_cycles));
  EXPECT_TRUE(rq.tick(3 * ms_cycles + 1));
  EXPECT_EQ(rq.pick_next(3 * ms_cycles + 1), &b);
  EXPECT_EQ(b.prev_sum_exec, 0);
  rq.sleep(5 * ms_cycles);
  EXPECT_EQ(rq.pick_next(5 * ms_cycles), &a);
  EXPECT_FALSE(rq.tick(50 * ms_cycles)) << "nobody else wants it";
}

TEST_F(cfs, the_tick_ends_who_is_far_ahead_after_the_granularity) {
  run_alone(a, 0, 10 * ms_cycles);
  rq.wake_up(a, 10 * ms_cycles, false);
  ASSERT_EQ(rq.pick_next(10 * ms_cycles), &a);
  rq.wake_up(b, 10 * ms_cycles, true);  // 3 ms behind a; already to be rescheduled: no buddy
  b.vruntime = 7 * ms_cycles;
  EXPECT_FALSE(rq.tick(10 * ms_cycles + 700'000));
  EXPECT_TRUE(rq.tick(10 * ms_cycles + 760'000));
}

// With more than eight the period grows by 0.75 ms for each (sched_nr_latency = 8).
TEST_F(cfs, slices_do_not_fall_below_the_granularity) {
  std::array<sched_entity, 12> many;
  for (sched_entity& se : many) rq.start(se, 0, false);
  ASSERT_EQ(rq.pick_next(0), &many[0]) << "equal ones run as they came";
  EXPECT_FALSE(rq.tick(750'000));
  EXPECT_TRUE(rq.tick(750'001));
  EXPECT_EQ(rq.pick_next(750'001), &many[1]);
}

// Three at work get a third each, whatever they did before.
TEST_F(cfs, busy_tasks_share_alike) {
  run_alone(a, 0, 100 * ms_cycles);
  rq.wake_up(a, 200 * ms_cycles, false);
  rq.wake_up(b, 200 * ms_cycles, false);
  rq.wake_up(c, 200 * ms_cycles, false);
  const std::int64_t before = a.sum_exec;
  rq.pick_next(200 * ms_cycles);
  for (std::int64_t now = 200 * ms_cycles; now <= 800 * ms_cycles; now += 4 * ms_cycles)
    if (rq.tick(now)) rq.pick_next(now);
  for (const std::int64_t ran : {a.sum_exec - before, b.sum_exec, c.sum_exec}) {
    EXPECT_GE(ran, 190 * ms_cycles);
    EXPECT_LE(ran, 210 * ms_cycles);
  }
}

// SCHED_TUNABLESCALING_LOG: 1 + log2 of the CPUs, of eight at most.
TEST(sched_params, grow_with_the_number_of_cpus) {
  const platform::sched_params p;
  EXPECT_EQ(p.scaled(1).latency, 6 * ms);
  EXPECT_EQ(p.scaled(2).latency, 12 * ms);
  EXPECT_EQ(p.scaled(4).latency, 18 * ms);
  EXPECT_EQ(p.scaled(4).wakeup_granularity, 3 * ms);
  EXPECT_EQ(p.scaled(8).min_granularity, 3 * ms);
  EXPECT_EQ(p.scaled(16).latency, 24 * ms);
  EXPECT_EQ(p.scaled(16).tick, 4 * ms);
}

}  // namespace
}  // namespace ringside::test
