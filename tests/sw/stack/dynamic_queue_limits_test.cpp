// SPDX-License-Identifier: Apache-2.0
// Byte queue limits by the arithmetic of Linux 6.1's lib/dynamic_queue_limits.c, computed by hand (QD-12).
#include "sw/stack/dynamic_queue_limits.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ringside::test {
namespace {

using limits = stack::dynamic_queue_limits;

TEST(byte_limits, begin_at_nothing) {
  limits l(0);
  EXPECT_EQ(l.available(), 0);
  l.queued(1000);
  EXPECT_EQ(l.available(), -1000);
  EXPECT_EQ(l.in_flight(), 1000U);
}

// Over the limit and drained: by what was completed beyond what had been queued before, 1000 - 0.
TEST(byte_limits, grow_when_the_queue_ran_dry) {
  limits l(0);
  l.queued(1000);
  l.completed(1000, 0);
  EXPECT_EQ(l.limit(), 1000U);
  EXPECT_EQ(l.available(), 1000);
  // 1200 with the card, 200 over the limit; half of it comes back, then the other half, and all that was queued when
  // the limit was passed is gone: by those 200.
  l.queued(600);
  EXPECT_EQ(l.available(), 400);
  l.queued(600);
  EXPECT_EQ(l.available(), -200);
  l.completed(600, 0);
  EXPECT_EQ(l.limit(), 1000U);
  EXPECT_EQ(l.available(), 400);
  l.completed(600, 0);
  EXPECT_EQ(l.limit(), 1200U);
}

// Never short: the smallest excess of a second is taken off.  10000 + 0 - 2 * 2000 = 6000.
TEST(byte_limits, shrink_by_the_least_slack_of_a_second) {
  limits l(0);
  l.queued(10000);
  l.completed(10000, 0);
  ASSERT_EQ(l.limit(), 10000U);
  l.queued(4000);
  l.queued(4000);
  l.completed(4000, 1);
  l.queued(4000);
  l.completed(2000, 250);
  EXPECT_EQ(l.limit(), 10000U);  // not longer than HZ ago
  l.queued(2000);
  l.completed(2000, 251);
  EXPECT_EQ(l.limit(), 4000U);
  EXPECT_EQ(l.available(), -2000);
}

// The last object's part that stayed below the limit is slack as well: 5000 - 1000 = 4000 against 10000 + 1000 - 8000.
TEST(byte_limits, count_the_last_object_as_slack) {
  limits l(0);
  l.queued(10000);
  l.completed(10000, 0);
  l.queued(6000);
  l.queued(5000);  // 11000, 1000 over
  l.completed(1000, 1);
  l.queued(5000);
  l.completed(4000, 300);
  EXPECT_EQ(l.limit(), 6000U);
}

TEST(byte_limits, wrap_with_their_counters) {
  limits l(0);
  for (int i = 0; i < 40; ++i) {
    l.queued(limits::max_object);
    l.completed(limits::max_object, 0);
    EXPECT_EQ(l.in_flight(), 0U);
    EXPECT_GE(l.available(), 0);
  }
  EXPECT_LE(l.limit(), limits::max_limit);
}

// Within limit_min and limit_max, from the first completion on: dql_init() leaves adj_limit 0.
TEST(byte_limits, stay_within_the_bounds_that_are_set) {
  limits l(0);
  l.set_bounds({.min = 5000, .max = 7000});
  l.reset(0);
  EXPECT_EQ(l.limit(), 5000U);
  EXPECT_EQ(l.available(), 0);
  l.queued(1000);
  l.completed(1000, 0);
  EXPECT_EQ(l.limit(), 5000U);
  EXPECT_EQ(l.available(), 5000);
  l.queued(9000);
  l.completed(9000, 0);  // 4000 beyond the limit, and drained: 5000 + 9000 without a bound
  EXPECT_EQ(l.limit(), 7000U);
}

// As above: 10000 - 6000, but no less than 9000, and after 3 ticks.
TEST(byte_limits, shrink_after_the_hold_time_that_is_set) {
  limits l(0);
  l.set_bounds({.min = 9000, .hold_jiffies = 2});
  l.queued(10000);
  l.completed(10000, 0);
  ASSERT_EQ(l.limit(), 10000U);
  l.queued(4000);
  l.queued(4000);
  l.completed(4000, 1);
  l.queued(4000);
  l.completed(2000, 2);
  EXPECT_EQ(l.limit(), 10000U);  // not longer than two ticks ago
  l.queued(2000);
  l.completed(2000, 3);
  EXPECT_EQ(l.limit(), 9000U);
}

TEST(byte_limits, forget_with_a_reset) {
  limits l(0);
  l.queued(1000);
  l.completed(1000, 0);
  l.queued(10);
  l.reset(5);
  EXPECT_EQ(l.limit(), 0U);
  EXPECT_EQ(l.in_flight(), 0U);
  EXPECT_EQ(l.available(), 2000);                     // adj_limit, 1000 + 1000, is not among what dql_reset() resets
  EXPECT_THROW(l.completed(1, 5), std::logic_error);  // BUG_ON
}

}  // namespace
}  // namespace ringside::test
