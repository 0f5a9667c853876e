// SPDX-License-Identifier: Apache-2.0
// Message-signalled vectors of the interrupt controller.
#include <gtest/gtest.h>

#include <stdexcept>
#include <utility>
#include <vector>

#include "platform/cpu/interrupt_controller.h"
#include "tests/platform/cpu/cpu_bench.h"

namespace ringside::test {
namespace message_tests {
namespace {

using platform::interrupt_controller;

class vectors : public testing::Test {
 protected:
  vectors() {
    c.on_delivery([this](unsigned cpu, sim_time t) { told.emplace_back(cpu, t); });
    c.unmask(v, 0);
  }
  static constexpr interrupt_controller::line v = 2;
  interrupt_controller c{2, 500, 2};
  std::vector<std::pair<unsigned, sim_time>> told;
};

TEST_F(vectors, are_numbered_behind_the_lines) {
  EXPECT_EQ(c.first_vector(), 2U);
  EXPECT_FALSE(c.is_vector(1));
  EXPECT_TRUE(c.is_vector(2));
  EXPECT_THROW(c.send_message(1, 0), std::logic_error);
  EXPECT_THROW(c.set_level(2, true, 0), std::logic_error);
}

TEST_F(vectors, a_message_is_delivered_once) {
  c.send_message(v, 1000);
  EXPECT_EQ(told, (std::vector<std::pair<unsigned, sim_time>>{{0, 1500}}));
  EXPECT_FALSE(c.deliverable(0, 1499));
  EXPECT_EQ(c.next_delivery(0, 1200), 1500);
  EXPECT_EQ(c.deliverable(0, 1500), v);
  c.accept(v, 1500);
  c.eoi(v, 2000);
  EXPECT_FALSE(c.deliverable(0, 1'000'000));
  EXPECT_EQ(c.next_delivery(0, 1'000'000), time_never);
  EXPECT_EQ(c.counters().delivered, 1U);
  EXPECT_EQ(c.counters().level_gone, 0U);
}

// The request register of the local APIC holds one beside the one in service.
TEST_F(vectors, a_message_in_service_waits_for_eoi_and_a_third_joins_it) {
  c.send_message(v, 1000);
  ASSERT_EQ(c.deliverable(0, 1500), v);
  c.accept(v, 1500);
  c.send_message(v, 2000);
  c.send_message(v, 2100);
  EXPECT_FALSE(c.deliverable(0, 9000)) << "in service";
  EXPECT_EQ(c.next_delivery(0, 9000), time_never);
  c.eoi(v, 10'000);
  EXPECT_EQ(c.next_delivery(0, 10'000), 2500) << "it has arrived long ago";
  EXPECT_EQ(c.deliverable(0, 10'000), v);
  c.accept(v, 10'000);
  c.eoi(v, 11'000);
  EXPECT_FALSE(c.deliverable(0, 1'000'000));
  EXPECT_EQ(c.counters().merged, 1U);
}

TEST_F(vectors, a_masked_one_leaves_its_pending_bit_and_is_sent_when_unmasked) {
  c.mask(v, 500);
  c.send_message(v, 1000);
  c.send_message(v, 1100);
  EXPECT_FALSE(c.pending(v, 999));
  EXPECT_TRUE(c.pending(v, 1000));
  EXPECT_FALSE(c.deliverable(0, 5000));
  EXPECT_EQ(c.next_delivery(0, 5000), time_never);
  c.unmask(v, 6000);
  EXPECT_FALSE(c.pending(v, 6000));
  EXPECT_FALSE(c.deliverable(0, 6499));
  EXPECT_EQ(c.deliverable(0, 6500), v);
  c.accept(v, 6500);
  c.eoi(v, 7000);
  EXPECT_FALSE(c.deliverable(0, 1'000'000)) << "two of them were one bit";
}

// Masking tells the device, not the message that it has written.
TEST_F(vectors, a_message_on_its_way_is_not_taken_back) {
  c.send_message(v, 1000);
  c.mask(v, 1200);
  EXPECT_EQ(c.deliverable(0, 1500), v);
}

TEST_F(vectors, affinity_counts_when_the_message_is_sent) {
  c.send_message(v, 1000);
  c.send_message(v, 3000);
  c.set_affinity(v, 3, 1200);
  EXPECT_EQ(c.next_delivery(3, 1200), time_never) << "one not taken yet, and what comes before it is joins it";
  EXPECT_FALSE(c.deliverable(3, 1500));
  ASSERT_EQ(c.deliverable(0, 1500), v);
  c.accept(v, 1500);
  c.eoi(v, 1600);
  EXPECT_EQ(c.next_delivery(3, 1600), 3500);
  EXPECT_FALSE(c.deliverable(0, 3500));
  EXPECT_EQ(c.deliverable(3, 3500), v);
}

TEST_F(vectors, messages_told_ahead_take_effect_at_their_time) {
  c.send_message(v, 5000);
  EXPECT_FALSE(c.deliverable(0, 4000));
  EXPECT_EQ(c.next_delivery(0, 4000), 5500);
  c.mask(v, 4500);
  EXPECT_FALSE(c.deliverable(0, 6000));
  EXPECT_TRUE(c.pending(v, 6000));
}

TEST_F(vectors, lines_beside_them_are_levels_as_ever) {
  c.unmask(0, 0);
  c.set_level(0, true, 1000);
  c.send_message(v, 1000);
  EXPECT_EQ(c.deliverable(0, 1500), 0U);
  c.accept(0, 1500);
  EXPECT_EQ(c.deliverable(0, 1500), v);
  c.accept(v, 1500);
  c.eoi(v, 2000);
  c.eoi(0, 2000);
  EXPECT_EQ(c.deliverable(0, 2500), 0U) << "still up";
}

}  // namespace
}  // namespace message_tests
}  // namespace ringside::test
