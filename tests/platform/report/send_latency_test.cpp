// SPDX-License-Identifier: Apache-2.0
// Where the time of frames that are sent goes, by hand-made ways out.
#include "platform/report/send_latency.h"

#include <gtest/gtest.h>

#include "tests/platform/report/story.h"

namespace ringside::platform {
namespace {

using test::derived_id;
using test::made_id;
using test::story;

/// From the queueing discipline on; the doorbell is the test's.
void to_driver(story& s, frame_id frame, sim_time made, sim_time queued, sim_time driver) {
  s.make(frame, made, cause_kind::task).at(queued, stage::tx_qdisc, frame).at(driver, stage::tx_driver, frame);
}
void to_wire(story& s, frame_id frame, sim_time payload, sim_time whole, sim_time begun, sim_time end) {
  s.at(payload, stage::tx_dma_start, frame)
      .at(whole, stage::tx_fifo_commit, frame)
      .at(begun, stage::tx_wire_sof, frame)
      .at(end, stage::tx_wire_eof, frame);
}

sim_time the_one(const send_latency& r, send_part p) {
  EXPECT_EQ(r.of(p).samples(), 1U);
  return r.time_in(p);
}

TEST(send_latency, parts_add_up_to_the_way_to_the_wire) {
  story s;
  to_driver(s, made_id(1), 10 * us, 11 * us, 13 * us);
  s.at(17 * us, stage::tdt_write);
  to_wire(s, made_id(1), 25 * us, 41 * us, 73 * us, 137 * us);
  send_latency r;
  s.play(r);
  using enum send_part;
  EXPECT_EQ(the_one(r, stack), 1 * us);
  EXPECT_EQ(the_one(r, queue_tap), 2 * us);
  EXPECT_EQ(the_one(r, driver), 4 * us);
  EXPECT_EQ(the_one(r, fetch), 8 * us);
  EXPECT_EQ(the_one(r, bus), 16 * us);
  EXPECT_EQ(the_one(r, fifo), 32 * us);
  EXPECT_EQ(the_one(r, wire), 64 * us);
  EXPECT_EQ(the_one(r, all), 127 * us);
  EXPECT_EQ(r.of(bus).max(), 16'000) << "percentiles are in ns";
}

TEST(send_latency, one_doorbell_is_for_all_that_wait_and_no_later_ones) {
  story s;
  to_driver(s, made_id(1), 0, 0, 1 * us);
  to_driver(s, made_id(2), 0, 0, 2 * us);
  s.at(5 * us, stage::tdt_write).at(9 * us, stage::tdt_write);
  to_wire(s, made_id(1), 10 * us, 11 * us, 12 * us, 13 * us);
  to_wire(s, made_id(2), 14 * us, 15 * us, 16 * us, 17 * us);
  send_latency r;
  s.play(r);
  EXPECT_EQ(r.of(send_part::driver).samples(), 2U);
  EXPECT_EQ(r.time_in(send_part::driver), (5 - 1 + 5 - 2) * us);
}

// What the queue gave back is queued and given to the driver again; the last time counts.  Of what the card does with
// its pieces, the first.
TEST(send_latency, last_try_of_software_and_first_of_the_card) {
  story s;
  to_driver(s, made_id(1), 0, 1 * us, 2 * us);
  s.at(3 * us, stage::tx_qdisc, made_id(1)).at(7 * us, stage::tx_driver, made_id(1)).at(8 * us, stage::tdt_write);
  s.at(10 * us, stage::tx_dma_start, made_id(1)).at(11 * us, stage::tx_fifo_commit, made_id(1));
  s.at(12 * us, stage::tx_wire_sof, made_id(1));
  to_wire(s, made_id(1), 20 * us, 21 * us, 22 * us, 30 * us);
  send_latency r;
  s.play(r);
  EXPECT_EQ(the_one(r, send_part::stack), 3 * us);
  EXPECT_EQ(the_one(r, send_part::queue_tap), 4 * us);
  EXPECT_EQ(the_one(r, send_part::fetch), 2 * us);
  EXPECT_EQ(the_one(r, send_part::wire), 18 * us);
}

TEST(send_latency, leaves_out_what_is_dropped_lacks_a_part_or_is_nobodys_packet) {
  story s;
  to_driver(s, made_id(1), 0, 1 * us, 2 * us);
  s.at(3 * us, stage::skb_drop, made_id(1), 0, static_cast<std::uint64_t>(drop_reason::tx_invalid));
  to_driver(s, made_id(2), 0, 1 * us, 2 * us);  // its doorbell never came
  to_driver(s, derived_id(3), 0, 1 * us, 2 * us);
  to_wire(s, made_id(2), 5 * us, 6 * us, 7 * us, 8 * us);
  s.at(9 * us, stage::tdt_write);
  to_wire(s, made_id(1), 10 * us, 11 * us, 12 * us, 13 * us);
  to_wire(s, derived_id(3), 14 * us, 15 * us, 16 * us, 17 * us);
  send_latency r;
  s.play(r);
  for (std::size_t p = 0; p < static_cast<std::size_t>(send_part::count); ++p)
    EXPECT_EQ(r.of(static_cast<send_part>(p)).samples(), 0U) << send_part_names[p];
}

}  // namespace
}  // namespace ringside::platform
