// SPDX-License-Identifier: Apache-2.0
// The error queue of UDP sockets (IP_RECVERR; ip_icmp_error, ip_local_error and ip_recv_error of Linux 6.1; UE-7).
#include <gtest/gtest.h>

#include <cerrno>

#include "tests/sw/stack/send_bench.h"

namespace ringside::test {
namespace sock_error_tests {
namespace {

namespace abi = stack::abi;

class error_queue : public send_bench {
 protected:
  error_queue() {
    know_peer();
    fd = udp(5000);
    set(fd, abi::sol_ip, abi::ip_recverr, 1);
  }
  bytes error_about(const bytes& sent, std::uint8_t type, std::uint8_t code, std::uint32_t rest = 0,
                    std::size_t quoted = 33) {
    bytes m(8);
    m[0] = type;
    m[1] = code;
    put32(m, 4, rest);
    const bytes about = part(sent, 14, quoted);
    m.insert(m.end(), about.begin(), about.end());
    put16(m, 2, slow_checksum(m));
    return ethernet_frame(0x0800, ipv4_packet(1, m));
  }
  long receive(stack::receive_message& m, int flags, std::size_t room = 2000) {
    buffer.assign(room, 0);
    m = {};
    m.buffer = std::as_writable_bytes(std::span(buffer));
    const long result = call([&] { return sys.recvmsg(fd, m, flags | abi::msg_dontwait); });
    buffer.resize(result < 0 ? 0 : static_cast<std::size_t>(result));
    return result;
  }
  stack::poll_mask polled() {
    abi::pollfd p{fd, abi::epollin, 0};
    call([&] { return sys.poll({&p, 1}, 0); });
    return static_cast<stack::poll_mask>(p.revents);
  }
  int fd = -1;
  bytes buffer;
};

// Each error with what is left of the datagram, whom it was for, who says so, and what.
TEST_F(error_queue, tells_of_each_datagram) {
  EXPECT_EQ(send_to(fd, pattern(5, 1), other_address, 4000), 5);
  EXPECT_EQ(send_to(fd, pattern(5, 2), other_address, 4001), 5);
  feed(error_about(left[0].data, 3, 3));
  feed(error_about(left[1].data, 12, 0, 7U << 24));
  EXPECT_EQ(polled(), abi::epollerr);
  stack::receive_message m;
  EXPECT_EQ(receive(m, abi::msg_errqueue), 5);
  EXPECT_EQ(buffer, pattern(5, 1));
  EXPECT_EQ(m.name.address, other_address);
  EXPECT_EQ(m.name.port, 4000);
  EXPECT_EQ(m.error.what.number, static_cast<std::uint32_t>(ECONNREFUSED));
  EXPECT_EQ(m.error.what.origin, abi::so_ee_origin_icmp);
  EXPECT_EQ(m.error.what.code, 3);
  EXPECT_EQ(m.error.offender.address, other_address);
  EXPECT_EQ(receive(m, 0), -EPROTO) << "the next error is pending again";
  EXPECT_EQ(receive(m, abi::msg_errqueue, 2), 2);
  EXPECT_EQ(m.flags, abi::msg_errqueue | abi::msg_trunc);
  EXPECT_EQ(m.name.port, 4001);
  EXPECT_EQ(m.error.what.info, 7U) << "the pointer";
  EXPECT_EQ(receive(m, abi::msg_errqueue), -EAGAIN);
  EXPECT_EQ(polled(), 0U);
  EXPECT_EQ(host.count(stage::app_read), 0U) << "no datagram was read";
}

TEST_F(error_queue, reading_the_last_one_ends_what_is_pending) {
  send_to(fd, pattern(5, 1));
  feed(error_about(left[0].data, 3, 3));
  stack::receive_message m;
  EXPECT_EQ(receive(m, abi::msg_errqueue), 5);
  EXPECT_EQ(send_to(fd, pattern(5, 1)), 5) << "sk_err is clear";
}

// A soft error comes to one that is not connected as well; without IP_RECVERR none does (UE-1).
TEST_F(error_queue, is_empty_for_who_does_not_ask) {
  send_to(fd, pattern(5, 1));
  feed(error_about(left[0].data, 11, 0));
  EXPECT_EQ(send_to(fd, pattern(5, 1)), -EHOSTUNREACH);
  set(fd, abi::sol_ip, abi::ip_recverr, 0);  // purges it
  feed(error_about(left[0].data, 11, 0));
  stack::receive_message m;
  EXPECT_EQ(receive(m, abi::msg_errqueue), -EAGAIN);
  EXPECT_EQ(sys.sock_of(fd)->rmem_alloc(), 0U);
}

// ip_local_error: what this host itself refuses, with the MTU that was in the way.
TEST_F(error_queue, tells_of_what_is_too_long) {
  set(fd, abi::sol_ip, abi::ip_mtu_discover, abi::ip_pmtudisc_do);
  EXPECT_EQ(send_to(fd, pattern(1473, 1)), -EMSGSIZE);
  stack::receive_message m;
  EXPECT_EQ(receive(m, abi::msg_errqueue), 0);
  EXPECT_EQ(m.error.what.number, static_cast<std::uint32_t>(EMSGSIZE));
  EXPECT_EQ(m.error.what.origin, abi::so_ee_origin_local);
  EXPECT_EQ(m.error.what.info, 1500U);
  EXPECT_EQ(m.name.address, other_address);
  EXPECT_EQ(m.error.offender.family, abi::af_unspec);
}

// sock_queue_err_skb: charged to the receive buffer, and none beyond it.
TEST_F(error_queue, is_paid_for_by_the_receive_buffer) {
  send_to(fd, pattern(5, 1));
  const bytes error = error_about(left[0].data, 3, 3);
  feed(error);
  const std::size_t one = sys.sock_of(fd)->rmem_alloc();
  EXPECT_GT(one, 0U);
  sys.sock_of(fd)->set_rcvbuf(2 * one);
  feed(error);
  EXPECT_EQ(sys.sock_of(fd)->rmem_alloc(), one);
  stack::receive_message m;
  EXPECT_EQ(receive(m, abi::msg_errqueue), 5);
  EXPECT_EQ(sys.sock_of(fd)->rmem_alloc(), 0U);
}

// NB-4: nobody has the next hop's address; the host says so to itself, and who asks for errors hears of it.
TEST_F(error_queue, a_silent_neighbour_is_an_error) {
  EXPECT_EQ(send_to(fd, pattern(5, 1), other_address + 9), 5);
  host.run_for(5 * second);
  stack::receive_message m;
  EXPECT_EQ(receive(m, abi::msg_errqueue), 5);
  EXPECT_EQ(m.error.what.number, static_cast<std::uint32_t>(EHOSTUNREACH));
  EXPECT_EQ(m.error.what.code, 1);
  EXPECT_EQ(m.error.offender.address, own_address);
}

}  // namespace
}  // namespace sock_error_tests
}  // namespace ringside::test
