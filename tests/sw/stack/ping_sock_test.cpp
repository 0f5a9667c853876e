// SPDX-License-Identifier: Apache-2.0
// Ping and raw sockets: what leaves by them, who gets what comes back, and whose errors are whose (RFC 792; ping.c and
// raw.c of Linux 6.1; RW and PG rules).
#include "sw/stack/ping_sock.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "sw/stack/icmp.h"
#include "tests/sw/stack/send_bench.h"

namespace ringside::test {
namespace ping_sock_tests {
namespace {

namespace abi = stack::abi;

bytes icmp_message(std::uint8_t type, std::uint8_t code, const bytes& rest) {
  bytes m{type, code, 0, 0};
  m.insert(m.end(), rest.begin(), rest.end());
  put16(m, 2, slow_checksum(m));
  return m;
}
bytes echo_of(std::uint8_t type, std::uint16_t id, std::uint16_t sequence, const bytes& data) {
  bytes rest(4);
  put16(rest, 0, id);
  put16(rest, 2, sequence);
  rest.insert(rest.end(), data.begin(), data.end());
  return icmp_message(type, 0, rest);
}
bytes in_frame(const bytes& message, std::uint8_t protocol = 1) {
  return ethernet_frame(0x0800, ipv4_packet(protocol, message));
}

class icmp_sockets : public send_bench {
 protected:
  explicit icmp_sockets(std::uint32_t first_group = 0, std::uint32_t last_group = 0x7FFFFFFF)
      : send_bench(of_groups(first_group, last_group)) {
    know_peer();
  }
  static stack::net_stack::config of_groups(std::uint32_t first, std::uint32_t last) {
    stack::net_stack::config c;
    c.ipv4.first_ping_group = first;
    c.ipv4.last_ping_group = last;
    return c;
  }
  int open(int type, int protocol = 1) {
    return static_cast<int>(call([&] { return sys.socket(abi::af_inet, type, protocol); }));
  }
  long send_message(int fd, const bytes& message, int flags = abi::msg_dontwait) {
    return send_to(fd, message, other_address, 0, flags);
  }
  /// The next packet and what came with it; the result of the call.
  long receive(int fd, stack::receive_message& m, int flags = 0, std::size_t room = 2000) {
    buffer.assign(room, 0);
    m = {};
    m.buffer = std::as_writable_bytes(std::span(buffer));
    const long result = call([&] { return sys.recvmsg(fd, m, flags | abi::msg_dontwait); });
    buffer.resize(result < 0 ? 0 : static_cast<std::size_t>(result));
    return result;
  }
  /// What a host on the way says of the packet that left last: its header and eight bytes, and what else it quotes.
  bytes error_about(const bytes& sent, std::uint8_t type, std::uint8_t code, std::size_t quoted = 36,
                    std::uint32_t rest = 0) {
    bytes m{static_cast<std::uint8_t>(rest >> 24), static_cast<std::uint8_t>(rest >> 16),
            static_cast<std::uint8_t>(rest >> 8), static_cast<std::uint8_t>(rest)};
    const bytes about = part(sent, 14, quoted);
    m.insert(m.end(), about.begin(), about.end());
    return in_frame(icmp_message(type, code, m));
  }
  bytes buffer;
};

TEST_F(icmp_sockets, a_ping_socket_writes_its_number_and_the_sum) {
  const int fd = open(abi::sock_dgram);
  ASSERT_GE(fd, 0);
  EXPECT_EQ(call([&] { return sys.bind(fd, {abi::af_inet, 0x1234, 0}); }), 0);
  EXPECT_EQ(send_message(fd, echo_of(8, 0xFFFF, 7, pattern(56, 3))), 64);
  ASSERT_EQ(left.size(), 1U);
  expect_ipv4(left[0].data, {.protocol = 1, .length = 84});
  EXPECT_EQ(part(left[0].data, 34), echo_of(8, 0x1234, 7, pattern(56, 3)));
  EXPECT_EQ(net.icmp().counters().out_by_type[8], 1U);
  EXPECT_EQ(host.count(stage::tx_socket), 1U);
}

// ping_supported; a message shorter than its header; ping_common_sendmsg's order.
TEST_F(icmp_sockets, a_ping_socket_sends_echo_requests_only) {
  const int fd = open(abi::sock_dgram);
  EXPECT_EQ(send_message(fd, echo_of(0, 1, 1, {})), -EINVAL);
  bytes with_code = echo_of(8, 1, 1, {});
  with_code[1] = 1;
  EXPECT_EQ(send_message(fd, with_code), -EINVAL);
  EXPECT_EQ(send_message(fd, bytes(7, 8)), -EINVAL);
  EXPECT_EQ(send_message(fd, bytes(0x10000, 8)), -EMSGSIZE);
  EXPECT_EQ(send_message(fd, echo_of(8, 1, 1, {}), abi::msg_oob), -EOPNOTSUPP);
  EXPECT_EQ(call([&] { return sys.send(fd, std::as_bytes(std::span(with_code)), 0); }), -EINVAL);
  with_code[1] = 0;
  EXPECT_EQ(call([&] { return sys.send(fd, std::as_bytes(std::span(with_code)), 0); }), -EDESTADDRREQ);
  EXPECT_TRUE(left.empty());
}

// ping_get_port: numbers from 1 on, each one's own.
TEST_F(icmp_sockets, ping_sockets_have_numbers_of_their_own) {
  const int a = open(abi::sock_dgram), b = open(abi::sock_dgram), c = open(abi::sock_dgram);
  for (const int fd : {a, b}) send_message(fd, echo_of(8, 0, 1, {}));
  ASSERT_EQ(left.size(), 2U);
  EXPECT_EQ(at16(left[0].data, 38), 1);
  EXPECT_EQ(at16(left[1].data, 38), 2);
  EXPECT_EQ(call([&] { return sys.bind(c, {abi::af_inet, 2, 0}); }), -EADDRINUSE);
  EXPECT_EQ(call([&] { return sys.bind(c, {abi::af_inet, 3, 0}); }), 0);
  EXPECT_EQ(call([&] { return sys.bind(c, {abi::af_inet, 4, 0}); }), -EINVAL);
  send_message(open(abi::sock_dgram), echo_of(8, 0, 1, {}));
  ASSERT_EQ(left.size(), 3U);
  EXPECT_EQ(at16(left[2].data, 38), 4) << "3 is taken";
  EXPECT_EQ(call([&] { return sys.bind(b, {abi::af_inet, 0, other_address}); }), -EADDRNOTAVAIL);
}

TEST_F(icmp_sockets, an_answer_comes_to_the_socket_of_its_number) {
  const int a = open(abi::sock_dgram), b = open(abi::sock_dgram);
  for (const int fd : {a, b}) send_message(fd, echo_of(8, 0, 1, {}));
  set(b, abi::sol_ip, abi::ip_recvttl, 1);
  feed(in_frame(echo_of(0, 2, 1, pattern(20, 9))));
  stack::receive_message m;
  EXPECT_EQ(receive(a, m), -EAGAIN);
  EXPECT_EQ(receive(b, m), 28);
  EXPECT_EQ(buffer, echo_of(0, 2, 1, pattern(20, 9))) << "from the ICMP header on";
  EXPECT_EQ(m.name.address, other_address);
  EXPECT_EQ(m.name.port, 0);
  EXPECT_EQ(m.ttl, 64);
  EXPECT_EQ(net.skbs().delivered(), 1U);
  feed(in_frame(echo_of(0, 3, 1, {})));  // nobody's
  EXPECT_EQ(dropped(drop_reason::no_socket), 1U);
  EXPECT_EQ(net.icmp().counters().header_errors, 0U) << "no fault of the message";
}

TEST_F(icmp_sockets, a_full_buffer_loses_answers) {
  const int fd = open(abi::sock_dgram);
  send_message(fd, echo_of(8, 0, 1, {}));
  sys.sock_of(fd)->set_rcvbuf(1);
  feed(in_frame(echo_of(0, 1, 1, {})));
  feed(in_frame(echo_of(0, 1, 2, {})));  // __sock_queue_rcv_skb: the first one made it full
  EXPECT_EQ(sys.sock_of(fd)->drops(), 1U);
  EXPECT_EQ(dropped(drop_reason::no_socket), 1U);
}

// ping_group_range 1 0, as the kernel has it: nobody may.
class nobody_may_ping : public icmp_sockets {
 protected:
  nobody_may_ping() : icmp_sockets(1, 0) {}
};

TEST_F(nobody_may_ping, a_group_that_may_not) {
  EXPECT_EQ(open(abi::sock_dgram), -EACCES);
  EXPECT_GE(open(abi::sock_raw), 0);
}

// inet_create.
TEST_F(icmp_sockets, which_sockets_there_are) {
  EXPECT_EQ(open(abi::sock_raw, 0), -EPROTONOSUPPORT);
  EXPECT_EQ(open(abi::sock_raw, 255), -EPROTONOSUPPORT);  // IP_HDRINCL is not there
  EXPECT_EQ(open(abi::sock_dgram, 6), -EPROTONOSUPPORT);
  EXPECT_GE(open(abi::sock_raw, 89), 0);
  EXPECT_GE(open(abi::sock_dgram, 0), 0);
}

// raw_local_deliver: a copy for each raw socket, IPv4 header and all, and the protocol has it as well.
TEST_F(icmp_sockets, raw_sockets_read_whole_packets) {
  const int a = open(abi::sock_raw), b = open(abi::sock_raw), other = open(abi::sock_raw, 89);
  feed(in_frame(echo_of(8, 5, 1, pattern(8, 1))));
  for (const int fd : {a, b}) {
    stack::receive_message m;
    EXPECT_EQ(receive(fd, m), 36);
    EXPECT_EQ(part(buffer, 20), echo_of(8, 5, 1, pattern(8, 1)));
    EXPECT_EQ(buffer[0], 0x45);
    EXPECT_EQ(at32(buffer, 12), other_address);
    EXPECT_EQ(m.name.address, other_address);
  }
  stack::receive_message m;
  EXPECT_EQ(receive(other, m), -EAGAIN);
  EXPECT_EQ(left.size(), 1U) << "it was answered all the same";
  EXPECT_EQ(host.count(stage::socket_copy), 2U);
}

// ip_protocol_deliver_rcu: with a raw socket there is no unknown protocol.
TEST_F(icmp_sockets, a_raw_socket_stands_for_a_protocol) {
  feed(in_frame(bytes(20, 7), 89));
  EXPECT_EQ(dropped(drop_reason::ip_no_protocol), 1U);
  left.clear();
  const int fd = open(abi::sock_raw, 89);
  feed(in_frame(bytes(20, 7), 89));
  EXPECT_EQ(dropped(drop_reason::ip_no_protocol), 1U);
  EXPECT_TRUE(left.empty());
  EXPECT_EQ(net.skbs().consumed(), 1U);
  int waiting = 0;
  EXPECT_EQ(call([&] { return sys.ioctl(fd, abi::fionread, waiting); }), 0);
  EXPECT_EQ(waiting, 40);
  stack::receive_message m;
  EXPECT_EQ(receive(fd, m, abi::msg_trunc, 10), 40);
  EXPECT_EQ(m.flags, abi::msg_trunc);
}

TEST_F(icmp_sockets, an_answer_a_raw_socket_has_had_is_not_dropped) {
  const int fd = open(abi::sock_raw);
  feed(in_frame(echo_of(0, 5, 1, {})));
  EXPECT_EQ(dropped(drop_reason::no_socket), 0U);
  EXPECT_EQ(net.skbs().consumed(), 1U);
  stack::receive_message m;
  EXPECT_EQ(receive(fd, m), 28);
}

// icmp_filter: bit n keeps type n out; types from 32 on come through.
TEST_F(icmp_sockets, a_raw_socket_filters_types) {
  const int fd = open(abi::sock_raw);
  EXPECT_EQ(call([&] { return sys.setsockopt(fd, abi::sol_raw, abi::icmp_filter, std::uint32_t{1U << 8}); }), 0);
  feed(in_frame(echo_of(8, 5, 1, {})));
  stack::receive_message m;
  EXPECT_EQ(receive(fd, m), -EAGAIN);
  feed(in_frame(echo_of(0, 5, 1, {})));
  EXPECT_EQ(receive(fd, m), 28);
  EXPECT_EQ(call([&] { return sys.setsockopt(fd, abi::sol_raw, abi::icmp_filter, std::uint32_t{~0U}); }), 0);
  feed(in_frame(icmp_message(40, 0, {0, 0, 0, 0})));
  EXPECT_EQ(receive(fd, m), 28);
  std::uint32_t filter = 0;
  EXPECT_EQ(call([&] { return sys.getsockopt(fd, abi::sol_raw, abi::icmp_filter, filter); }), 0);
  EXPECT_EQ(filter, ~0U);
}

// raw_v4_match: protocol, own address, and the peer of a connected one.
TEST_F(icmp_sockets, a_raw_socket_may_want_some_only) {
  const int bound = open(abi::sock_raw), connected = open(abi::sock_raw);
  EXPECT_EQ(call([&] { return sys.bind(bound, {abi::af_inet, 0, own_address}); }), 0);
  EXPECT_EQ(call([&] { return sys.bind(bound, {abi::af_inet, 0, other_address}); }), -EADDRNOTAVAIL);
  EXPECT_EQ(call([&] { return sys.connect(connected, {abi::af_inet, 0, other_address + 1}); }), 0);
  feed(in_frame(echo_of(8, 5, 1, {})));
  stack::receive_message m;
  EXPECT_EQ(receive(bound, m), 28);
  EXPECT_EQ(receive(connected, m), -EAGAIN);
}

TEST_F(icmp_sockets, a_raw_socket_writes_what_comes_behind_the_header) {
  const int fd = open(abi::sock_raw);
  set(fd, abi::sol_ip, abi::ip_ttl, 9);
  set(fd, abi::sol_ip, abi::ip_tos, 0x10);
  const bytes message = echo_of(8, 0x4321, 1, pattern(10, 2));
  EXPECT_EQ(send_message(fd, message), 18);
  ASSERT_EQ(left.size(), 1U);
  expect_ipv4(left[0].data, {.protocol = 1, .length = 38, .tos = 0x10, .ttl = 9});
  EXPECT_EQ(part(left[0].data, 34), message) << "as it was given, its sum among it";
  EXPECT_EQ(left[0].sum, stack::checksum_state::none);
  EXPECT_EQ(net.icmp().counters().out_by_type[8], 1U);
  // One that is too long is cut, as its socket does not ask for more (IP_PMTUDISC_WANT).
  left.clear();
  EXPECT_EQ(send_message(fd, echo_of(8, 1, 2, pattern(2000, 2))), 2008);
  EXPECT_EQ(left.size(), 2U);
  set(fd, abi::sol_ip, abi::ip_mtu_discover, abi::ip_pmtudisc_do);
  EXPECT_EQ(send_message(fd, echo_of(8, 1, 2, pattern(2000, 2))), -EMSGSIZE);
}

TEST_F(icmp_sockets, a_raw_socket_needs_a_destination) {
  const int fd = open(abi::sock_raw);
  const bytes message = echo_of(8, 1, 1, {});
  const auto plain = [&] { return call([&] { return sys.send(fd, std::as_bytes(std::span(message)), 0); }); };
  EXPECT_EQ(plain(), -EDESTADDRREQ);
  EXPECT_EQ(call([&] { return sys.connect(fd, {abi::af_inet, 0, other_address}); }), 0);
  EXPECT_EQ(plain(), 8);
  EXPECT_EQ(send_to(fd, message, 0xC0A800FF, 0), -EACCES) << "a broadcast";
  EXPECT_EQ(send_to(fd, message, 0x08080808, 0), -ENETUNREACH);
}

// ping_err: the socket of the request's number; hard errors of a connected one, all with IP_RECVERR.
TEST_F(icmp_sockets, errors_about_requests_come_to_their_socket) {
  const int fd = open(abi::sock_dgram);
  send_message(fd, echo_of(8, 0, 1, pattern(8, 1)));
  const bytes sent = left[0].data;
  stack::receive_message m;
  feed(error_about(sent, 3, 2));
  EXPECT_EQ(receive(fd, m), -EAGAIN) << "neither connected nor asking for errors";
  set(fd, abi::sol_ip, abi::ip_recverr, 1);
  feed(error_about(sent, 11, 0));
  EXPECT_EQ(receive(fd, m), -EHOSTUNREACH);
  EXPECT_EQ(receive(fd, m, abi::msg_errqueue), 16) << "from the ICMP header of the request on";
  EXPECT_EQ(buffer, part(sent, 34));
  EXPECT_EQ(m.flags, abi::msg_errqueue);
  EXPECT_EQ(m.name.address, other_address);
  EXPECT_EQ(m.error.what.number, static_cast<std::uint32_t>(EHOSTUNREACH));
  EXPECT_EQ(m.error.what.origin, abi::so_ee_origin_icmp);
  EXPECT_EQ(m.error.what.type, 11);
  EXPECT_EQ(m.error.what.code, 0);
  EXPECT_EQ(m.error.offender.address, other_address);
  EXPECT_EQ(receive(fd, m, abi::msg_errqueue), -EAGAIN);
  feed(error_about(sent, 4, 0));  // source quench: ping wants to see it
  EXPECT_EQ(receive(fd, m), -EREMOTEIO);
  receive(fd, m, abi::msg_errqueue);
}

// raw_err: with IP_RECVERR, or hard to a connected one.
TEST_F(icmp_sockets, errors_come_to_raw_sockets) {
  const int asks = open(abi::sock_raw), connected = open(abi::sock_raw), neither = open(abi::sock_raw);
  set(asks, abi::sol_ip, abi::ip_recverr, 1);
  EXPECT_EQ(call([&] { return sys.connect(connected, {abi::af_inet, 0, other_address}); }), 0);
  send_message(asks, echo_of(8, 1, 1, pattern(8, 1)));
  const bytes sent = left[0].data;
  feed(error_about(sent, 11, 0));
  feed(error_about(sent, 3, 2));
  const auto pending = [&](int fd) {
    int number = 0;
    call([&] { return sys.getsockopt(fd, abi::sol_socket, abi::so_error, number); });
    return number;
  };
  EXPECT_EQ(pending(asks), ENOPROTOOPT);
  EXPECT_EQ(pending(connected), ENOPROTOOPT) << "the first one is not hard";
  EXPECT_EQ(pending(neither), 0);
  stack::receive_message m;
  EXPECT_EQ(receive(asks, m, abi::msg_errqueue), 16);
  EXPECT_EQ(m.error.what.type, 11);
  EXPECT_EQ(pending(asks), ENOPROTOOPT) << "sock_dequeue_err_skb: the next one's";
  EXPECT_EQ(receive(asks, m, abi::msg_errqueue), 16);
  EXPECT_EQ(m.error.what.type, 3);
  EXPECT_EQ(pending(asks), 0);
}

// icmp_err: an answer of the kernel's own that was too long for the path teaches it, ping_group_range or not.
TEST_F(icmp_sockets, the_kernels_own_answers_learn_of_paths) {
  feed(in_frame(echo_of(8, 1, 1, pattern(1000, 1))));
  ASSERT_EQ(left.size(), 1U);
  feed(error_about(left[0].data, 3, 4, 28, 800));
  stack::flow way;
  way.destination = other_address;
  long error = 0;
  std::uint32_t mtu = 0;
  host.run_task([&] { mtu = net.routes().mtu(*net.routes().output(way, error)); });
  EXPECT_EQ(mtu, 800U);
}

}  // namespace
}  // namespace ping_sock_tests
}  // namespace ringside::test
