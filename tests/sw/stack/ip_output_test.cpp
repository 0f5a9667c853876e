// SPDX-License-Identifier: Apache-2.0
// Packets on their way out: fragments by RFC 791's arithmetic, copies for who listens here, and what stays in the host
// (IP-4 to IP-8).
#include "sw/stack/ip_output.h"

#include <gtest/gtest.h>

#include "tests/sw/stack/send_bench.h"

namespace ringside::test {
namespace ip_output_tests {
namespace {

namespace abi = stack::abi;

class ip_out : public send_bench {
 protected:
  explicit ip_out(const stack::net_stack::config& settings = {}) : send_bench(settings) { know_peer(); }
  bytes read_all(int fd) {
    bytes buffer(70'000);
    const long got = call([&] { return sys.recv(fd, std::as_writable_bytes(std::span(buffer)), abi::msg_dontwait); });
    buffer.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return buffer;
  }
};

// 5008 bytes of UDP in packets of 1500: 1480 is the largest multiple of 8 that fits with the header, offsets count in
// units of 8, and all but the last say that more follow.
TEST_F(ip_out, a_long_datagram_leaves_in_fragments) {
  const int fd = udp(5000);
  const bytes payload = pattern(5000, 9);
  EXPECT_EQ(send_to(fd, payload), 5000);
  ASSERT_EQ(left.size(), 4U);
  const std::size_t lengths[] = {1500, 1500, 1500, 20 + 5008 - 3 * 1480};
  const std::uint16_t fragments[] = {0x2000, 0x2000 | 185, 0x2000 | 370, 555};
  bytes datagram;
  for (std::size_t i = 0; i < 4; ++i) {
    SCOPED_TRACE(i);
    expect_ethernet(left[i].data, peer_address_bytes, 0x0800);
    expect_ipv4(left[i].data, {.length = lengths[i], .fragment = fragments[i]});
    EXPECT_EQ(left[i].data.size(), 14 + lengths[i]);
    EXPECT_EQ(identification(left[i]), identification(left[0]));
    const bytes piece = part(left[i].data, 34);
    datagram.insert(datagram.end(), piece.begin(), piece.end());
  }
  EXPECT_EQ(at16(datagram, 4), 5008);
  EXPECT_EQ(udp_sum(own_address, other_address, datagram), 0);
  EXPECT_EQ(part(datagram, 8), payload);
  EXPECT_EQ(net.output().counters().fragmented, 1U);
  EXPECT_EQ(net.output().counters().frag_creates, 4U);
  EXPECT_EQ(net.output().counters().out_packets, 1U);
  // The first one is the datagram's frame, the others are derived of it.
  for (const event& e : host.of(stage::skb_link)) {
    EXPECT_EQ(e.a, left[0].frame);
    EXPECT_EQ(e.b, static_cast<std::uint64_t>(link_kind::segment_of));
  }
  EXPECT_EQ(host.count(stage::skb_link), 3U);
}

// ... and our own receiver puts them together again: sent back with the addresses exchanged, ports likewise.
TEST_F(ip_out, fragments_are_reassembled_by_a_receiver) {
  const int fd = udp(5000);
  const int other = udp(4000);
  const bytes payload = pattern(5000, 9);
  EXPECT_EQ(send_to(fd, payload), 5000);
  for (const left_packet& p : std::vector<left_packet>(left)) {
    bytes packet = part(p.data, 14);
    put32(packet, 12, other_address);
    put32(packet, 16, own_address);
    fix_ip_checksum(packet);
    feed(ethernet_frame(0x0800, packet));  // the sum over the pseudo header is as before
  }
  EXPECT_EQ(read_all(other), payload);
  EXPECT_EQ(net.ipv4().fragments().counters().reassembled, 1U);
}

// SB-1: each fragment pays for itself until the card gives it back.
TEST_F(ip_out, fragments_are_paid_for_one_by_one) {
  hold = true;
  const int fd = udp(5000);
  EXPECT_EQ(send_to(fd, pattern(5000, 9)), 5000);
  ASSERT_EQ(left.size(), 4U);
  std::size_t sum = 0;
  for (const left_packet& p : left) sum += p.truesize;
  EXPECT_EQ(sys.sock_of(fd)->wmem_alloc(), sum);
  complete(1);
  EXPECT_EQ(sys.sock_of(fd)->wmem_alloc(), sum - left[0].truesize);
  complete(3);
  EXPECT_EQ(sys.sock_of(fd)->wmem_alloc(), 0U);
}

// A way that has become narrower since the pieces were made: they are cut anew (ip_frag_next).
TEST_F(ip_out, a_packet_is_copied_into_fragments) {
  const int fd = udp(5000);
  EXPECT_EQ(send_to(fd, pattern(3000, 1), other_address, 4000, abi::msg_more), 3000);
  dev.mtu = 600;
  EXPECT_EQ(send_to(fd, pattern(1, 2)), 1);
  // 3009 bytes in packets of 600: 576 is the multiple of 8 that fits.
  ASSERT_EQ(left.size(), 6U);
  bytes datagram;
  for (std::size_t i = 0; i < 6; ++i) {
    SCOPED_TRACE(i);
    const bool last = i == 5;
    expect_ipv4(left[i].data, {.length = last ? 20U + 3009 - 5 * 576 : 596U,
                               .fragment = static_cast<std::uint16_t>((last ? 0 : 0x2000) | i * 72)});
    const bytes piece = part(left[i].data, 34);
    datagram.insert(datagram.end(), piece.begin(), piece.end());
  }
  EXPECT_EQ(udp_sum(own_address, other_address, datagram), 0);
  EXPECT_EQ(part(datagram, 8, 3000), pattern(3000, 1));
}

TEST_F(ip_out, what_is_not_sent_whole_is_not_sent) {
  const int fd = udp(5000);
  answer = stack::netdev_tx::drop;
  EXPECT_EQ(send_to(fd, pattern(5000, 9)), 5000);  // UD-8
  EXPECT_EQ(left.size(), 1U);
  EXPECT_EQ(net.output().counters().frag_fails, 1U);
  EXPECT_EQ(sys.sock_of(fd)->wmem_alloc(), 0U);
}

// IP-8: an own address, or 127/8, is reached by lo; nothing gets to the card.
TEST_F(ip_out, own_addresses_are_reached_within_the_host) {
  const int from = udp(5000);
  const int to = udp(4000);
  for (const std::uint32_t address : {own_address, 0x7F000001U, 0x7F123456U}) {
    SCOPED_TRACE(address);
    EXPECT_EQ(send_to(from, pattern(3000, 5), address), 3000);
    host.run_for(1 * ms);
    stack::receive_message message;
    bytes buffer(5000);
    message.buffer = std::as_writable_bytes(std::span(buffer));
    EXPECT_EQ(call([&] { return sys.recvmsg(to, message, abi::msg_dontwait); }), 3000);
    EXPECT_EQ(part(buffer, 0, 3000), pattern(3000, 5));
    EXPECT_EQ(message.name.address, address == own_address ? own_address : 0x7F000001U);
  }
  EXPECT_TRUE(left.empty());
}

TEST_F(ip_out, a_closed_port_of_the_host_refuses) {
  const int fd = udp(5000);
  EXPECT_EQ(call([&] { return sys.connect(fd, {abi::af_inet, 4444, 0x7F000001}); }), 0);
  EXPECT_EQ(send_to(fd, pattern(10, 1), 0x7F000001, 4444), 10);
  host.run_for(1 * ms);
  EXPECT_EQ(send_to(fd, pattern(10, 1), 0x7F000001, 4444), -ECONNREFUSED);
}

class in_a_group : public ip_out {
 protected:
  static stack::net_stack::config joined() {
    stack::net_stack::config c;
    c.groups = {0xEF010203};
    return c;
  }
  in_a_group() : ip_out(joined()) {}
};

// IP-6, RFC 1112 6.1 and 6.4: a time to live of 1, and a copy for who is here.
TEST_F(in_a_group, members_of_this_host_get_a_copy) {
  const int fd = udp(5000);
  const int member = udp(4000);
  const auto to_group = [&](std::size_t size) {
    EXPECT_EQ(call([&] { return sys.connect(fd, {abi::af_unspec}); }), 0);
    return send_to(fd, pattern(size, 2), 0xEF010203);
  };
  EXPECT_EQ(to_group(10), -ENETUNREACH) << "no route leads there";
  EXPECT_EQ(call([&] { return sys.close(fd); }), 0);
  const auto bound = static_cast<int>(call([&] { return sys.socket(abi::af_inet, abi::sock_dgram, 0); }));
  EXPECT_EQ(call([&] { return sys.bind(bound, {abi::af_inet, 5000, own_address}); }), 0);
  for (const std::size_t size : {std::size_t{10}, std::size_t{2000}}) {
    left.clear();
    EXPECT_EQ(send_to(bound, pattern(size, 2), 0xEF010203), static_cast<long>(size));
    host.run_for(1 * ms);
    ASSERT_EQ(left.size(), size / 1472 + 1);
    expect_ethernet(left[0].data, {0x01, 0, 0x5E, 1, 2, 3}, 0x0800);
    EXPECT_EQ(left[0].data[22], 1);
    EXPECT_EQ(read_all(member), pattern(size, 2));
  }
  EXPECT_EQ(set(bound, abi::sol_ip, abi::ip_multicast_loop, 0), 0);
  EXPECT_EQ(send_to(bound, pattern(10, 2), 0xEF010203), 10);
  host.run_for(1 * ms);
  EXPECT_EQ(read_all(member), bytes());
  EXPECT_EQ(set(bound, abi::sol_ip, abi::ip_multicast_loop, 1), 0);
  EXPECT_EQ(set(bound, abi::sol_ip, abi::ip_multicast_ttl, 0), 0);
  left.clear();
  EXPECT_EQ(send_to(bound, pattern(10, 3), 0xEF010203), 10);
  host.run_for(1 * ms);
  EXPECT_TRUE(left.empty()) << "stays in the host";
  EXPECT_EQ(read_all(member), pattern(10, 3));
  EXPECT_EQ(dropped(drop_reason::ip_ttl), 1U);
}

TEST_F(ip_out, a_broadcast_is_heard_here_as_well) {
  const int fd = udp(5000);
  const int member = udp(4000);
  EXPECT_EQ(set(fd, abi::sol_socket, abi::so_broadcast, 1), 0);
  EXPECT_EQ(send_to(fd, pattern(10, 2), 0xC0A800FF), 10);
  host.run_for(1 * ms);
  EXPECT_EQ(read_all(member), pattern(10, 2));
  EXPECT_EQ(left.size(), 1U);
  EXPECT_EQ(host.of(stage::skb_link).front().b, static_cast<std::uint64_t>(link_kind::clone));
}

}  // namespace
}  // namespace ip_output_tests
}  // namespace ringside::test
