// SPDX-License-Identifier: Apache-2.0
// Level-triggered lines: latency, in service until EOI, re-sampling, spurious deliveries, and levels told ahead of
// time.
#include "platform/cpu/interrupt_controller.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <utility>

namespace ringside::test {
namespace {

using platform::interrupt_controller;

class controller : public testing::Test {
 protected:
  controller() {
    c.on_delivery([this](unsigned cpu, sim_time t) { told.emplace_back(cpu, t); });
    c.unmask(0, 0);
    c.unmask(1, 0);
  }
  interrupt_controller c{2, 500};
  std::vector<std::pair<unsigned, sim_time>> told;
};

TEST_F(controller, delivers_after_its_latency) {
  c.set_level(0, true, 1000);
  EXPECT_EQ(told, (std::vector<std::pair<unsigned, sim_time>>{{0, 1500}}));
  EXPECT_FALSE(c.deliverable(0, 999));
  EXPECT_FALSE(c.deliverable(0, 1499));
  EXPECT_EQ(c.next_delivery(0, 1200), 1500);
  EXPECT_EQ(c.deliverable(0, 1500), 0U);
}

TEST_F(controller, level_still_up_at_eoi_is_sent_again) {
  c.set_level(0, true, 1000);
  ASSERT_TRUE(c.deliverable(0, 1500));
  c.accept(0, 1500);
  EXPECT_FALSE(c.deliverable(0, 9000)) << "in service";
  c.eoi(0, 10'000);
  EXPECT_FALSE(c.deliverable(0, 10'499));
  EXPECT_EQ(c.deliverable(0, 10'500), 0U);
  EXPECT_EQ(c.counters().delivered, 1U);
}

TEST_F(controller, level_down_before_eoi_is_not_sent_again) {
  c.set_level(0, true, 1000);
  c.accept(0, 1500);
  c.set_level(0, false, 2000);
  c.eoi(0, 3000);
  EXPECT_FALSE(c.deliverable(0, 1'000'000));
  EXPECT_EQ(c.next_delivery(0, 1'000'000), time_never);
}

TEST_F(controller, level_gone_before_delivery_is_spurious) {
  c.set_level(0, true, 1000);
  c.set_level(0, false, 1200);
  EXPECT_EQ(c.deliverable(0, 1500), 0U);
  c.accept(0, 1500);
  EXPECT_EQ(c.counters().level_gone, 1U);
  c.eoi(0, 2000);
  EXPECT_FALSE(c.deliverable(0, 100'000));
}

TEST_F(controller, pulse_during_service_is_lost_as_level_triggered_lines_do) {
  c.set_level(0, true, 1000);
  c.accept(0, 1500);
  c.set_level(0, false, 1600);
  c.set_level(0, true, 1700);
  c.set_level(0, false, 1800);
  c.eoi(0, 2000);
  EXPECT_FALSE(c.deliverable(0, 100'000));
}

TEST_F(controller, new_assertion_during_service_waits_for_eoi) {
  c.set_level(0, true, 1000);
  c.accept(0, 1500);
  c.set_level(0, false, 1600);
  c.set_level(0, true, 1700);
  EXPECT_FALSE(c.deliverable(0, 5000));
  c.eoi(0, 5000);
  EXPECT_EQ(c.deliverable(0, 5500), 0U);
}

TEST_F(controller, masked_line_is_sampled_when_unmasked) {
  c.mask(0, 500);
  c.set_level(0, true, 1000);
  EXPECT_FALSE(c.deliverable(0, 5000));
  EXPECT_EQ(c.next_delivery(0, 5000), time_never);
  c.unmask(0, 6000);
  EXPECT_EQ(c.deliverable(0, 6500), 0U);
}

TEST_F(controller, mask_takes_back_what_was_not_delivered) {
  c.set_level(0, true, 1000);
  c.mask(0, 1200);
  EXPECT_FALSE(c.deliverable(0, 2000));
  c.set_level(0, false, 2500);
  c.unmask(0, 3000);
  EXPECT_FALSE(c.deliverable(0, 10'000));
}

// A card runs ahead: what it tells counts only from its own time on.
TEST_F(controller, levels_told_ahead_take_effect_at_their_time) {
  c.set_level(0, true, 5000);
  c.set_level(0, false, 6000);
  c.set_level(0, true, 7000);
  EXPECT_FALSE(c.deliverable(0, 4000));
  EXPECT_EQ(c.next_delivery(0, 4000), 5500);
  EXPECT_EQ(c.deliverable(0, 5500), 0U);
  c.accept(0, 5500);
  c.eoi(0, 6500);  // between the fall and the next rise
  EXPECT_FALSE(c.deliverable(0, 7499));
  EXPECT_EQ(c.next_delivery(0, 6600), 7500);
  EXPECT_EQ(c.deliverable(0, 7500), 0U);
}

TEST_F(controller, lines_go_to_their_cpu_and_the_lowest_first) {
  c.set_level(0, true, 1000);
  c.set_level(1, true, 1000);
  EXPECT_EQ(c.deliverable(0, 2000), 0U);
  c.accept(0, 2000);
  EXPECT_EQ(c.deliverable(0, 2000), 1U);
  interrupt_controller routed(2, 500);
  routed.route(1, 3);
  routed.unmask(1, 0);
  routed.set_level(1, true, 1000);
  EXPECT_FALSE(routed.deliverable(0, 2000));
  EXPECT_EQ(routed.deliverable(3, 2000), 1U);
}

TEST_F(controller, refuses_a_latency_of_zero) {  // it is what lets a card run ahead
  EXPECT_THROW(interrupt_controller(1, 0), std::invalid_argument);
}

}  // namespace
}  // namespace ringside::test
