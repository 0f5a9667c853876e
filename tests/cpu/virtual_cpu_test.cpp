// The virtual CPU on hand-made programs: costs, interrupts, stalls, timers and tasks at the right cycle.
#include "platform/cpu/virtual_cpu.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "hw/tlm/sc_time_convert.h"
#include "tests/cpu/cpu_bench.h"

namespace ringside::test {
namespace {

using list = std::vector<std::pair<sim_time, std::uint64_t>>;
using state = platform::task::state;

// Context switch from idle: 3000 cycles of 500 ps.
constexpr sim_time switched = 1500 * ns;

TEST(virtual_cpu, costs_add_up_in_cycles) {
  cpu_bench b;
  b.task("t", [&b] {
    b.mark(1);
    b.cpu().consume(100);
    b.mark(2);
    b.cpu().consume(7);
    b.mark(3);
  });
  b.run(10 * us);
  EXPECT_EQ(b.marks(), (list{{switched, 1}, {switched + 50 * ns, 2}, {switched + 53'500, 3}}));
  EXPECT_EQ(b.cpu().usage().task, 107 + 2 * 3000) << "with the switches to the task and back to idle";
}

TEST(virtual_cpu, interrupt_shifts_the_rest_of_a_cost) {
  cpu_bench b;
  b.irq = [&b](unsigned) {
    b.mark(100);
    b.cpu().consume(200);
    b.interrupts.set_level(0, false, b.cpu().now());
  };
  b.task("t", [&b] {
    b.cpu().consume(2000);
    b.mark(1);
  });
  b.level_at(0, true, 1700 * ns);  // deliverable at 2.2 us, in the middle of the cost
  b.run(10 * us);
  EXPECT_EQ(b.marks(), (list{{2200 * ns, 100}, {2600 * ns, 1}}));
  EXPECT_EQ(b.cpu().usage().hardirq, 200);
}

TEST(virtual_cpu, interrupt_waits_for_local_irq_restore) {
  cpu_bench b;
  b.irq = [&b](unsigned) {
    b.mark(100);
    b.interrupts.set_level(0, false, b.cpu().now());
  };
  b.task("t", [&b] {
    const bool was = b.cpu().irq_save();
    EXPECT_TRUE(was);
    EXPECT_FALSE(b.cpu().irq_save());
    b.cpu().consume(2000);
    b.cpu().irq_restore(false);  // the inner pair does not enable
    b.cpu().consume(2000);
    b.mark(1);
    b.cpu().irq_restore(was);
    b.mark(2);
  });
  b.level_at(0, true, 1700 * ns);
  b.run(10 * us);
  EXPECT_EQ(b.marks(), (list{{3500 * ns, 1}, {3500 * ns, 100}, {3500 * ns, 2}}));
}

// The kernel's time stands while no interrupt can come: the latency of 500 ns from where the CPU last waited.
TEST(virtual_cpu, settling_waits_only_where_an_interrupt_may_come) {
  cpu_bench b;
  unsigned taken = 0;
  b.irq = [&taken](unsigned) { ++taken; };
  const auto kernel_time = [] { return tlm::from_sc_time(sc_core::sc_time_stamp()); };
  b.task("t", [&] {
    b.cpu().synchronise();
    const sim_time start = kernel_time();
    b.cpu().consume(999);  // 499.5 ns
    b.cpu().settle_interrupts();
    EXPECT_EQ(kernel_time(), start);
    EXPECT_EQ(b.cpu().now(), start + 499'500 * ps);
    b.cpu().consume(1);
    b.cpu().settle_interrupts();  // one asserted now could come now
    EXPECT_EQ(kernel_time(), start + 500 * ns);
    // One told before, on its way: due in 400 ns.
    b.interrupts.set_level(0, true, kernel_time());
    b.cpu().consume(200);
    b.cpu().synchronise();
    b.cpu().consume(799);
    b.cpu().settle_interrupts();
    EXPECT_EQ(kernel_time(), start + 600 * ns);
    EXPECT_EQ(taken, 0U);
    b.cpu().consume(1);
    b.cpu().settle_interrupts();
    EXPECT_EQ(kernel_time(), start + 1000 * ns);
    EXPECT_EQ(taken, 1U);
    b.mark(1);
  });
  b.interrupts.unmask(0, 0);
  b.run(20 * us);
  EXPECT_EQ(b.marks().size(), 1U);
}

TEST(virtual_cpu, hardirqs_do_not_nest) {
  cpu_bench b;
  b.irq = [&b](unsigned line) {
    b.mark(100 + line);
    b.cpu().consume(2000);
    b.cpu().synchronise();
    b.interrupts.set_level(line, false, b.cpu().now());
    b.mark(200 + line);
  };
  b.level_at(0, true, 1000 * ns);
  b.level_at(1, true, 1100 * ns);
  b.run(10 * us);
  EXPECT_EQ(b.marks(), (list{{1500 * ns, 100}, {2500 * ns, 200}, {2500 * ns, 101}, {3500 * ns, 201}}));
}

TEST(virtual_cpu, softirq_body_is_interruptible) {
  cpu_bench b;
  b.irq = [&b](unsigned line) {
    b.interrupts.set_level(line, false, b.cpu().now());
    b.mark(100 + line);
    if (line != 0) return;
    b.interrupts.eoi(0, b.cpu().now());
    b.cpu().irq_restore(true);
    b.cpu().consume(2000);
    b.mark(50);
    b.cpu().synchronise();
    b.cpu().irq_save();
  };
  b.level_at(0, true, 1000 * ns);
  b.level_at(1, true, 1500 * ns);
  b.run(10 * us);
  EXPECT_EQ(b.marks(), (list{{1500 * ns, 100}, {2000 * ns, 101}, {2500 * ns, 50}}));
}

TEST(virtual_cpu, level_that_stays_up_interrupts_again_after_eoi) {
  cpu_bench b;
  int times = 0;
  b.irq = [&](unsigned) {
    b.mark(100);
    if (++times == 3) b.interrupts.set_level(0, false, b.cpu().now());
  };
  b.level_at(0, true, 1000 * ns);
  b.run(10 * us);
  EXPECT_EQ(b.marks(), (list{{1500 * ns, 100}, {2000 * ns, 100}, {2500 * ns, 100}}));
}

TEST(virtual_cpu, stall_takes_no_interrupt_and_ends_on_a_cycle) {
  cpu_bench b;
  b.irq = [&b](unsigned) {
    b.mark(100);
    b.interrupts.set_level(0, false, b.cpu().now());
  };
  b.task("t", [&b] {
    b.cpu().consume(10);
    b.cpu().stall([] { sc_core::wait(tlm::to_sc_time(1 * us + 1)); });
    b.mark(1);
    b.cpu().consume(1);
    b.mark(2);
  });
  b.level_at(0, true, 1200 * ns);
  b.run(10 * us);
  const sim_time back = switched + 5 * ns + 1 * us + cpu_bench::cycle;
  EXPECT_EQ(b.marks(), (list{{back, 100}, {back, 1}, {back + 500, 2}}));
}

TEST(virtual_cpu, timer_fires_once_at_its_time) {
  cpu_bench b;
  b.timer = [&b] { b.mark(7); };
  b.task("t", [&b] {
    b.cpu().set_timer(5 * us);
    b.cpu().set_timer(3 * us);  // replaces
  });
  b.run(10 * us);
  EXPECT_EQ(b.marks(), (list{{3 * us, 7}}));
}

TEST(virtual_cpu, cancelled_timer_is_silent) {
  cpu_bench b;
  b.timer = [&b] { b.mark(7); };
  b.task("t", [&b] {
    b.cpu().set_timer(5 * us);
    b.cpu().set_timer(time_never);
  });
  b.run(10 * us);
  EXPECT_TRUE(b.marks().empty());
}

TEST(virtual_cpu, wake_between_prepare_and_schedule_is_not_lost) {
  cpu_bench b;
  platform::task* sleeper = nullptr;
  b.irq = [&](unsigned) {
    b.interrupts.set_level(0, false, b.cpu().now());
    b.wake(*sleeper);
  };
  sleeper = &b.task("sleeper", [&b] {
    b.cpu().prepare_to_sleep();
    b.cpu().consume(4000);  // the wake falls in here
    b.cpu().schedule();
    b.cpu().finish_sleep();
    b.mark(1);
  });
  b.level_at(0, true, 1800 * ns);
  b.run(10 * us);
  ASSERT_EQ(b.marks().size(), 1U);
  EXPECT_EQ(b.marks()[0].first, 3500 * ns);
}

TEST(virtual_cpu, wake_of_a_task_that_never_prepared_is_nothing) {
  cpu_bench b;
  platform::task* other = nullptr;
  other = &b.task("other", [&b] { b.cpu().consume(100); });
  b.task("waker", [&] {
    b.wake(*other);
    b.mark(1);
  });
  b.run(20 * us);
  EXPECT_EQ(b.marks().size(), 1U);
}

TEST(virtual_cpu, woken_sleeper_preempts_at_interrupt_exit) {
  platform::virtual_cpu_params params;
  params.sched.wakeup_granularity = 0;
  cpu_bench b(params);
  platform::task* sleeper = nullptr;
  b.irq = [&](unsigned) {
    b.interrupts.set_level(0, false, b.cpu().now());
    b.wake(*sleeper);
  };
  sleeper = &b.task("sleeper", [&b] {
    b.cpu().prepare_to_sleep();
    b.cpu().schedule();
    b.cpu().finish_sleep();
    b.mark(1);
  });
  b.task("worker", [&b] {
    b.cpu().consume(100'000);  // 50 us
    b.mark(2);
  });
  b.level_at(0, true, 20 * us);
  b.run(200 * us);
  ASSERT_EQ(b.marks().size(), 2U);
  EXPECT_EQ(b.marks()[0].second, 1U);
  EXPECT_EQ(b.marks()[0].first, 20'500 * ns + switched);
}

// What another CPU sends while a reschedule interrupt runs, and arrives before its end, needs no second one.
class reschedule : public testing::TestWithParam<bool> {};
TEST_P(reschedule, takes_with_it_what_comes_while_it_runs) {
  platform::virtual_cpu_params params;
  params.accumulate = GetParam();
  params.timer_interrupt_cycles = 4000;  // 2 us
  cpu_bench b(params, 2);
  std::vector<platform::task*> sleepers;
  for (unsigned i = 0; i < 2; ++i)
    sleepers.push_back(&b.task(
        "sleeper",
        [&b] {
          b.cpu(1).prepare_to_sleep();
          b.cpu(1).schedule();
          b.cpu(1).finish_sleep();
        },
        1));
  b.task("waker", [&] {
    b.cpu(0).consume(40'000);  // both sleep by then
    for (platform::task* t : sleepers) {
      b.cpu(0).synchronise();
      b.wake(*t);
      b.cpu(0).consume(2000);  // 1 us: the second is sent when the first has arrived, 500 ns after it was sent
    }
  });
  b.run(200 * us);
  EXPECT_EQ(b.cpu(1).usage().hardirq, 4000);
}
INSTANTIATE_TEST_SUITE_P(ways, reschedule, testing::Bool());

TEST(virtual_cpu, no_preemption_while_it_is_disabled) {
  platform::virtual_cpu_params params;
  params.sched.wakeup_granularity = 0;
  cpu_bench b(params);
  platform::task* sleeper = nullptr;
  b.irq = [&](unsigned) {
    b.interrupts.set_level(0, false, b.cpu().now());
    b.wake(*sleeper);
  };
  sleeper = &b.task("sleeper", [&b] {
    b.cpu().prepare_to_sleep();
    b.cpu().schedule();
    b.cpu().finish_sleep();
    b.mark(1);
  });
  b.task("worker", [&b] {
    b.cpu().preempt_disable();
    b.cpu().consume(100'000);
    b.mark(2);
    b.cpu().synchronise();
    EXPECT_TRUE(b.cpu().need_resched());
    b.cpu().preempt_enable();
  });
  b.level_at(0, true, 20 * us);
  b.run(200 * us);
  ASSERT_EQ(b.marks().size(), 2U);
  EXPECT_EQ(b.marks()[0].second, 2U);
}

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

TEST(virtual_cpu, wake_across_cpus_takes_an_interrupt) {
  cpu_bench b({}, 2);
  platform::task* sleeper = nullptr;
  sleeper = &b.task(
      "sleeper",
      [&b] {
        b.cpu(1).prepare_to_sleep();
        b.cpu(1).schedule();
        b.cpu(1).finish_sleep();
        b.mark(1);
      },
      1);
  b.task("waker", [&] {
    b.cpu(0).consume(20'000);
    b.cpu(0).synchronise();
    b.mark(0);
    b.wake(*sleeper);
  });
  b.run(50 * us);
  const sim_time woken = switched + 10 * us;
  // 500 ns of interrupt latency, 800 cycles of interrupt, 3000 of switching.
  EXPECT_EQ(b.marks(), (list{{woken, 0}, {woken + 500 * ns + 400 * ns + switched, 1}}));
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
