#include "sw/kernel/timers.h"

#include <gtest/gtest.h>

#include "sw/kernel/kernel.h"
#include "tests/unit/fake_host.h"

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

TEST_F(timer_wheel, fires_at_the_next_jiffy_boundary) {
  timer t;
  sim_time fired = 0;
  t.callback = [&] { fired = host.now(); };
  host.run(5 * ms);
  host.run_task([&] { os.clock().mod_timer(t, 1 * ms); });
  host.run(7900 * us);
  EXPECT_EQ(fired, 0);
  EXPECT_TRUE(t.pending());
  host.run(9 * ms);
  EXPECT_GE(fired, 8 * ms);  // HZ=250: jiffies are 4 ms
  EXPECT_LT(fired, 8 * ms + 10 * us);
  EXPECT_FALSE(t.pending());
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

TEST_F(timer_wheel, equal_expiry_runs_in_the_order_armed) {
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
  });
  host.run_for(50 * ms);
  EXPECT_EQ(order, (std::vector<int>{2, 1, 3}));
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

TEST_F(timer_wheel, msleep_sleeps_at_least_that_long) {
  sim_time start = 0;
  sim_time end = 0;
  host.run_task([&] {
    start = host.now();
    os.clock().msleep(10 * ms);
    end = host.now();
  });
  EXPECT_GE(end - start, 10 * ms);
  EXPECT_LT(end - start, 15 * ms);
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
