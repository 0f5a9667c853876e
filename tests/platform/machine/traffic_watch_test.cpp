// SPDX-License-Identifier: Apache-2.0
// When a run is done: every frame has its fate, and what a socket got was read.
#include "platform/machine/traffic_watch.h"

#include <gtest/gtest.h>

#include "common/reconfiguration.h"
#include "tests/platform/report/story.h"

namespace ringside::platform {
namespace {

using test::derived_id;
using test::good_word;
using test::made_id;
using test::partial_word;
using test::story;

// Event by event and in one stretch: the watch must come to the same.
struct watches {
  explicit watches(const story& s) {
    s.play(single);
    std::vector<event> events;
    struct keeper final : event_consumer {
      explicit keeper(std::vector<event>& to) : kept(to) {}
      void on_event(const event& e) override { kept.push_back(e); }
      std::vector<event>& kept;
    } in_order(events);
    s.play(in_order);
    std::vector<const event*> records;
    records.reserve(events.size());
    for (const event& e : events) records.push_back(&e);
    whole.on_events(event_stretch(records));
    EXPECT_EQ(whole.offered(), single.offered());
    EXPECT_EQ(whole.quiet(), single.quiet());
    EXPECT_EQ(whole.reconfigured(), single.reconfigured());
    EXPECT_EQ(whole.last_work(), single.last_work());
    EXPECT_EQ(whole.last_change(), single.last_change());
  }
  traffic_watch single;
  traffic_watch whole;
};

TEST(traffic_watch, a_frame_is_over_when_it_was_read) {
  story s;
  s.arrive(1, 1 * us, 64);
  EXPECT_FALSE(watches(s).whole.quiet());
  EXPECT_EQ(watches(s).whole.last_change(), 1 * us);  // storing and write-back are no news
  s.at(3 * us, stage::socket_enqueue, 1);
  EXPECT_FALSE(watches(s).whole.quiet());
  s.at(9 * us, stage::app_read, 1);
  const watches w(s);
  EXPECT_TRUE(w.whole.quiet());
  EXPECT_EQ(w.whole.offered(), 1U);
  EXPECT_EQ(w.whole.last_work(), 1 * us);
  EXPECT_EQ(w.whole.last_change(), 9 * us);
}

TEST(traffic_watch, every_other_fate_ends_a_frame) {
  for (const stage fate : {stage::filter_reject, stage::fifo_drop, stage::skb_consume, stage::skb_drop}) {
    story s;
    s.at(1 * us, stage::wire_sof, 1, 64).at(2 * us, fate, 1, 0, static_cast<std::uint64_t>(drop_reason::crc_error));
    const watches w(s);
    EXPECT_TRUE(w.whole.quiet()) << info(fate).name;
    EXPECT_EQ(w.whole.last_change(), 2 * us);
    s.at(3 * us, stage::wire_sof, 2, 64);
    EXPECT_FALSE(watches(s).whole.quiet());
  }
}

// A frame is out of the card with its last descriptor; one that was on its way when the reset came lives on.
TEST(traffic_watch, a_reset_takes_what_the_card_holds) {
  story s;
  for (frame_id id = 1; id <= 3; ++id) s.at(id * us, stage::wire_sof, id, 64).at(id * us + 1, stage::fifo_commit, id);
  s.at(4 * us, stage::desc_writeback, 1, 0, partial_word(32)).at(5 * us, stage::desc_writeback, 1, 0, good_word(32));
  s.at(6 * us, stage::nic_reset);
  EXPECT_FALSE(watches(s).whole.quiet());  // frame 1 lies in memory
  s.at(7 * us, stage::skb_drop, 1);
  EXPECT_TRUE(watches(s).whole.quiet());
  s.at(8 * us, stage::desc_writeback, 2, 0, good_word(64));
  EXPECT_FALSE(watches(s).whole.quiet());
  s.at(9 * us, stage::skb_drop, 2);
  EXPECT_TRUE(watches(s).whole.quiet());
}

TEST(traffic_watch, a_drop_by_reset_counts_once) {
  const auto reset = static_cast<std::uint64_t>(drop_reason::nic_reset);
  story s;
  s.at(1 * us, stage::wire_sof, 1, 64).at(2 * us, stage::fifo_commit, 1).at(3 * us, stage::fifo_drop, 1, 0, reset);
  EXPECT_TRUE(watches(s).whole.quiet());
  s.at(4 * us, stage::nic_reset);  // holds nothing any more
  EXPECT_TRUE(watches(s).whole.quiet());
  EXPECT_EQ(watches(s).whole.last_change(), 3 * us);
  s.at(5 * us, stage::fifo_drop, 1, 0, reset);  // the reset told of it already
  const watches w(s);
  EXPECT_TRUE(w.whole.quiet());
  EXPECT_EQ(w.whole.last_change(), 5 * us);
}

// a frame that leaves the FIFO by being discarded is not there for a later reset to take.
TEST(traffic_watch, a_discarded_frame_is_out_of_the_fifo) {
  const auto oversize = static_cast<std::uint64_t>(drop_reason::oversize);
  story s;
  s.at(1 * us, stage::wire_sof, 1, 3000).at(2 * us, stage::fifo_commit, 1);
  s.at(3 * us, stage::wire_sof, 2, 64);
  s.at(4 * us, stage::fifo_drop, 1, drop_mark::stored, oversize);
  s.at(5 * us, stage::nic_reset);
  EXPECT_FALSE(watches(s).whole.quiet());  // frame 2 is on the wire still
}

TEST(traffic_watch, a_reconfiguration_is_work_and_ends_once) {
  story s;
  s.at(5 * us, stage::reconfigure, 0, 1).at(8 * us, stage::reconfigure, 0, 1 | reconfiguration_ended);
  const watches w(s);
  EXPECT_EQ(w.whole.reconfigured(), 1U);
  EXPECT_EQ(w.whole.last_work(), 8 * us);
  EXPECT_TRUE(w.whole.quiet());
}

TEST(traffic_watch, a_frame_made_is_work_until_its_fate) {
  const auto down = static_cast<std::uint64_t>(drop_reason::driver_down);
  for (const stage fate : {stage::tx_complete, stage::skb_consume, stage::skb_drop}) {
    story s;
    s.make(made_id(1), 5 * us, cause_kind::timer);
    EXPECT_FALSE(watches(s).whole.quiet());
    EXPECT_EQ(watches(s).whole.last_work(), 5 * us);
    s.at(9 * us, fate, made_id(1), 0, down);
    const watches w(s);
    EXPECT_TRUE(w.whole.quiet()) << info(fate).name;
    EXPECT_EQ(w.whole.offered(), 0U);
    EXPECT_EQ(w.whole.last_work(), 5 * us);
    EXPECT_EQ(w.whole.last_change(), 9 * us);
  }
}

// Over the loopback: read, not only delivered.
TEST(traffic_watch, a_frame_made_and_delivered_must_be_read) {
  story s;
  s.make(made_id(1), 5 * us, cause_kind::task).at(6 * us, stage::socket_enqueue, made_id(1));
  EXPECT_FALSE(watches(s).whole.quiet());
  EXPECT_TRUE(watches(s.at(7 * us, stage::app_read, made_id(1))).whole.quiet());
}

TEST(traffic_watch, a_derived_frame_is_work_and_a_merged_one_is_over) {
  for (const link_kind kind :
       {link_kind::clone, link_kind::copy, link_kind::segment_of, link_kind::retransmission_of}) {
    story s;
    s.at(1 * us, stage::wire_sof, 1, 64).link(derived_id(1), 3 * us, kind, 1).at(4 * us, stage::skb_consume, 1);
    EXPECT_FALSE(watches(s).whole.quiet());
    EXPECT_EQ(watches(s).whole.last_work(), 3 * us);
    EXPECT_TRUE(watches(s.at(5 * us, stage::tx_complete, derived_id(1))).whole.quiet());
  }
  story s;
  s.at(1 * us, stage::wire_sof, 1, 64).at(2 * us, stage::wire_sof, 2, 64).link(2, 3 * us, link_kind::merged_into, 1);
  EXPECT_EQ(watches(s).whole.last_work(), 2 * us);
  EXPECT_EQ(watches(s).whole.last_change(), 3 * us);
  EXPECT_FALSE(watches(s).whole.quiet());
  EXPECT_TRUE(watches(s.at(5 * us, stage::skb_consume, 1)).whole.quiet());
}

// Packets without an id are followed by nobody: they make up for no frame.
TEST(traffic_watch, a_segment_is_over_on_the_wire_or_with_the_card) {
  const frame_id first = make_frame_id(frame_kind::derived, segment_counters, 1);
  const frame_id second = make_frame_id(frame_kind::derived, segment_counters, 2);
  story s;
  s.make(made_id(1), 1 * us, cause_kind::task);
  s.link(first, 2 * us, link_kind::segment_of, made_id(1)).link(second, 3 * us, link_kind::segment_of, made_id(1));
  s.at(4 * us, stage::tx_wire_eof, first, 1518).at(5 * us, stage::tx_complete, made_id(1), 3000);
  EXPECT_FALSE(watches(s).whole.quiet());
  s.at(6 * us, stage::fifo_drop, second, drop_mark::stored, static_cast<std::uint64_t>(drop_reason::tx_reset));
  EXPECT_TRUE(watches(s).whole.quiet());
  EXPECT_EQ(watches(s).whole.last_change(), 6 * us);
}

TEST(traffic_watch, a_looped_frame_is_a_copy_and_nothing_from_the_wire) {
  const frame_id looped = make_frame_id(frame_kind::derived, looped_counters, 1);
  story s;
  s.make(made_id(1), 1 * us, cause_kind::task).at(2 * us, stage::tx_complete, made_id(1), 64);
  s.link(looped, 2 * us, link_kind::copy, made_id(1)).arrive(looped, 2 * us, 64);
  EXPECT_FALSE(watches(s).whole.quiet());
  s.at(5 * us, stage::skb_consume, looped);
  EXPECT_TRUE(watches(s).whole.quiet());
  EXPECT_EQ(watches(s).whole.offered(), 0U);
}

TEST(traffic_watch, a_packet_without_an_id_is_no_frame) {
  story s;
  s.at(1 * us, stage::wire_sof, 1, 64).at(2 * us, stage::skb_consume);
  EXPECT_FALSE(watches(s).whole.quiet());
  s.at(3 * us, stage::skb_consume, 1).at(4 * us, stage::skb_drop).at(5 * us, stage::tx_complete);
  EXPECT_TRUE(watches(s).whole.quiet());
  EXPECT_TRUE(watches(s.link(0, 6 * us, link_kind::merged_into, 1)).whole.quiet());
}

}  // namespace
}  // namespace ringside::platform
