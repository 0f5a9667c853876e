// SPDX-License-Identifier: Apache-2.0
// Clock edges are exact rationals, however many cycles have passed.
#include "common/time.h"

#include <gtest/gtest.h>

#include "common/rng.h"

namespace ringside {
namespace {

constexpr std::int64_t hours_of_edges = 66'000'000LL * 3600 * 24;  // a day at 66 MHz

TEST(clock_domain, edges_of_66_mhz_by_hand) {
  const clock_domain clock(66'000'000);  // period 500000/33 ps = 15151.51...
  EXPECT_EQ(clock.edge(0), 0);
  EXPECT_EQ(clock.edge(1), 15'151);
  EXPECT_EQ(clock.edge(2), 30'303);
  EXPECT_EQ(clock.edge(3), 45'454);
  EXPECT_EQ(clock.edge(33), 500'000);
  EXPECT_EQ(clock.edge(66'000'000), second);
  EXPECT_EQ(clock.edge(hours_of_edges), second * 3600 * 24);
}

TEST(clock_domain, edges_of_a_third_of_100_mhz_and_125_mhz_are_whole) {
  const clock_domain pci(100'000'000, 3);
  EXPECT_EQ(pci.edge(1), 30'000);
  EXPECT_EQ(pci.edge(1'000'000'007), 30'000'000'210'000);
  const clock_domain rtl(125'000'000);
  EXPECT_EQ(rtl.edge(1), 8'000);
  EXPECT_EQ(rtl.edge_at_or_after(8'001), 2);
  EXPECT_EQ(rtl.align_up(16'000), 16'000);
}

TEST(clock_domain, edge_at_or_after_at_the_picosecond) {
  const clock_domain clock(66'000'000);
  EXPECT_EQ(clock.edge_at_or_after(0), 0);
  EXPECT_EQ(clock.edge_at_or_after(1), 1);
  EXPECT_EQ(clock.edge_at_or_after(15'151), 1);
  EXPECT_EQ(clock.edge_at_or_after(15'152), 2);
  EXPECT_EQ(clock.align_up(15'152), 30'303);
}

class any_clock : public testing::TestWithParam<std::pair<std::int64_t, std::int64_t>> {};

// edge_at_or_after inverts edge, and edges never accumulate an error: both against 128-bit integers.
TEST_P(any_clock, edges_are_exact_for_big_numbers) {
  const auto [numerator, denominator] = GetParam();
  const clock_domain clock(numerator, denominator);
  rng random(static_cast<std::uint64_t>(numerator));
  for (int i = 0; i < 20'000; ++i) {
    const auto bits = random.between(1, 42);
    const auto n = static_cast<std::int64_t>(random.next() >> (64 - bits));
    using wide = clock_domain::wide;
    const sim_time edge = clock.edge(n);
    const wide exact = static_cast<wide>(n) * second * denominator;
    ASSERT_LE(static_cast<wide>(edge) * numerator, exact) << n;
    ASSERT_GT((static_cast<wide>(edge) + 1) * numerator, exact) << n;
    ASSERT_EQ(clock.edge_at_or_after(edge), n);
    ASSERT_EQ(clock.edge_at_or_after(edge + 1), n + 1);
    ASSERT_EQ(clock.align_up(edge), edge);
  }
}

INSTANTIATE_TEST_SUITE_P(clocks, any_clock,
                         testing::Values(std::pair{66'000'000, 1}, std::pair{33'000'000, 1}, std::pair{100'000'000, 3},
                                         std::pair{200'000'000, 3}, std::pair{125'000'000, 1},
                                         std::pair{2'000'000'000, 1}, std::pair{2'400'000'000, 7},
                                         std::pair{3'300'000'000, 1}));

}  // namespace
}  // namespace ringside
