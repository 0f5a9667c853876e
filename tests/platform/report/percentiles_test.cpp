// SPDX-License-Identifier: Apache-2.0
#include "platform/report/percentiles.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/rng.h"

namespace ringside::platform {
namespace {

// Nearest rank of {15, 20, 35, 40, 50} (the textbook example): p30 = 2nd = 20, p40 = 20, p50 = 35, p100 = 50.
TEST(percentiles, nearest_rank) {
  percentiles p;
  for (const int v : {40, 15, 50, 35, 20}) p.add(v);
  EXPECT_EQ(p.percentile(30), 20);
  EXPECT_EQ(p.percentile(40), 20);
  EXPECT_EQ(p.percentile(50), 35);
  EXPECT_EQ(p.percentile(100), 50);
  EXPECT_EQ(p.percentile(1), 15);
  EXPECT_EQ(p.min(), 15);
  EXPECT_EQ(p.max(), 50);
  EXPECT_EQ(p.samples(), 5U);
}

TEST(percentiles, none_and_one) {
  percentiles p;
  EXPECT_EQ(p.min(), 0);
  EXPECT_EQ(p.percentile(50), 0);
  p.add(-7);
  EXPECT_EQ(p.percentile(1), -7);
  EXPECT_EQ(p.percentile(99), -7);
  EXPECT_EQ(p.max(), -7);
}

// Against sorting, over ranges that lie below zero, in the table, above it, and across; 150,000 samples fold twice.
TEST(percentiles, agree_with_sorting) {
  rng random(11);
  for (const auto& [low, span, samples] : {std::tuple<std::int64_t, std::uint32_t, int>{-500, 1000, 20'000},
                                           {0, 100, 1'000},
                                           {200'000, 200'000, 150'000},
                                           {-1'000'000, 3'000'000, 150'000},
                                           {5'000'000'000, 1'000'000'000, 70'000}}) {
    percentiles p;
    std::vector<std::int64_t> all;
    for (int i = 0; i < samples; ++i) {
      all.push_back(low + random.below(span));
      p.add(all.back());
      if (i == samples / 2) (void)p.percentile(50);  // asked in the middle of a run
    }
    std::sort(all.begin(), all.end());
    EXPECT_EQ(p.min(), all.front());
    EXPECT_EQ(p.max(), all.back());
    for (unsigned percent = 1; percent <= 100; ++percent)
      ASSERT_EQ(p.percentile(percent), all[(all.size() * percent + 99) / 100 - 1]) << low << " p" << percent;
  }
}

}  // namespace
}  // namespace ringside::platform
