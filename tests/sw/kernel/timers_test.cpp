// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/timers.h"

#include <gtest/gtest.h>

#include <memory>

#include "sw/kernel/kernel.h"
#include "tests/sw/fake_host.h"

namespace ringside::kernel {
namespace {

class timer_wheel : public testing::Test {
 protected:
  timer_wheel() {
    host.connect(os);
    host.run_task([this] { os.boot(); });
  }
  test::fake_host host;
  kernel os{host, {}};
};

// calc_index: one bucket more than asked, so that no timer fires early.  HZ=250: jiffies are 4 ms.
TEST_F(timer_wheel, fires_a_jiffy_after_the_one_asked_for) {
  timer t;
  sim_time fired = 0;
  t.callback = [&] { fired = host.now(); };
  host.run(5 * ms);  // jiffy 1
  host.run_task([&] { os.clock().mod_timer(t, 1 * ms); });
  host.run(11900 * us);
  EXPECT_EQ(fired, 0);
  EXPECT_TRUE(t.pending());
  host.run(13 * ms);
  EXPECT_GE(fired, 12 * ms);
  EXPECT_LT(fired, 12 * ms + 10 * us);
  EXPECT_FALSE(t.pending());
}

// The wheel's levels: 8 times as coarse from 63 buckets of the level below on.  Armed in jiffy 10.
TEST_F(timer_wheel, long_times_are_rounded_up_to_their_level) {
  struct row {
    sim_time delay;
    std::uint64_t jiffies;
  };
  host.run(10 * 4 * ms + 1 * ms);
  std::vector<std::unique_ptr<timer>> armed;
  for (const row& r : {row{0, 11}, row{62 * 4 * ms, 73}, row{63 * 4 * ms, 80}, row{2 * second, 512},
                       row{504 * 4 * ms, 576}, row{30 * second, 7680}}) {
    armed.push_back(std::make_unique<timer>());
    host.run_task([&] { os.clock().mod_timer(*armed.back(), r.delay); });
    EXPECT_EQ(armed.back()->expires, static_cast<sim_time>(r.jiffies) * 4 * ms) << r.delay / ms << " ms";
    host.run_task([&] { os.clock().del_timer(*armed.back()); });
  }
}

TEST_F(timer_wheel, sleeps_until_a_time_between_jiffies) {
  host.run_task([&] {
    const sim_time until = host.now() + 1234567 * ns;
    os.clock().sleep_until(until);
    EXPECT_GE(host.now(), until);
    EXPECT_LT(host.now(), until + 10 * us);
    os.clock().sleep_until(until);  // past: returns at once
    EXPECT_LT(host.now(), until + 20 * us);
  });
}

// enqueue_timer adds at the bucket's head, and a timer moved within its bucket stays where it is.
TEST_F(timer_wheel, of_one_bucket_the_last_one_armed_runs_first) {
  std::vector<int> order;
  timer a;
  timer b;
  timer c;
  a.callback = [&] { order.push_back(1); };
  b.callback = [&] { order.push_back(2); };
  c.callback = [&] { order.push_back(3); };
  host.run_task([&] {
    os.clock().mod_timer(c, 20 * ms);
    os.clock().mod_timer(b, 9 * ms);
    os.clock().mod_timer(a, 10 * ms);
    os.clock().mod_timer(b, 11 * ms);
  });
  host.run_for(50 * ms);
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST_F(timer_wheel, a_deleted_timer_does_not_fire) {
  timer t;
  int fired = 0;
  t.callback = [&] { ++fired; };
  host.run_task([&] {
    os.clock().mod_timer(t, 8 * ms);
    EXPECT_TRUE(os.clock().del_timer(t));
    EXPECT_FALSE(os.clock().del_timer(t));
  });
  host.run_for(50 * ms);
  EXPECT_EQ(fired, 0);
}

TEST_F(timer_wheel, a_callback_may_arm_its_timer_again) {
  timer t;
  int fired = 0;
  t.callback = [&] {
    if (++fired < 3) os.clock().mod_timer(t, 4 * ms);
  };
  host.run_task([&] { os.clock().mod_timer(t, 4 * ms); });
  host.run_for(100 * ms);
  EXPECT_EQ(fired, 3);
}

// msleep: msecs_to_jiffies(10) + 1 = 4, and the wheel's one more.
TEST_F(timer_wheel, msleep_sleeps_four_jiffies_and_the_rest_of_one_for_10_ms) {
  for (const sim_time into : {0 * ms, 1 * ms, 3900 * us}) {
    host.run((host.now() / (4 * ms) + 3) * 4 * ms + into);
    const sim_time begun = host.now() / (4 * ms);
    sim_time end = 0;
    host.run_task([&] {
      os.clock().msleep(10 * ms);
      end = host.now();
    });
    EXPECT_GE(end, (begun + 5) * 4 * ms);
    EXPECT_LT(end, (begun + 5) * 4 * ms + 10 * us);
  }
}

// A high-resolution timer runs in its interrupt: ksoftirqd, runnable and not served, holds up the wheel alone.
TEST_F(timer_wheel, a_sleep_does_not_wait_behind_ksoftirqd) {
  host.run(20 * ms);
  timer jiffies;
  sim_time wheel = 0;
  sim_time high = 0;
  jiffies.callback = [&] { wheel = host.now(); };
  host.spawn(0, "sleeper", [&] {
    os.clock().sleep_until(30 * ms);
    high = host.now();
  });
  host.run(21 * ms);
  host.run_task(
      [&] {
        os.clock().mod_timer(jiffies, 0);
        os.softirq().open_softirq(softirq_number::net_tx, [] {});
        os.softirq().raise(softirq_number::net_tx);  // wakes ksoftirqd, which this task keeps from running
        while (host.now() < 29 * ms) {
          host.consume(cost::syscall_entry);
          host.sync();
        }
        os.clock().sleep_until(29500 * us);  // gives up the CPU for both
        EXPECT_GE(host.now(), 29500 * us);
      },
      60 * second);
  EXPECT_GE(wheel, 29 * ms) << "the softirq was ksoftirqd's";
  host.run(40 * ms);
  EXPECT_GE(high, 30 * ms);
  EXPECT_LT(high, 30 * ms + 10 * us);
}

TEST_F(timer_wheel, a_timer_interrupt_takes_along_what_is_due_softly) {
  hrtimer lazy;
  hrtimer strict;
  sim_time lazily = 0;
  lazy.callback = [&] { lazily = host.now(); };
  strict.callback = [] {};
  host.run(20 * ms);
  host.run_task([&] { os.clock().hrtimer_start(lazy, 21 * ms, 500 * us); });
  host.run(22 * ms);
  EXPECT_GE(lazily, 21500 * us) << "alone it takes its slack";
  EXPECT_LT(lazily, 21510 * us);
  host.run_task([&] {
    os.clock().hrtimer_start(lazy, 25 * ms, 500 * us);
    os.clock().hrtimer_start(strict, 25200 * us);
  });
  host.run(30 * ms);
  EXPECT_GE(lazily, 25200 * us) << "taken along by the strict one's interrupt";
  EXPECT_LT(lazily, 25210 * us);
  host.run_task([&] {
    os.clock().hrtimer_start(lazy, 35 * ms, 500 * us);
    os.clock().hrtimer_start(strict, 35200 * us, 400 * us);
  });
  host.run(40 * ms);
  EXPECT_FALSE(strict.pending()) << "due at 35.2, taken along at 35.5";
}

// tick_sched_timer is a timer among the others: __hrtimer_run_queues goes on behind it to what is due softly, as far as
// an unbroken row of them goes.
TEST_F(timer_wheel, the_tick_takes_along_what_is_due_softly) {
  std::string rang;
  hrtimer due;
  hrtimer later;
  hrtimer behind;
  due.callback = [&] { rang += 'd'; };
  later.callback = [&] { rang += 'l'; };
  behind.callback = [&] { rang += 'b'; };
  host.run(20 * ms);
  host.run_task([&] {
    os.clock().hrtimer_start(due, 21 * ms, 3 * ms);
    os.clock().hrtimer_start(later, 23 * ms, 2 * ms);
    os.clock().hrtimer_start(behind, 21 * ms, 6 * ms);
  });
  host.run(22 * ms);
  EXPECT_EQ(rang, "");
  const std::uint64_t alarms = os.counters().timer_irqs;
  host.run_task([&] {
    const bool enabled = host.local_irq_save();
    os.do_tick();
    host.local_irq_restore(enabled);
  });
  EXPECT_EQ(rang, "d");
  host.run(25 * ms - 10 * us);
  EXPECT_EQ(os.counters().timer_irqs, alarms) << "its own interrupt at 24 ms is not needed any more";
  host.run(30 * ms);
  EXPECT_EQ(rang, "dlb");
}

TEST_F(timer_wheel, usleep_range_sleeps_at_least_the_least) {
  host.run_task([&] {
    const sim_time begun = host.now();
    os.clock().usleep_range(20 * us, 200 * us);
    EXPECT_GE(host.now(), begun + 20 * us);
    EXPECT_LT(host.now(), begun + 210 * us);
  });
}

TEST_F(timer_wheel, delayed_work_runs_in_a_task_and_can_be_cancelled) {
  delayed_work work;
  int runs = 0;
  work.function = [&] {
    ++runs;
    EXPECT_FALSE(os.softirq().in_interrupt());
    os.clock().msleep(1 * ms);  // may sleep
  };
  host.run_task([&] { os.work().schedule_delayed_work(work, 8 * ms); });
  host.run_for(50 * ms);
  EXPECT_EQ(runs, 1);
  host.run_task([&] {
    os.work().schedule_delayed_work(work, 8 * ms);
    os.work().cancel_delayed_work_sync(work);
  });
  host.run_for(50 * ms);
  EXPECT_EQ(runs, 1);
}

TEST_F(timer_wheel, cancelling_waits_for_running_work) {
  delayed_work work;
  bool done = false;
  work.function = [&] {
    os.clock().msleep(20 * ms);
    done = true;
  };
  host.run_task([&] {
    os.work().schedule_delayed_work(work, 0);
    os.clock().msleep(4 * ms);
    EXPECT_TRUE(work.running);
    os.work().cancel_delayed_work_sync(work);
    EXPECT_TRUE(done);
  });
}

}  // namespace
}  // namespace ringside::kernel
