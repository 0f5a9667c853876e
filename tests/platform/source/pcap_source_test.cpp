// SPDX-License-Identifier: Apache-2.0
#include "platform/source/pcap_source.h"

#include <gtest/gtest.h>

#include "platform/scenario/loader.h"
#include "tests/platform/source/captures.h"

namespace ringside::platform {
namespace {

using test::bytes;
using test::capture;
using test::error_of;
using test::frames_of;
using test::ours;

const bytes hundred(100, 0x5A);

std::vector<sim_time> times_of(const std::vector<offered_frame>& frames) {
  std::vector<sim_time> out;
  out.reserve(frames.size());
  for (const offered_frame& frame : frames) out.push_back(frame.earliest);
  return out;
}

TEST(pcap_source, frames_come_byte_for_byte_at_their_distance) {
  const test::test_folder folder;
  const std::string file =
      capture(folder, {{1'700'000'000'000'000'005, hundred}, {1'700'000'000'000'000'012, bytes(60, 1)}});
  const auto frames = frames_of(file);
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames[0].bytes, hundred);
  EXPECT_EQ(frames[0].earliest, 0);
  EXPECT_EQ(frames[1].earliest, 7 * ns);  // nanosecond capture, no rounding
  EXPECT_FALSE(frames[0].has_fcs);
  EXPECT_TRUE(frames[0].pad);
}

TEST(pcap_source, microsecond_captures_keep_their_time) {
  const test::test_folder folder;
  const auto frames = frames_of(capture(folder, {{5'000, hundred}, {1'000'007'000, hundred}}, DLT_EN10MB, false));
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames[1].earliest, 1'000'002'000 * ns);
}

TEST(pcap_source, paces) {
  const test::test_folder folder;
  const std::string file = capture(folder, {{0, hundred}, {9'000, hundred}, {12'000, hundred}});
  const auto with = [&file](speed_kind speed, rational value) {
    return frames_of(file, {.speed = speed, .speed_value = value});
  };
  EXPECT_EQ(with(speed_kind::times, {3, 1})[1].earliest, 3'000 * ns);
  EXPECT_EQ(with(speed_kind::times, {1, 2})[2].earliest, 24'000 * ns);
  EXPECT_EQ(with(speed_kind::frames_per_second, {1000, 1})[2].earliest, 2 * ms);
  EXPECT_EQ(with(speed_kind::line, {1, 1})[2].earliest, 0);
}

// The frames on the wire, DA..FCS: 104, 64 (padded), 604 bytes.  At 8 Mb/s a byte takes a microsecond.
TEST(pcap_source, pace_in_megabits_counts_the_frames_on_the_wire) {
  const test::test_folder folder;
  const std::string file =
      capture(folder, {{0, hundred}, {9'000, bytes(14, 1)}, {12'000, bytes(600, 1)}, {13'000, hundred}});
  EXPECT_EQ(times_of(frames_of(file, {.speed = speed_kind::megabits_per_second, .speed_value = {8, 1}})),
            (std::vector<sim_time>{0, 104 * us, 168 * us, 772 * us}));
  EXPECT_EQ(frames_of(file, {.speed = speed_kind::megabits_per_second, .speed_value = {1, 3}})[1].earliest, 2'496 * us);
  const auto with_fcs =
      frames_of(ours("captures/fcs.pcap"), {.speed = speed_kind::megabits_per_second, .speed_value = {8, 1}});
  EXPECT_EQ(with_fcs[2].earliest, 2 * 64 * us);  // the captured FCS is part of the 64
}

// The wire puts the minimum gap where a time lies in the past: the source only must not run backwards below zero.
TEST(pcap_source, backward_timestamps_stay_in_file_order) {
  const test::test_folder folder;
  const auto frames = frames_of(
      capture(folder, {{5'000, hundred}, {9'000, bytes(60, 1)}, {1'000, bytes(60, 2)}, {6'000, bytes(60, 3)}}));
  ASSERT_EQ(frames.size(), 4U);
  EXPECT_EQ(frames[1].earliest, 4'000 * ns);
  EXPECT_EQ(frames[2].earliest, 0);
  EXPECT_EQ(frames[2].bytes[0], 2);
  EXPECT_EQ(frames[3].earliest, 1'000 * ns);
}

TEST(pcap_source, snapped_and_short_and_long_frames_pass_as_captured) {
  const test::test_folder folder;
  const std::string file = capture(folder, {{0, bytes(68, 1), 1514}, {0, bytes(14, 2)}, {0, bytes(20'000, 3)}});
  pcap_source source = test::source_of(file);
  EXPECT_EQ(source.counts().records, 3U);
  EXPECT_EQ(source.counts().snapped, 1U);
  EXPECT_EQ(source.planned(), 3U);
  EXPECT_EQ(source.next()->bytes.size(), 68U);
  EXPECT_EQ(source.next()->bytes.size(), 14U);
  EXPECT_EQ(source.next()->bytes.size(), 20'000U);
  EXPECT_FALSE(source.next());
}

TEST(pcap_source, snapped_frames_are_padded_on_request) {
  const auto padded = frames_of(ours("cases/snapped.pcap"), {.snapped = snapped_kind::pad});
  const auto as_is = frames_of(ours("cases/snapped.pcap"));
  ASSERT_EQ(padded.size(), 2U);
  ASSERT_EQ(as_is[0].bytes.size(), 96U);
  bytes expected = as_is[0].bytes;
  expected.resize(1042);
  EXPECT_EQ(padded[0].bytes, expected);
  EXPECT_EQ(padded[1].bytes, as_is[1].bytes);
  const test::test_folder folder;
  const std::string huge = capture(folder, {{0, bytes(68, 1), 4'000'000'000U}});
  EXPECT_EQ(error_of(huge), "no error");
  EXPECT_NE(
      error_of(huge, {.snapped = snapped_kind::pad}).find("record 1: is to be padded to 4000000000 bytes; allowed: "),
      std::string::npos);
}

// Wireshark: "60 bytes on wire, 76 bytes captured".
TEST(pcap_source, bytes_beyond_the_wire_length_are_not_sent) {
  pcap_source source = test::source_of(ours("cases/caplen_gt_len.pcap"));
  EXPECT_EQ(source.counts().surplus, 1U);
  EXPECT_EQ(source.counts().snapped, 0U);
  const auto first = source.next();
  EXPECT_EQ(first->bytes.size(), 60U);
  EXPECT_EQ(first->bytes, frames_of(ours("cases/us.pcap"))[0].bytes);
  EXPECT_EQ(source.next()->bytes.size(), 60U);
}

TEST(pcap_source, empty_records_are_left_out_and_counted) {
  pcap_source source = test::source_of(ours("cases/len0.pcap"));
  EXPECT_EQ(source.counts().records, 2U);
  EXPECT_EQ(source.counts().empty, 1U);
  EXPECT_EQ(source.planned(), 1U);
  const auto frame = source.next();
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->bytes.size(), 60U);
  EXPECT_EQ(frame->earliest, 0) << "the first frame there is begins the run";
  EXPECT_FALSE(source.next());
  // Nothing but such records, however often: no frame.
  const test::test_folder folder;
  EXPECT_TRUE(frames_of(capture(folder, {{0, {}}, {5, {}}}), {.passes = 1'000'000'000}).empty());
}

// The wire reads ahead; what it has not sent is not counted.
TEST(pcap_source, counts_as_rewritten_what_was_sent) {
  const test::test_folder folder;
  bytes other(60, 1);
  other[0] = 2;  // an individual address
  const rewrite_target machine{};
  pcap_source source =
      test::source_of(capture(folder, {{0, other}, {1, other}, {2, other}, {3, other}}), {.rewrite = machine});
  while (source.next()) {
  }
  EXPECT_EQ(source.counts().rewritten, 4U);
  EXPECT_EQ(source.counts(4).rewritten, 4U);
  EXPECT_EQ(source.counts(3).rewritten, 3U);
  EXPECT_EQ(source.counts(0).rewritten, 0U);
}

TEST(pcap_source, rewrites_for_the_machines_network) {
  const std::vector<std::string> settings{"wire.rewrite=on", "stack.address=10.1.2.3", "stack.prefix=16"};
  const auto target = capture_options_of(load_scenario("", settings)).rewrite;
  ASSERT_TRUE(target);
  EXPECT_EQ(target->address, 0x0A010203U);
  EXPECT_EQ(target->prefix_bits, 16U);
}

TEST(pcap_source, empty_capture_has_no_frames) {
  const test::test_folder folder;
  EXPECT_TRUE(frames_of(capture(folder, {})).empty());
  EXPECT_TRUE(frames_of(capture(folder, {}), {.passes = 3}).empty());
}

// Frames at 0, 10 and 30 us are 15 us apart in the mean: the next pass begins at 45 us.
TEST(pcap_source, passes_follow_each_other) {
  const test::test_folder folder;
  const std::string file = capture(folder, {{5'000, bytes(60, 1)}, {15'000, bytes(60, 2)}, {35'000, bytes(60, 3)}});
  pcap_source three = test::source_of(file, {.passes = 3});
  EXPECT_EQ(three.planned(), 9U);
  EXPECT_EQ(three.counts().passes, 3U);
  const auto frames = frames_of(file, {.passes = 3});
  ASSERT_EQ(frames.size(), 9U);
  for (std::size_t i = 0; i < 9; ++i) EXPECT_EQ(frames[i].bytes[0], i % 3 + 1);
  EXPECT_EQ(times_of(frames),
            (std::vector<sim_time>{0, 10 * us, 30 * us, 45 * us, 55 * us, 75 * us, 90 * us, 100 * us, 120 * us}));
  const auto twice_as_fast = frames_of(file, {.speed = speed_kind::times, .speed_value = {2, 1}, .passes = 2});
  EXPECT_EQ(twice_as_fast[3].earliest, 22'500 * ns);
  const auto steady = frames_of(file, {.speed = speed_kind::frames_per_second, .speed_value = {1000, 1}, .passes = 2});
  EXPECT_EQ(steady[5].earliest, 5 * ms);
  EXPECT_EQ(frames_of(capture(folder, {{5, hundred}}), {.passes = 4})[3].earliest, 0) << "one frame: back to back";
}

}  // namespace
}  // namespace ringside::platform
