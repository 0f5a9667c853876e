// SPDX-License-Identifier: Apache-2.0
// How tasks share a virtual CPU, and the account of its cycles.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "hw/tlm/systemc/sc_time_convert.h"
#include "platform/cpu/virtual_cpu.h"
#include "tests/platform/cpu/cpu_bench.h"

namespace ringside::test {
namespace {

using list = std::vector<std::pair<sim_time, std::uint64_t>>;

// HZ=250: ticks at 4, 8, 12 ms ...; two tasks have slices of 3 ms (sched_latency 6 ms).  A tick that ends a slice
// chooses whoever has had less, which may be the running one once more: nobody runs for more than two ticks on end.
TEST(virtual_cpu, ticks_share_the_cpu) {
  cpu_bench b;
  for (std::uint64_t n = 1; n <= 2; ++n)
    b.task("t", [&b, n] {
      for (int i = 0; i < 200; ++i) {
        b.cpu().consume(1'000'000);  // 0.5 ms
        b.mark(n);
      }
    });
  b.run(80 * ms);
  sim_time since = 0;
  unsigned changes = 0;
  sim_time had[3] = {};
  const list marks = b.marks();
  for (std::size_t i = 1; i < marks.size(); ++i) {
    had[marks[i].second] += 1;
    if (marks[i].second == marks[i - 1].second) continue;
    ++changes;
    EXPECT_LE(marks[i].first % (4 * ms), 510 * us) << "the first mark after a tick";
    EXPECT_LE(marks[i].first - since, 8 * ms + 510 * us);
    since = marks[i].first;
  }
  EXPECT_GE(changes, 8U);
  EXPECT_LE(std::abs(had[1] - had[2]), 16) << "two ticks";
}

TEST(virtual_cpu, no_tick_comes_to_an_idle_cpu_and_one_every_4_ms_to_a_busy_one) {
  cpu_bench b;
  platform::task* sleeper = nullptr;
  b.irq = [&](unsigned line) {
    b.interrupts.set_level(line, false, b.cpu().now());
    b.wake(*sleeper);
  };
  sleeper = &b.task("t", [&b] {
    b.cpu().prepare_to_sleep();
    b.cpu().schedule();
    b.cpu().finish_sleep();
    b.cpu().consume(24'000'000);  // 12 ms
  });
  b.level_at(0, true, 40 * ms);
  b.run(40 * ms);
  EXPECT_EQ(b.cpu().usage().hardirq, 0);
  b.run(40 * ms);
  EXPECT_EQ(b.cpu().usage().hardirq, 3 * 800) << "cost.timer_interrupt, at 44, 48 and 52 ms";
}

// hrtimer_interrupt: the tick is a timer like the software's, which may want to go along; one of theirs that is due by
// then is told by itself.
TEST(virtual_cpu, the_software_hears_of_a_tick_that_is_not_its_timer) {
  cpu_bench b;
  b.timer = [&b] { b.mark(1); };
  b.tick = [&b] { b.mark(2); };
  b.task("t", [&b] {
    b.cpu().set_timer(8 * ms);
    b.cpu().consume(26'000'000);  // 13 ms
  });
  b.run(20 * ms);
  const list marks = b.marks();
  ASSERT_EQ(marks.size(), 3U);
  EXPECT_EQ(marks[0].second, 2U);
  EXPECT_EQ(marks[0].first / (100 * us), 40);
  EXPECT_EQ(marks[1].second, 1U);
  EXPECT_EQ(marks[1].first / (100 * us), 80);
  EXPECT_EQ(marks[2].second, 2U);
  EXPECT_EQ(marks[2].first / (100 * us), 120);
}

TEST(virtual_cpu, cond_resched_does_nothing_before_the_tick) {
  cpu_bench b;
  b.task("a", [&b] {
    b.cpu().consume(1'000'000);
    b.cpu().cond_resched();
    b.mark(1);
    b.cpu().preempt_disable();
    b.cpu().consume(9'000'000);  // over the tick at 4 ms
    b.mark(2);
    b.cpu().synchronise();
    b.cpu().preempt_enable();
    b.cpu().cond_resched();
    b.mark(3);
  });
  b.task("b", [&b] { b.mark(4); });
  b.run(20 * ms);
  std::vector<std::uint64_t> order;
  for (const auto& [t, m] : b.marks()) order.push_back(m);
  EXPECT_EQ(order, (std::vector<std::uint64_t>{1, 2, 4, 3}));
}

// place_entity: who sleeps long comes back half a sched_latency (3 ms) ahead of the rest, an idle CPU or not: another
// that wakes a little later is not starved by all the time the first slept through.
TEST(virtual_cpu, waking_on_an_idle_cpu_gives_no_more_credit_than_half_the_latency) {
  cpu_bench b;
  platform::task* sleepers[2] = {};
  std::uint64_t number = 0;
  for (platform::task*& sleeper : sleepers) {
    const std::uint64_t n = ++number;
    sleeper = &b.task("sleeper", [&b, n] {
      if (n == 2) b.cpu().consume(200'000'000);  // 100 ms
      b.cpu().prepare_to_sleep();
      b.cpu().schedule();
      b.cpu().finish_sleep();
      for (int i = 0; i < 100; ++i) b.cpu().consume(1'000'000);  // 50 ms
      b.mark(n);
    });
  }
  // The one that has run for 100 ms wakes 1 ms after the one that has not.
  b.irq = [&](unsigned line) {
    b.interrupts.set_level(line, false, b.cpu().now());
    b.wake(*sleepers[line]);
  };
  b.level_at(0, true, 150 * ms);
  b.level_at(1, true, 151 * ms);
  b.run(300 * ms);
  ASSERT_EQ(b.marks().size(), 2U);
  // They take turns from the tick at 152 ms on, so the first of them ends when both have run for about 50 ms.
  EXPECT_GT(b.marks()[0].first, 240 * ms);
}

TEST(virtual_cpu, idle_and_busy_time_make_up_the_whole) {
  cpu_bench b;
  b.task("t", [&b] { b.cpu().consume(10'000); });
  b.irq = [&b](unsigned) {
    b.cpu().consume(300);
    b.cpu().synchronise();
    b.interrupts.set_level(0, false, b.cpu().now());
  };
  b.level_at(0, true, 20 * us);
  b.level_at(1, true, 30 * us);
  b.run(31 * us);
  const platform::cpu_usage u = b.cpu().usage();
  EXPECT_EQ(u.hardirq, 300 * 2);
  EXPECT_EQ(u.task, 10'000 + 2 * 3000);
  EXPECT_EQ(u.idle + u.task + u.hardirq, 31'000 * 2);
}

// Wherever a run is cut, in a cost, an interrupt, a load or idle: cycles are charged when they are spent.
TEST(virtual_cpu, a_cut_run_is_charged_up_to_the_cut) {
  cpu_bench b;
  b.irq = [&b](unsigned line) {
    b.cpu().consume(2000);
    b.cpu().stall([] { sc_core::wait(tlm::to_sc_time(700 * ns)); });
    b.interrupts.set_level(line, false, b.cpu().now());
  };
  b.task("t", [&b] {
    b.cpu().consume(20'000);  // 10 us
    b.cpu().stall([] { sc_core::wait(tlm::to_sc_time(3 * us)); });
    b.cpu().emit(stage::softirq_enter, 0, 0, 0);
    b.cpu().consume(8'000);  // 4 us
    b.cpu().emit(stage::softirq_exit, 0, 0, 0);
    b.cpu().consume(40'000'000);  // 20 ms, far beyond the cut
  });
  b.level_at(0, true, 5 * us);
  b.level_at(1, true, 16'500 * ns);  // in what is softirq work
  // From idle to the task 1.5 us; work up to 5.5 us; the interrupt's 1 us and 0.7 us; work, the load from 13.2 to 16.2,
  // softirq work with the second interrupt at 17.0 up to 21.9 us.
  constexpr std::int64_t softirq = 8'000;
  constexpr std::int64_t interrupt = 3'400;
  platform::cpu_usage before{};
  for (sim_time cut = 100 * ns; cut <= 40 * us; cut += 100 * ns) {
    sc_core::sc_start(tlm::to_sc_time(100 * ns));
    const platform::cpu_usage u = b.cpu().usage();
    ASSERT_EQ(u.task + u.softirq + u.hardirq + u.idle, cut / cpu_bench::cycle) << cut;
    EXPECT_GE(u.task, before.task) << cut;
    EXPECT_GE(u.softirq, before.softirq) << cut;
    EXPECT_GE(u.hardirq, before.hardirq) << cut;
    EXPECT_EQ(u.idle, 0) << cut;
    EXPECT_EQ(u.hardirq, cut <= 5'500 * ns
                             ? 0
                             : std::clamp((cut - 5'500 * ns) / cpu_bench::cycle, std::int64_t{0}, interrupt) +
                                   std::clamp((cut - 17'000 * ns) / cpu_bench::cycle, std::int64_t{0}, interrupt))
        << cut;
    if (cut > 22 * us) {
      EXPECT_EQ(u.softirq, softirq) << cut;
    }
    if (cut <= 16'200 * ns) {
      EXPECT_EQ(u.softirq, 0) << cut;
    }
    before = u;
  }
}

}  // namespace
}  // namespace ringside::test
