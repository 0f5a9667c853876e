// SPDX-License-Identifier: Apache-2.0
// Between dev_queue_xmit() and the driver: bypass, bands, requeue, quota, NET_TX (QD-2 to QD-9).
#include "sw/stack/qdisc.h"

#include "sw/stack/pfifo_fast.h"
#include "tests/sw/stack/transmit_bench.h"

namespace ringside::test {
namespace qdisc_tests {
namespace {

using numbers = std::vector<std::uint64_t>;

class discipline : public transmit_bench {
 protected:
  explicit discipline(unsigned cpus = 1) : transmit_bench(cpus) {}
};

// prio2band, and QD-3's classes: best effort 0, bulk 2, interactive 6, interactive bulk 4.
TEST(pfifo_fast, bands_by_priority) {
  const std::vector<unsigned> expected{1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1};
  for (std::uint32_t p = 0; p < 16; ++p) EXPECT_EQ(stack::pfifo_fast::band_of(p), expected[p]) << p;
  EXPECT_EQ(stack::pfifo_fast::band_of(0x106), 0U);  // TC_PRIO_MAX: four bits
}

TEST_F(discipline, a_packet_that_finds_nothing_waiting_is_never_queued) {
  bring_up();
  EXPECT_EQ(send(), stack::net_xmit::success);
  EXPECT_EQ(ops.frames, numbers{1});
  EXPECT_EQ(counters().packets, 1U);
  EXPECT_EQ(counters().bytes, 142U);
  EXPECT_EQ(counters().qlen, 0U);
  ASSERT_EQ(host.count(stage::tx_qdisc), 1U);
  EXPECT_EQ(host.of(stage::tx_qdisc)[0].a, 142U);
  EXPECT_EQ(net_tx_raised(), 0U);
}

TEST_F(discipline, packets_wait_for_a_stopped_queue_and_leave_by_band) {
  bring_up();
  queue().stop();
  const std::vector<std::uint32_t> priorities{2, 0, 6, 2, 0, 6};  // bulk, best effort, interactive
  for (const std::uint32_t p : priorities) EXPECT_EQ(send(p), stack::net_xmit::success);
  EXPECT_TRUE(ops.frames.empty());
  EXPECT_EQ(counters().qlen, 6U);
  EXPECT_EQ(counters().backlog, 6 * 142U);
  EXPECT_EQ(host.of(stage::tx_qdisc).back().b, 5U);
  host.run_task([this] { queue().wake(); });
  host.run_for(5 * ms);
  // The first one had passed the empty discipline and was given back: it goes before all others (QD-7).
  EXPECT_EQ(ops.frames, (numbers{1, 3, 6, 2, 5, 4}));
  EXPECT_EQ(counters().requeues, 1U);
  EXPECT_EQ(counters().qlen, 0U);
  EXPECT_EQ(counters().backlog, 0U);
}

// Each of the three holds tx_queue_len; what is dropped counts here and not in the device (QD-2, QD-11).
TEST_F(discipline, a_full_band_drops_the_new_packet) {
  dev.tx_queue_len = 3;
  bring_up();
  queue().stop();
  for (int i = 0; i < 4; ++i) EXPECT_EQ(send(0), stack::net_xmit::success);  // one given back, three in the band
  EXPECT_EQ(send(0), stack::net_xmit::drop);
  EXPECT_EQ(send(6), stack::net_xmit::success);
  EXPECT_EQ(counters().dropped, 1U);
  EXPECT_EQ(net.skbs().dropped(drop_reason::qdisc_drop), 1U);
  EXPECT_EQ(dev.stats.tx_dropped, 0U);
  host.run_task([this] { queue().wake(); });
  host.run_for(5 * ms);
  EXPECT_EQ(ops.frames, (numbers{1, 6, 2, 3, 4}));
}

// NETDEV_TX_BUSY: the packet goes back and is tried again from NET_TX, before a packet of a higher band (QD-7).
TEST_F(discipline, a_busy_driver_gets_the_same_packet_again) {
  bring_up();
  ops.busy = 1;
  ops.before = [this] {
    ops.before = nullptr;
    queue().stop();
  };
  EXPECT_EQ(send(0), stack::net_xmit::success);
  EXPECT_EQ(send(6), stack::net_xmit::success);
  EXPECT_TRUE(ops.frames.empty());
  EXPECT_EQ(counters().requeues, 1U);
  host.run_task([this] { queue().wake(); });
  host.run_for(5 * ms);
  EXPECT_EQ(ops.frames, (numbers{1, 2}));
}

TEST_F(discipline, a_busy_driver_that_has_room_is_asked_again_at_once) {
  bring_up();
  ops.busy = 3;
  EXPECT_EQ(send(0), stack::net_xmit::success);
  host.run_for(5 * ms);
  EXPECT_EQ(ops.frames, numbers{1});
  EXPECT_EQ(counters().requeues, 3U);
  EXPECT_EQ(net_tx_raised(), 3U);
}

// QD-5: 64 packets a run, the rest in further runs of NET_TX.
TEST_F(discipline, a_run_ends_after_64_packets) {
  bring_up();
  queue().stop();
  for (int i = 0; i < 200; ++i) send();
  host.events.clear();
  host.run_task([this] { queue().wake(); });
  host.run_for(20 * ms);
  EXPECT_EQ(ops.frames.size(), 200U);
  EXPECT_EQ(net_tx_raised(), 4U);  // the wake, and behind 64, 128 and 192
}

// QD-5: as many bytes at once as the limits leave, and the card is told with the last one.
TEST_F(discipline, packets_leave_in_batches_as_byte_limits_allow) {
  bring_up();
  queue().sent_queue(3 * 142);
  host.run_task([this] { queue().completed_queue(1, 3 * 142); });  // ran dry: the limit is 426 from here
  ASSERT_EQ(queue().limits().limit(), 426U);
  ops.byte_limits = true;
  queue().stop();
  for (int i = 0; i < 8; ++i) send();
  host.run_task([this] { queue().wake(); });
  host.run_for(5 * ms);
  // One given back goes alone: 284 left.  Then 142 and 142 more, and as 0 is no room no fourth; 0 is not over the
  // limit, though, so the next batch of one goes and stops the queue.
  EXPECT_EQ(ops.more, ".m..");
  EXPECT_TRUE(queue().stopped());
  EXPECT_FALSE(queue().stopped_by_driver());
  host.run_task([this] { queue().completed_queue(4, 4 * 142); });
  host.run_for(5 * ms);
  EXPECT_EQ(ops.frames.size(), 8U);
}

// A driver that stops in the middle of a batch: what is left goes back, in order.
TEST_F(discipline, the_rest_of_a_batch_goes_back) {
  bring_up();
  queue().sent_queue(10 * 142);
  host.run_task([this] { queue().completed_queue(1, 10 * 142); });
  queue().stop();
  for (int i = 0; i < 7; ++i) send();
  ops.stop_after = 3;
  host.run_task([this] { queue().wake(); });
  host.run_for(5 * ms);
  EXPECT_EQ(ops.frames, (numbers{1, 2, 3}));
  EXPECT_EQ(counters().requeues, 1U + 4);
  EXPECT_EQ(counters().qlen, 4U);
  host.run_task([this] { queue().wake(); });
  host.run_for(5 * ms);
  EXPECT_EQ(ops.frames, (numbers{1, 2, 3, 4, 5, 6, 7}));
}

class discipline_of_two_cpus : public discipline {
 protected:
  discipline_of_two_cpus() : discipline(2) {}
};

// QD-4: who finds another CPU in it queues the packet and goes; the other one sees the mark.
TEST_F(discipline_of_two_cpus, one_runs_it_and_the_other_leaves_a_mark) {
  bring_up();
  ops.before = [this] {
    ops.before = nullptr;
    host.on_cpu(1, [this] {
      EXPECT_EQ(net.transmit().dev_queue_xmit(packet(udp_frame(pattern(100, 2)))), stack::net_xmit::success);
      EXPECT_TRUE(ops.frames.empty());  // not past the other CPU
    });
  };
  EXPECT_EQ(send(), stack::net_xmit::success);
  host.run_for(5 * ms);
  EXPECT_EQ(ops.frames, (numbers{1, 2}));
}

TEST_F(discipline, without_a_carrier_everything_is_dropped) {
  net.transmit().alloc_queues(dev);
  dev.up = true;
  EXPECT_EQ(send(), stack::net_xmit::congestion_notification);  // noop_enqueue
  EXPECT_EQ(net.skbs().dropped(drop_reason::qdisc_drop), 1U);
}

// linkwatch: a link that comes is acted on at once, one that goes within a second, and drops what waits.
TEST_F(discipline, follows_the_carrier) {
  bring_up();
  queue().stop();
  for (int i = 0; i < 3; ++i) send();
  host.run_for(2 * second);
  host.run_task([this] { net.transmit().netif_carrier_off(dev); });
  host.run_for(1 * ms);
  EXPECT_FALSE(queue().discipline()->active());  // the last change was long ago
  EXPECT_EQ(net.skbs().dropped(drop_reason::qdisc_drop), 3U);
  host.run_task([this] { net.transmit().netif_carrier_on(dev); });
  host.run_for(1 * ms);
  EXPECT_TRUE(queue().discipline()->active());
  host.run_task([this] { net.transmit().netif_carrier_off(dev); });
  host.run_for(500 * ms);
  EXPECT_TRUE(queue().discipline()->active());
  host.run_for(600 * ms);
  EXPECT_FALSE(queue().discipline()->active());
  host.run_task([this] { queue().start(); });
}

}  // namespace
}  // namespace qdisc_tests
}  // namespace ringside::test
