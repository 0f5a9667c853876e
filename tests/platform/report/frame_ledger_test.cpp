// SPDX-License-Identifier: Apache-2.0
#include "platform/report/frame_ledger.h"

#include <gtest/gtest.h>

#include "tests/platform/report/story.h"

namespace ringside::platform {
namespace {

using test::good_word;
using test::partial_word;
using test::story;

std::uint64_t reason(drop_reason r) {
  return static_cast<std::uint64_t>(r);
}

struct settled {
  frame_ledger ledger;
  explicit settled(const story& events) {
    events.play(ledger);
    ledger.finish();
  }
  const frame_counts& frames() const { return ledger.frames(); }
  std::uint64_t dropped(drop_reason r) const { return frames().dropped[static_cast<std::size_t>(r)]; }
};

// One frame for each kind of fate: 1 delivered, 2 consumed, 3 rejected, 4 missed, 5 dropped by IP, 6 on the wire.
TEST(frame_ledger, each_frame_has_its_fate) {
  story s;
  s.arrive(1, 1 * us, 64).deliver(1, 10 * us, 20 * us, 18);
  s.arrive(2, 3 * us, 100).at(11 * us, stage::netif_receive_skb, 2).at(12 * us, stage::skb_consume, 2);
  s.at(5 * us, stage::wire_sof, 3, 200).at(6 * us, stage::filter_reject, 3, 0, reason(drop_reason::address_filter));
  s.at(7 * us, stage::wire_sof, 4, 300).at(8 * us, stage::fifo_drop, 4, 0, reason(drop_reason::fifo_overflow));
  s.arrive(5, 9 * us, 400).at(13 * us, stage::skb_drop, 5, 0, reason(drop_reason::ip_checksum));
  s.at(14 * us, stage::wire_sof, 6, 500);
  const settled got(s);
  EXPECT_TRUE(got.ledger.breaches().empty());
  EXPECT_EQ(got.frames().offered, 6U);
  EXPECT_EQ(got.frames().delivered, 1U);
  EXPECT_EQ(got.frames().consumed, 1U);
  EXPECT_EQ(got.dropped(drop_reason::address_filter), 1U);
  EXPECT_EQ(got.dropped(drop_reason::fifo_overflow), 1U);
  EXPECT_EQ(got.dropped(drop_reason::ip_checksum), 1U);
  EXPECT_EQ(got.frames().dropped_total(), 3U);
  EXPECT_EQ(got.frames().in_flight, 1U);
  EXPECT_EQ(got.ledger.bytes().offered, 64U + 100 + 200 + 300 + 400 + 500);
  EXPECT_EQ(got.ledger.bytes().delivered, 64U);
  EXPECT_EQ(got.ledger.bytes().consumed, 100U);
  EXPECT_EQ(got.ledger.bytes().dropped_total(), 200U + 300 + 400);
  EXPECT_EQ(got.ledger.bytes().in_flight, 500U);
  EXPECT_EQ(got.ledger.payload_bytes(), 18U);
}

TEST(frame_ledger, a_tap_is_no_fate) {
  story s;
  s.arrive(1, 0, 64).at(5 * us, stage::netif_receive_skb, 1).at(6 * us, stage::tap, 1, 60);
  EXPECT_EQ(settled(s).frames().in_flight, 1U);
}

TEST(frame_ledger, packets_the_host_made_are_no_frames) {
  story s;
  s.at(1, stage::skb_drop, 0, 0, reason(drop_reason::no_socket)).at(2, stage::skb_consume, 0);
  const settled got(s);
  EXPECT_TRUE(got.ledger.breaches().empty());
  EXPECT_EQ(got.frames().offered, 0U);
}

// Reset with frame 1 written back, 2 stored, 3 stored on another card, 4 still arriving: only 2 is lost.
TEST(frame_ledger, reset_loses_what_the_chip_holds) {
  story s;
  s.arrive(1, 1 * us, 64);
  s.at(3 * us, stage::wire_sof, 2, 64).at(4 * us, stage::fifo_commit, 2);
  s.at(5 * us, stage::wire_sof, 3, 64, 0, 1).at(6 * us, stage::fifo_commit, 3, 0, 0, 1);
  s.at(7 * us, stage::wire_sof, 4, 64);
  s.at(8 * us, stage::nic_reset, 0, 0, 0, 0);
  s.at(9 * us, stage::filter_reject, 4, 0, reason(drop_reason::rx_disabled));
  const settled got(s);
  EXPECT_TRUE(got.ledger.breaches().empty());
  EXPECT_EQ(got.dropped(drop_reason::nic_reset), 1U);
  EXPECT_EQ(got.dropped(drop_reason::rx_disabled), 1U);
  EXPECT_EQ(got.frames().in_flight, 2U);
}

// a write-back on the bus when the reset came may complete; the driver then delivers the frame.
TEST(frame_ledger, write_back_after_the_reset_saves_the_frame) {
  story s;
  s.at(1 * us, stage::wire_sof, 1, 64).at(2 * us, stage::fifo_commit, 1).at(3 * us, stage::nic_reset);
  s.at(4 * us, stage::desc_writeback, 1, 0x1000, good_word(64)).deliver(1, 10 * us, 20 * us);
  const settled got(s);
  EXPECT_TRUE(got.ledger.breaches().empty());
  EXPECT_EQ(got.dropped(drop_reason::nic_reset), 0U);
  EXPECT_EQ(got.frames().delivered, 1U);
}

// A chain whose last descriptor was not written back is lost, whatever came before it.
TEST(frame_ledger, part_of_a_chain_does_not_save_a_frame) {
  story s;
  s.at(1 * us, stage::wire_sof, 1, 3000).at(2 * us, stage::fifo_commit, 1);
  s.at(3 * us, stage::desc_writeback, 1, 0x1000, partial_word(2048)).at(4 * us, stage::nic_reset);
  EXPECT_EQ(settled(s).dropped(drop_reason::nic_reset), 1U);
}

// Nor does a driver that took the first part, with a packet begun.
TEST(frame_ledger, a_frame_half_taken_goes_with_the_fifo) {
  story s;
  s.at(1 * us, stage::wire_sof, 1, 3000).at(2 * us, stage::fifo_commit, 1);
  s.at(3 * us, stage::desc_writeback, 1, 0x1000, partial_word(2048)).at(4 * us, stage::desc_take, 1, 0x1000);
  s.at(5 * us, stage::nic_reset).arrive(2, 10 * us, 64).deliver(2, 20 * us, 30 * us);
  s.at(40 * us, stage::nic_reset);
  const settled got(s);
  EXPECT_TRUE(got.ledger.breaches().empty());
  EXPECT_EQ(got.dropped(drop_reason::nic_reset), 1U);
  EXPECT_EQ(got.frames().in_flight, 0U);
}

// Closed with frame 1 in the ring, 2 taken by the driver, 3 written back only after the close event.
TEST(frame_ledger, close_loses_what_the_driver_never_took) {
  story s;
  s.at(0, stage::driver_open).arrive(1, 1 * us, 64).arrive(2, 3 * us, 64).arrive(3, 19 * us + 500 * ns, 64);
  s.deliver(2, 10 * us, 15 * us).at(20 * us, stage::driver_close);
  const settled got(s);
  EXPECT_TRUE(got.ledger.breaches().empty());
  EXPECT_EQ(got.dropped(drop_reason::driver_down), 2U);
  EXPECT_EQ(got.frames().delivered, 1U);
}

TEST(frame_ledger, a_driver_that_cleans_after_close_gives_the_fate_itself) {
  story s;
  s.arrive(1, 1 * us, 64).at(20 * us, stage::driver_close);
  s.at(21 * us, stage::skb_drop, 1, 0, reason(drop_reason::driver_down));
  const settled got(s);
  EXPECT_TRUE(got.ledger.breaches().empty());
  EXPECT_EQ(got.dropped(drop_reason::driver_down), 1U);
}

TEST(frame_ledger, opened_again_is_not_closed) {
  story s;
  s.at(0, stage::driver_close).at(1, stage::driver_open).arrive(1, 1 * us, 64);
  EXPECT_EQ(settled(s).frames().in_flight, 1U);
}

struct breach_case {
  const char* why;
  story events;
};

TEST(frame_ledger, contradictions_are_breaches) {
  const breach_case cases[] = {
      {"second fate", story().arrive(1, 0, 64).deliver(1, 5 * us, 9 * us).at(20 * us, stage::skb_consume, 1)},
      {"never offered", story().at(1, stage::skb_consume, 7)},
      {"rise by one", story().at(1, stage::wire_sof, 1, 64).at(2, stage::wire_sof, 3, 64)},
      {"rise by one", story().at(1, stage::wire_sof, 1, 64).at(2, stage::wire_sof, 1, 64)},
      {"no reason", story().at(1, stage::wire_sof, 1, 64).at(2, stage::fifo_drop, 1, 0, 0)},
      {"no reason", story().at(1, stage::wire_sof, 1, 64).at(2, stage::skb_drop, 1, 0, 250)},
  };
  for (const breach_case& c : cases) {
    const settled got(c.events);
    ASSERT_EQ(got.ledger.breaches().size(), 1U) << c.why;
    EXPECT_NE(got.ledger.breaches()[0].find(c.why), std::string::npos) << got.ledger.breaches()[0];
  }
}

// A hundred thousand frames: memory stays, sums hold, a late second fate is still noticed.
TEST(frame_ledger, long_runs_stay_small_and_exact) {
  frame_ledger ledger;
  for (frame_id id = 1; id <= 100'000; ++id) {
    ledger.on_event({static_cast<sim_time>(id), id, 64, 0, 0, origin::nic, stage::wire_sof});
    ledger.on_event({static_cast<sim_time>(id), id, 1, 18, 0, origin::cpu, stage::socket_enqueue});
  }
  ledger.on_event({200'000, 5, 0, 0, 0, origin::cpu, stage::skb_consume});
  ledger.finish();
  EXPECT_EQ(ledger.frames().delivered, 100'000U);
  ASSERT_EQ(ledger.breaches().size(), 1U);
  EXPECT_NE(ledger.breaches()[0].find("second fate"), std::string::npos);
}

}  // namespace
}  // namespace ringside::platform
