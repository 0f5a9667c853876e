// SPDX-License-Identifier: Apache-2.0
// The transmit watchdog: when it looks, and what is too long (QD-10; dev_watchdog and round_jiffies of Linux 6.1).
#include "sw/stack/tx_watchdog.h"

#include "tests/sw/stack/transmit_bench.h"

namespace ringside::test {
namespace tx_watchdog_tests {
namespace {

// kernel/time/timer.c, HZ 250: below a quarter of a second down, else up, never to now or before.
TEST(round_jiffies, goes_to_a_whole_second) {
  EXPECT_EQ(stack::round_jiffies(1000, 10, 0), 1000U);
  EXPECT_EQ(stack::round_jiffies(1061, 10, 0), 1000U);
  EXPECT_EQ(stack::round_jiffies(1062, 10, 0), 1250U);
  EXPECT_EQ(stack::round_jiffies(1249, 10, 0), 1250U);
  EXPECT_EQ(stack::round_jiffies(1030, 1000, 0), 1030U);  // 1000 is now
  EXPECT_EQ(stack::round_jiffies(1062, 10, 2), 1244U);    // three jiffies earlier for each CPU
}

class watched : public transmit_bench {};

TEST_F(watched, a_queue_stopped_for_more_than_five_seconds_is_told) {
  bring_up();
  queue().stop();
  const std::uint64_t stopped = os.clock().jiffies();
  host.run_for(20 * second);
  // trans_start + 1250 jiffies are over at some whole second; told once a period, as nothing is done about it.
  ASSERT_GE(ops.timeouts.size(), 2U);
  EXPECT_TRUE(ops.frozen_at_timeout);
  const std::vector<event> told = host.of(stage::tx_timeout);
  EXPECT_EQ(told[0].a, dev.index);
  const std::uint64_t first = kernel::jiffies_at(told[0].time);
  EXPECT_GT(first, stopped + 1250);
  EXPECT_LE(first, stopped + 1250 + 250 + 1);
  EXPECT_EQ(queue().timeouts, ops.timeouts.size());
  EXPECT_FALSE(queue().frozen_or_stopped() && !queue().stopped());
  queue().start();
}

TEST_F(watched, a_queue_that_moves_is_left_alone) {
  bring_up();
  for (int i = 0; i < 20; ++i) {  // stopped all the time but for an instant, each second
    queue().stop();
    host.run_for(1 * second);
    queue().start();
  }
  EXPECT_TRUE(ops.timeouts.empty());
  host.run_for(20 * second);  // not stopped
  EXPECT_TRUE(ops.timeouts.empty());
}

TEST_F(watched, nothing_is_watched_without_a_carrier_or_after_the_stop) {
  bring_up();
  queue().stop();
  host.run_task([this] { net.transmit().netif_carrier_off(dev); });
  host.run_for(20 * second);
  EXPECT_TRUE(ops.timeouts.empty());
  host.run_task([this] { net.transmit().netif_carrier_on(dev); });
  host.run_for(1 * second);
  host.run_task([this] { net.transmit().dev_deactivate(dev); });
  host.run_for(20 * second);
  EXPECT_TRUE(ops.timeouts.empty());
  queue().start();
}

}  // namespace
}  // namespace tx_watchdog_tests
}  // namespace ringside::test
