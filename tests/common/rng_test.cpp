// SPDX-License-Identifier: Apache-2.0
// splitmix64 against published values, and the bounds of what is drawn from it.
#include "common/rng.h"

#include <gtest/gtest.h>

#include <array>

namespace ringside {
namespace {

// First outputs of java.util.SplittableRandom's mix64 stream for seed 0 (Steele, Lea, Flood 2014), as printed in many
// reference implementations; and of Vigna's splitmix64.c for seed 1234567 (Rosetta Code, Pseudo-random numbers).
TEST(rng, known_answers_seed_0) {
  rng random(0);
  EXPECT_EQ(random.next(), 0xE220A8397B1DCDAFULL);
  EXPECT_EQ(random.next(), 0x6E789E6AA1B965F4ULL);
  EXPECT_EQ(random.next(), 0x06C45D188009454FULL);
  EXPECT_EQ(random.next(), 0xF88BB8A8724C81ECULL);
}

TEST(rng, known_answers_seed_1234567) {
  rng random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317ULL);
  EXPECT_EQ(random.next(), 3203168211198807973ULL);
  EXPECT_EQ(random.next(), 9817491932198370423ULL);
  EXPECT_EQ(random.next(), 4593380528125082431ULL);
  EXPECT_EQ(random.next(), 16408922859458223821ULL);
}

TEST(rng, below_reaches_every_value_and_no_other) {
  rng random(7);
  std::array<int, 6> seen{};
  for (int i = 0; i < 6000; ++i) ++seen.at(random.below(6));
  for (const int n : seen) EXPECT_NEAR(n, 1000, 150);  // five standard deviations
}

TEST(rng, between_includes_both_ends) {
  rng random(8);
  bool low = false, high = false;
  for (int i = 0; i < 1000; ++i) {
    const std::uint32_t x = random.between(60, 63);
    ASSERT_GE(x, 60U);
    ASSERT_LE(x, 63U);
    low |= x == 60;
    high |= x == 63;
  }
  EXPECT_TRUE(low && high);
}

TEST(rng, chance_is_per_million) {
  rng random(9);
  int hits = 0;
  for (int i = 0; i < 100'000; ++i) {
    hits += random.chance(20'000) ? 1 : 0;
    EXPECT_FALSE(random.chance(0));
    EXPECT_TRUE(random.chance(1'000'000));
  }
  EXPECT_NEAR(hits, 2000, 225);
}

}  // namespace
}  // namespace ringside
