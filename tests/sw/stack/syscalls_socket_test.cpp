// SPDX-License-Identifier: Apache-2.0
// Calls of sockets, as a program sees them.
#include <set>

#include "sw/stack/syscalls.h"
#include "tests/sw/stack/program_bench.h"

namespace ringside::test {
namespace {

namespace abi = stack::abi;

class calls : public program_bench {
 protected:
  long bind(int fd, std::uint32_t address, std::uint16_t port) { return sys.bind(fd, {abi::af_inet, port, address}); }
  abi::sockaddr_in name(int fd) {
    abi::sockaddr_in address;
    EXPECT_EQ(sys.getsockname(fd, address), 0);
    return address;
  }
  static bytes from_port(std::uint16_t port, std::uint8_t seed) {
    udp_frame_options o;
    o.source_port = port;
    return udp_frame(pattern(10, seed), o);
  }
};

// inet_create, __sys_socket.
TEST_F(calls, sockets_of_which_there_are_none) {
  host.run_task([&] {
    EXPECT_EQ(sys.socket(10, abi::sock_dgram, 0), -EAFNOSUPPORT);
    EXPECT_EQ(sys.socket(abi::af_inet, 9, 0), -ESOCKTNOSUPPORT);
    EXPECT_EQ(sys.socket(abi::af_inet, abi::sock_dgram, 6), -EPROTONOSUPPORT);
    EXPECT_EQ(sys.socket(abi::af_inet, abi::sock_dgram, 256), -EINVAL);
    EXPECT_EQ(sys.socket(abi::af_inet, abi::sock_dgram | 0x10, 0), -EINVAL);
    EXPECT_EQ(sys.socket(abi::af_inet, abi::sock_dgram | abi::sock_nonblock | abi::sock_cloexec, 17), 0);
    EXPECT_EQ(read(0, 0), -EAGAIN) << "SOCK_NONBLOCK";
  });
}

// SO-2.
TEST_F(calls, bind_refuses_what_linux_refuses) {
  sys.set_credentials({true, true, false});
  const int fd = udp(0);
  const int other = udp(0);
  host.run_task([&] {
    EXPECT_EQ(sys.bind(fd, {10, 5000, 0}), -EAFNOSUPPORT);
    EXPECT_EQ(sys.bind(fd, {abi::af_unspec, 5000, 0xC0A80002}), -EAFNOSUPPORT);
    EXPECT_EQ(bind(fd, 0xC0A80003, 5000), -EADDRNOTAVAIL) << "another host's";
    EXPECT_EQ(bind(fd, 0x08080808, 5000), -EADDRNOTAVAIL) << "no route";
    EXPECT_EQ(bind(fd, 0, 1023), -EACCES);
    EXPECT_EQ(bind(fd, 0xC0A80002, 5000), 0);
    EXPECT_EQ(bind(fd, 0, 5001), -EINVAL) << "bound already";
    EXPECT_EQ(bind(other, 0, 5000), -EADDRINUSE);
    EXPECT_EQ(name(other).port, 0);
    for (const std::uint32_t address : {0x7F000001U, 0xC0A800FFU, 0xFFFFFFFFU, 0xE0000001U}) {
      EXPECT_EQ(bind(other, address, 1024), 0) << address;
      EXPECT_EQ(name(other).address, address);
      sys.close(other);
      EXPECT_EQ(sys.socket(abi::af_inet, abi::sock_dgram, 0), other);
    }
    EXPECT_EQ(sys.bind(other, {abi::af_unspec, 5002, 0}), 0) << "AF_UNSPEC with any address is AF_INET";
    EXPECT_EQ(name(other).port, 5002);
  });
}

// udp_lib_get_port: one of ip_local_port_range by chance, which nobody else has.
TEST_F(calls, port_zero_is_any_free_one) {
  std::set<std::uint16_t> ports;
  std::set<int> slots;  // of a table of 256
  host.run_task([&] {
    for (int i = 0; i < 200; ++i) {
      const auto fd = static_cast<int>(sys.socket(abi::af_inet, abi::sock_dgram, 0));
      EXPECT_EQ(bind(fd, 0, 0), 0);
      EXPECT_EQ(sys.sock_of(fd)->id(), name(fd).port);
      ports.insert(name(fd).port);
      slots.insert(name(fd).port % 256);
    }
  });
  EXPECT_EQ(ports.size(), 200U);
  EXPECT_GE(*ports.begin(), 32768);
  EXPECT_LE(*ports.rbegin(), 60999);
  EXPECT_GT(*ports.rbegin() - *ports.begin(), 10'000) << "not one after the other";
  EXPECT_GT(slots.size(), 100U);
}

// SO-7: a peer is a filter, and a port to be reached at.  AF_UNSPEC takes both away again, but what was bound by hand.
TEST_F(calls, connect_keeps_others_out) {
  bring_up();
  const int fd = udp(5000);
  feed(from_port(4000, 1));
  host.run_task([&] {
    EXPECT_EQ(sys.connect(fd, {10, 4001, 0xC0A80001}), -EAFNOSUPPORT);
    EXPECT_EQ(sys.connect(fd, {abi::af_inet, 4001, 0xC0A80001}), 0);
    EXPECT_EQ(read(fd), 10) << "what is queued stays";
    EXPECT_EQ(bind(fd, 0, 5001), -EINVAL);
  });
  feed(from_port(4000, 1));
  EXPECT_EQ(dropped(drop_reason::no_socket), 1U);
  feed(from_port(4001, 1));
  host.run_task([&] {
    EXPECT_EQ(read(fd), 10);
    EXPECT_EQ(sys.connect(fd, {abi::af_unspec}), 0);
    EXPECT_EQ(name(fd).port, 5000);
  });
  feed(from_port(4000, 1));
  host.run_task([&] {
    EXPECT_EQ(read(fd), 10);
    const auto loose = static_cast<int>(sys.socket(abi::af_inet, abi::sock_dgram, 0));
    EXPECT_EQ(sys.connect(loose, {abi::af_inet, 4001, 0xC0A80001}), 0);
    EXPECT_GE(name(loose).port, 32768);
    EXPECT_EQ(sys.connect(loose, {abi::af_unspec}), 0);
    EXPECT_EQ(name(loose).port, 0);
    EXPECT_EQ(bind(loose, 0, 5001), 0);
  });
}

TEST_F(calls, recvfrom_says_who_sent_it) {
  const int fd = udp();
  feed(from_port(4321, 3));
  host.run_task([&] {
    abi::sockaddr_in from;
    EXPECT_EQ(sys.recvfrom(fd, into, 0, from), 10);
    EXPECT_EQ(from.family, abi::af_inet);
    EXPECT_EQ(from.address, 0xC0A80001U);
    EXPECT_EQ(from.port, 4321);
    EXPECT_EQ(std::memcmp(into.data(), pattern(10, 3).data(), 10), 0);
    EXPECT_EQ(sys.recvfrom(fd, into, abi::msg_dontwait, from), -EAGAIN);
    EXPECT_EQ(from.family, abi::af_unspec);
  });
}

// MSG_TRUNC going in asks for the length, coming out it says that the buffer was too small.
TEST_F(calls, a_small_buffer_truncates) {
  const int fd = udp();
  for (int i = 0; i < 3; ++i) feed(to_port(5000, 1, 40));
  host.run_task([&] {
    stack::receive_message message;
    message.buffer = std::span(into).first(10);
    EXPECT_EQ(sys.recvmsg(fd, message, 0), 10);
    EXPECT_EQ(message.flags, abi::msg_trunc);
    EXPECT_EQ(sys.recvmsg(fd, message, abi::msg_trunc), 40);
    message.buffer = std::span(into).first(40);
    EXPECT_EQ(sys.recvmsg(fd, message, 0), 40);
    EXPECT_EQ(message.flags, 0) << "it fits";
  });
}

// MSG_PEEK takes nothing: not the datagram, not its memory, not the count.
TEST_F(calls, peeking_takes_nothing) {
  const int fd = udp();
  feed(to_port(5000, 1, 40));
  feed(to_port(5000, 2, 20));
  host.run_task([&] {
    const std::size_t charged = sys.sock_of(fd)->rmem_alloc();
    for (int i = 0; i < 2; ++i) EXPECT_EQ(read(fd, abi::msg_peek), 40);
    EXPECT_EQ(sys.sock_of(fd)->rmem_alloc(), charged);
    EXPECT_EQ(net.udp().counters().in_datagrams, 0U);
    EXPECT_EQ(host.count(stage::app_read), 0U);
    EXPECT_EQ(sys.recv(fd, std::span(into).first(4), abi::msg_peek | abi::msg_trunc), 40);
    EXPECT_EQ(read(fd), 40);
    EXPECT_EQ(read(fd), 20);
  });
  EXPECT_EQ(host.count(stage::app_read), 2U);
}

// A wrong checksum is found by peeking as well (udp_recvmsg sums before it copies), and the datagram is gone.
TEST_F(calls, peeking_drops_a_wrong_checksum) {
  const int fd = udp();
  bytes wrong = to_port(5000, 1, 200);
  wrong[100] ^= 1;
  feed(wrong);
  feed(to_port(5000, 1, 90));
  host.run_task([&] {
    EXPECT_EQ(read(fd, abi::msg_peek), 90);
    EXPECT_EQ(read(fd), 90);
  });
  EXPECT_EQ(dropped(drop_reason::udp_checksum), 1U);
  EXPECT_EQ(sys.sock_of(fd)->drops(), 1U);
  EXPECT_EQ(sys.sock_of(fd)->rmem_alloc(), 0U);
}

// FIONREAD: of the next datagram alone, and only if it is one.
TEST_F(calls, fionread_is_the_next_datagram) {
  const int fd = udp();
  bytes wrong = to_port(5000, 1, 200);
  wrong[100] ^= 1;
  host.run_task([&] {
    int bytes_there = -1;
    EXPECT_EQ(sys.ioctl(fd, abi::fionread, bytes_there), 0);
    EXPECT_EQ(bytes_there, 0);
    EXPECT_EQ(sys.ioctl(fd, 0x1234, bytes_there), -ENOTTY);
  });
  feed(wrong);
  feed(to_port(5000, 1, 33));
  feed(to_port(5000, 1, 44));
  host.run_task([&] {
    int bytes_there = -1;
    EXPECT_EQ(sys.ioctl(fd, abi::fionread, bytes_there), 0);
    EXPECT_EQ(bytes_there, 33);
  });
  EXPECT_EQ(dropped(drop_reason::udp_checksum), 1U);
}

// SO-15: of one that is not connected too, sleepers wake and see the end; what was queued can still be read.
TEST_F(calls, shutdown_ends_a_blocked_reader) {
  bring_up();
  const int fd = udp();
  task('r', [&] { EXPECT_EQ(read(fd, 0), 0); });
  host.run_for(1 * ms);
  host.run_task([&] {
    EXPECT_EQ(sys.shutdown(fd, 3), -EINVAL);
    EXPECT_EQ(sys.shutdown(fd, -1), -EINVAL);
    EXPECT_EQ(sys.shutdown(fd, abi::shut_wr), -ENOTCONN);
  });
  host.run_for(1 * ms);
  EXPECT_EQ(log, "") << "the other direction";
  host.run_task([&] { EXPECT_EQ(sys.shutdown(fd, abi::shut_rd), -ENOTCONN); });
  host.run_for(1 * ms);
  EXPECT_EQ(log, "r");
  feed(to_port(5000));
  host.run_task([&] {
    EXPECT_EQ(read(fd, 0), 10);
    EXPECT_EQ(read(fd, 0), 0);
    EXPECT_EQ(read(fd, abi::msg_dontwait), -EAGAIN) << "who does not wait is not told";
    sys.connect(fd, {abi::af_inet, 4000, 0xC0A80001});
    EXPECT_EQ(sys.shutdown(fd, abi::shut_rdwr), 0);
  });
}

// EP-6: of the readers blocked in one socket a datagram wakes one, in the order they came; an error wakes one too.
TEST_F(calls, a_datagram_wakes_one_reader) {
  const int fd = udp();
  for (const char name : {'1', '2', '3'}) task(name, [&] { read(fd, 0); });
  host.run_for(1 * ms);
  host.events.clear();
  feed(to_port(5000));
  host.run_for(1 * ms);
  EXPECT_EQ(log, "1");
  EXPECT_EQ(host.count(stage::task_wake), 1U);
  feed(to_port(5000));
  feed(to_port(5000));
  host.run_for(1 * ms);
  EXPECT_EQ(log, "123");
}

TEST_F(calls, an_error_ends_a_blocked_reader_once) {
  const int fd = udp();
  task('r', [&] { EXPECT_EQ(read(fd, 0), -ECONNREFUSED); });
  host.run_for(1 * ms);
  sys.sock_of(fd)->report_error(ECONNREFUSED);
  host.run_for(1 * ms);
  EXPECT_EQ(log, "r");
  feed(to_port(5000));
  sys.sock_of(fd)->report_error(EHOSTUNREACH);
  host.run_task([&] {
    EXPECT_EQ(read(fd), -EHOSTUNREACH) << "before data";
    EXPECT_EQ(read(fd), 10);
    EXPECT_EQ(read(fd, abi::msg_errqueue), -EAGAIN);
  });
}

// read(2) of a socket is recv() without flags.
TEST_F(calls, a_socket_is_read_as_a_file) {
  const int fd = udp();
  feed(to_port(5000));
  host.run_task([&] {
    EXPECT_EQ(sys.read(fd, {}), 0) << "asks for nothing, takes nothing";
    EXPECT_EQ(sys.read(fd, into), 10);
  });
  EXPECT_EQ(host.count(stage::app_read), 1U);
}

// What a call takes, beside entering and leaving: a row of the table; nothing at start-up.
TEST_F(calls, calls_take_their_time) {
  const auto takes = [&](auto what) {
    sim_time time = 0;
    host.run_task([&] {
      const sim_time begun = host.now();
      what();
      time = host.now() - begun;
    });
    return time;
  };
  const kernel::cost_table costs;
  const auto expected = [&](std::initializer_list<kernel::cost> rows) {
    sim_time time = 0;
    for (const kernel::cost row : rows) time += static_cast<sim_time>(costs.total(row, 1)) * fake_host::cycle;
    return time;
  };
  using kernel::cost;
  EXPECT_EQ(takes([&] { sys.socket(abi::af_inet, abi::sock_dgram, 0); }),
            expected({cost::syscall_entry, cost::socket_call, cost::syscall_exit}));
  EXPECT_EQ(takes([&] { sys.dup(0); }), expected({cost::syscall_entry, cost::file_call, cost::syscall_exit}));
  EXPECT_EQ(takes([&] { read(0); }), expected({cost::syscall_entry, cost::recvmsg, cost::syscall_exit}));
  EXPECT_EQ(takes([&] {
              const stack::syscalls::at_no_cost start_up(sys);
              sys.dup(0);
              bind(0, 0, 5000);
            }),
            0);
}

}  // namespace
}  // namespace ringside::test
