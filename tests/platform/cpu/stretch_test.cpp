// SPDX-License-Identifier: Apache-2.0
// Where an interrupt splits a stretch of accumulated work, by hand.
#include "platform/cpu/stretch.h"

#include <gtest/gtest.h>

namespace ringside::test {
namespace {

using platform::stretch;

TEST(stretch, interrupt_in_the_middle_of_a_cost_splits_it) {
  stretch s;
  s.begin(100, true);
  s.add_record(stage::napi_poll, 0, 1, 0);
  s.spend(50);
  s.add_record(stage::napi_poll, 0, 2, 0);
  const auto p = s.place_for_interrupt(120);
  ASSERT_TRUE(p);
  EXPECT_EQ(p->cycle, 120);
  EXPECT_EQ(p->before, 1U);
  const stretch::rest rest = s.cut(*p);
  EXPECT_EQ(s.end_cycle(), 120);
  ASSERT_EQ(s.items().size(), 1U);
  EXPECT_EQ(s.items()[0].a, 1U);
  EXPECT_EQ(rest.cycles, 30);
  ASSERT_EQ(rest.items.size(), 1U);
  EXPECT_EQ(rest.items[0].cycle, 30);
  // The interrupt takes 1000 cycles; what lies behind is shifted by them.
  s.spend(1000);
  s.append(rest);
  EXPECT_EQ(s.end_cycle(), 1150);
  EXPECT_EQ(s.items()[1].cycle, 1150);
  EXPECT_EQ(s.items()[1].a, 2U);
}

TEST(stretch, interrupt_goes_before_a_record_of_the_same_cycle) {
  stretch s;
  s.begin(0, true);
  s.spend(10);
  s.add_record(stage::napi_poll, 0, 1, 0);
  const auto p = s.place_for_interrupt(10);
  ASSERT_TRUE(p);
  EXPECT_EQ(p->before, 0U);
}

TEST(stretch, interrupt_waits_until_interrupts_come_back) {
  stretch s;
  s.begin(0, true);
  s.spend(10);
  s.add_mark(stretch::mark::irq_off);
  s.spend(20);
  s.add_record(stage::napi_poll, 0, 1, 0);
  s.add_mark(stretch::mark::irq_on);
  s.spend(10);
  const auto before = s.place_for_interrupt(10);
  ASSERT_TRUE(before);
  EXPECT_EQ(before->cycle, 10) << "just in time";
  EXPECT_EQ(before->before, 0U);
  const auto p = s.place_for_interrupt(11);
  ASSERT_TRUE(p);
  EXPECT_EQ(p->cycle, 30);
  EXPECT_EQ(p->before, 3U) << "behind the mark that enables them";
  EXPECT_EQ(s.place_for_interrupt(35)->cycle, 35);
  EXPECT_FALSE(s.place_for_interrupt(41));
}

TEST(stretch, no_place_while_interrupts_stay_off) {
  stretch s;
  s.begin(0, false);
  s.spend(100);
  EXPECT_FALSE(s.place_for_interrupt(0));
  s.add_mark(stretch::mark::irq_on);
  EXPECT_EQ(s.place_for_interrupt(0)->cycle, 100);
}

TEST(stretch, empty_stretch_takes_an_interrupt_at_once) {
  stretch s;
  s.begin(7, true);
  const auto p = s.place_for_interrupt(7);
  ASSERT_TRUE(p);
  EXPECT_EQ(p->cycle, 7);
  EXPECT_FALSE(s.place_for_interrupt(8));
}

TEST(stretch, first_record_ignores_marks) {
  stretch s;
  s.begin(0, true);
  EXPECT_FALSE(s.first_record());
  s.add_mark(stretch::mark::irq_off);
  s.spend(5);
  s.add_record(stage::napi_poll, 0, 1, 0);
  EXPECT_EQ(s.first_record(), 5);
}

TEST(stretch, marks_survive_a_cut) {
  stretch s;
  s.begin(0, true);
  s.spend(10);
  s.add_mark(stretch::mark::irq_off);
  s.spend(10);
  const stretch::rest rest = s.cut(*s.place_for_interrupt(5));
  s.spend(100);
  s.append(rest);
  EXPECT_EQ(s.place_for_interrupt(110)->cycle, 110);
  EXPECT_FALSE(s.place_for_interrupt(111)) << "they are off from 110 to the end";
}

}  // namespace
}  // namespace ringside::test
