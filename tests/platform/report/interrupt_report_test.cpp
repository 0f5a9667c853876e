// SPDX-License-Identifier: Apache-2.0
#include "platform/report/interrupt_report.h"

#include <gtest/gtest.h>

#include "tests/platform/report/story.h"

namespace ringside::platform {
namespace {

using test::story;

TEST(interrupt_report, counts_assertions_handlers_and_causes) {
  interrupt_report r;
  story().interrupt(1 * us).at(20 * us, stage::cause_set, 0, 0x90).at(21 * us, stage::intx_assert).play(r);
  EXPECT_EQ(r.asserted(), 2U);
  EXPECT_EQ(r.hardirqs(), 1U);
  EXPECT_EQ(r.cause(7), 2U);  // RXT0
  EXPECT_EQ(r.cause(4), 1U);  // RXDMT0
  EXPECT_EQ(r.cause(2), 0U);
}

TEST(interrupt_report, names_the_lines_shut_off) {
  interrupt_report r;
  EXPECT_TRUE(r.nobody_cared().empty());
  story().at(1 * us, stage::irq_nobody_cared, 0, 9).at(2 * us, stage::irq_nobody_cared, 0, 5).play(r);
  EXPECT_EQ(r.nobody_cared(), (std::vector<std::uint64_t>{9, 5}));
}

// Frame 1 is written back at 1.9 us and interrupts at 2 us.  Frame 2 (written back at 3.2 us, the poll runs from 3 us)
// is caught by that poll.
TEST(interrupt_report, frame_caught_by_a_running_poll_rode_on_the_interrupt) {
  interrupt_report r;
  story()
      .arrive(1, 1 * us, 64)
      .interrupt(2 * us)
      .arrive(2, 2300 * ns, 64)
      .at(3100 * ns, stage::desc_take, 1)
      .at(3500 * ns, stage::desc_take, 2)
      .play(r);
  EXPECT_EQ(r.polled_without_interrupt(), 1U);
  EXPECT_TRUE(r.of(1).own);
  EXPECT_EQ(r.of(1).rode_on, 1U);
  EXPECT_EQ(r.of(1).asserted, 2 * us);
  EXPECT_FALSE(r.of(2).own);
  EXPECT_EQ(r.of(2).rode_on, 1U);
}

// Throttled: frames 1 and 2 are written back before the one assertion; both have it, 1 is its frame.
TEST(interrupt_report, moderated_frames_share_one_interrupt) {
  interrupt_report r;
  story()
      .arrive(1, 1 * us, 64)
      .arrive(2, 2 * us, 64)
      .interrupt(10 * us)
      .at(11'100 * ns, stage::desc_take, 1)
      .at(11'200 * ns, stage::desc_take, 2)
      .play(r);
  EXPECT_EQ(r.polled_without_interrupt(), 0U);
  EXPECT_TRUE(r.of(2).own);
  EXPECT_EQ(r.of(2).rode_on, 1U);
  EXPECT_EQ(r.of(2).asserted, 10 * us);
}

// The poll takes frame 2 before its interrupt comes: the late interrupt is not its own, and frame 3 gets it.
TEST(interrupt_report, interrupt_after_the_poll_belongs_to_the_next_frame) {
  interrupt_report r;
  story()
      .arrive(1, 1 * us, 64)
      .interrupt(2 * us)
      .at(3100 * ns, stage::desc_take, 1)
      .arrive(2, 2300 * ns, 64)
      .at(3500 * ns, stage::desc_take, 2)
      .arrive(3, 5 * us, 64)
      .interrupt(7 * us)
      .at(8100 * ns, stage::desc_take, 3)
      .play(r);
  EXPECT_FALSE(r.of(2).own);
  EXPECT_TRUE(r.of(3).own);
  EXPECT_EQ(r.of(3).rode_on, 3U);
  EXPECT_EQ(r.polled_without_interrupt(), 1U);
}

// INTA# comes a second time (ICR was read, frame 2 was written back) before the poll has taken anything: each assertion
// has its own first frame.
TEST(interrupt_report, second_assertion_before_the_poll_belongs_to_the_second_frame) {
  interrupt_report r;
  story()
      .arrive(1, 1 * us, 64)
      .at(2 * us, stage::intx_assert)
      .arrive(2, 3 * us, 64)
      .at(4 * us, stage::intx_assert)
      .at(5 * us, stage::desc_take, 1)
      .at(5 * us, stage::desc_take, 2)
      .play(r);
  EXPECT_EQ(r.of(1).rode_on, 1U);
  EXPECT_EQ(r.of(1).asserted, 2 * us);
  EXPECT_EQ(r.of(2).rode_on, 2U);
  EXPECT_EQ(r.of(2).asserted, 4 * us);
}

TEST(interrupt_report, polling_driver_has_no_interrupts) {
  interrupt_report r;
  story().arrive(1, 1 * us, 64).at(5 * us, stage::desc_take, 1).play(r);
  EXPECT_EQ(r.polled_without_interrupt(), 1U);
  EXPECT_EQ(r.of(1).rode_on, 0U);
  EXPECT_EQ(r.of(1).asserted, -1);
}

TEST(interrupt_report, cards_are_kept_apart) {
  interrupt_report r;
  story()
      .arrive(1, 1 * us, 64, 0)
      .arrive(2, 1 * us, 64, 1)
      .interrupt(5 * us, 1)
      .at(7 * us, stage::desc_take, 1)
      .at(7 * us, stage::desc_take, 2)
      .play(r);
  EXPECT_FALSE(r.of(1).own);
  EXPECT_TRUE(r.of(2).own);
}

}  // namespace
}  // namespace ringside::platform
