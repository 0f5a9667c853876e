// SPDX-License-Identifier: Apache-2.0
// fq_codel: flows in turn, new ones first, what is dropped or marked and when (QD-13; RFC 8290, RFC 8289; figures by
// hand from sch_fq_codel.c and codel_impl.h of Linux 6.1).
#include "sw/stack/fq_codel.h"

#include <gtest/gtest.h>

#include "tests/sw/stack/transmit_bench.h"

namespace ringside::test {
namespace fq_codel_tests {
namespace {

class fair : public transmit_bench {
 protected:
  fair() {
    net.transmit().set_default_qdisc(stack::qdisc_kind::fq_codel);
    bring_up();
    queue().stop();
  }
  const stack::fq_codel& discipline() { return static_cast<const stack::fq_codel&>(*queue().discipline()); }
  /// A datagram of flow `flow`; of 42 bytes of headers and `bytes`.
  stack::skb_ptr of_flow(std::uint16_t flow, std::size_t bytes = 1000, std::uint8_t tos = 0) {
    udp_frame_options o;
    o.source_port = flow;
    bytes_t frame = udp_frame(pattern(bytes, 1), o);
    frame[15] = tos;
    fix_ip_checksum(frame, 14);
    stack::skb_ptr skb = packet(frame);
    skb->protocol = 0x0800;
    skb->set_network_header(14);
    skb->frame = flow;
    return skb;
  }
  int put(std::uint16_t flow, std::size_t bytes = 1000, std::uint8_t tos = 0) {
    return send(of_flow(flow, bytes, tos));
  }
  /// Lets `count` packets go at this instant.
  void let_go(unsigned count) {
    ops.stop_after = count;
    host.run_task([this] { queue().wake(); });
    host.run_for(100 * us);
  }
  using bytes_t = ringside::test::bytes;
};

TEST_F(fair, is_what_default_qdisc_says) {
  EXPECT_EQ(queue().discipline()->kind(), "fq_codel");
  queue().start();
  EXPECT_EQ(put(1), 0);
  EXPECT_EQ(ops.frames, std::vector<std::uint64_t>{1}) << "an empty one is passed by";
  EXPECT_EQ(counters().packets, 1U);
  EXPECT_EQ(counters().qlen, 0U);
  queue().stop();
}

// Quantum 1514: of packets of 1042 bytes a new flow sends two, and then it is an old one.
TEST_F(fair, flows_take_turns_by_bytes) {
  put(9);  // the driver has said no: it waits before all
  for (int i = 0; i < 4; ++i) put(1);
  for (int i = 0; i < 4; ++i) put(2);
  EXPECT_EQ(counters().qlen, 9U);
  EXPECT_EQ(discipline().new_flows(), 2U);
  let_go(9);
  EXPECT_EQ(ops.frames, (std::vector<std::uint64_t>{9, 1, 1, 2, 2, 1, 2, 1, 2}));
  EXPECT_EQ(counters().qlen, 0U);
  EXPECT_EQ(counters().backlog, 0U);
}

// RFC 8290 4.2: a flow that sends little is served before those with a backlog.
TEST_F(fair, a_new_flow_goes_before_old_ones) {
  put(9);
  for (int i = 0; i < 6; ++i) put(1);
  let_go(4);
  EXPECT_EQ(ops.frames, (std::vector<std::uint64_t>{9, 1, 1, 1}));
  put(2, 100);
  let_go(3);
  EXPECT_EQ(ops.frames, (std::vector<std::uint64_t>{9, 1, 1, 1, 2, 1, 1}));
}

// Limit 10240: from the flow that waits most, its oldest, up to half of it but 64 packets at most.
TEST_F(fair, too_many_cost_the_fattest) {
  put(9);  // requeued: counts as waiting
  put(2, 0);
  for (unsigned i = 0; i < 10238; ++i) put(1, 0);
  EXPECT_EQ(counters().qlen, 10240U);
  EXPECT_EQ(counters().dropped, 0U);
  EXPECT_EQ(put(2, 0), stack::net_xmit::success) << "another's were dropped";
  EXPECT_EQ(counters().dropped, 64U);
  EXPECT_EQ(counters().qlen, 10177U);
  for (int i = 0; i < 63; ++i) EXPECT_EQ(put(1, 0), 0);
  EXPECT_EQ(put(1, 0), stack::net_xmit::congestion_notification) << "its own were";
  EXPECT_EQ(counters().dropped, 128U);
  EXPECT_EQ(discipline().dropped_overlimit(), 128U);
  EXPECT_EQ(net.skbs().dropped(drop_reason::qdisc_drop), 128U);
}

// CoDel: longer than 5 ms for more than 100 ms, and one is dropped; the next one 100 ms behind it, then 50 ms, which is
// what one step from 1 makes of 1 / sqrt(2).
TEST_F(fair, a_queue_that_stands_loses_some) {
  put(9);
  for (int i = 0; i < 60; ++i) put(1);
  host.run_for(20 * ms);  // all of them have waited too long
  let_go(2);              // the first of them notes it
  EXPECT_EQ(counters().dropped, 0U);
  host.run_for(90 * ms);
  let_go(1);
  EXPECT_EQ(counters().dropped, 0U) << "not yet an interval";
  host.run_for(15 * ms);
  let_go(1);
  EXPECT_EQ(counters().dropped, 1U);
  host.run_for(90 * ms);
  let_go(1);
  EXPECT_EQ(counters().dropped, 1U);
  host.run_for(15 * ms);
  let_go(1);
  EXPECT_EQ(counters().dropped, 2U);
  host.run_for(40 * ms);  // 150 ms from the first one on is when the third is due
  let_go(1);
  EXPECT_EQ(counters().dropped, 2U);
  host.run_for(15 * ms);
  let_go(1);
  EXPECT_EQ(counters().dropped, 3U);
}

// RFC 3168: who can hear of it is marked instead, and the header's sum is right.
TEST_F(fair, those_that_can_hear_of_it_are_marked) {
  put(9);
  for (int i = 0; i < 20; ++i) put(1, 1000, 2);
  host.run_for(20 * ms);
  let_go(2);
  host.run_for(110 * ms);
  let_go(1);
  EXPECT_EQ(counters().dropped, 0U);
  EXPECT_EQ(discipline().marked(), 1U);
  ASSERT_EQ(ops.contents.size(), 3U);
  EXPECT_EQ(ops.contents[1][15], 2);
  EXPECT_EQ(ops.contents[2][15], 3);
  EXPECT_EQ(slow_checksum({ops.contents[2].begin() + 14, ops.contents[2].begin() + 34}), 0);
}

// One packet of the MTU is no queue, however long it waits.
TEST_F(fair, the_last_packet_is_not_dropped) {
  put(9);
  put(1);
  put(1);
  host.run_for(500 * ms);
  let_go(1);
  host.run_for(500 * ms);
  let_go(2);
  EXPECT_EQ(counters().dropped, 0U);
  EXPECT_EQ(ops.frames.size(), 3U);
}

// codel_Newton_step, by hand from x(1) = 1: x(2) = 1/2 (3 - 2) = 0.5, x(3) = 0.25 (3 - 3/4) = 0.5625,
// x(4) = 0.28125 (3 - 4 * 0.3164) = 0.4878; from there on it is close to the root.
TEST(codel, the_interval_shrinks_by_the_square_root) {
  stack::codel c;
  c.begin_dropping(1000);
  EXPECT_EQ(c.count, 1U);
  EXPECT_NEAR(c.drop_next - 1000, stack::codel::interval, 2);
  for (const double by_hand : {0.5, 0.5625, 0.4878}) {
    c.one_more();
    c.schedule_after(0);
    EXPECT_NEAR(c.drop_next, by_hand * stack::codel::interval, stack::codel::interval / 1000.0);
  }
  for (int count = 4; count < 16; ++count) c.one_more();
  c.schedule_after(0);
  EXPECT_NEAR(c.drop_next, stack::codel::interval / 4.0, stack::codel::interval / 200.0);
}

// Soon behind the last time above the target it begins at the rate that ended it (delta > 1, within 16 intervals).
TEST(codel, remembers_its_rate) {
  stack::codel c;
  c.begin_dropping(1000);
  for (int i = 0; i < 9; ++i) c.one_more();
  c.schedule_after(c.drop_next);
  c.dropping = false;
  stack::codel later = c;
  c.begin_dropping(c.drop_next + stack::codel::interval);
  EXPECT_EQ(c.count, 9U);
  later.begin_dropping(later.drop_next + 17 * stack::codel::interval);
  EXPECT_EQ(later.count, 1U);
}

}  // namespace
}  // namespace fq_codel_tests
}  // namespace ringside::test
