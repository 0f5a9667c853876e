// SPDX-License-Identifier: Apache-2.0
#include "platform/source/arrival.h"

#include <gtest/gtest.h>

#include <cmath>

#include "platform/scenario/loader.h"

namespace ringside::platform {
namespace {

arrival make(const std::vector<std::string>& settings) {
  return arrival(load_scenario("", settings));
}

TEST(arrival, line_rate_leaves_spacing_to_the_wire) {
  rng random(1);
  arrival a = make({"gen.rate=line"});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(a.next(64, random), 0);
}

// Frame n of 3 frames/s is due at n/3 s: 333333333333.33 ps, 666666666666.67 ps, 1 s, without drift.
TEST(arrival, frames_per_second_do_not_accumulate_rounding) {
  rng random(1);
  arrival a = make({"gen.rate=3pps"});
  EXPECT_EQ(a.next(64, random), 0);
  EXPECT_EQ(a.next(64, random), 333'333'333'333);
  EXPECT_EQ(a.next(64, random), 666'666'666'666);
  EXPECT_EQ(a.next(64, random), second);
  sim_time last = 0;
  for (int i = 4; i <= 3'000'000; ++i) last = a.next(64, random);
  EXPECT_EQ(last, 1'000'000 * second);
}

// A 64-byte frame takes 8 + 64 + 12 byte times of 8 ns: 672 ns at line rate, 1344 ns at 50 %.
TEST(arrival, percent_of_line_rate) {
  rng random(1);
  arrival half = make({"gen.rate=50%"});
  EXPECT_EQ(half.next(64, random), 0);
  EXPECT_EQ(half.next(1518, random), 1344 * ns);
  // 1518 bytes: 1538 byte times, 24608 ns at 50 %.
  EXPECT_EQ(half.next(64, random), (1344 + 24'608) * ns);
  arrival full = make({"gen.rate=100%", "wire.link_mbps=100", "wire.gap_min=20"});
  EXPECT_EQ(full.next(64, random), 0);
  EXPECT_EQ(full.next(64, random), 92 * 80 * ns);
}

// Frames count from DA to FCS: at 8 Mb/s one byte takes a microsecond.
TEST(arrival, megabits_per_second) {
  rng random(1);
  arrival a = make({"gen.rate=8Mb/s"});
  EXPECT_EQ(a.next(64, random), 0);
  EXPECT_EQ(a.next(1518, random), 64 * us);
  EXPECT_EQ(a.next(64, random), 1582 * us);
  arrival third = make({"gen.rate=3Mb/s"});
  third.next(64, random);
  EXPECT_EQ(third.next(64, random), 170'666'666);  // 512 bits / 3 Mb/s, rounded down to a picosecond
}

TEST(arrival, exponential_variate_is_the_logarithm) {
  EXPECT_EQ(exponential_q32(~std::uint64_t{0}), 0U);  // u = 1
  const double q32 = 4294967296.0;
  for (const double u : {0.999, 0.75, 0.5, 0.25, 0.1, 1e-3, 1e-9}) {
    const auto draw = static_cast<std::uint64_t>(u * 18446744073709551616.0) - 1;
    EXPECT_NEAR(static_cast<double>(exponential_q32(draw)) / q32, -std::log(u), 1e-7) << u;
  }
}

// Mean of n exponential gaps is 1 +- 1/sqrt(n); 100,000 gaps of 10 us, five deviations. Share above the mean: 1/e.
TEST(arrival, poisson_has_the_mean_and_spread_of_an_exponential) {
  rng random(42);
  arrival a = make({"gen.rate=100000pps", "gen.arrival=poisson"});
  sim_time before = a.next(64, random);
  constexpr int frames = 100'000;
  int above = 0;
  for (int i = 0; i < frames; ++i) {
    const sim_time now = a.next(64, random);
    ASSERT_GE(now, before);
    if (now - before > 10 * us) ++above;
    before = now;
  }
  const double mean_us = static_cast<double>(before) / frames / static_cast<double>(us);
  EXPECT_NEAR(mean_us, 10.0, 10.0 * 5 / std::sqrt(frames));
  EXPECT_NEAR(static_cast<double>(above) / frames, 0.367879, 0.008);
}

}  // namespace
}  // namespace ringside::platform
