// SPDX-License-Identifier: Apache-2.0
// A ring that grows keeps its order over any history, also when it grows with its ring turned.
#include "common/ring_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "common/rng.h"

namespace ringside {
namespace {

TEST(ring_queue, comes_out_as_it_went_in) {
  rng random(11);
  ring_queue<std::uint64_t> ring;
  std::deque<std::uint64_t> expected;
  std::size_t most = 0;
  for (std::uint64_t n = 0; n < 20'000; ++n) {
    // Mostly short, now and then many more than the ring begins with.
    const bool fill = n % 4'000 < 100 || random.chance(500'000);
    if (fill) {
      ring.push(n);
      expected.push_back(n);
    } else if (!expected.empty()) {
      ASSERT_EQ(ring.front(), expected.front());
      ASSERT_EQ(ring.back(), expected.back());
      ASSERT_EQ(ring.take(), expected.front());
      expected.pop_front();
    }
    ASSERT_EQ(ring.size(), expected.size());
    ASSERT_EQ(ring.empty(), expected.empty());
    most = std::max(most, expected.size());
  }
  EXPECT_GT(most, 64U);
}

TEST(ring_queue, an_element_keeps_what_it_held_for_the_next_in_its_place) {
  ring_queue<std::vector<int>> ring;
  ring.add().assign(100, 1);
  const int* const place = ring.front().data();
  for (int n = 0; n < 16; ++n) {
    ring.take().clear();
    ring.add();
  }
  EXPECT_EQ(ring.back().capacity(), 100U);
  EXPECT_EQ(ring.back().data(), place);
}

}  // namespace
}  // namespace ringside
