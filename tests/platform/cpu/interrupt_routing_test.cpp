// SPDX-License-Identifier: Apache-2.0
#include "platform/cpu/interrupt_routing.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ringside::platform {
namespace {

TEST(interrupt_wiring, slots_take_turns_at_the_lines) {
  const interrupt_routing r(6, 4);
  EXPECT_EQ(r.line_of(0, interrupt_pin::inta), 0U);
  EXPECT_EQ(r.line_of(1, interrupt_pin::inta), 1U);
  EXPECT_EQ(r.line_of(1, interrupt_pin::intd), 0U);
  EXPECT_EQ(r.line_of(3, interrupt_pin::intb), 0U);
  EXPECT_EQ(r.line_of(5, interrupt_pin::intc), 3U);
  EXPECT_THROW(static_cast<void>(r.line_of(6, interrupt_pin::inta)), std::out_of_range);
}

TEST(interrupt_wiring, a_pin_may_be_wired_otherwise) {
  interrupt_routing r(2, 4);
  r.route(1, interrupt_pin::inta, 3);
  EXPECT_EQ(r.line_of(1, interrupt_pin::inta), 3U);
  EXPECT_EQ(r.line_of(1, interrupt_pin::intb), 2U);
}

}  // namespace
}  // namespace ringside::platform
