// SPDX-License-Identifier: Apache-2.0
// Neighbours: who is asked when, what waits, and who is believed (NB rules; times by Linux's constants and its wheel).
#include "sw/stack/neighbour.h"

#include <gtest/gtest.h>

#include "tests/sw/stack/send_bench.h"

namespace ringside::test {
namespace neighbour_tests {
namespace {

namespace abi = stack::abi;
namespace nud = stack::nud;

class neigh : public send_bench {
 protected:
  explicit neigh(const stack::net_stack::config& settings = {}) : send_bench(settings) { fd = udp(5000); }
  nud::state state(std::uint32_t address = other_address) { return net.neighbours().state_of(dev, address); }
  /// Only ARP packets, only others.
  std::vector<left_packet> of_type(std::uint16_t type) const {
    std::vector<left_packet> result;
    for (const left_packet& p : left)
      if (at16(p.data, 12) == type) result.push_back(p);
    return result;
  }
  int fd = -1;
};

// NB-2, NB-3: ARP is resolved while three packets wait, which leave in order.
TEST_F(neigh, three_packets_wait_for_one_answer) {
  for (std::uint8_t i = 1; i <= 3; ++i) EXPECT_EQ(send_to(fd, pattern(10, i)), 10);
  EXPECT_EQ(of_type(0x0806).size(), 1U);
  EXPECT_EQ(of_type(0x0800).size(), 0U);
  EXPECT_EQ(state(), nud::incomplete);
  feed(arp_reply());
  EXPECT_EQ(state(), nud::reachable);
  const auto sent = of_type(0x0800);
  ASSERT_EQ(sent.size(), 3U);
  for (std::uint8_t i = 1; i <= 3; ++i) EXPECT_EQ(part(sent[i - 1U].data, 42), pattern(10, i));
}

// NB-2: at once, after one and two seconds; given up after three.  The waiting packet ends with it.
TEST_F(neigh, nobody_is_asked_three_times) {
  EXPECT_EQ(send_to(fd, pattern(10, 1)), 10);
  ASSERT_EQ(left.size(), 1U);
  const sim_time first = left[0].time;
  host.run_for(10 * second);
  ASSERT_EQ(left.size(), 3U);
  const sim_time second_one = fires(first, second);
  const sim_time third = fires(second_one, second);
  EXPECT_GE(left[1].time, second_one);
  EXPECT_LT(left[1].time, second_one + 100 * us);
  EXPECT_GE(left[2].time, third);
  EXPECT_LT(left[2].time, third + 100 * us);
  for (const left_packet& p : left) expect_ethernet(p.data, everybody, 0x0806);
  const event end = host.of(stage::skb_drop).front();
  EXPECT_EQ(end.b, static_cast<std::uint64_t>(drop_reason::neigh_failed));
  EXPECT_GE(end.time, fires(third, second));
  EXPECT_LT(end.time, fires(third, second) + 100 * us);
  EXPECT_EQ(state(), nud::failed);
  EXPECT_EQ(net.neighbours().counters().res_failed, 1U);
  EXPECT_EQ(send_to(fd, pattern(10, 1)), 10);  // starts over
  EXPECT_EQ(left.size(), 4U);
}

// NB-5: an address that may be old is used at once; doubted after five seconds, and asked about alone.
TEST_F(neigh, a_stale_address_is_used_and_then_asked_about) {
  feed(ethernet_frame(0x0806, arp_packet(1, other_address, own_address)));  // it asks for us
  EXPECT_EQ(state(), nud::stale);
  left.clear();
  EXPECT_EQ(send_to(fd, pattern(10, 1)), 10);
  ASSERT_EQ(left.size(), 1U);
  expect_ethernet(left[0].data, peer_address_bytes, 0x0800);
  EXPECT_EQ(state(), nud::delay);
  const sim_time doubted = fires(left[0].time, 5 * second);
  host.run(doubted + 50 * ms);
  EXPECT_EQ(state(), nud::probe);
  ASSERT_EQ(left.size(), 2U) << "one probe at once";
  EXPECT_GE(left[1].time, doubted);
  EXPECT_LT(left[1].time, doubted + 100 * us);
  host.run_for(10 * second);
  ASSERT_EQ(left.size(), 4U);
  for (std::size_t i = 1; i < 4; ++i) expect_ethernet(left[i].data, peer_address_bytes, 0x0806);
  EXPECT_EQ(state(), nud::failed);
}

TEST_F(neigh, an_answer_to_a_probe_ends_the_doubt) {
  feed(ethernet_frame(0x0806, arp_packet(1, other_address, own_address)));
  EXPECT_EQ(send_to(fd, pattern(10, 1)), 10);
  host.run_for(5300 * ms);  // the wheel counts so long a time in units of 256 ms
  EXPECT_EQ(state(), nud::probe);
  feed(arp_reply());
  EXPECT_EQ(state(), nud::reachable);
}

// NB-6: reachable for half to one and a half of 30 s; then stale, as the cached header leaves no trace of its use.
TEST_F(neigh, certainty_ends_after_reachable_time) {
  EXPECT_EQ(send_to(fd, pattern(10, 1)), 10);
  feed(arp_reply());
  const sim_time confirmed = host.now();
  const auto reachable = static_cast<sim_time>(net.neighbours().reachable_time()) * 4 * ms;
  EXPECT_GE(reachable, 15 * second);
  EXPECT_LT(reachable, 45 * second);
  host.run(fires(confirmed, reachable) - 1 * ms);
  EXPECT_EQ(state(), nud::reachable);
  host.run(confirmed + reachable + 20 * second);
  EXPECT_EQ(state(), nud::stale);
}

// NB-3: by truesize, 768 for a packet of ten bytes; the oldest ones make room.
class few_may_wait : public neigh {
 protected:
  static stack::net_stack::config small() {
    stack::net_stack::config c;
    c.neighbours.unres_qlen_bytes = 2 * 768;
    return c;
  }
  few_may_wait() : neigh(small()) {}
};

TEST_F(few_may_wait, the_oldest_goes) {
  for (std::uint8_t i = 1; i <= 3; ++i) EXPECT_EQ(send_to(fd, pattern(10, i)), 10);
  EXPECT_EQ(dropped(drop_reason::neigh_queue_full), 1U);
  EXPECT_EQ(net.neighbours().counters().unres_discards, 1U);
  feed(arp_reply());
  const auto sent = of_type(0x0800);
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(part(sent[0].data, 42), pattern(10, 2));
}

// NB-9: unicast, to who asked, caused by its frame.  RFC 826: the fields of sender and target swapped.
TEST_F(neigh, a_request_for_us_is_answered) {
  feed(ethernet_frame(0x0806, arp_packet(1, other_address, own_address)));
  ASSERT_EQ(left.size(), 1U);
  expect_ethernet(left[0].data, peer_address_bytes, 0x0806);
  bytes reply = arp_packet(2, own_address, other_address);
  std::copy_n(station_address().begin(), 6, reply.begin() + 8);
  std::copy_n(peer_address_bytes.begin(), 6, reply.begin() + 18);
  EXPECT_EQ(part(left[0].data, 14), reply);
  EXPECT_EQ(host.of(stage::frame_made).front().a, fed);
  EXPECT_EQ(state(), nud::stale);
  left.clear();
  feed(ethernet_frame(0x0806, arp_packet(1, 0, own_address)));  // a probe (RFC 5227): answered, not entered
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(net.neighbours().size(), 1U);
  feed(ethernet_frame(0x0806, arp_packet(1, other_address, own_address + 5)));  // somebody else
  feed(ethernet_frame(0x0806, arp_packet(1, own_address, own_address)));        // says it is us
  EXPECT_EQ(left.size(), 1U);
}

// RT-11: an address of the host is answered for on every device, on a VLAN's with its tag.
TEST_F(neigh, a_vlan_is_answered_with_its_tag) {
  stack::net_device& vlan = net.add_vlan(dev, 0x8100, 5);
  bytes tagged = ethernet_frame(0x8100, {});
  tagged.resize(14);
  tagged.insert(tagged.end(), {0, 5, 0x08, 0x06});
  const bytes request = arp_packet(1, other_address, own_address);
  tagged.insert(tagged.end(), request.begin(), request.end());
  feed(tagged);
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(part(left[0].data, 12, 6), (bytes{0x81, 0, 0, 5, 0x08, 0x06}));
  EXPECT_EQ(at16(left[0].data, 24), 2);
  EXPECT_EQ(vlan.stats.tx_packets, 1U);
}

class arp_is_ignored : public neigh {
 protected:
  static stack::net_stack::config ignoring() {
    stack::net_stack::config c;
    c.neighbours.arp_ignore = 8;
    return c;
  }
  arp_is_ignored() : neigh(ignoring()) {}
};

TEST_F(arp_is_ignored, requests_stay_unanswered) {
  feed(ethernet_frame(0x0806, arp_packet(1, other_address, own_address)));
  EXPECT_TRUE(left.empty());
}

// NB-10, NB-11: a gratuitous ARP changes what is known at once.
TEST_F(neigh, who_says_of_itself_that_it_moved_is_believed) {
  feed(ethernet_frame(0x0806, arp_packet(1, other_address, own_address)));
  bytes moved = arp_packet(1, other_address, other_address);
  moved[13] = 0x55;
  feed(ethernet_frame(0x0806, moved));
  EXPECT_EQ((*net.arp().neighbour(dev, other_address))[5], 0x55);
  left.clear();
  host.run_task([&] { net.arp().send_gratuitous(dev); });
  ASSERT_EQ(left.size(), 1U);
  expect_ethernet(left[0].data, everybody, 0x0806);
  EXPECT_EQ(at32(left[0].data, 28), own_address);
  EXPECT_EQ(at32(left[0].data, 38), own_address);
}

// NB-7: MSG_CONFIRM says that the peer is there.
TEST_F(neigh, an_application_may_confirm) {
  feed(ethernet_frame(0x0806, arp_packet(1, other_address, own_address)));
  EXPECT_EQ(send_to(fd, pattern(10, 1)), 10);
  host.run_for(4 * second);
  EXPECT_EQ(send_to(fd, pattern(10, 1), other_address, 4000, abi::msg_confirm), 10);
  host.run_for(1500 * ms);
  EXPECT_EQ(state(), nud::reachable);
}

// NB-14: what is not used for a minute goes, when there are many.
class few_are_kept : public neigh {
 protected:
  static stack::net_stack::config small() {
    stack::net_stack::config c;
    c.neighbours.gc_thresh1 = 2;
    c.neighbours.gc_thresh3 = 4;
    c.neighbours.gc_thresh2 = 4;
    return c;
  }
  few_are_kept() : neigh(small()) {}
};

TEST_F(few_are_kept, old_ones_are_collected) {
  for (std::uint32_t i = 0; i < 3; ++i)
    feed(ethernet_frame(0x0806, arp_packet(1, other_address + 0x10 + i, own_address)));
  EXPECT_EQ(net.neighbours().size(), 3U);
  host.run_for(50 * second);
  EXPECT_EQ(net.neighbours().size(), 3U);
  host.run_for(40 * second);
  EXPECT_EQ(net.neighbours().size(), 0U);
}

TEST_F(few_are_kept, a_full_table_takes_the_place_of_old_ones) {
  for (std::uint32_t i = 0; i < 5; ++i)
    feed(ethernet_frame(0x0806, arp_packet(1, other_address + 0x10 + i, own_address)));
  EXPECT_EQ(net.neighbours().size(), 4U) << "none is five seconds old";
  EXPECT_EQ(net.neighbours().counters().table_fulls, 1U);
  host.run_for(6 * second);
  feed(ethernet_frame(0x0806, arp_packet(1, other_address + 0x20, own_address)));
  EXPECT_EQ(net.neighbours().size(), 4U);
  EXPECT_EQ(state(other_address + 0x20), nud::stale);
}

}  // namespace
}  // namespace neighbour_tests
}  // namespace ringside::test
