// SPDX-License-Identifier: Apache-2.0
#include "platform/report/latency_report.h"

#include <gtest/gtest.h>

#include "tests/platform/report/story.h"

namespace ringside::platform {
namespace {

using test::derived_id;
using test::good_word;
using test::made_id;
using test::story;

struct measured {
  interrupt_report interrupts;
  latency_report latency{interrupts};

  explicit measured(const story& s) {
    struct both : event_consumer {
      measured& m;
      explicit both(measured& owner) : m(owner) {}
      void on_event(const event& e) override {
        m.interrupts.on_event(e);
        m.latency.on_event(e);
      }
    } consumer(*this);
    s.play(consumer);
  }
  const percentiles& of(segment s) const { return latency.of(s); }
  sim_time share_of(share s) const { return latency.time_in(s); }
};

// Times of story.h: sof 1.0, stored 1.52, visible 2.0, INTA# 2.1, hardirq 2.4, poll 3.1, taken 3.2, netif 3.4, ip 3.5,
// socket 3.7, read 5.0 us.
TEST(latency_report, segments_of_one_frame) {
  const measured m(story().arrive(1, 1 * us, 64).interrupt(2100 * ns).deliver(1, 3200 * ns, 5 * us));
  const std::pair<segment, std::int64_t> expected[] = {{segment::wire_dd, 1000},     {segment::dd_intx, 100},
                                                       {segment::intx_hardirq, 300}, {segment::hardirq_poll, 700},
                                                       {segment::poll_netif, 300},   {segment::netif_socket, 300},
                                                       {segment::socket_app, 1300},  {segment::wire_app, 4000}};
  for (const auto& [s, ns_value] : expected) {
    EXPECT_EQ(m.of(s).samples(), 1U) << segment_names[static_cast<std::size_t>(s)];
    EXPECT_EQ(m.of(s).percentile(50), ns_value) << segment_names[static_cast<std::size_t>(s)];
  }
}

TEST(latency_report, shares_add_up_to_wire_app) {
  const measured m(story().arrive(1, 1 * us, 64).interrupt(2100 * ns).deliver(1, 3200 * ns, 5 * us));
  EXPECT_EQ(m.share_of(share::wire), 520 * ns);
  EXPECT_EQ(m.share_of(share::dma), 480 * ns);
  EXPECT_EQ(m.share_of(share::interrupt_delivery), 1200 * ns);
  EXPECT_EQ(m.share_of(share::raw_to_skb), 200 * ns);
  EXPECT_EQ(m.share_of(share::tap_copy), 0);
  EXPECT_EQ(m.share_of(share::protocol_layers), 300 * ns);
  EXPECT_EQ(m.share_of(share::socket_wait), 1300 * ns);
  EXPECT_EQ(m.latency.time_in_all(), 4 * us);
}

TEST(latency_report, tap_takes_its_share) {
  const measured m(story()
                       .arrive(1, 1 * us, 64)
                       .interrupt(2100 * ns)
                       .deliver(1, 3200 * ns, 5 * us)
                       .at(3450 * ns, stage::tap, 1, 60));
  EXPECT_EQ(m.share_of(share::tap_copy), 100 * ns);
  EXPECT_EQ(m.share_of(share::protocol_layers), 200 * ns);
  EXPECT_EQ(m.latency.time_in_all(), 4 * us);
}

// The sideband overtakes: INTA# at 1.95 us, 50 ns before the descriptor is visible; 50.4 ns rounds down to -51.
TEST(latency_report, dd_to_intx_is_signed) {
  EXPECT_EQ(measured(story().arrive(1, 1 * us, 64).interrupt(1950 * ns).deliver(1, 3200 * ns, 5 * us))
                .of(segment::dd_intx)
                .min(),
            -50);
  EXPECT_EQ(measured(story().arrive(1, 1 * us, 64).interrupt(1949'600).deliver(1, 3200 * ns, 5 * us))
                .of(segment::dd_intx)
                .min(),
            -51);
}

TEST(latency_report, polled_frames_have_no_interrupt_samples) {
  const measured m(story()
                       .arrive(1, 1 * us, 64)
                       .interrupt(2100 * ns)
                       .deliver(1, 3200 * ns, 9 * us)
                       .arrive(2, 2300 * ns, 64)
                       .deliver(2, 4 * us, 9 * us));
  EXPECT_EQ(m.of(segment::dd_intx).samples(), 1U);
  EXPECT_EQ(m.of(segment::intx_hardirq).samples(), 1U);
  EXPECT_EQ(m.of(segment::wire_app).samples(), 2U);
}

// Multi-descriptor frame: DD counts when the last descriptor is visible.
TEST(latency_report, chains_end_with_their_last_descriptor) {
  story s;
  s.at(0, stage::wire_sof, 1, 3000).at(20 * us, stage::fifo_commit, 1);
  s.at(21 * us, stage::dd_visible, 1, 0x1000, test::partial_word(2048));
  s.at(23 * us, stage::dd_visible, 1, 0x1010, good_word(952));
  const measured m(s);
  EXPECT_EQ(m.of(segment::wire_dd).samples(), 1U);
  EXPECT_EQ(m.of(segment::wire_dd).max(), 23'000);
}

TEST(latency_report, dropped_frames_leave_no_tail) {
  const measured m(
      story().arrive(1, 1 * us, 64).at(5 * us, stage::skb_drop, 1, 0, 1).at(6 * us, stage::app_read, 1, 1, 18));
  EXPECT_EQ(m.of(segment::wire_app).samples(), 0U);
  EXPECT_EQ(m.latency.time_in_all(), 0);
}

// Made at 1 us, sent at 5 us; its retransmission at 200 us is sent at 203 us.  Neither has come in.
TEST(latency_report, frames_made_by_software_are_timed_until_sent) {
  const measured m(story()
                       .make(made_id(1), 1 * us, cause_kind::task)
                       .at(5 * us, stage::tx_complete, made_id(1), 64)
                       .link(derived_id(1), 200 * us, link_kind::retransmission_of, made_id(1))
                       .at(203 * us, stage::tx_complete, derived_id(1), 64));
  EXPECT_EQ(m.of(segment::made_sent).samples(), 2U);
  EXPECT_EQ(m.of(segment::made_sent).min(), 3000);
  EXPECT_EQ(m.of(segment::made_sent).max(), 4000);
  for (std::size_t i = 0; i < received_segments; ++i)
    EXPECT_EQ(m.of(static_cast<segment>(i)).samples(), 0U) << segment_names[i];
  EXPECT_EQ(m.latency.time_in_all(), 0);
}

// A packet over the loopback, with a poll and an interrupt before that were not its own: its way is from
// netif_receive_skb (3.4 us) over the socket (3.7 us) to the application (5 us).
TEST(latency_report, what_did_not_come_in_has_no_way_from_the_wire) {
  const measured m(
      story().make(made_id(1), 1 * us, cause_kind::task).interrupt(2100 * ns).deliver(made_id(1), 3200 * ns, 5 * us));
  EXPECT_EQ(m.of(segment::netif_socket).min(), 300);
  EXPECT_EQ(m.of(segment::socket_app).min(), 1300);
  for (const segment s :
       {segment::wire_dd, segment::dd_intx, segment::poll_netif, segment::wire_app, segment::made_sent})
    EXPECT_EQ(m.of(s).samples(), 0U) << segment_names[static_cast<std::size_t>(s)];
  EXPECT_EQ(m.latency.time_in_all(), 0);
  EXPECT_EQ(m.interrupts.polled_without_interrupt(), 0U);
}

// The clone is read by another application; the frame's own way is told as if there were none.
TEST(latency_report, a_clone_takes_nothing_from_its_frame) {
  const measured m(story()
                       .arrive(1, 1 * us, 64)
                       .interrupt(2100 * ns)
                       .deliver(1, 3200 * ns, 5 * us)
                       .link(derived_id(1), 3450 * ns, link_kind::clone, 1)
                       .at(3500 * ns, stage::socket_enqueue, derived_id(1), 2, 64)
                       .at(9 * us, stage::app_read, derived_id(1), 2, 64));
  EXPECT_EQ(m.of(segment::wire_app).samples(), 1U);
  EXPECT_EQ(m.of(segment::wire_app).min(), 4000);
  EXPECT_EQ(m.of(segment::netif_socket).samples(), 1U);
  EXPECT_EQ(m.of(segment::socket_app).samples(), 2U);
  EXPECT_EQ(m.of(segment::socket_app).max(), 5500);
  EXPECT_EQ(m.latency.time_in_all(), 4 * us);
}

// Frame 1 is merged and frame 2 passed on: what follows under their ids is no part of a way.
TEST(latency_report, merged_and_sent_frames_are_over) {
  const measured m(story()
                       .arrive(1, 1 * us, 64)
                       .arrive(2, 3 * us, 64)
                       .link(1, 5 * us, link_kind::merged_into, 2)
                       .at(6 * us, stage::tx_complete, 2, 64)
                       .at(7 * us, stage::app_read, 1)
                       .at(8 * us, stage::app_read, 2));
  EXPECT_EQ(m.of(segment::wire_app).samples(), 0U);
  EXPECT_EQ(m.of(segment::made_sent).samples(), 0U);
}

// Two cards, their frames side by side.
TEST(latency_report, each_wire_counts_for_itself) {
  const frame_id other = make_frame_id(frame_kind::received, 1, 1);
  const measured m(story()
                       .arrive(1, 1 * us, 64)
                       .arrive(other, 1200 * ns, 64, 1)
                       .interrupt(2100 * ns)
                       .interrupt(2300 * ns, 1)
                       .deliver(1, 3400 * ns, 5 * us)
                       .deliver(other, 4 * us, 6 * us));
  EXPECT_EQ(m.of(segment::wire_app).samples(), 2U);
  EXPECT_EQ(m.of(segment::wire_app).max(), 4800);
  EXPECT_EQ(m.of(segment::dd_intx).samples(), 2U);
  EXPECT_EQ(m.interrupts.polled_without_interrupt(), 0U);
}

}  // namespace
}  // namespace ringside::platform
