// SPDX-License-Identifier: Apache-2.0
// The transmit ring: full and empty, around its end, the doorbell, what hangs, and what is given up (DR-2, DR-5 to
// DR-7).
#include "sw/driver/tx_ring.h"

#include "tests/sw/driver/bench.h"
#include "tests/sw/tcp_frame.h"

namespace ringside::test {
namespace tx_ring_tests {
namespace {

driver::config small_ring() {
  driver::config c;
  c.tx_ring_size = 48;
  return c;
}

/// The driver asked without a discipline above it.
class direct_bench : public bench {
 public:
  explicit direct_bench(const driver::config& settings = small_ring()) : bench(settings) { up(); }
  ~direct_bench() {
    nic.hold_transmit = false;
    nic.finish(1000);
    host.run_for(1 * ms);
  }
  direct_bench(const direct_bench&) = delete;
  direct_bench& operator=(const direct_bench&) = delete;

  stack::netdev_queue& queue() { return *card.device().tx.front(); }
  /// ndo_start_xmit with the queue's lock.  A packet that is left comes back in `left`.
  stack::netdev_tx give(stack::skb_ptr skb, bool more = false) {
    stack::netdev_tx answer{};
    host.run_task([&] {
      os.softirq().local_bh_disable();
      queue().lock();
      queue().xmit_more = more;
      answer = card.device().ops->ndo_start_xmit(skb);
      queue().unlock();
      os.softirq().local_bh_enable();
    });
    left = std::move(skb);
    host.run_for(100 * us);
    return answer;
  }
  stack::netdev_tx give_frame(bool more = false) { return give(packet(udp_frame(pattern(100, 1))), more); }

  stack::skb_ptr left;
};

// DR-2: 47 of 48 can be used; below 24 the queue is stopped, with the packet that went below.
TEST(tx_ring, stops_when_fewer_than_24_descriptors_are_free) {
  direct_bench b;
  b.nic.hold_transmit = true;
  for (int i = 0; i < 23; ++i) EXPECT_EQ(b.give_frame(), stack::netdev_tx::ok);
  EXPECT_FALSE(b.queue().stopped_by_driver());  // 24 free
  EXPECT_EQ(b.give_frame(), stack::netdev_tx::ok);
  EXPECT_TRUE(b.queue().stopped_by_driver());
  EXPECT_EQ(b.host.of(stage::txq_stop).back().a, b.card.device().index);
}

// DR-6: and goes on with 32.
TEST(tx_ring, wakes_when_32_are_free) {
  direct_bench b;
  b.nic.hold_transmit = true;
  for (int i = 0; i < 24; ++i) b.give_frame();
  ASSERT_TRUE(b.queue().stopped_by_driver());  // 23 free
  b.nic.finish(8);
  b.host.run_for(1 * ms);
  EXPECT_EQ(b.host.count(stage::tx_complete), 8U);
  EXPECT_TRUE(b.queue().stopped_by_driver());  // 31
  b.nic.finish(1);
  b.host.run_for(1 * ms);
  EXPECT_FALSE(b.queue().stopped_by_driver());
  EXPECT_EQ(b.card.transmit_counters().restarts, 1U);
}

// A packet needs two descriptors more than it takes: the tail must not meet the head.
TEST(tx_ring, a_packet_that_does_not_fit_stays_with_the_caller) {
  direct_bench b;
  b.nic.hold_transmit = true;
  for (int i = 0; i < 44; ++i) ASSERT_EQ(b.give_frame(), stack::netdev_tx::ok) << i;  // 3 free; a legacy one counts 2
  const std::uint64_t made = b.made;
  EXPECT_EQ(b.give_frame(), stack::netdev_tx::busy);
  ASSERT_NE(b.left, nullptr);
  EXPECT_EQ(b.left->frame, make_frame_id(frame_kind::made, 0, made + 1));
  EXPECT_EQ(b.card.transmit_counters().busy, 1U);
  EXPECT_EQ(b.nic.registers[reg::TDT], 44U);
  b.nic.hold_transmit = false;
  b.nic.finish(44);
  b.host.run_for(1 * ms);
  EXPECT_EQ(b.give(std::move(b.left)), stack::netdev_tx::ok);
}

TEST(tx_ring, goes_around_its_end) {
  direct_bench b;
  std::vector<std::uint32_t> expected;
  for (std::uint32_t i = 0; i < 100; ++i) {
    const bytes frame = udp_frame(pattern(50 + i, static_cast<std::uint8_t>(i)));
    ASSERT_EQ(b.give(b.packet(frame)), stack::netdev_tx::ok);
    ASSERT_EQ(b.nic.sent.back().bytes, frame) << i;
    expected.push_back((i + 1) % 48);
  }
  std::vector<std::uint32_t> tails = b.nic.values_written(reg::TDT);
  EXPECT_EQ(std::vector<std::uint32_t>(tails.end() - 100, tails.end()), expected);
  EXPECT_EQ(b.host.count(stage::tx_complete), 100U);
}

// A packet of several descriptors across the end of the ring.
TEST(tx_ring, a_packet_may_lie_across_the_end) {
  direct_bench b;
  for (int i = 0; i < 46; ++i) ASSERT_EQ(b.give_frame(), stack::netdev_tx::ok);
  const bytes frame = udp_frame(pattern(1000, 1));
  ASSERT_EQ(b.give(b.in_pieces(frame, 42, 250)), stack::netdev_tx::ok);  // 5 descriptors from 46 on
  EXPECT_EQ(b.nic.sent.back().bytes, frame);
  EXPECT_EQ(b.nic.sent.back().descriptors.size(), 5U);
  EXPECT_EQ(b.nic.registers[reg::TDT], 3U);
  EXPECT_EQ(b.host.count(stage::tx_complete), 47U);
}

// DR-5: netdev_xmit_more(); with a queue that has been stopped nothing follows, and the card is told.
TEST(tx_ring, the_card_is_told_of_several_packets_at_once) {
  direct_bench b;
  const std::size_t before = b.nic.values_written(reg::TDT).size();
  b.give_frame(true);  // byte queue limits stop it at once; when it has come back there is room for one more
  EXPECT_EQ(b.nic.sent.size(), 1U);
  b.give_frame(true);
  EXPECT_EQ(b.nic.sent.size(), 1U);
  b.give_frame(false);
  EXPECT_EQ(b.nic.sent.size(), 3U);
  EXPECT_EQ(b.nic.values_written(reg::TDT).size(), before + 2);
}

// Descriptors are in memory when the doorbell rings (dma_wmb): the card, which reads them at once, finds them.
TEST(tx_ring, descriptors_are_written_before_the_doorbell) {
  direct_bench b;
  b.nic.hold_transmit = true;
  b.host.events.clear();
  b.give(b.in_pieces(udp_frame(pattern(1000, 1)), 42, 250));
  std::size_t written = 0;
  for (const event& e : b.host.events) {
    if (e.what == stage::tx_desc_command) ++written;
    if (e.what == stage::tdt_write) {
      EXPECT_EQ(written, 5U);
    }
  }
}

// DD of the last descriptor counts, and only that; nothing is unmapped before.
TEST(tx_ring, nothing_comes_back_before_the_last_descriptor_is_done) {
  direct_bench b;
  b.nic.hold_transmit = true;
  b.give(b.in_pieces(udp_frame(pattern(1000, 1)), 42, 250));
  std::byte* const first = b.os.memory().at(b.nic.registers[reg::TDBAL]);
  first[12] = std::byte{1};  // a card that reports one too many
  b.nic.set_cause(icr::TXDW);
  b.host.run_for(1 * ms);
  EXPECT_EQ(b.host.count(stage::tx_complete), 0U);
  first[12] = std::byte{0};
  b.nic.finish(1);
  b.host.run_for(1 * ms);
  EXPECT_EQ(b.host.count(stage::tx_complete), 1U);
}

// DR-7: a second at least, looked at by the watchdog every two.
TEST(tx_ring, a_card_that_finishes_nothing_is_reset) {
  bench b;
  b.up();
  b.nic.hold_transmit = true;
  b.send_now(b.packet(udp_frame(pattern(100, 1))));
  const sim_time begin = b.host.now();
  const std::uint64_t resets = b.nic.resets;
  b.host.run_for(2050 * ms);  // the watchdog's next turn raises an interrupt and asks for a look
  EXPECT_EQ(b.card.transmit_counters().hangs, 1U);
  EXPECT_TRUE(b.card.device().tx.front()->stopped_by_driver());
  EXPECT_EQ(b.nic.resets, resets);
  b.host.run_for(7 * second);                       // QD-10: five seconds behind the stop, and to the next whole one
  EXPECT_GE(b.card.transmit_counters().hangs, 3U);  // found again at each turn
  EXPECT_EQ(b.card.transmit_counters().timeouts, 1U);
  ASSERT_EQ(b.host.count(stage::tx_timeout), 1U);
  EXPECT_GE(b.host.of(stage::tx_timeout).at(0).time - begin, 5 * second);
  EXPECT_EQ(b.nic.resets, resets + 1);
  EXPECT_EQ(b.net.skbs().dropped(drop_reason::tx_ring_cleaned), 1U);
  b.made_and_dropped = 1;
  b.nic.hold_transmit = false;
  b.send_now(b.packet(udp_frame(pattern(100, 1))));
  EXPECT_EQ(b.host.count(stage::tx_complete), 1U);
}

// The watchdog's look finds no hang when the packet is younger than a second, nor at a sender that obeys a PAUSE frame.
TEST(tx_ring, patience_and_pause_are_no_hang) {
  struct row {
    sim_time sent_after;
    bool paused;
    std::uint64_t hangs;
  };
  for (const row& r : {row{1400 * ms, false, 0}, row{700 * ms, false, 1}, row{700 * ms, true, 0}}) {
    bench b;
    b.up();
    b.host.run_for(r.sent_after);
    b.nic.hold_transmit = true;
    b.send_now(b.packet(udp_frame(pattern(100, 1))));
    if (r.paused) b.nic.registers[reg::STATUS] |= status::TXOFF;
    b.host.run_for(2050 * ms - r.sent_after);  // one turn of the watchdog, two seconds behind the first
    EXPECT_EQ(b.card.watchdog_runs(), 2U);
    EXPECT_EQ(b.card.transmit_counters().hangs, r.hangs) << r.sent_after << r.paused;
    b.nic.finish(1);
    b.host.run_for(1 * ms);
  }
}

// e1000_watchdog: what waits in the ring when the link goes is given up by a reset.
TEST(tx_ring, a_lost_link_empties_the_ring) {
  bench b;
  b.up();
  b.nic.hold_transmit = true;
  b.send_now(b.packet(udp_frame(pattern(100, 1))));
  b.nic.set_link(false);
  b.host.run_for(3 * second);
  EXPECT_FALSE(b.card.device().carrier);
  EXPECT_EQ(b.card.transmit_counters().timeouts, 1U);
  EXPECT_EQ(b.net.skbs().dropped(drop_reason::tx_ring_cleaned), 1U);
  // Nothing is taken any more (dev_deactivate): it would wait for ever.
  EXPECT_EQ(b.send_now(b.packet(udp_frame(pattern(100, 1)))), stack::net_xmit::congestion_notification);
  b.made_and_dropped = 2;
  b.nic.hold_transmit = false;
  b.nic.set_link(true);
  b.host.run_for(3 * second);
  EXPECT_EQ(b.send_now(b.packet(udp_frame(pattern(100, 1)))), 0);
  EXPECT_EQ(b.host.count(stage::tx_complete), 1U);
}

TEST(tx_ring, closing_gives_back_what_the_card_has) {
  bench b;
  b.up();
  b.nic.hold_transmit = true;
  for (int i = 0; i < 5; ++i) b.send_now(b.packet(udp_frame(pattern(100, 1))));
  b.made_and_dropped = 5;
  b.down();
  // One was with the card; the others waited for its bytes to come back (QD-12).
  EXPECT_EQ(b.net.skbs().dropped(drop_reason::tx_ring_cleaned), 1U);
  EXPECT_EQ(b.net.skbs().dropped(drop_reason::qdisc_drop), 4U);
  EXPECT_EQ(b.nic.registers[reg::TDH], 0U);
  EXPECT_EQ(b.nic.registers[reg::TDT], 0U);
  EXPECT_EQ(b.nic.registers[reg::TCTL] & tctl::EN, 0U);
  b.host.run_task([&] { ASSERT_EQ(b.card.open(), driver::driver_status::ok); });
  b.nic.hold_transmit = false;
  b.host.run_for(20 * ms);
  EXPECT_EQ(b.send_now(b.packet(udp_frame(pattern(100, 1)))), 0);
  EXPECT_EQ(b.host.count(stage::tx_complete), 1U);
}

// ethtool -G tx, with packets under way: those in the ring are given up, those in the discipline go out afterwards.
TEST(tx_ring, another_size_under_way) {
  bench b;
  b.up();
  b.nic.hold_transmit = true;
  for (int i = 0; i < 3; ++i) b.send_now(b.packet(udp_frame(pattern(100, 1))));
  b.nic.hold_transmit = false;
  b.host.run_task([&] { EXPECT_EQ(b.card.set_tx_ring_size(1000), driver::driver_status::ok); });
  b.host.run_for(2100 * ms);  // the link is serviced anew
  EXPECT_EQ(b.nic.registers[reg::TDLEN], 1000U * 16);
  EXPECT_EQ(b.host.count(stage::tx_complete), 2U);
  b.made_and_dropped = 1;
  b.host.run_task([&] {
    EXPECT_EQ(b.card.set_tx_ring_size(47), driver::driver_status::bad_config);
    b.os.memory().fail_next(1);
    EXPECT_EQ(b.card.set_tx_ring_size(64), driver::driver_status::no_memory);
  });
  EXPECT_EQ(b.card.settings().tx_ring_size, 1000U);
  b.host.run_for(2100 * ms);
  EXPECT_EQ(b.send_now(b.packet(udp_frame(pattern(100, 1)))), 0);
}

// One CPU sends while the other takes back; nothing is lost or told twice.
TEST(tx_ring, is_filled_and_emptied_on_two_cpus) {
  bench b(small_ring(), {}, {}, 2);
  b.up();
  for (int i = 0; i < 200; ++i) {
    const unsigned cpu = static_cast<unsigned>(i) % 2;
    b.host.run_task([&] { b.send(b.packet(udp_frame(pattern(100, 1)))); }, 60 * second, cpu);
  }
  b.host.run_for(10 * ms);
  EXPECT_EQ(b.host.count(stage::tx_complete), 200U);
  EXPECT_EQ(b.nic.sent.size(), 200U);
}

}  // namespace
}  // namespace tx_ring_tests
}  // namespace ringside::test
