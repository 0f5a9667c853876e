// SPDX-License-Identifier: Apache-2.0
#include "platform/scenario/value_rule.h"

#include <gtest/gtest.h>

#include "platform/scenario/scenario.h"

namespace ringside::platform {
namespace {

using kind = value_kind;
using numbers = std::vector<std::int64_t>;

TEST(value_rule, whole_numbers_keep_limits_steps_and_units) {
  const value_rule ring{.kind = kind::whole, .low = 8, .high = 4096, .step = 8, .unit = "descriptors"};
  EXPECT_EQ(parse(ring, "8")->number, 8);
  EXPECT_EQ(parse(ring, "4096 descriptors")->number, 4096);
  for (const char* bad : {"0", "7", "12", "4104", "8KB", "8.5", "-8", "ring"}) EXPECT_FALSE(parse(ring, bad)) << bad;
  const value_rule delay{.kind = kind::whole, .low = 0, .high = 1'000'000, .unit = "ns"};
  EXPECT_EQ(parse(delay, "250")->number, 250);
  EXPECT_EQ(parse(delay, "1.5us")->number, 1500);
  EXPECT_FALSE(parse(delay, "1ps"));  // no whole nanosecond
  EXPECT_FALSE(parse(delay, "1MHz"));
  const value_rule buffer{.kind = kind::whole, .low = 256, .high = 16384, .power_of_two = true, .unit = "B"};
  EXPECT_EQ(parse(buffer, "2KB")->number, 2048);
  EXPECT_FALSE(parse(buffer, "1000"));
}

TEST(value_rule, times_are_stored_in_picoseconds) {
  const value_rule limit{.kind = kind::whole, .low = 1 * us, .high = 10 * second, .unit = "ms", .grain = "ps"};
  EXPECT_EQ(parse(limit, "5")->number, 5 * ms);
  EXPECT_EQ(parse(limit, "10us")->number, 10 * us);
  EXPECT_FALSE(parse(limit, "11s"));
  const value_rule start{.kind = kind::time_or, .low = 0, .high = second, .unit = "us", .grain = "ps", .words = "auto"};
  EXPECT_EQ(parse(start, "auto")->number, -1);
  EXPECT_EQ(parse(start, "3")->number, 3 * us);
  EXPECT_FALSE(parse(start, "soon"));
}

TEST(value_rule, frequencies_are_exact_rationals_in_hz) {
  const value_rule clock{.kind = kind::frequency, .low = 1, .high = 1000, .unit = "MHz"};
  EXPECT_EQ(parse(clock, "33.333")->ratio, (rational{33'333'000, 1}));
  EXPECT_EQ(parse(clock, "100/3")->ratio, (rational{100'000'000, 3}));
  EXPECT_EQ(parse(clock, "66MHz")->ratio, (rational{66'000'000, 1}));
  EXPECT_EQ(parse(clock, "1GHz")->ratio, (rational{1'000'000'000, 1}));
  for (const char* bad : {"0", "0.5", "1001", "10ns", "66Mhz", "fast"}) EXPECT_FALSE(parse(clock, bad)) << bad;
}

TEST(value_rule, words_and_switches) {
  const value_rule mode{.kind = kind::choice, .words = "napi|irq|poll"};
  EXPECT_EQ(parse(mode, "poll")->number, 2);
  EXPECT_FALSE(parse(mode, "NAPI"));
  const value_rule flag{.kind = kind::toggle};
  EXPECT_EQ(parse(flag, "on")->number, 1);
  EXPECT_EQ(parse(flag, "true")->number, 1);
  EXPECT_EQ(parse(flag, "off")->number, 0);
  EXPECT_FALSE(parse(flag, "1"));
  const value_rule itr{.kind = kind::number_or, .low = 60, .high = 1000, .words = "off"};
  EXPECT_EQ(parse(itr, "off")->number, 0);
  EXPECT_EQ(parse(itr, "60")->number, 60);
  EXPECT_FALSE(parse(itr, "0"));
  const value_rule words{.kind = kind::number_or, .low = 60, .high = 1000, .words = "off|dynamic"};
  EXPECT_EQ(parse(words, "dynamic")->text, "dynamic");
  EXPECT_EQ(parse(words, "off")->text, "off");
  EXPECT_EQ(parse(words, "60")->number, 60);
  EXPECT_FALSE(parse(words, "off|dynamic"));
}

TEST(value_rule, addresses) {
  const value_rule mac{.kind = kind::mac};
  EXPECT_EQ(parse(mac, "02:00:5e:10:FF:01")->list, (numbers{2, 0, 0x5E, 0x10, 0xFF, 1}));
  for (const char* bad :
       {"01:00:5e:00:00:01", "00:00:00:00:00:00", "02:00:00:00:00", "02-00-00-00-00-01", "2:0:0:0:0:1"})
    EXPECT_FALSE(parse(mac, bad)) << bad;
  const value_rule ip{.kind = kind::ipv4};
  EXPECT_EQ(parse(ip, "10.0.0.2")->number, 0x0A000002);
  for (const char* bad : {"10.0.0", "10.0.0.256", "224.0.0.1", "255.255.255.255", "0.0.0.0", "10.0.0.2.1", "a.b.c.d"})
    EXPECT_FALSE(parse(ip, bad)) << bad;
  const value_rule whom{.kind = kind::ipv4, .words = "multicast"};
  EXPECT_EQ(parse(whom, "239.1.2.3")->number, 0xEF010203);
  for (const char* bad : {"240.0.0.1", "255.255.255.255", "0.0.0.0"}) EXPECT_FALSE(parse(whom, bad)) << bad;
}

TEST(value_rule, lists) {
  const value_rule ports{.kind = kind::ports};
  EXPECT_EQ(parse(ports, "5001, 53")->list, (numbers{5001, 53}));
  for (const char* bad : {"0", "65536", "1,1", "", "1,,2"}) EXPECT_FALSE(parse(ports, bad)) << bad;
  const value_rule cpus{.kind = kind::cpus, .high = 15};
  EXPECT_EQ(parse(cpus, "0,3")->number, 0b1001);
  EXPECT_EQ(parse(cpus, "all")->number, 0xFFFF);
  EXPECT_EQ(parse(cpus, "0-3")->number, 0b1111);
  EXPECT_EQ(parse(cpus, "1, 4-6,8-8,15")->number, 0b1000'0001'0111'0010);
  EXPECT_EQ(parse(cpus, "0-2,2-3")->number, 0b1111);  // as the kernel's bitmap_parselist takes it
  for (const char* bad : {"16", "0-16", "3-1", "-3", "0-", "0--1", "1-2-3", "", "0-3,"})
    EXPECT_FALSE(parse(cpus, bad)) << bad;
  const value_rule sizes{.kind = kind::sizes, .low = 64, .high = 16384};
  EXPECT_EQ(parse(sizes, "64..1518")->list, (numbers{64, 1518}));
  EXPECT_EQ(parse(sizes, "64..1518")->number, 1);
  EXPECT_EQ(parse(sizes, "64,64,1518")->list, (numbers{64, 64, 1518}));  // a mix names a size more than once
  for (const char* bad : {"63", "16385", "100..64", "64..", "64B"}) EXPECT_FALSE(parse(sizes, bad)) << bad;
  const value_rule names{.kind = kind::identifiers};
  EXPECT_EQ(parse(names, "R-21, N-1")->names, (std::vector<std::string>{"R-21", "N-1"}));
  EXPECT_TRUE(parse(names, "")->names.empty());
  EXPECT_FALSE(parse(names, "R-21 N-1"));
}

TEST(value_rule, lists_of_addresses) {
  const value_rule groups{.kind = kind::macs, .high = 2, .words = "multicast"};
  EXPECT_EQ(parse(groups, "01:00:5e:00:00:01, 33:33:00:00:00:01")->list,
            (numbers{1, 0, 0x5E, 0, 0, 1, 0x33, 0x33, 0, 0, 0, 1}));
  EXPECT_TRUE(parse(groups, "")->list.empty());
  for (const char* bad : {"02:00:00:00:00:01", "01:00:5e:00:00:01,01:00:5e:00:00:01", "01:00:5e:00:00:01,",
                          "01:00:00:00:00:01,01:00:00:00:00:02,01:00:00:00:00:03"})
    EXPECT_FALSE(parse(groups, bad)) << bad;
  const value_rule stations{.kind = kind::macs, .low = 1, .high = 1, .words = "unicast"};
  EXPECT_TRUE(parse(stations, "02:00:00:00:00:01"));
  for (const char* bad : {"", "01:00:5e:00:00:01", "00:00:00:00:00:00"}) EXPECT_FALSE(parse(stations, bad)) << bad;
  const value_rule ip_groups{.kind = kind::groups};
  EXPECT_EQ(parse(ip_groups, "239.1.2.3,224.0.0.251")->list, (numbers{0xEF010203, 0xE00000FB}));
  EXPECT_TRUE(parse(ip_groups, "")->list.empty());
  for (const char* bad : {"10.0.0.1", "240.0.0.1", "239.1.2", "239.1.2.3,239.1.2.3"})
    EXPECT_FALSE(parse(ip_groups, bad)) << bad;
  const value_rule vids{.kind = kind::vids, .low = 0, .high = 4094};
  EXPECT_EQ(parse(vids, "0, 4094")->list, (numbers{0, 4094}));
  EXPECT_TRUE(parse(vids, "")->list.empty());
  for (const char* bad : {"4095", "1,1", "-1", "x"}) EXPECT_FALSE(parse(vids, bad)) << bad;
}

TEST(value_rule, paces) {
  const value_rule rate{.kind = kind::rate};
  EXPECT_EQ(parse(rate, "line")->number, static_cast<int>(rate_kind::line));
  EXPECT_EQ(parse(rate, "100000pps")->ratio, (rational{100'000, 1}));
  EXPECT_EQ(parse(rate, "33.3%")->ratio, (rational{333, 10}));
  EXPECT_EQ(parse(rate, "250Mb/s")->number, static_cast<int>(rate_kind::megabits_per_second));
  EXPECT_EQ(parse(rate, "0.5Mb/s")->ratio, (rational{1, 2}));
  for (const char* bad : {"0pps", "101%", "0Mb/s", "10MB/s", "0%", "50", "fast", "10x"})
    EXPECT_FALSE(parse(rate, bad)) << bad;
  const value_rule speed{.kind = kind::speed};
  EXPECT_EQ(parse(speed, "original")->number, static_cast<int>(speed_kind::original));
  EXPECT_EQ(parse(speed, "0.5x")->ratio, (rational{1, 2}));
  EXPECT_EQ(parse(speed, "1000pps")->number, static_cast<int>(speed_kind::frames_per_second));
  EXPECT_EQ(parse(speed, "100 Mb/s")->ratio, (rational{100, 1}));
  EXPECT_EQ(parse(speed, "1/3Mbps")->ratio, (rational{1, 3}));
  EXPECT_EQ(parse(speed, "1Mb/s")->number, static_cast<int>(speed_kind::megabits_per_second));
  for (const char* bad : {"0x", "x", "2", "50%", "0Mb/s", "5MB/s", "5mb/s"}) EXPECT_FALSE(parse(speed, bad)) << bad;
}

TEST(value_rule, allowed_text_names_limits) {
  EXPECT_EQ(allowed({.kind = kind::whole, .low = 8, .high = 4096, .step = 8, .unit = "descriptors"}),
            "8..4096 descriptors in steps of 8");
  EXPECT_EQ(allowed({.kind = kind::choice, .words = "rtl|model"}), "rtl|model");
  EXPECT_EQ(allowed({.kind = kind::toggle}), "on|off");
}

}  // namespace
}  // namespace ringside::platform
