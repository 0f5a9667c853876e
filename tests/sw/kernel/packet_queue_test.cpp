// SPDX-License-Identifier: Apache-2.0
// Queues of packets linked through themselves: order at both ends, taking one out, joining two, and who frees them.
#include "sw/kernel/packet_queue.h"

#include <gtest/gtest.h>

#include <vector>

namespace ringside::test {
namespace packet_queue_tests {
namespace {

struct numbered final : kernel::packet {
  numbered(frame_id n, std::vector<frame_id>& gone) : ended(gone) { frame = n; }
  ~numbered() override { ended.push_back(frame); }
  std::vector<frame_id>& ended;
};

class packet_queue : public testing::Test {
 protected:
  using queue = kernel::packet_queue<numbered>;

  std::unique_ptr<numbered> make(frame_id n) { return std::make_unique<numbered>(n, ended); }
  queue filled(std::initializer_list<frame_id> ids) {
    queue q;
    for (const frame_id id : ids) q.push_back(make(id));
    return q;
  }
  static std::vector<frame_id> ids(const queue& q) {
    std::vector<frame_id> result;
    for (const numbered* p = q.front(); p != nullptr; p = queue::next(*p)) result.push_back(p->frame);
    EXPECT_EQ(result.size(), q.size());
    EXPECT_EQ(result.empty(), q.empty());
    EXPECT_EQ(q.back() == nullptr ? 0 : q.back()->frame, result.empty() ? 0 : result.back());
    return result;
  }
  std::vector<frame_id> ended;
};

using list = std::vector<frame_id>;

TEST_F(packet_queue, takes_at_both_ends_and_gives_at_the_front) {
  queue q;
  EXPECT_EQ(q.pop_front(), nullptr);
  q.push_back(make(2));
  q.push_front(make(1));
  q.push_back(make(3));
  EXPECT_EQ(ids(q), (list{1, 2, 3}));
  EXPECT_EQ(q.pop_front()->frame, 1U);
  EXPECT_EQ(q.pop_front()->frame, 2U);
  EXPECT_EQ(q.pop_front()->frame, 3U);
  EXPECT_TRUE(q.empty());
  q.push_front(make(4));  // as usable as before
  q.push_back(make(5));
  EXPECT_EQ(ids(q), (list{4, 5}));
}

TEST_F(packet_queue, lets_one_go_from_anywhere) {
  for (const frame_id which : {1U, 2U, 3U}) {
    queue q = filled({1, 2, 3});
    numbered* at = q.front();
    while (at->frame != which) at = queue::next(*at);
    EXPECT_EQ(q.unlink(*at)->frame, which);
    list rest{1, 2, 3};
    std::erase(rest, which);
    EXPECT_EQ(ids(q), rest);
    q.push_back(make(9));
    rest.push_back(9);
    EXPECT_EQ(ids(q), rest);
  }
}

TEST_F(packet_queue, joins_another_behind_its_own) {
  for (const bool empty : {true, false}) {
    queue q = empty ? filled({}) : filled({1, 2});
    queue other = filled({7, 8});
    q.splice_back(other);
    EXPECT_TRUE(other.empty());
    EXPECT_EQ(ids(q), empty ? (list{7, 8}) : (list{1, 2, 7, 8}));
    q.splice_back(other);
    EXPECT_EQ(q.size(), empty ? 2U : 4U);
    numbered* const joined = q.back();
    EXPECT_EQ(q.unlink(*joined)->frame, 8U);  // linked backwards as well
  }
}

TEST_F(packet_queue, frees_what_it_holds_from_the_front) {
  {
    queue q = filled({1, 2, 3});
    queue moved = std::move(q);
    EXPECT_TRUE(ended.empty());
    moved = filled({4});
    EXPECT_EQ(ended, (list{1, 2, 3}));
  }
  EXPECT_EQ(ended, (list{1, 2, 3, 4}));
}

}  // namespace
}  // namespace packet_queue_tests
}  // namespace ringside::test
