// SPDX-License-Identifier: Apache-2.0
// The virtual CPU on hand-made programs: costs, interrupts, stalls, timers and tasks at the right cycle.
#include "platform/cpu/virtual_cpu.h"

#include <gtest/gtest.h>

#include "hw/tlm/systemc/sc_time_convert.h"
#include "tests/platform/cpu/cpu_bench.h"

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

}  // namespace
}  // namespace ringside::test
