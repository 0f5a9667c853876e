// SPDX-License-Identifier: Apache-2.0
// What this host says by ICMP, by RFC 792 and 1122, and how often (IC rules).
#include <gtest/gtest.h>

#include "sw/stack/icmp.h"
#include "sw/stack/icmp_limits.h"
#include "tests/sw/stack/send_bench.h"

namespace ringside::test {
namespace icmp_send_tests {
namespace {

class icmp_out : public send_bench {
 protected:
  explicit icmp_out(const stack::net_stack::config& settings = {}) : send_bench(settings) { know_peer(); }
  static bytes message(std::uint8_t type, std::uint8_t code, const bytes& rest, std::uint8_t tos = 0) {
    bytes m{type, code, 0, 0};
    m.insert(m.end(), rest.begin(), rest.end());
    put16(m, 2, slow_checksum(m));
    bytes packet = ipv4_packet(1, m);
    packet[1] = tos;
    fix_ip_checksum(packet);
    udp_frame_options o;
    o.pad = false;
    return ethernet_frame(0x0800, packet, o);
  }
  static bytes echo(std::size_t size, std::uint8_t tos = 0) {
    bytes rest{0x12, 0x34, 0, 7};
    const bytes data = pattern(size, 5);
    rest.insert(rest.end(), data.begin(), data.end());
    return message(8, 0, rest, tos);
  }
};

// A ping: the same identifier, sequence number and data, type 0, the addresses exchanged; no DF (IC-4).
TEST_F(icmp_out, a_ping_is_answered) {
  const bytes request = echo(56, 0x10);
  feed(request);
  ASSERT_EQ(left.size(), 1U);
  const bytes& reply = left[0].data;
  expect_ethernet(reply, peer_address_bytes, 0x0800);
  expect_ipv4(reply, {.protocol = 1, .length = 84, .fragment = 0, .tos = 0x10});
  EXPECT_EQ(reply[34], 0);
  EXPECT_EQ(reply[35], 0);
  EXPECT_EQ(slow_checksum(part(reply, 34)), 0);
  EXPECT_EQ(part(reply, 38), part(request, 38));
  EXPECT_EQ(net.icmp().counters().out_messages, 1U);
  EXPECT_EQ(net.icmp().counters().out_by_type[0], 1U);
  EXPECT_EQ(host.of(stage::frame_made).front().a, fed);
  EXPECT_EQ(host.count(stage::tx_socket), 0U);
}

TEST_F(icmp_out, pings_of_any_length_are_answered) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1400}}) {
    left.clear();
    feed(echo(size));
    ASSERT_EQ(left.size(), 1U) << size;
    EXPECT_EQ(slow_checksum(part(left[0].data, 34)), 0);
    EXPECT_EQ(part(left[0].data, 42), pattern(size, 5));
  }
  // One that came in two fragments is answered in two.
  left.clear();
  const bytes whole = part(echo(2000), 34);
  for (const bool last : {false, true}) {
    bytes packet = ipv4_packet(1, last ? part(whole, 1480) : part(whole, 0, 1480));
    put16(packet, 4, 9);
    put16(packet, 6, last ? 185 : 0x2000);
    fix_ip_checksum(packet);
    feed(ethernet_frame(0x0800, packet));
  }
  ASSERT_EQ(left.size(), 2U);
  bytes whole_answer = part(left[0].data, 34);
  const bytes rest = part(left[1].data, 34);
  whole_answer.insert(whole_answer.end(), rest.begin(), rest.end());
  EXPECT_EQ(slow_checksum(whole_answer), 0);
  EXPECT_EQ(part(whole_answer, 8), pattern(2000, 5));
}

// Echo replies are of no limited type: as many as are asked for.
TEST_F(icmp_out, pings_are_not_limited) {
  for (int i = 0; i < 100; ++i) feed(echo(8));
  EXPECT_EQ(left.size(), 100U);
}

class echo_is_ignored : public icmp_out {
 protected:
  static stack::net_stack::config ignoring() {
    stack::net_stack::config c;
    c.ipv4.echo_ignore_all = true;
    return c;
  }
  echo_is_ignored() : icmp_out(ignoring()) {}
};

TEST_F(echo_is_ignored, pings_stay_unanswered) {
  feed(echo(56));
  EXPECT_TRUE(left.empty());
}

// RFC 792: when it came and when the answer left, in milliseconds.
TEST_F(icmp_out, the_time_is_told) {
  host.run(1500 * ms);
  feed(message(13, 0, {1, 2, 3, 4, 0, 0, 0, 99, 0, 0, 0, 0, 0, 0, 0, 0}));
  ASSERT_EQ(left.size(), 1U);
  expect_ipv4(left[0].data, {.protocol = 1, .length = 40, .fragment = 0});
  EXPECT_EQ(left[0].data[34], 14);
  EXPECT_EQ(slow_checksum(part(left[0].data, 34)), 0);
  EXPECT_EQ(at32(left[0].data, 38), 0x01020304U);
  EXPECT_EQ(at32(left[0].data, 42), 99U);
  EXPECT_EQ(at32(left[0].data, 46), 1500U);
  EXPECT_EQ(at32(left[0].data, 50), 1500U);
}

// IC-3, IC-5: type 3 code 3, precedence of internetwork control, and as much of the datagram as makes 576 bytes.
TEST_F(icmp_out, a_closed_port_is_told_of) {
  for (const std::size_t size : {std::size_t{20}, std::size_t{1000}}) {
    left.clear();
    udp_frame_options o;
    o.pad = false;
    const bytes datagram = udp_frame(pattern(size, 1), o);
    feed(datagram);
    ASSERT_EQ(left.size(), 1U);
    const bytes& error = left[0].data;
    const std::size_t quoted = std::min<std::size_t>(28 + size, 576 - 28);
    expect_ethernet(error, peer_address_bytes, 0x0800);
    expect_ipv4(error, {.protocol = 1, .length = 28 + quoted, .fragment = 0, .tos = 0xC0});
    EXPECT_EQ(error[34], 3);
    EXPECT_EQ(error[35], 3);
    EXPECT_EQ(slow_checksum(part(error, 34)), 0);
    EXPECT_EQ(at32(error, 38), 0U);
    EXPECT_EQ(part(error, 42), part(datagram, 14, quoted));
  }
  EXPECT_EQ(net.udp().counters().no_ports, 2U);
}

TEST_F(icmp_out, an_unknown_protocol_is_told_of) {
  feed(ethernet_frame(0x0800, ipv4_packet(200, pattern(30, 1))));
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].data[34], 3);
  EXPECT_EQ(left[0].data[35], 2);
}

// IC-5, RFC 792: type 11 code 1, when the first fragment came and the rest did not within 30 s.
TEST_F(icmp_out, a_datagram_that_never_became_whole_is_told_of) {
  const bytes datagram = pattern(64, 1);
  for (const std::uint16_t id : {std::uint16_t{1}, std::uint16_t{2}}) {
    bytes packet = ipv4_packet(17, datagram);
    put16(packet, 4, id);
    put16(packet, 6, id == 1 ? 0x2000 : 0x2008);  // of the second one only a later fragment comes
    fix_ip_checksum(packet);
    feed(ethernet_frame(0x0800, packet));
  }
  host.run_for(29 * second);
  EXPECT_TRUE(left.empty());
  host.run_for(4 * second);
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].data[34], 11);
  EXPECT_EQ(left[0].data[35], 1);
  EXPECT_EQ(part(left[0].data, 62, 64), datagram);
}

// IC-1: never about what was meant for several, about a later fragment, or about an error.
TEST_F(icmp_out, some_things_are_not_told_of) {
  udp_frame_options o;
  o.destination_mac = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
  feed(udp_frame(pattern(20, 1), o));  // to a link broadcast
  o = {};
  o.destination = 0xC0A800FF;
  feed(udp_frame(pattern(20, 1), o));
  feed(message(0, 0, {0, 0, 0, 0}));  // a reply nobody waits for
  EXPECT_TRUE(left.empty());
}

// IC-2: six at once, then one a second to each host.
TEST_F(icmp_out, each_host_hears_one_error_a_second) {
  for (int i = 0; i < 10; ++i) feed(udp_frame(pattern(20, 1)));
  EXPECT_EQ(left.size(), 6U);
  EXPECT_EQ(net.icmp().counters().out_rate_limit_host, 4U);
  host.run_for(1 * second);
  for (int i = 0; i < 3; ++i) feed(udp_frame(pattern(20, 1)));
  EXPECT_EQ(left.size(), 7U);
  know_peer(other_address + 9);
  udp_frame_options o;
  o.source = other_address + 9;
  feed(udp_frame(pattern(20, 1), o));
  EXPECT_EQ(left.size(), 8U);
  EXPECT_EQ(net.udp().counters().no_ports, 14U);
}

class no_errors_are_sent : public icmp_out {
 protected:
  static stack::net_stack::config none() {
    stack::net_stack::config c;
    c.ipv4.icmp_msgs_per_sec = 0;
    return c;
  }
  no_errors_are_sent() : icmp_out(none()) {}
};

TEST_F(no_errors_are_sent, closed_ports_stay_silent) {
  feed(udp_frame(pattern(20, 1)));
  EXPECT_TRUE(left.empty());
  EXPECT_EQ(net.icmp().counters().out_rate_limit_global, 1U);
}

// Of all together: a burst of 50, from which each takes none, one or two; none more before a fiftieth of a second.
TEST(icmp_limits, all_hosts_share_a_burst) {
  kernel::entropy random(1);
  stack::icmp_limits limits({}, random.stream("test"));
  unsigned allowed = 0;
  while (limits.global_allow(1000) && allowed < 1000) {
    limits.global_consume();
    ++allowed;
  }
  EXPECT_GE(allowed, 25U);
  EXPECT_LT(allowed, 1000U);
  EXPECT_FALSE(limits.global_allow(1004));
  EXPECT_TRUE(limits.global_allow(1005));
}

// 0x1818: destination unreachable, source quench, time exceeded, parameter problem; path MTU discovery never.
TEST(icmp_limits, four_types_are_limited) {
  kernel::entropy random(1);
  const stack::icmp_limits limits({}, random.stream("test"));
  std::vector<int> limited;
  for (std::uint8_t type = 0; type < 40; ++type)
    if (limits.limits(type, 0)) limited.push_back(type);
  EXPECT_EQ(limited, (std::vector<int>{3, 4, 11, 12}));
  EXPECT_FALSE(limits.limits(3, 4));
}

}  // namespace
}  // namespace icmp_send_tests
}  // namespace ringside::test
