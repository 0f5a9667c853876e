// SPDX-License-Identifier: Apache-2.0
#include "sw/driver/rx_ring.h"

#include <gtest/gtest.h>

namespace ringside::driver {
namespace {

TEST(rx_ring, wraps_after_last_descriptor) {
  ring_indices at{8, 0, 0};
  EXPECT_EQ(at.after(6), 7U);
  EXPECT_EQ(at.after(7), 0U);
  EXPECT_EQ(at.before(0), 7U);
  EXPECT_EQ(at.before(1), 0U);
}

TEST(rx_ring, always_leaves_one_descriptor_unused) {
  // For every pair of positions, posted + unused + 1 = count.
  for (std::uint32_t use = 0; use < 16; ++use) {
    for (std::uint32_t clean = 0; clean < 16; ++clean) {
      const ring_indices at{16, use, clean};
      const std::uint32_t posted = (use + 16 - clean) % 16;
      EXPECT_EQ(at.unused() + posted + 1, 16U) << use << ' ' << clean;
    }
  }
}

}  // namespace
}  // namespace ringside::driver
