#include "sw/kernel/softirq.h"

#include <gtest/gtest.h>

#include "sw/kernel/kernel.h"
#include "tests/unit/fake_host.h"

namespace ringside::kernel {
namespace {

constexpr irq_line line = 5;

class softirq : public testing::Test {
 protected:
  explicit softirq(const kernel::config& settings = {}) : os_(host_, settings) {
    host_.connect(os_);
    host_.run_task([this] { os_.boot(); });
    host_.run_for(1 * ms);  // ksoftirqd finds nothing and sleeps
    os_.irqs().request_irq(line, "raise", this, [this](irq_line l) {
      host_.set_line(l, false);
      os_.softirq().raise_irqoff(softirq_number::net_tx);
      return irq_return::handled;
    });
  }
  void TearDown() override { os_.irqs().free_irq(line, this); }
  void interrupt() {
    host_.set_line(line, true);
    host_.run_for(1 * ms);
  }

  test::fake_host host_;
  kernel os_;
};

TEST_F(softirq, runs_at_interrupt_exit_with_interrupts_enabled) {
  bool nested = false;
  int other_line = 0;
  os_.irqs().request_irq(6, "nested", &other_line, [&](irq_line l) {
    host_.set_line(l, false);
    nested = true;
    return irq_return::handled;
  });
  int runs = 0;
  os_.softirq().open_softirq(softirq_number::net_tx, [&] {
    ++runs;
    host_.set_line(6, true);
    host_.sync();
    EXPECT_TRUE(nested);  // a hardirq may interrupt a softirq
  });
  interrupt();
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(os_.counters().softirq_runs, 1U);
  EXPECT_EQ(host_.count(stage::softirq_enter), 1U);
  EXPECT_EQ(host_.count(stage::softirq_exit), 1U);
  const auto exits = host_.of(stage::hardirq_exit);
  EXPECT_LE(exits.front().time, host_.of(stage::softirq_enter).front().time);
}

TEST_F(softirq, does_not_nest_when_an_interrupt_raises_it_again) {
  int depth = 0;
  int runs = 0;
  os_.softirq().open_softirq(softirq_number::net_tx, [&] {
    EXPECT_EQ(++depth, 1);
    if (++runs == 1) {
      host_.set_line(line, true);
      host_.sync();
    }
    --depth;
  });
  interrupt();
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(os_.counters().softirq_runs, 1U);  // the second pass is a restart of the first run
  EXPECT_EQ(os_.counters().softirq_restarts, 1U);
  EXPECT_EQ(host_.of(stage::softirq_exit).front().a, 1U);
}

TEST_F(softirq, hands_over_to_ksoftirqd_after_ten_passes) {
  int runs = 0;
  os_.softirq().open_softirq(softirq_number::net_tx, [&] {
    if (++runs < 25) os_.softirq().raise_irqoff(softirq_number::net_tx);
  });
  interrupt();
  EXPECT_EQ(runs, 25);
  // MAX_SOFTIRQ_RESTART = 10: the first run makes ten passes, ksoftirqd ten, then the remaining five.
  EXPECT_EQ(os_.counters().softirq_runs, 1U);
  EXPECT_EQ(os_.counters().ksoftirqd_runs, 2U);
  EXPECT_EQ(os_.counters().ksoftirqd_wakes, 1U);
  EXPECT_EQ(host_.count(stage::ksoftirqd_run), 2U);
  EXPECT_EQ(host_.of(stage::softirq_exit).front().a, 9U);
}

TEST_F(softirq, hands_over_to_ksoftirqd_after_two_milliseconds) {
  int runs = 0;
  os_.softirq().open_softirq(softirq_number::net_tx, [&] {
    for (int i = 0; i < 700; ++i) host_.consume(cost::context_switch, 1);  // 2.1 ms
    if (++runs < 2) os_.softirq().raise_irqoff(softirq_number::net_tx);
  });
  host_.set_line(line, true);
  host_.run_for(10 * ms);
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(os_.counters().softirq_runs, 1U);
  EXPECT_EQ(os_.counters().ksoftirqd_runs, 1U);
}

TEST_F(softirq, hands_over_to_ksoftirqd_when_a_task_needs_the_cpu) {
  int runs = 0;
  bool task_ran = false;
  os_.softirq().open_softirq(softirq_number::net_tx, [&] {
    if (++runs == 1) {
      host_.spawn(0, "waiting", [&] { task_ran = true; });
      os_.softirq().raise_irqoff(softirq_number::net_tx);
    } else {
      EXPECT_TRUE(task_ran);
    }
  });
  interrupt();
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(os_.counters().ksoftirqd_runs, 1U);
}

TEST_F(softirq, interrupt_exit_leaves_it_to_a_runnable_ksoftirqd) {
  int runs = 0;
  os_.softirq().open_softirq(softirq_number::net_tx, [&] { ++runs; });
  host_.run_task([&] {
    os_.softirq().raise(softirq_number::net_tx);  // task context: wakes ksoftirqd
    EXPECT_TRUE(os_.softirq().ksoftirqd_runnable(0));
    host_.set_line(line, true);
    host_.sync();
    EXPECT_EQ(runs, 0);  // an interrupt came and went
  });
  host_.run_for(1 * ms);
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(os_.counters().softirq_runs, 0U);
  EXPECT_EQ(os_.counters().ksoftirqd_runs, 1U);
  EXPECT_FALSE(os_.softirq().ksoftirqd_runnable(0));
}

TEST_F(softirq, bottom_halves_disabled_defer_to_enable) {
  int runs = 0;
  os_.softirq().open_softirq(softirq_number::net_tx, [&] { ++runs; });
  host_.run_task([&] {
    os_.softirq().local_bh_disable();
    os_.softirq().local_bh_disable();
    host_.set_line(line, true);
    host_.sync();
    EXPECT_EQ(runs, 0);
    os_.softirq().local_bh_enable();
    EXPECT_EQ(runs, 0);
    os_.softirq().local_bh_enable();
    EXPECT_EQ(runs, 1);
  });
}

TEST_F(softirq, boots_with_events_for_ksoftirqd_and_net_dev_init) {
  EXPECT_EQ(host_.count(stage::boot_ksoftirqd), 1U);
  EXPECT_EQ(host_.count(stage::boot_net_dev_init), 1U);
  EXPECT_FALSE(os_.softirq().ksoftirqd_runnable(0));
}

}  // namespace
}  // namespace ringside::kernel
