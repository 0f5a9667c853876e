// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/trace_window.h"

#include <gtest/gtest.h>

namespace ringside::platform {
namespace {

TEST(trace_window, absolute_times) {
  const auto w = parse_trace_window("10us..1.5ms");
  ASSERT_TRUE(w);
  EXPECT_EQ(w->trigger, stage::count);
  EXPECT_EQ(w->from, 10 * us);
  EXPECT_EQ(w->to, 1'500 * us);
  EXPECT_EQ(parse_trace_window("0..5ns")->from, 0);
}

TEST(trace_window, around_a_stage) {
  const auto w = parse_trace_window("fifo_drop:2us..3us");
  ASSERT_TRUE(w);
  EXPECT_EQ(w->trigger, stage::fifo_drop);
  EXPECT_EQ(w->from, 2 * us);
  EXPECT_EQ(w->to, 3 * us);
  EXPECT_EQ(parse_trace_window("intx_assert")->trigger, stage::intx_assert);
  EXPECT_GT(parse_trace_window("intx_assert")->to, 0);
}

TEST(trace_window, refuses_the_rest) {
  for (const char* text : {"", "10us", "20us..10us", "10us..10us", "10..20", "10us..", "nonsense",
                           "fifo_dropp:1us..2us", "fifo_drop:1us", "fifo_drop:", "10MHz..20MHz", "-5us..1us"})
    EXPECT_FALSE(parse_trace_window(text)) << text;
}

}  // namespace
}  // namespace ringside::platform
