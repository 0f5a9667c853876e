// SPDX-License-Identifier: Apache-2.0
// What a UDP socket sends, byte by byte (RFC 768, 791, 826; UD-1 to UD-10, IP-1 to IP-3).
#include <gtest/gtest.h>

#include <cerrno>

#include "tests/sw/stack/send_bench.h"

namespace ringside::test {
namespace udp_sock_send_tests {
namespace {

namespace abi = stack::abi;

class udp_send : public send_bench {};

// The first packet asks who the peer is, and waits for the answer.
TEST_F(udp_send, a_datagram_leaves_when_the_peer_has_answered) {
  const int fd = udp(5000);
  EXPECT_EQ(send_to(fd, pattern(10, 3)), 10);
  ASSERT_EQ(left.size(), 1U);
  expect_ethernet(left[0].data, everybody, 0x0806);
  bytes request = arp_packet(1, own_address, other_address);
  std::copy_n(station_address().begin(), 6, request.begin() + 8);
  std::fill_n(request.begin() + 18, 6, std::uint8_t{0});
  EXPECT_EQ(part(left[0].data, 14), request);
  feed(arp_reply());
  ASSERT_EQ(left.size(), 2U);
  const bytes& frame = left[1].data;
  expect_ethernet(frame, peer_address_bytes, 0x0800);
  expect_ipv4(frame, {.length = 38});
  EXPECT_EQ(frame.size(), 52U);
  EXPECT_EQ(at16(frame, 34), 5000);
  EXPECT_EQ(at16(frame, 36), 4000);
  EXPECT_EQ(at16(frame, 38), 18);
  EXPECT_EQ(udp_sum(own_address, other_address, part(frame, 34)), 0);
  EXPECT_EQ(part(frame, 42), pattern(10, 3));
  EXPECT_EQ(net.udp().counters().out_datagrams, 1U);
  EXPECT_EQ(net.output().counters().out_packets, 1U);
  EXPECT_EQ(net.output().counters().out_octets, 38U);
}

// TX-1: the order of the path, and each packet is a frame from when its first bytes were taken.
TEST_F(udp_send, stages_tell_the_way_of_the_frame) {
  know_peer();
  const int fd = udp(5000);
  host.events.clear();
  EXPECT_EQ(send_to(fd, pattern(10, 3)), 10);
  ASSERT_EQ(left.size(), 1U);
  std::vector<stage> way;
  for (const event& e : host.events)
    if (e.frame == left[0].frame) way.push_back(e.what);
  EXPECT_EQ(way, (std::vector{stage::frame_made, stage::tx_socket, stage::tx_udp, stage::tx_ip, stage::tx_neigh,
                              stage::tx_complete}));
  const event made = host.of(stage::frame_made).front();
  EXPECT_EQ(made.a, 0U);
  EXPECT_EQ(made.b, static_cast<std::uint64_t>(cause_kind::task));
  const event taken = host.of(stage::tx_socket).front();
  EXPECT_EQ(taken.a, 5000U);
  EXPECT_EQ(taken.b, 10U);
}

// UD-1, RFC 768 and 791: 65535 bytes are the most a packet has, 28 of them headers.
TEST_F(udp_send, refusals_come_in_linux_order) {
  know_peer();
  const int fd = udp(5000);
  const auto send = [&](std::size_t size, int flags, const abi::sockaddr_in* to) {
    const bytes payload(size);
    return call([&] { return sys.sendmsg(fd, {std::as_bytes(std::span(payload)), to, 0}, flags); });
  };
  const abi::sockaddr_in peer{abi::af_inet, 4000, other_address};
  const abi::sockaddr_in no_port{abi::af_inet, 0, other_address};
  const abi::sockaddr_in ipv6{10, 4000, other_address};
  EXPECT_EQ(send(65536, abi::msg_oob, &ipv6), -EMSGSIZE);
  EXPECT_EQ(send(1, abi::msg_oob, &ipv6), -EOPNOTSUPP);
  EXPECT_EQ(send(1, 0, &ipv6), -EAFNOSUPPORT);
  EXPECT_EQ(send(1, 0, &no_port), -EINVAL);
  EXPECT_EQ(send(1, 0, nullptr), -EDESTADDRREQ);
  EXPECT_EQ(send(65508, 0, &peer), -EMSGSIZE);
  EXPECT_TRUE(left.empty());
  EXPECT_EQ(send(65507, 0, &peer), 65507);
  EXPECT_EQ(left.size(), 45U) << "65515 bytes in pieces of 1480";
  const abi::sockaddr_in nowhere{abi::af_inet, 4000, 0x08080808};
  EXPECT_EQ(send(1, 0, &nowhere), -ENETUNREACH);
  EXPECT_EQ(net.output().counters().out_no_routes, 1U);
  const abi::sockaddr_in all{abi::af_inet, 4000, 0xC0A800FF};
  EXPECT_EQ(send(1, 0, &all), -EACCES);
  EXPECT_EQ(set(fd, abi::sol_socket, abi::so_broadcast, 1), 0);
  EXPECT_EQ(send(1, 0, &all), 1);
  expect_ethernet(left.back().data, everybody, 0x0800);
  EXPECT_EQ(call([&] { return sys.connect(fd, peer); }), 0);
  EXPECT_EQ(call([&] { return sys.shutdown(fd, abi::shut_wr); }), 0);
  EXPECT_EQ(send(1, 0, nullptr), -EPIPE);
}

// UD-10: at the first send, of ip_local_port_range.
TEST_F(udp_send, an_unbound_socket_gets_a_port) {
  know_peer();
  const int fd = udp(0);
  EXPECT_EQ(send_to(fd, pattern(1, 1)), 1);
  ASSERT_EQ(left.size(), 1U);
  EXPECT_GE(at16(left[0].data, 34), 32768);
  EXPECT_LE(at16(left[0].data, 34), 60999);
}

// RFC 768: a sum of zero is sent as all ones.  With these addresses and ports the two payload bytes decide.
TEST_F(udp_send, a_checksum_of_zero_is_sent_as_all_ones) {
  know_peer();
  const int fd = udp(5000);
  bytes datagram(10);
  put16(datagram, 0, 5000);
  put16(datagram, 2, 4000);
  put16(datagram, 4, 10);
  const std::uint16_t rest = udp_sum(own_address, other_address, datagram);
  bytes payload(2);
  put16(payload, 0, rest);
  EXPECT_EQ(send_to(fd, payload), 2);
  EXPECT_EQ(at16(left.back().data, 40), 0xFFFF);
  EXPECT_EQ(set(fd, abi::sol_socket, abi::so_no_check, 1), 0);
  EXPECT_EQ(send_to(fd, pattern(7, 1)), 7);
  EXPECT_EQ(at16(left.back().data, 40), 0);
}

// UD-6: the pseudo header's sum stands in the field, the device does the rest; a fragmented datagram is summed here.
TEST_F(udp_send, a_device_that_sums_is_left_the_rest) {
  know_peer();
  dev.features.set(stack::device_feature::tx_checksum, true);
  dev.features.set(stack::device_feature::sg, true);
  const int fd = udp(5000);
  // The device of this test does not sum, but validate_xmit_skb lets the sum pass as it was begun.
  EXPECT_EQ(send_to(fd, pattern(100, 1)), 100);
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].sum, stack::checksum_state::partial);
  EXPECT_EQ(left[0].sum_start, 34U);
  EXPECT_EQ(left[0].sum_offset, 6U);
  bytes pseudo(12);
  put32(pseudo, 0, own_address);
  put32(pseudo, 4, other_address);
  pseudo[9] = 17;
  put16(pseudo, 10, 108);
  EXPECT_EQ(at16(left[0].data, 40), static_cast<std::uint16_t>(~slow_checksum(pseudo)));
  left.clear();
  EXPECT_EQ(send_to(fd, pattern(2000, 1)), 2000);
  ASSERT_EQ(left.size(), 2U);
  EXPECT_EQ(left[0].sum, stack::checksum_state::none);
  bytes datagram = part(left[0].data, 34);
  const bytes rest = part(left[1].data, 34);
  datagram.insert(datagram.end(), rest.begin(), rest.end());
  EXPECT_EQ(udp_sum(own_address, other_address, datagram), 0);
}

// UD-4: what is sent with MSG_MORE, or while UDP_CORK is set, is one datagram, with or without pages.
TEST_F(udp_send, pieces_are_collected_into_one_datagram) {
  know_peer();
  for (const bool pages : {false, true}) {
    SCOPED_TRACE(pages);
    dev.features.set(stack::device_feature::sg, pages);
    left.clear();
    const int fd = udp(static_cast<std::uint16_t>(5000 + pages));
    EXPECT_EQ(send_to(fd, pattern(10, 1), other_address, 4000, abi::msg_more), 10);
    EXPECT_EQ(send_to(fd, pattern(700, 2), other_address, 4000, abi::msg_more), 700);
    EXPECT_TRUE(left.empty());
    EXPECT_EQ(send_to(fd, pattern(5, 3)), 5);
    ASSERT_EQ(left.size(), 1U);
    expect_ipv4(left[0].data, {.length = 28 + 715});
    EXPECT_EQ(part(left[0].data, 42, 10), pattern(10, 1));
    EXPECT_EQ(part(left[0].data, 52, 700), pattern(700, 2));
    EXPECT_EQ(part(left[0].data, 752), pattern(5, 3));
    EXPECT_EQ(udp_sum(own_address, other_address, part(left[0].data, 34)), 0);
    EXPECT_EQ(set(fd, abi::sol_udp, abi::udp_cork, 1), 0);
    EXPECT_EQ(send_to(fd, pattern(1400, 4)), 1400);
    EXPECT_EQ(send_to(fd, pattern(90, 5)), 90);
    EXPECT_EQ(left.size(), 1U);
    EXPECT_EQ(set(fd, abi::sol_udp, abi::udp_cork, 0), 0);
    // 1498 bytes behind the IP header: 1480 and 18, the bytes beyond a multiple of 8 having moved on.
    ASSERT_EQ(left.size(), 3U);
    expect_ipv4(left[1].data, {.length = 1500, .fragment = 0x2000});
    expect_ipv4(left[2].data, {.length = 38, .fragment = 185});
    bytes datagram = part(left[1].data, 34);
    const bytes rest = part(left[2].data, 34);
    datagram.insert(datagram.end(), rest.begin(), rest.end());
    EXPECT_EQ(udp_sum(own_address, other_address, datagram), 0);
    EXPECT_EQ(part(datagram, 1408), pattern(90, 5));
  }
}

TEST_F(udp_send, a_corked_socket_that_is_closed_sends_nothing) {
  const int fd = udp(5000);
  EXPECT_EQ(send_to(fd, pattern(10, 1), other_address, 4000, abi::msg_more), 10);
  EXPECT_EQ(call([&] { return sys.close(fd); }), 0);
  EXPECT_TRUE(left.empty());
  EXPECT_EQ(dropped(drop_reason::tx_flushed), 1U);
}

// IP-1, IP-2, IP-3, QD-3.
TEST_F(udp_send, options_make_the_header) {
  know_peer();
  const int fd = udp(5000);
  EXPECT_EQ(set(fd, abi::sol_ip, abi::ip_tos, 0x10), 0);
  EXPECT_EQ(set(fd, abi::sol_ip, abi::ip_ttl, 9), 0);
  EXPECT_EQ(send_to(fd, pattern(10, 1)), 10);
  expect_ipv4(left.back().data, {.length = 38, .tos = 0x10, .ttl = 9});
  EXPECT_EQ(left.back().priority, 6U);  // interactive
  EXPECT_EQ(set(fd, abi::sol_socket, abi::so_priority, 3), 0);
  EXPECT_EQ(set(fd, abi::sol_ip, abi::ip_mtu_discover, abi::ip_pmtudisc_dont), 0);
  EXPECT_EQ(send_to(fd, pattern(10, 1)), 10);
  expect_ipv4(left.back().data, {.length = 38, .fragment = 0, .tos = 0x10, .ttl = 9});
  EXPECT_EQ(left.back().priority, 3U);
  EXPECT_EQ(set(fd, abi::sol_ip, abi::ip_mtu_discover, abi::ip_pmtudisc_do), 0);
  EXPECT_EQ(send_to(fd, pattern(10, 1)), 10);
  expect_ipv4(left.back().data, {.length = 38, .tos = 0x10, .ttl = 9});
  EXPECT_EQ(identification(left.back()), 0);
  EXPECT_EQ(send_to(fd, pattern(1473, 1)), -EMSGSIZE);
  EXPECT_EQ(set(fd, abi::sol_ip, abi::ip_ttl, 256), -EINVAL);
  EXPECT_EQ(set(fd, abi::sol_ip, 77, 1), -ENOPROTOOPT);
}

// IP-3: a connected socket counts on its own, others share a number by addresses and protocol.
TEST_F(udp_send, identifications_follow_each_other) {
  know_peer();
  const int fd = udp(5000);
  EXPECT_EQ(call([&] { return sys.connect(fd, {abi::af_inet, 4000, other_address}); }), 0);
  const bytes payload = pattern(4, 1);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(call([&] { return sys.send(fd, std::as_bytes(std::span(payload)), 0); }), 4);
  EXPECT_EQ(call([&] { return sys.write(fd, std::as_bytes(std::span(payload))); }), 4);
  ASSERT_EQ(left.size(), 4U);
  for (std::size_t i = 1; i < 4; ++i)
    EXPECT_EQ(identification(left[i]), static_cast<std::uint16_t>(identification(left[i - 1]) + 1));
  left.clear();
  const int loose = udp(5001);
  host.run_task([&] {
    for (int i = 0; i < 2; ++i)
      sys.sendto(loose, std::as_bytes(std::span(payload)), 0, {abi::af_inet, 4000, other_address});
  });
  ASSERT_EQ(left.size(), 2U);
  EXPECT_EQ(identification(left[1]), static_cast<std::uint16_t>(identification(left[0]) + 1)) << "in one jiffy";
}

// SB-1, UD-5: a packet of 1000 bytes counts 2304: 2048 of kmalloc less 320, and 576 of sk_buff and shared info.
TEST_F(udp_send, the_send_buffer_holds_what_the_card_has_not_given_back) {
  know_peer();
  hold = true;
  const int fd = udp(5000);
  EXPECT_EQ(set(fd, abi::sol_socket, abi::so_sndbuf, 3000), 0);  // 6000
  std::size_t sent = 0;
  while (send_to(fd, pattern(1000, 1)) == 1000) ++sent;
  ASSERT_EQ(left[0].truesize, 2304U);
  EXPECT_EQ(sent, 3U) << "the third begins below the limit";
  EXPECT_EQ(send_to(fd, pattern(1000, 1)), -EAGAIN);
  EXPECT_EQ(sys.sock_of(fd)->wmem_alloc(), 3 * 2304U);
  EXPECT_EQ(net.udp().counters().send_buffer_errors, 2U);
  std::array<abi::pollfd, 1> watched{{{fd, abi::epollout, 0}}};
  EXPECT_EQ(call([&] { return sys.poll(watched, 0); }), 0);
  complete(1);  // 4608: not below half
  EXPECT_EQ(call([&] { return sys.poll(watched, 0); }), 0);
  complete(1);
  EXPECT_EQ(call([&] { return sys.poll(watched, 0); }), 1);
}

// SB-2: who is blocked is woken when half is free, not for every packet.
TEST_F(udp_send, a_blocked_sender_goes_on_when_half_is_free) {
  know_peer();
  hold = true;
  const int fd = udp(5000);
  EXPECT_EQ(set(fd, abi::sol_socket, abi::so_sndbuf, 3000), 0);
  const bytes payload = pattern(1000, 1);
  task('s', [&] {
    for (int i = 0; i < 4; ++i)
      sys.sendto(fd, std::as_bytes(std::span(payload)), 0, {abi::af_inet, 4000, other_address});
  });
  host.run_for(10 * ms);
  EXPECT_EQ(left.size(), 3U);
  complete(1);
  host.run_for(10 * ms);
  EXPECT_EQ(log, "");
  EXPECT_EQ(host.count(stage::task_wake), 0U);
  complete(1);
  host.run_for(10 * ms);
  EXPECT_EQ(log, "s");
  EXPECT_EQ(left.size(), 4U);
}

// OP-4: and not longer than it was told to; a jiffy more at most, eight from 252 ms on.
TEST_F(udp_send, a_blocked_sender_gives_up_after_its_time) {
  know_peer();
  hold = true;
  const int fd = udp(5000);
  EXPECT_EQ(set(fd, abi::sol_socket, abi::so_sndbuf, 1), 0);  // 4608
  host.run_task([&] { EXPECT_EQ(sys.setsockopt(fd, abi::sol_socket, abi::so_sndtimeo, abi::timeval{0, 100'000}), 0); });
  const bytes payload = pattern(1000, 1);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(send_to(fd, payload, other_address, 4000, 0), 1000);
  const sim_time begin = host.now();
  EXPECT_EQ(send_to(fd, payload, other_address, 4000, 0), -EAGAIN);
  EXPECT_GE(host.now() - begin, 100 * ms);
  EXPECT_LE(host.now() - begin, 104 * ms + 10 * us);
}

// UD-8: what the queue drops is no error to who did not ask for errors.
TEST_F(udp_send, a_drop_below_is_told_only_to_who_asked) {
  know_peer();
  const int fd = udp(5000);
  answer = stack::netdev_tx::drop;
  EXPECT_EQ(send_to(fd, pattern(10, 1)), 10);
  EXPECT_EQ(net.udp().counters().send_buffer_errors, 1U);
  EXPECT_EQ(net.udp().counters().out_datagrams, 0U);
  EXPECT_EQ(net.output().counters().out_discards, 1U);
  EXPECT_EQ(set(fd, abi::sol_ip, abi::ip_recverr, 1), 0);
  EXPECT_EQ(send_to(fd, pattern(10, 1)), -ENOBUFS);
  answer = stack::netdev_tx::congestion;
  EXPECT_EQ(send_to(fd, pattern(10, 1)), 10);
}

bytes unreachable(std::uint8_t type, std::uint8_t code, const bytes& about, std::uint32_t rest = 0) {
  bytes message(8);
  message[0] = type;
  message[1] = code;
  put32(message, 4, rest);
  message.insert(message.end(), about.begin() + 14, about.begin() + 14 + 28);
  put16(message, 2, slow_checksum(message));
  return ethernet_frame(0x0800, ipv4_packet(1, message));
}

// UE-1, UE-2: a connected socket hears of a closed port, once; one that is not connected never does.
TEST_F(udp_send, a_refusal_is_an_error_of_the_next_call) {
  know_peer();
  const int fd = udp(5000);
  EXPECT_EQ(send_to(fd, pattern(10, 1)), 10);
  feed(unreachable(3, 3, left.back().data));
  EXPECT_EQ(send_to(fd, pattern(10, 1)), 10);
  EXPECT_EQ(call([&] { return sys.connect(fd, {abi::af_inet, 4000, other_address}); }), 0);
  EXPECT_EQ(send_to(fd, pattern(10, 1)), 10);
  feed(unreachable(3, 1, left.back().data));  // a host that cannot be reached may come back
  EXPECT_EQ(send_to(fd, pattern(10, 1)), 10);
  feed(unreachable(3, 3, left.back().data));
  EXPECT_EQ(send_to(fd, pattern(10, 1)), -ECONNREFUSED);
  EXPECT_EQ(send_to(fd, pattern(10, 1)), 10);
  feed(unreachable(3, 3, left.back().data));
  EXPECT_EQ(call([&] { return read(fd); }), -ECONNREFUSED);
  EXPECT_EQ(set(fd, abi::sol_ip, abi::ip_recverr, 1), 0);
  feed(unreachable(3, 1, left.back().data));
  EXPECT_EQ(send_to(fd, pattern(10, 1)), -EHOSTUNREACH);
}

// RFC 1191: what is too long for a router on the way is sent in pieces that are not, for ten minutes.
TEST_F(udp_send, a_path_remembers_its_mtu) {
  know_peer();
  const int fd = udp(5000);
  EXPECT_EQ(call([&] { return sys.connect(fd, {abi::af_inet, 4000, other_address}); }), 0);
  EXPECT_EQ(send_to(fd, pattern(1400, 1)), 1400);
  ASSERT_EQ(left.size(), 1U);
  feed(unreachable(3, 4, left[0].data, 1000));
  EXPECT_EQ(send_to(fd, pattern(1400, 1)), -EMSGSIZE);
  int mtu = 0;
  EXPECT_EQ(send_to(fd, pattern(1400, 1)), 1400);
  EXPECT_EQ(call([&] { return sys.getsockopt(fd, abi::sol_ip, abi::ip_mtu, mtu); }), 0);
  EXPECT_EQ(mtu, 1000);
  ASSERT_EQ(left.size(), 3U);
  expect_ipv4(left[1].data, {.length = 996, .fragment = 0x2000});  // 976 is the multiple of 8 below 980
  expect_ipv4(left[2].data, {.length = 452, .fragment = 122});
  host.run_for(601 * second);
  left.clear();
  EXPECT_EQ(send_to(fd, pattern(1400, 1)), 1400);
  EXPECT_EQ(left.size(), 1U);
}

}  // namespace
}  // namespace udp_sock_send_tests
}  // namespace ringside::test
