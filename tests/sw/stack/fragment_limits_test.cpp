// SPDX-License-Identifier: Apache-2.0
// What ends the wait for fragments: time, memory and the sender's other fragments, as Linux 6.1 limits them.
#include "tests/sw/stack/fragment_bench.h"

namespace ringside::test {
namespace {

TEST_F(ip_fragment, gives_up_after_thirty_seconds) {
  const bytes datagram = udp_datagram(100);
  const sim_time begun = host.now();
  feed_part(datagram, 0, 56);
  host.run(begun + 10 * second);
  feed_part(datagram, 80, 108);  // does not extend the time
  feed_part(datagram, 0, 56, 8);
  host.run(begun + 30 * second - 1 * ms);
  EXPECT_EQ(dropped(drop_reason::ip_fragment), 0U);
  // 7500 jiffies lie in the wheel's level of 512, which rounds up.
  host.run(begun + 30 * second + 513 * kernel::timers::jiffy);
  EXPECT_EQ(dropped(drop_reason::ip_fragment), 2U);
  EXPECT_EQ(fragments().counters().timeouts, 1U);
  EXPECT_EQ(fragments().datagrams(), 1U) << "the younger one waits on";
  host.run(begun + 40 * second + 513 * kernel::timers::jiffy);
  EXPECT_EQ(dropped(drop_reason::ip_fragment), 3U);
  EXPECT_EQ(fragments().counters().timeouts, 2U);
  feed_part(datagram, 56, 108);  // too late: begins a new wait
  EXPECT_EQ(socket->queued(), 0U);
}

// inet_frag_create: each its own timer.  Two in one bucket of the wheel end together, two in different ones do not, and
// neither waits for what the other's callback sets up.
TEST_F(ip_fragment, every_datagram_has_thirty_seconds_of_its_own) {
  const bytes datagram = udp_datagram(100);
  constexpr sim_time bucket = 512 * kernel::timers::jiffy;  // 7500 jiffies lie in that level, which rounds up
  // The bucket's edge that the first one's 7500 jiffies stop just short of.
  const sim_time edge = (host.now() + 30 * second) / bucket * bucket + 2 * bucket;
  host.run(edge - 30 * second - 100 * ms);
  feed_part(datagram, 0, 56);
  host.run(edge - 30 * second + 100 * ms);
  feed_part(datagram, 0, 56, 8);
  host.run(edge - 1 * ms);
  EXPECT_EQ(fragments().counters().timeouts, 0U);
  host.run(edge + 1 * ms);
  EXPECT_EQ(fragments().counters().timeouts, 1U);
  host.run(edge + bucket - 1 * ms);
  EXPECT_EQ(fragments().counters().timeouts, 1U);
  host.run(edge + bucket + 1 * ms);
  EXPECT_EQ(fragments().counters().timeouts, 2U) << "not a further rounding later";
}

TEST_F(ip_fragment, a_whole_datagram_does_not_time_out) {
  const bytes datagram = udp_datagram(100);
  feed_part(datagram, 0, 56);
  feed_part(datagram, 56, 108);
  host.run_for(40 * second);
  EXPECT_EQ(fragments().counters().timeouts, 0U);
  EXPECT_EQ(socket->queued(), 1U);
}

TEST_F(ip_fragment, refuses_above_the_memory_limit_until_there_is_room) {
  const bytes datagram = udp_datagram(2000);
  const sim_time begun = host.now();
  std::uint16_t id = 100;
  while (dropped(drop_reason::ip_fragment) == 0 && id < 200) feed_part(datagram, 0, 1480, id++);
  EXPECT_GT(fragments().memory(), small_fragment_limits().fragments.memory_limit) << "one may go over";
  const std::size_t held = fragments().datagrams();
  EXPECT_EQ(held, static_cast<std::size_t>(id - 100 - 1));
  feed_part(datagram, 1480, 2008, 100);  // even the piece that would complete one
  EXPECT_EQ(dropped(drop_reason::ip_fragment), 2U);
  host.run(begun + 31 * second);
  EXPECT_EQ(fragments().memory(), 0U);
  EXPECT_EQ(dropped(drop_reason::ip_fragment), 2 + held);
  feed_part(datagram, 0, 1480, 100);
  feed_part(datagram, 1480, 2008, 100);
  EXPECT_EQ(read(), pattern(2000, 3));
}

// inet_frag_alloc: what is begun counts sizeof(struct ipq), 200 bytes, until it is whole or given up.
TEST_F(ip_fragment, a_datagram_begun_counts_itself) {
  const bytes datagram = udp_datagram(100);
  const std::size_t truesize = packet(ethernet_frame(0x0800, cut(datagram, 0, 56)))->truesize();
  feed_part(datagram, 0, 56);
  EXPECT_EQ(fragments().memory(), 200 + truesize);
  feed_part(datagram, 80, 108);
  EXPECT_EQ(fragments().memory(), 200 + 2 * truesize);
  feed_part(datagram, 0, 56, 8);
  EXPECT_EQ(fragments().memory(), 400 + 3 * truesize);
  feed_part(datagram, 56, 80);
  EXPECT_EQ(fragments().memory(), 200 + truesize);
  feed_part(datagram, 48, 64, 8);  // overlaps
  EXPECT_EQ(fragments().memory(), 0U);
}

// Linux ipfrag_max_dist, 64: counted by sender.
TEST_F(ip_fragment_with_defaults, too_many_of_its_sender_in_between_begin_it_anew) {
  const bytes datagram = udp_datagram(100);
  const auto of_another_sender = [&datagram](std::size_t i) {
    bytes packet = cut(datagram, 0, 56, static_cast<std::uint16_t>(100 + i));
    packet[15] = 0x42;  // last byte of the source address
    fix_ip_checksum(packet);
    return packet;
  };
  for (const std::uint32_t between : {63U, 64U}) {
    feed_part(datagram, 0, 56);
    for (std::uint32_t i = 0; i < 200; ++i) feed_packet(of_another_sender(i));
    for (std::uint32_t i = 0; i < between; ++i) feed_part(datagram, 0, 24, static_cast<std::uint16_t>(100 + i));
    feed_part(datagram, 56, 108);
    EXPECT_EQ(fragments().counters().restarts, between - 63) << between;
    EXPECT_EQ(read(), between == 63 ? pattern(100, 3) : bytes{});
    host.run_task([this] { net.shut_down(); });
  }
}

TEST_F(ip_fragment, no_memory_for_the_whole_drops_its_parts) {
  const bytes datagram = udp_datagram(2000);
  feed_part(datagram, 0, 1480);
  stack::skb_ptr last = packet(ethernet_frame(0x0800, cut(datagram, 1480, 2008)));
  os.memory().fail_next(1);
  feed(std::move(last));
  EXPECT_EQ(dropped(drop_reason::ip_fragment), 2U);
  EXPECT_EQ(fragments().counters().failures, 1U);
}

TEST_F(ip_fragment, shutting_down_lets_nothing_stay) {
  feed_part(udp_datagram(100), 0, 56);
  host.run_task([this] { net.shut_down(); });
  EXPECT_EQ(dropped(drop_reason::ip_fragment), 1U);
  const std::uint64_t alarms = os.counters().timer_irqs;
  host.run_for(40 * second);
  EXPECT_EQ(fragments().counters().timeouts, 0U);
  EXPECT_EQ(os.counters().timer_irqs, alarms) << "nothing is left to ring";
}

}  // namespace
}  // namespace ringside::test
