// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/softirq.h"

#include <gtest/gtest.h>

#include "sw/kernel/kernel.h"
#include "tests/sw/fake_host.h"

namespace ringside::kernel::softirq_tests {
namespace {

constexpr irq_line line = 5;

class softirq : public testing::Test {
 protected:
  explicit softirq(const kernel::config& settings = {}) : os(host, settings) {
    host.connect(os);
    host.run_task([this] { os.boot(); });
    host.run_for(1 * ms);  // ksoftirqd finds nothing and sleeps
    os.irqs().request_irq(line, "raise", this, [this](irq_line l) {
      host.set_line(l, false);
      os.softirq().raise_irqoff(softirq_number::net_tx);
      return irq_return::handled;
    });
  }
  void TearDown() override { os.irqs().free_irq(line, this); }
  void interrupt() {
    host.set_line(line, true);
    host.run_for(1 * ms);
  }

  test::fake_host host;
  kernel os;
};

TEST_F(softirq, runs_at_interrupt_exit_with_interrupts_enabled) {
  bool nested = false;
  int other_line = 0;
  os.irqs().request_irq(6, "nested", &other_line, [&](irq_line l) {
    host.set_line(l, false);
    nested = true;
    return irq_return::handled;
  });
  int runs = 0;
  os.softirq().open_softirq(softirq_number::net_tx, [&] {
    ++runs;
    host.set_line(6, true);
    host.sync();
    EXPECT_TRUE(nested);  // a hardirq may interrupt a softirq
  });
  interrupt();
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(os.counters().softirq_runs, 1U);
  EXPECT_EQ(host.count(stage::softirq_enter), 1U);
  EXPECT_EQ(host.count(stage::softirq_exit), 1U);
  const auto exits = host.of(stage::hardirq_exit);
  EXPECT_LE(exits.front().time, host.of(stage::softirq_enter).front().time);
}

TEST_F(softirq, does_not_nest_when_an_interrupt_raises_it_again) {
  int depth = 0;
  int runs = 0;
  os.softirq().open_softirq(softirq_number::net_tx, [&] {
    EXPECT_EQ(++depth, 1);
    if (++runs == 1) {
      host.set_line(line, true);
      host.sync();
    }
    --depth;
  });
  interrupt();
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(os.counters().softirq_runs, 1U);  // the second pass is a restart of the first run
  EXPECT_EQ(os.counters().softirq_restarts, 1U);
  EXPECT_EQ(host.of(stage::softirq_exit).front().a, 1U);
}

TEST_F(softirq, hands_over_to_ksoftirqd_after_ten_passes) {
  int runs = 0;
  os.softirq().open_softirq(softirq_number::net_tx, [&] {
    if (++runs < 25) os.softirq().raise_irqoff(softirq_number::net_tx);
  });
  interrupt();
  EXPECT_EQ(runs, 25);
  // MAX_SOFTIRQ_RESTART = 10: the first run makes ten passes, ksoftirqd ten, then the remaining five.
  EXPECT_EQ(os.counters().softirq_runs, 1U);
  EXPECT_EQ(os.counters().ksoftirqd_runs, 2U);
  EXPECT_EQ(os.counters().ksoftirqd_wakes, 1U);
  EXPECT_EQ(host.count(stage::ksoftirqd_run), 2U);
  EXPECT_EQ(host.of(stage::softirq_exit).front().a, 9U);
}

// MAX_SOFTIRQ_TIME is msecs_to_jiffies(2), one jiffy: it is over with the next tick, wherever in a jiffy the run began.
TEST_F(softirq, hands_over_to_ksoftirqd_at_the_next_tick) {
  int runs = 0;
  os.softirq().open_softirq(softirq_number::net_tx, [&] {
    host.consume(cost::context_switch, 300);  // 0.9 ms
    if (++runs < 6) os.softirq().raise_irqoff(softirq_number::net_tx);
  });
  host.run((host.now() / (4 * ms) + 2) * 4 * ms + 500 * us);
  host.set_line(line, true);
  host.run_for(20 * ms);
  // Passes end at 1.4, 2.3, 3.2 and 4.1 ms: three restarts, and two passes are left for ksoftirqd.
  EXPECT_EQ(host.of(stage::softirq_exit).front().a, 3U);
  EXPECT_EQ(os.counters().softirq_runs, 1U);
  EXPECT_EQ(os.counters().ksoftirqd_runs, 1U);
  EXPECT_EQ(runs, 6);
}

TEST_F(softirq, begun_late_in_a_jiffy_it_hands_over_after_one_pass) {
  int runs = 0;
  os.softirq().open_softirq(softirq_number::net_tx, [&] {
    host.consume(cost::context_switch, 300);  // 0.9 ms
    if (++runs < 4) os.softirq().raise_irqoff(softirq_number::net_tx);
  });
  host.run((host.now() / (4 * ms) + 2) * 4 * ms - 500 * us);
  host.set_line(line, true);
  host.run_for(20 * ms);
  EXPECT_EQ(os.counters().softirq_restarts, 2U) << "ksoftirqd makes the other three in one run";
  EXPECT_EQ(host.of(stage::softirq_exit).front().a, 0U);
  EXPECT_EQ(os.counters().ksoftirqd_runs, 1U);
}

TEST_F(softirq, hands_over_to_ksoftirqd_when_a_task_needs_the_cpu) {
  int runs = 0;
  bool task_ran = false;
  os.softirq().open_softirq(softirq_number::net_tx, [&] {
    if (++runs == 1) {
      host.spawn(0, "waiting", [&] { task_ran = true; });
      os.softirq().raise_irqoff(softirq_number::net_tx);
    } else {
      EXPECT_TRUE(task_ran);
    }
  });
  interrupt();
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(os.counters().ksoftirqd_runs, 1U);
}

// cond_resched after every run: a task that wants the CPU gets it before the next one.
TEST_F(softirq, ksoftirqd_lets_others_run) {
  int runs = 0;
  int spawned_at = 0;
  int task_ran_at = 0;
  os.softirq().open_softirq(softirq_number::net_tx, [&] {
    ++runs;
    if (os.counters().ksoftirqd_runs != 0 && spawned_at == 0) {
      spawned_at = runs;
      host.spawn(0, "waiting", [&] { task_ran_at = runs; });
    }
    if (runs < 100) os.softirq().raise_irqoff(softirq_number::net_tx);
  });
  interrupt();
  EXPECT_EQ(runs, 100);
  EXPECT_EQ(spawned_at, 11);
  EXPECT_EQ(task_ran_at, 11);
}

TEST_F(softirq, bottom_halves_enabled_leave_it_to_a_runnable_ksoftirqd) {
  int runs = 0;
  os.softirq().open_softirq(softirq_number::net_tx, [&] { ++runs; });
  host.run_task([&] {
    os.softirq().raise(softirq_number::net_tx);
    os.softirq().local_bh_disable();
    os.softirq().local_bh_enable();
    EXPECT_EQ(runs, 0);
  });
  host.run_for(1 * ms);
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(os.counters().ksoftirqd_runs, 1U);
}

TEST_F(softirq, interrupt_exit_leaves_it_to_a_runnable_ksoftirqd) {
  int runs = 0;
  os.softirq().open_softirq(softirq_number::net_tx, [&] { ++runs; });
  host.run_task([&] {
    os.softirq().raise(softirq_number::net_tx);  // task context: wakes ksoftirqd
    EXPECT_TRUE(os.softirq().ksoftirqd_runnable(0));
    host.set_line(line, true);
    host.sync();
    EXPECT_EQ(runs, 0);  // an interrupt came and went
  });
  host.run_for(1 * ms);
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(os.counters().softirq_runs, 0U);
  EXPECT_EQ(os.counters().ksoftirqd_runs, 1U);
  EXPECT_FALSE(os.softirq().ksoftirqd_runnable(0));
}

TEST_F(softirq, bottom_halves_disabled_defer_to_enable) {
  int runs = 0;
  os.softirq().open_softirq(softirq_number::net_tx, [&] { ++runs; });
  host.run_task([&] {
    os.softirq().local_bh_disable();
    os.softirq().local_bh_disable();
    host.set_line(line, true);
    host.sync();
    EXPECT_EQ(runs, 0);
    os.softirq().local_bh_enable();
    EXPECT_EQ(runs, 0);
    os.softirq().local_bh_enable();
    EXPECT_EQ(runs, 1);
  });
}

// Code runs ahead of its time: an interrupt before the call finds bottom halves enabled.
TEST_F(softirq, an_interrupt_before_bottom_halves_are_disabled_runs_its_softirqs) {
  int runs = 0;
  os.softirq().open_softirq(softirq_number::net_tx, [&] { ++runs; });
  host.run_task([&] {
    host.set_line(line, true);
    os.softirq().local_bh_disable();
    EXPECT_EQ(runs, 1);
    os.softirq().local_bh_enable();
    EXPECT_EQ(runs, 1);
  });
}

TEST_F(softirq, boots_with_events_for_ksoftirqd_and_net_dev_init) {
  EXPECT_EQ(host.count(stage::boot_ksoftirqd), 1U);
  EXPECT_EQ(host.count(stage::boot_net_dev_init), 1U);
  EXPECT_FALSE(os.softirq().ksoftirqd_runnable(0));
}

}  // namespace
}  // namespace ringside::kernel::softirq_tests
