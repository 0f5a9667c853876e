// SPDX-License-Identifier: Apache-2.0
#include "platform/scenario/number.h"

#include <gtest/gtest.h>

#include "common/rng.h"

namespace ringside::platform {
namespace {

struct good_case {
  const char* text;
  rational value;
  const char* unit;
};

TEST(number, reads_exact_values_and_units) {
  for (const good_case& c : {good_case{"1514", {1514, 1}, ""},
                             {"1_000", {1000, 1}, ""},
                             {"0x40", {64, 1}, ""},
                             {"33.333", {33333, 1000}, ""},
                             {"100/3", {100, 3}, ""},
                             {"100/3 MHz", {100, 3}, "MHz"},
                             {"10us", {10, 1}, "us"},
                             {" 2.50 ms ", {5, 2}, "ms"},
                             {"0.1%", {1, 10}, "%"},
                             {"66/2", {33, 1}, ""},
                             {"0", {0, 1}, ""},
                             {"+7", {7, 1}, ""},
                             {"9223372036854775807", {INT64_MAX, 1}, ""}}) {
    const auto got = parse_quantity(c.text);
    ASSERT_TRUE(got) << c.text;
    EXPECT_EQ(got->value, *reduced(c.value.num, c.value.den)) << c.text;
    EXPECT_EQ(got->unit, c.unit) << c.text;
  }
}

TEST(number, refuses_what_is_no_number) {
  for (const char* text : {"", " ", "-5", "abc", "1.", ".5", "1..2", "1__0", "_1", "1_", "0x", "0xG", "1/0",
                           "9223372036854775808", "1e6", "5 u s", "1,5", "0.1234567890123456"})
    EXPECT_FALSE(parse_quantity(text)) << "'" << text << "'";
}

TEST(number, scales_without_rounding) {
  EXPECT_EQ(*scaled({33333, 1000}, 1'000'000), (rational{33'333'000, 1}));
  EXPECT_EQ(*scaled({100, 3}, 1'000'000), (rational{100'000'000, 3}));
  EXPECT_FALSE(scaled({INT64_MAX, 1}, 2));
}

// Whatever decimal is typed, digits * 10^-places comes back: seed 1, 10,000 numbers.
TEST(number, decimal_text_is_its_own_value) {
  rng random(1);
  for (int i = 0; i < 10'000; ++i) {
    const auto whole = static_cast<std::int64_t>(random.below(1'000'000));
    const int places = static_cast<int>(random.between(1, 9));
    std::int64_t den = 1;
    std::string digits;
    std::int64_t part = 0;
    for (int p = 0; p < places; ++p) {
      const auto digit = static_cast<int>(random.below(10));
      digits += static_cast<char>('0' + digit);
      part = part * 10 + digit;
      den *= 10;
    }
    const std::string text = std::to_string(whole) + "." + digits;
    const auto got = parse_quantity(text);
    ASSERT_TRUE(got) << text;
    // num/den == (whole*den + part)/den, compared by cross-multiplication.
    EXPECT_TRUE(static_cast<wide_int>(got->value.num) * den ==
                (static_cast<wide_int>(whole) * den + part) * got->value.den)
        << text;
  }
}

TEST(number, knows_units) {
  EXPECT_EQ(scale_of("KB")->factor, 1024);
  EXPECT_EQ(scale_of("us")->factor, 1'000'000);
  EXPECT_EQ(scale_of("MHz")->dimension, 'f');
  EXPECT_FALSE(scale_of("kb"));
  EXPECT_FALSE(scale_of(""));
}

}  // namespace
}  // namespace ringside::platform
