// SPDX-License-Identifier: Apache-2.0
// Stopping and waking a transmit queue: include/linux/netdevice.h and net/core/dev.c of Linux 6.1.
#include "sw/stack/netdev_queue.h"

#include <gtest/gtest.h>

#include "sw/kernel/kernel.h"
#include "sw/stack/net_device.h"
#include "sw/stack/qdisc.h"
#include "tests/sw/fake_host.h"

namespace ringside::test {
namespace {

class transmit_queue : public testing::Test {
 protected:
  transmit_queue() {
    host.connect(os);
    host.run_task([this] { os.boot(); });
    host.run_for(1 * ms);
    queue.runner().run = [this] { ++runs; };
  }
  /// Runs `body` as a task, then what it raised.
  unsigned runs_after(const std::function<void()>& body) {
    runs = 0;
    host.run_task([&] { body(); });
    host.run_for(5 * ms);
    return runs;
  }

  fake_host host;
  kernel::kernel os{host, {}};
  stack::net_device dev;
  stack::netdev_queue queue{os, dev};
  unsigned runs = 0;
};

TEST_F(transmit_queue, a_queue_the_driver_stopped_is_run_when_it_wakes_it) {
  queue.stop();
  EXPECT_TRUE(queue.stopped_by_driver());
  EXPECT_TRUE(queue.stopped());
  EXPECT_EQ(runs_after([this] { queue.wake(); }), 1U);
  EXPECT_FALSE(queue.stopped());
}

TEST_F(transmit_queue, waking_one_that_was_not_stopped_runs_nothing) {
  EXPECT_EQ(runs_after([this] { queue.wake(); }), 0U);
  queue.stop();
  EXPECT_EQ(runs_after([this] { queue.start(); }), 0U);  // netif_tx_start_queue schedules nobody
  EXPECT_FALSE(queue.stopped());
}

// Each of the two holds the queue by itself; byte queue limits schedule only what is free then, the driver always.
TEST_F(transmit_queue, driver_and_byte_limits_stop_it_apart) {
  queue.stop();
  queue.stack_stop();
  EXPECT_EQ(runs_after([this] { queue.stack_wake(); }), 0U);
  EXPECT_TRUE(queue.stopped());
  queue.stack_stop();
  EXPECT_EQ(runs_after([this] { queue.wake(); }), 1U);
  EXPECT_TRUE(queue.stopped());
  EXPECT_FALSE(queue.stopped_by_driver());
  EXPECT_EQ(runs_after([this] { queue.stack_wake(); }), 1U);
  EXPECT_FALSE(queue.stopped());
}

TEST_F(transmit_queue, a_frozen_queue_takes_nothing_and_is_not_stopped) {
  queue.freeze(true);
  EXPECT_FALSE(queue.stopped());
  EXPECT_TRUE(queue.frozen_or_stopped());
  EXPECT_TRUE(queue.frozen_or_driver_stopped());
  queue.freeze(false);
  queue.stack_stop();
  EXPECT_TRUE(queue.frozen_or_stopped());
  EXPECT_FALSE(queue.frozen_or_driver_stopped());
}

}  // namespace
}  // namespace ringside::test
