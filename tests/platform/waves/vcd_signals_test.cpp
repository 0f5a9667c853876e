// SPDX-License-Identifier: Apache-2.0
#include "platform/waves/vcd_signals.h"

#include <gtest/gtest.h>

namespace ringside::platform {
namespace {

TEST(vcd_signals, declares_scopes_and_types_as_ieee_1364_has_them) {
  vcd_signals s;
  s.open_scope("bus");
  s.number("busy", 1);
  s.number("address", 32);
  s.word("kind");
  s.moment("parity");
  s.close_scope();
  EXPECT_EQ(s.header("~~"),
            "$scope module bus $end\n"
            "$var wire 1 ~~! busy $end\n"
            "$var wire 32 ~~\" address [31:0] $end\n"
            "$var string 1 ~~# kind $end\n"
            "$var event 1 ~~$ parity $end\n"
            "$upscope $end\n");
}

// IEEE 1364-2005: 18.2.3.8 has no type string; 3.6: a string literal has 8 bits for a character, the last one lowest.
TEST(vcd_signals, words_of_the_standard_are_vectors_of_letters) {
  vcd_signals s(true);
  const auto kind = s.word("kind");
  EXPECT_EQ(s.header(""), "$var wire 256 ! kind [255:0] $end\n");
  EXPECT_EQ(s.all_values(), "b101101 !\n");  // "-" is 0x2D
  s.set(kind, "ab", 10);
  EXPECT_EQ(s.take_next(), "b110000101100010 !\n");  // 0x61 0x62
  s.set(kind, std::string(40, 'a'), 20);
  EXPECT_EQ(s.take_next().size(), 1 + 32 * 8 - 1 + 3U);
}

TEST(vcd_signals, tells_changes_in_time_order_whatever_the_order_they_came_in) {
  vcd_signals s;
  const auto busy = s.number("busy", 1);
  const auto bytes = s.number("bytes", 8);
  s.header("");
  s.set(busy, 0, 30);
  s.set(busy, 1, 10);
  s.set(bytes, 5, 10);
  EXPECT_EQ(s.next_change(), 10);
  EXPECT_EQ(s.take_next(), "1!\nb101 \"\n");
  EXPECT_EQ(s.next_change(), 30);
  EXPECT_EQ(s.take_next(), "0!\n");
  EXPECT_EQ(s.next_change(), time_never);
}

TEST(vcd_signals, writes_no_line_for_a_value_that_stays) {
  vcd_signals s;
  const auto busy = s.number("busy", 1);
  s.header("");
  s.set(busy, 0, 10);
  EXPECT_EQ(s.take_next(), "");
  s.set(busy, 1, 20);
  s.set(busy, 0, 20);  // and back within the instant
  EXPECT_EQ(s.take_next(), "");
}

TEST(vcd_signals, a_moment_shows_every_time) {
  vcd_signals s;
  const auto beat = s.moment("beat");
  s.header("");
  s.happen(beat, 10);
  EXPECT_EQ(s.take_next(), "1!\n");
  s.happen(beat, 20);
  EXPECT_EQ(s.take_next(), "1!\n");
  EXPECT_EQ(s.all_values(), "");
}

TEST(vcd_signals, a_change_of_a_settled_time_comes_late_and_not_never) {
  vcd_signals s;
  const auto busy = s.number("busy", 1);
  s.header("");
  s.set(busy, 1, 100);
  s.take_next();
  s.settle(200);
  s.set(busy, 0, 50);
  EXPECT_EQ(s.next_change(), 200);
  EXPECT_EQ(s.take_next(), "0!\n");
}

TEST(vcd_signals, identifier_codes_stay_printable_and_distinct_beyond_94) {
  vcd_signals s;
  for (int i = 0; i < 100; ++i) s.number("n", 1);
  const std::string header = s.header("");
  EXPECT_NE(header.find("$var wire 1 ~ n $end"), std::string::npos);    // 93
  EXPECT_NE(header.find("$var wire 1 !\" n $end"), std::string::npos);  // 94
}

}  // namespace
}  // namespace ringside::platform
