// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/tasklet.h"

#include <gtest/gtest.h>

#include <vector>

#include "sw/kernel/kernel.h"
#include "tests/sw/fake_host.h"

namespace ringside::kernel {
namespace tasklet_tests {
namespace {

class tasklet_test : public testing::Test {
 protected:
  tasklet_test() {
    host.connect(os);
    host.run_task([this] { os.boot(); });
    host.run_for(1 * ms);
    work.callback = [this] {
      ran_on.push_back(host.this_cpu());
      if (in_callback) in_callback();
    };
  }
  tasklets& list() { return os.tasklet_list(); }
  test::fake_host host{2};
  kernel os{host, {}};
  tasklet work;
  std::vector<unsigned> ran_on;
  std::function<void()> in_callback;
};

TEST_F(tasklet_test, runs_once_however_often_it_is_scheduled_and_on_the_first_ones_cpu) {
  host.run_task(
      [&] {
        os.softirq().local_bh_disable();
        for (int i = 0; i < 3; ++i) list().tasklet_schedule(work);
        EXPECT_TRUE(work.scheduled);
        EXPECT_TRUE(ran_on.empty());
        os.softirq().local_bh_enable();
        EXPECT_EQ(ran_on, (std::vector<unsigned>{1}));
      },
      1 * second, 1);
  host.run_for(1 * ms);
  EXPECT_EQ(ran_on.size(), 1U);
  EXPECT_FALSE(work.scheduled);
}

TEST_F(tasklet_test, scheduled_in_its_own_callback_it_runs_once_more) {
  in_callback = [&] {
    EXPECT_TRUE(work.running);
    EXPECT_FALSE(work.scheduled);
    if (ran_on.size() == 1) {
      list().tasklet_schedule(work);
      list().tasklet_schedule(work);
    }
  };
  host.run_task([&] { list().tasklet_schedule(work); });
  host.run_for(1 * ms);
  EXPECT_EQ(ran_on.size(), 2U);
}

// One that runs elsewhere is put back, and its softirq looks at it again.
TEST_F(tasklet_test, does_not_run_on_two_cpus_at_once) {
  work.running = true;  // on another CPU
  host.run_task([&] { list().tasklet_schedule(work); });
  host.run_for(1 * ms);
  EXPECT_TRUE(ran_on.empty());
  EXPECT_TRUE(work.scheduled);
  work.running = false;
  host.run_for(1 * ms);
  EXPECT_EQ(ran_on.size(), 1U);
}

TEST_F(tasklet_test, a_disabled_one_keeps_its_schedule) {
  host.run_task([&] {
    list().tasklet_disable(work);
    list().tasklet_disable(work);
    list().tasklet_schedule(work);
  });
  host.run_for(1 * ms);
  EXPECT_TRUE(ran_on.empty());
  host.run_task([&] { list().tasklet_enable(work); });
  host.run_for(1 * ms);
  EXPECT_TRUE(ran_on.empty()) << "it was disabled twice";
  EXPECT_TRUE(work.scheduled);
  host.run_task([&] { list().tasklet_enable(work); });
  host.run_for(1 * ms);
  EXPECT_EQ(ran_on.size(), 1U);
}

TEST_F(tasklet_test, disable_waits_for_the_callback_in_progress) {
  work.running = true;  // on another CPU
  bool returned = false;
  host.spawn(0, "disable", [&] {
    list().tasklet_disable(work);
    returned = true;
  });
  host.run_for(1 * ms);
  EXPECT_FALSE(returned);
  work.running = false;
  tasklet other;  // whose end wakes, as work's does
  other.callback = [] {};
  host.run_task([&] { list().tasklet_schedule(other); });
  host.run_for(1 * ms);
  EXPECT_TRUE(returned);
}

TEST_F(tasklet_test, kill_waits_until_what_was_scheduled_has_run) {
  host.run_task([&] {
    list().tasklet_schedule(work);  // ksoftirqd runs it when this task sleeps
    EXPECT_TRUE(ran_on.empty());
    list().tasklet_kill(work);
    EXPECT_EQ(ran_on.size(), 1U);
    EXPECT_FALSE(work.scheduled);
    EXPECT_FALSE(work.running);
  });
  host.run_task([&] { list().tasklet_schedule(work); });
  host.run_for(1 * ms);
  EXPECT_EQ(ran_on.size(), 2U) << "it may be used again";
}

}  // namespace
}  // namespace tasklet_tests
}  // namespace ringside::kernel
