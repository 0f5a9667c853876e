// SPDX-License-Identifier: Apache-2.0
// Fates of frames that software makes or derives of others, and of received ones that are merged or passed on.
#include <gtest/gtest.h>

#include "platform/report/frame_ledger.h"
#include "platform/report/frame_name.h"
#include "tests/platform/report/story.h"

namespace ringside::platform {
namespace {

using test::derived_id;
using test::made_id;
using test::story;

constexpr auto driver_down = static_cast<std::uint64_t>(drop_reason::driver_down);

struct accounts {
  frame_ledger ledger;
  explicit accounts(const story& events) {
    events.play(ledger);
    ledger.finish();
    for (const std::string& breach : ledger.breaches()) ADD_FAILURE() << breach;
  }
  const frame_counts& received() const { return ledger.frames(); }
  const frame_counts& made() const { return ledger.frames(frame_kind::made); }
  const frame_counts& derived() const { return ledger.frames(frame_kind::derived); }
};

TEST(frame_lineage, ids_say_how_a_frame_came_to_be) {
  const frame_id received = make_frame_id(frame_kind::received, 3, 5);
  EXPECT_EQ(received, (frame_id{3} << 48) + 5);
  EXPECT_FALSE(made_by_software(received));
  EXPECT_EQ(wire_of(received), 3U);
  EXPECT_EQ(number_of(received), 5U);
  const frame_id made = make_frame_id(frame_kind::made, 3, 5);
  EXPECT_EQ(made, (frame_id{1} << 63) + (frame_id{3} << 48) + 5);
  EXPECT_TRUE(made_by_software(made));
  EXPECT_EQ(wire_of(made), 3U);
  EXPECT_EQ(number_of(made), 5U);
  const frame_id derived = make_frame_id(frame_kind::derived, 0, 5);
  EXPECT_EQ(derived, (frame_id{1} << 62) + 5);
  EXPECT_FALSE(made_by_software(derived));
  EXPECT_EQ(kind_of(derived), frame_kind::derived);
  EXPECT_EQ(kind_of(made | derived), frame_kind::count);
  EXPECT_EQ(frame_name(7), "7");
  EXPECT_EQ(frame_name(received), "844424930131973");
  EXPECT_EQ(frame_name(made), "made 3.5");
  EXPECT_EQ(frame_name(derived), "derived 5");
}

// A request comes in and is consumed; its answer, a timer's packet and a task's are sent, one of them is still held.
TEST(frame_lineage, both_directions_balance) {
  story s;
  s.arrive(1, 1 * us, 64).at(10 * us, stage::netif_receive_skb, 1);
  s.make(made_id(1), 11 * us, cause_kind::frame, 1).at(12 * us, stage::skb_consume, 1);
  s.make(made_id(2), 13 * us, cause_kind::timer).make(made_id(3), 14 * us, cause_kind::task);
  s.at(20 * us, stage::tx_complete, made_id(1), 64).at(21 * us, stage::tx_complete, made_id(2), 1518);
  const accounts got(s);
  EXPECT_EQ(got.received().offered, 1U);
  EXPECT_EQ(got.received().consumed, 1U);
  EXPECT_EQ(got.made().offered, 3U);
  EXPECT_EQ(got.made().transmitted, 2U);
  EXPECT_EQ(got.made().in_flight, 1U);
  EXPECT_EQ(got.derived().offered, 0U);
  EXPECT_EQ(got.ledger.sent_bytes(), 64U + 1518);
  EXPECT_EQ(got.ledger.bytes().offered, 64U);
}

// A frame is passed on to another interface: no frame is made for that.
TEST(frame_lineage, a_received_frame_may_be_sent) {
  const accounts got(story().arrive(1, 1 * us, 100).at(10 * us, stage::tx_complete, 1, 100));
  EXPECT_EQ(got.received().transmitted, 1U);
  EXPECT_EQ(got.ledger.bytes().transmitted, 100U);
  EXPECT_EQ(got.received().in_flight, 0U);
}

// A bridge floods: the clone goes out, the copy is dropped, the frame itself goes up.
TEST(frame_lineage, clone_and_copy_have_fates_of_their_own) {
  story s;
  s.arrive(1, 1 * us, 64);
  s.link(derived_id(1), 10 * us, link_kind::clone, 1).link(derived_id(2), 11 * us, link_kind::copy, 1);
  s.deliver(1, 12 * us, 13 * us).at(14 * us, stage::tx_complete, derived_id(1), 64);
  s.at(15 * us, stage::skb_drop, derived_id(2), 0, static_cast<std::uint64_t>(drop_reason::socket_rcvbuf));
  const accounts got(s);
  EXPECT_EQ(got.received().delivered, 1U);
  EXPECT_EQ(got.derived().offered, 2U);
  EXPECT_EQ(got.derived().transmitted, 1U);
  EXPECT_EQ(got.derived().dropped_total(), 1U);
  EXPECT_EQ(got.derived().in_flight, 0U);
}

TEST(frame_lineage, merged_frames_end_in_the_one_that_goes_on) {
  story s;
  s.arrive(1, 1 * us, 1518).arrive(2, 20 * us, 1518).arrive(3, 40 * us, 1518).arrive(4, 60 * us, 64);
  s.link(2, 70 * us, link_kind::merged_into, 1).link(3, 71 * us, link_kind::merged_into, 1);
  s.deliver(1, 72 * us, 80 * us)
      .link(4, 81 * us, link_kind::merged_into, 1);  // in the socket's queue (tcp_try_coalesce)
  const accounts got(s);
  EXPECT_EQ(got.received().merged, 3U);
  EXPECT_EQ(got.received().delivered, 1U);
  EXPECT_EQ(got.ledger.bytes().merged, 1518U + 1518 + 64);
  EXPECT_EQ(got.derived().offered, 0U);
}

// skb_segment makes new packets and the large one is consumed (validate_xmit_skb).
TEST(frame_lineage, a_split_frame_is_consumed_and_its_segments_go_on) {
  story s;
  s.make(made_id(1), 1 * us, cause_kind::task);
  for (frame_id i = 1; i <= 3; ++i) s.link(derived_id(i), 2 * us, link_kind::segment_of, made_id(1));
  s.at(3 * us, stage::skb_consume, made_id(1));
  for (frame_id i = 1; i <= 3; ++i) s.at(4 * us, stage::tx_complete, derived_id(i), 1518);
  const accounts got(s);
  EXPECT_EQ(got.made().consumed, 1U);
  EXPECT_EQ(got.derived().transmitted, 3U);
  EXPECT_EQ(got.ledger.sent_bytes(), 3U * 1518);
}

// Each time a segment goes out it is another frame; the queue keeps the first one until it is acknowledged.
// FS 9.2: the card cuts a packet; the driver hears of the packet, each segment is over when it is on the wire.
TEST(frame_lineage, segments_of_a_card_end_on_the_wire) {
  const frame_id first = make_frame_id(frame_kind::derived, segment_counters + 1, 1);
  const frame_id second = make_frame_id(frame_kind::derived, segment_counters + 1, 2);
  story s;
  s.make(made_id(1), 1 * us, cause_kind::task);
  s.link(first, 2 * us, link_kind::segment_of, made_id(1)).link(second, 3 * us, link_kind::segment_of, made_id(1));
  s.at(4 * us, stage::tx_wire_eof, first, 1518).at(5 * us, stage::tx_complete, made_id(1), 3000);
  const accounts got(s);
  EXPECT_EQ(got.made().transmitted, 1U);
  EXPECT_EQ(got.derived().offered, 2U);
  EXPECT_EQ(got.derived().transmitted, 1U);
  EXPECT_EQ(got.derived().in_flight, 1U);
}

// Of a whole packet the end on the wire is no fate: its descriptors come back later.
TEST(frame_lineage, a_packet_is_not_sent_before_it_came_back) {
  story s;
  s.make(made_id(1), 1 * us, cause_kind::task).at(2 * us, stage::tx_wire_eof, made_id(1), 64);
  const accounts got(s);
  EXPECT_EQ(got.made().transmitted, 0U);
  EXPECT_EQ(got.made().in_flight, 1U);
}

// B-1: a copy that comes back is received like others, and counts as what it is.
TEST(frame_lineage, a_looped_frame_comes_in_as_a_copy) {
  const frame_id looped = make_frame_id(frame_kind::derived, looped_counters, 1);
  story s;
  s.make(made_id(1), 1 * us, cause_kind::task).link(looped, 2 * us, link_kind::copy, made_id(1));
  s.arrive(looped, 2 * us, 64).at(4 * us, stage::skb_consume, looped).at(5 * us, stage::tx_complete, made_id(1), 64);
  const accounts got(s);
  EXPECT_EQ(got.received().offered, 0U);
  EXPECT_EQ(got.derived().consumed, 1U);
  EXPECT_EQ(got.made().transmitted, 1U);
  story reset;
  reset.make(made_id(1), 1 * us, cause_kind::task).link(looped, 2 * us, link_kind::copy, made_id(1));
  reset.at(2 * us, stage::wire_sof, looped, 64).at(3 * us, stage::fifo_commit, looped).at(4 * us, stage::nic_reset);
  EXPECT_EQ(accounts(reset).derived().dropped[static_cast<std::size_t>(drop_reason::nic_reset)], 1U);
}

TEST(frame_lineage, a_retransmission_is_a_frame_of_its_own) {
  story s;
  s.make(made_id(1), 1 * us, cause_kind::task).link(derived_id(1), 2 * us, link_kind::clone, made_id(1));
  s.at(3 * us, stage::tx_complete, derived_id(1), 1518);
  s.link(derived_id(2), 200 * us, link_kind::retransmission_of, made_id(1));
  const accounts unacknowledged(s);
  EXPECT_EQ(unacknowledged.made().in_flight, 1U);
  EXPECT_EQ(unacknowledged.derived().in_flight, 1U);
  s.at(201 * us, stage::tx_complete, derived_id(2), 1518).at(300 * us, stage::skb_consume, made_id(1));
  const accounts got(s);
  EXPECT_EQ(got.made().consumed, 1U);
  EXPECT_EQ(got.derived().transmitted, 2U);
}

// The interface goes down with frames in the ring: the driver drops what it has, and the card's reset takes nothing
// that lies in software, as the third frame does.
TEST(frame_lineage, an_abort_drops_what_was_not_sent) {
  story s;
  for (frame_id i = 1; i <= 3; ++i) s.make(made_id(i), 2 * us, cause_kind::task);
  s.at(3 * us, stage::netif_receive_skb, made_id(2));  // by the loopback
  s.at(4 * us, stage::nic_reset).at(5 * us, stage::driver_close);
  s.at(6 * us, stage::skb_drop, made_id(1), 0, driver_down).at(7 * us, stage::socket_enqueue, made_id(2), 1, 18);
  const accounts got(s);
  EXPECT_EQ(got.made().dropped_total(), 1U);
  EXPECT_EQ(got.made().in_flight, 1U);
  EXPECT_EQ(got.made().delivered, 1U);
  EXPECT_EQ(got.ledger.payload_bytes(), 18U);
}

// Two wires and two that make frames: each counts from 1.
TEST(frame_lineage, each_counter_counts_for_itself) {
  const frame_id other_wire = make_frame_id(frame_kind::received, 1, 1);
  const frame_id other_maker = make_frame_id(frame_kind::made, 2, 1);
  story s;
  s.arrive(1, 1 * us, 64).arrive(other_wire, 2 * us, 64, 1).arrive(2, 3 * us, 64);
  s.make(made_id(1), 4 * us, cause_kind::task).make(other_maker, 5 * us, cause_kind::frame, other_wire);
  s.make(made_id(2), 6 * us, cause_kind::frame, made_id(1));
  s.at(7 * us, stage::skb_consume, other_wire).at(8 * us, stage::tx_complete, other_maker, 64);
  const accounts got(s);
  EXPECT_EQ(got.received().offered, 3U);
  EXPECT_EQ(got.received().in_flight, 2U);
  EXPECT_EQ(got.made().offered, 3U);
  EXPECT_EQ(got.made().in_flight, 2U);
}

struct contradiction {
  const char* why;
  story events;
};

TEST(frame_lineage, contradictions_are_breaches) {
  const auto made = [] { return story().make(made_id(1), 1, cause_kind::task); };
  const auto received = [] { return story().at(1, stage::wire_sof, 1, 64); };
  const contradiction cases[] = {
      // Fates.
      {"frame made 1 has a second fate",
       made().at(2, stage::tx_complete, made_id(1)).at(3, stage::skb_consume, made_id(1))},
      {"frame made 1 has a second fate",
       made().at(2, stage::skb_consume, made_id(1)).at(3, stage::tx_complete, made_id(1))},
      {"frame 2 has a second fate",
       received().at(2, stage::wire_sof, 2, 64).link(2, 3, link_kind::merged_into, 1).at(4, stage::skb_consume, 2)},
      {"frame derived 1 has a second fate", received()
                                                .link(derived_id(1), 2, link_kind::clone, 1)
                                                .at(3, stage::skb_consume, derived_id(1))
                                                .at(4, stage::tx_complete, derived_id(1))},
      {"frame made 2 has a fate and was never offered", made().at(2, stage::tx_complete, made_id(2))},
      {"frame derived 1 has a fate and was never offered", made().at(2, stage::tx_complete, derived_id(1))},
      {"frame 1 has a fate and was never offered", made().at(2, stage::tx_complete, 1)},
      {"frame made 1 is dropped for no reason", made().at(2, stage::skb_drop, made_id(1))},
      // Origins.
      {"frame made 3 is offered after frame made 1", made().make(made_id(3), 2, cause_kind::task)},
      {"frame made 1 is offered after frame made 1", made().make(made_id(1), 2, cause_kind::task)},
      {"frame 1 has an id of another kind", story().make(1, 1, cause_kind::task)},
      {"frame made 1 has an id of another kind", story().at(1, stage::wire_sof, made_id(1), 64)},
      {"frame made 1 has an id of another kind", received().link(made_id(1), 2, link_kind::copy, 1)},
      {"frame made 0 has an id of another kind", story().make(made_id(0), 1, cause_kind::task)},
      // Causes and links.
      {"frame made 1 is made for no cause", story().at(1, stage::frame_made, made_id(1), 0, 3)},
      {"because of frame 2, which never came to be", received().make(made_id(1), 2, cause_kind::frame, 2)},
      {"because of frame 0, which never came to be", received().make(made_id(1), 2, cause_kind::frame, 0)},
      {"frame derived 1 is linked to frame 2, which", received().link(derived_id(1), 2, link_kind::clone, 2)},
      {"frame derived 1 is linked to frame derived 1, which",
       story().link(derived_id(1), 2, link_kind::clone, derived_id(1))},
      {"frame 1 is linked to frame 1, which", received().link(1, 2, link_kind::merged_into, 1)},
      {"frame 1 is linked to frame 9, which", received().link(1, 2, link_kind::merged_into, 9)},
      {"frame 1 has a link of no kind", received().at(2, stage::skb_link, 1, 1, 5)},
      {"frame 2 is merged into frame 1, which has its fate",
       received().at(2, stage::wire_sof, 2, 64).at(3, stage::skb_consume, 1).link(2, 4, link_kind::merged_into, 1)},
  };
  for (const contradiction& c : cases) {
    frame_ledger ledger;
    c.events.play(ledger);
    ledger.finish();
    ASSERT_EQ(ledger.breaches().size(), 1U) << c.why;
    EXPECT_NE(ledger.breaches()[0].find(c.why), std::string::npos) << ledger.breaches()[0];
  }
}

// A contradiction is told once: the frame has come to be all the same, and its fate is none.
TEST(frame_lineage, a_frame_with_a_wrong_link_goes_on) {
  frame_ledger ledger;
  story()
      .link(derived_id(1), 1, link_kind::clone, 7)
      .at(2, stage::tx_complete, derived_id(1), 64)
      .make(made_id(1), 3, cause_kind::frame, 7)
      .at(4, stage::tx_complete, made_id(1), 64)
      .play(ledger);
  ledger.finish();
  EXPECT_EQ(ledger.breaches().size(), 2U);
  EXPECT_EQ(ledger.frames(frame_kind::derived).transmitted, 1U);
  EXPECT_EQ(ledger.frames(frame_kind::made).transmitted, 1U);
}

// As of received frames: memory stays, and a late second fate is noticed.
TEST(frame_lineage, long_runs_stay_small_and_exact) {
  frame_ledger ledger;
  for (std::uint64_t i = 1; i <= 100'000; ++i) {
    ledger.on_event({static_cast<sim_time>(i), made_id(i), 0, 2, 0, origin::cpu, stage::frame_made});
    ledger.on_event({static_cast<sim_time>(i), made_id(i), 64, 0, 0, origin::cpu, stage::tx_complete});
  }
  ledger.on_event({200'000, made_id(5), 64, 0, 0, origin::cpu, stage::tx_complete});
  ledger.finish();
  EXPECT_EQ(ledger.frames(frame_kind::made).transmitted, 100'000U);
  ASSERT_EQ(ledger.breaches().size(), 1U);
  EXPECT_NE(ledger.breaches()[0].find("second fate, long after"), std::string::npos);
}

}  // namespace
}  // namespace ringside::platform
