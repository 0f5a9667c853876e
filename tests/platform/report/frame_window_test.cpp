// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>
#include <utility>
#include <vector>

#include "common/rng.h"
#include "platform/report/frame_windows.h"

namespace ringside::platform {
namespace {

TEST(frame_window, holds_frames_between_begin_and_end) {
  frame_window<int> w;
  EXPECT_EQ(w.find(1), nullptr);
  w.begin(1) = 10;
  w.begin(2) = 20;
  w.begin(3) = 30;
  w.end(2);
  EXPECT_EQ(w.find(2), nullptr);
  EXPECT_EQ(*w.find(3), 30);
  EXPECT_EQ(w.first_id(), 1U);
  w.end(1);
  EXPECT_EQ(w.first_id(), 3U);
  w.end(99);
  w.end(1);
  EXPECT_EQ(*w.find(3), 30);
}

TEST(frame_window, ids_left_out_count_as_ended) {
  frame_window<int> w;
  w.begin(5) = 1;
  w.begin(9) = 2;
  EXPECT_EQ(w.find(7), nullptr);
  w.end(5);
  EXPECT_EQ(w.first_id(), 9U);
}

TEST(frame_window, gives_up_the_oldest_beyond_its_limit) {
  frame_window<int> w(2048);
  for (frame_id id = 1; id <= 5000; ++id) w.begin(id) = static_cast<int>(id);
  EXPECT_EQ(w.find(5000 - 2048), nullptr);
  EXPECT_EQ(*w.find(5000 - 2047), 5000 - 2047);
  frame_window<int> odd(1500);  // no power of two
  for (frame_id id = 1; id <= 5000; ++id) odd.begin(id) = static_cast<int>(id);
  EXPECT_EQ(odd.find(5000 - 1500), nullptr);
  EXPECT_EQ(*odd.find(5000 - 1499), 5000 - 1499);
}

// Against std::map, 200,000 random steps, seed 3.
TEST(frame_window, agrees_with_a_map) {
  frame_window<std::uint64_t> w;
  std::map<frame_id, std::uint64_t> reference;
  rng random(3);
  frame_id next = 1;
  for (int i = 0; i < 200'000; ++i) {
    if (random.chance(501'000)) {
      const std::uint64_t v = random.next();
      w.begin(next) = v;
      reference[next++] = v;
    } else {
      const frame_id id = next - std::min<frame_id>(next - 1, random.below(5000)) - 1;
      w.end(id);
      reference.erase(id);
    }
  }
  for (frame_id id = 0; id <= next; ++id) {
    const auto* found = w.find(id);
    const auto known = reference.find(id);
    ASSERT_EQ(found != nullptr, known != reference.end()) << id;
    if (found != nullptr) {
      EXPECT_EQ(*found, known->second);
    }
  }
  std::size_t count = 0;
  w.for_each([&](frame_id id, std::uint64_t v) {
    EXPECT_EQ(reference.at(id), v);
    ++count;
  });
  EXPECT_EQ(count, reference.size());
}

TEST(frame_windows, hold_frames_of_each_that_counts) {
  frame_windows<int> w;
  const frame_id wire1 = make_frame_id(frame_kind::received, 1, 0);
  const frame_id made = make_frame_id(frame_kind::made, 1, 0);
  const frame_id derived = make_frame_id(frame_kind::derived, 0, 0);
  EXPECT_EQ(w.find(made + 1), nullptr);
  EXPECT_EQ(w.last(made + 1), 0U);
  w.begin(made + 1) = 31;
  w.begin(1) = 1;
  w.begin(wire1 + 1) = 11;
  w.begin(derived + 1) = 21;
  w.begin(2) = 2;
  w.begin(wire1 + 2) = 12;
  std::vector<std::pair<frame_id, int>> all;
  w.for_each([&all](frame_id id, int v) { all.emplace_back(id, v); });
  EXPECT_EQ(all, (std::vector<std::pair<frame_id, int>>{
                     {1, 1}, {2, 2}, {wire1 + 1, 11}, {wire1 + 2, 12}, {derived + 1, 21}, {made + 1, 31}}));
  w.end(wire1 + 1);
  w.end(made + 9);
  w.end(make_frame_id(frame_kind::made, 7, 1));
  EXPECT_EQ(w.find(wire1 + 1), nullptr);
  EXPECT_EQ(*w.find(1), 1);
  EXPECT_EQ(*w.find(wire1 + 2), 12);
  EXPECT_EQ(w.last(wire1 + 1), 2U);
  EXPECT_EQ(w.last(made + 5), 1U);
  EXPECT_EQ(w.last(5), 2U);
  EXPECT_EQ(w.of(wire1).first_id(), 2U);
}

TEST(frame_windows, have_the_limit_each) {
  frame_windows<int> w(64);
  for (std::uint64_t i = 1; i <= 100; ++i) {
    w.begin(i) = 1;
    w.begin(make_frame_id(frame_kind::made, 0, i)) = 2;
  }
  for (const frame_kind kind : {frame_kind::received, frame_kind::made}) {
    EXPECT_EQ(w.find(make_frame_id(kind, 0, 36)), nullptr);
    EXPECT_NE(w.find(make_frame_id(kind, 0, 37)), nullptr);
  }
}

}  // namespace
}  // namespace ringside::platform
