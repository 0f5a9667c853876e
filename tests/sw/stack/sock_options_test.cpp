// SPDX-License-Identifier: Apache-2.0
// Options of SOL_SOCKET, as a program sees them.
#include <limits>

#include "tests/sw/stack/program_bench.h"

namespace ringside::test {
namespace {

namespace abi = stack::abi;

class options : public program_bench {
 protected:
  long put(int name, int value) { return sys.setsockopt(fd, abi::sol_socket, name, value); }
  int get(int name) {
    int value = -1;
    EXPECT_EQ(sys.getsockopt(fd, abi::sol_socket, name, value), 0) << name;
    return value;
  }
  const int fd = udp();
};

// OP-1: doubled, with a floor, below net.core.rmem_max unless forced; what is in force is read back.
TEST_F(options, buffers_are_doubled) {
  constexpr int most = std::numeric_limits<int>::max();
  host.run_task([&] {
    EXPECT_EQ(get(abi::so_rcvbuf), 212992);
    EXPECT_EQ(get(abi::so_sndbuf), 212992);
    const auto both = [&](int name, int force, int value) {
      EXPECT_EQ(put(name, value), 0);
      const int plain = get(name);
      EXPECT_EQ(put(force, value), 0);
      return std::pair{plain, get(name)};
    };
    using pair = std::pair<int, int>;
    const auto receive = [&](int value) { return both(abi::so_rcvbuf, abi::so_rcvbufforce, value); };
    const auto send = [&](int value) { return both(abi::so_sndbuf, abi::so_sndbufforce, value); };
    EXPECT_EQ(receive(5000), pair(10000, 10000));
    EXPECT_EQ(receive(1), pair(2304, 2304));
    EXPECT_EQ(receive(300'000), pair(425'984, 600'000));
    EXPECT_EQ(receive(-1), pair(425'984, 2304)) << "a large number, or none";
    EXPECT_EQ(receive(most), pair(425'984, most - 1));
    EXPECT_EQ(send(5000), pair(10000, 10000));
    EXPECT_EQ(send(1), pair(4608, 4608));
    EXPECT_EQ(send(300'000), pair(425'984, 600'000));
  });
}

TEST_F(options, a_receive_buffer_set_by_a_program_holds_what_it_counts) {
  host.run_task([&] { put(abi::so_rcvbuf, 2000); });
  for (int i = 0; i < 10; ++i) feed(to_port(5000));
  // 4000 bytes of 1280 each: 0, 1280, 2560 and 3840 are not above it.
  std::array<std::uint32_t, 9> memory{};
  host.run_task([&] { sys.getsockopt(fd, abi::sol_socket, abi::so_meminfo, memory); });
  EXPECT_EQ(memory, (std::array<std::uint32_t, 9>{4 * 1280, 4000, 0, 212'992, 8192 - 4 * 1280, 0, 0, 0, 6}));
  host.run_task([&] {
    for (int i = 0; i < 4; ++i) read(fd);
    sys.getsockopt(fd, abi::sol_socket, abi::so_meminfo, memory);
  });
  EXPECT_EQ(memory[0], 0U);
  EXPECT_EQ(memory[4], 4096U) << "udp_rmem_release keeps a page";
}

TEST_F(options, values_are_kept_and_read_back) {
  host.run_task([&] {
    EXPECT_EQ(get(abi::so_type), abi::sock_dgram);
    EXPECT_EQ(get(abi::so_protocol), 17);
    EXPECT_EQ(get(abi::so_domain), abi::af_inet);
    EXPECT_EQ(get(abi::so_acceptconn), 0);
    EXPECT_EQ(get(abi::so_error), 0);
    EXPECT_EQ(get(abi::so_sndlowat), 1);
    EXPECT_EQ(get(abi::so_rcvlowat), 1);
    for (const auto& [name, value, kept] : {std::tuple{abi::so_reuseaddr, 5, 1}, std::tuple{abi::so_priority, 3, 3},
                                            std::tuple{abi::so_mark, 77, 77}, std::tuple{abi::so_timestamp, 1, 1},
                                            std::tuple{abi::so_rcvlowat, 0, 1}, std::tuple{abi::so_rcvlowat, 9, 9}}) {
      EXPECT_EQ(put(name, value), 0) << name;
      EXPECT_EQ(get(name), kept) << name;
    }
    for (const int name :
         {abi::so_type, abi::so_protocol, abi::so_domain, abi::so_error, abi::so_acceptconn, abi::so_sndlowat, 9999}) {
      EXPECT_EQ(put(name, 1), -ENOPROTOOPT) << name;
    }
    int value = 0;
    EXPECT_EQ(sys.getsockopt(fd, abi::sol_socket, 9999, value), -ENOPROTOOPT);
    EXPECT_EQ(sys.setsockopt(fd, 6, 1, value), -ENOPROTOOPT) << "another level";
    EXPECT_EQ(sys.getsockopt(fd, 6, 1, value), -ENOPROTOOPT);
    const std::uint16_t narrow = 1;
    EXPECT_EQ(sys.setsockopt(fd, abi::sol_socket, abi::so_mark, narrow), -EINVAL);
    std::uint8_t cut = 0;
    EXPECT_EQ(sys.getsockopt(fd, abi::sol_socket, abi::so_mark, cut), 0);
    EXPECT_EQ(cut, 77) << "as much as there is room for";
    const int other = static_cast<int>(sys.eventfd(0, 0));
    EXPECT_EQ(sys.setsockopt(other, abi::sol_socket, abi::so_mark, value), -ENOTSOCK);
  });
}

TEST_F(options, some_need_privileges) {
  sys.set_credentials({false, false, false});
  host.run_task([&] {
    EXPECT_EQ(put(abi::so_rcvbufforce, 1), -EPERM);
    EXPECT_EQ(put(abi::so_sndbufforce, 1), -EPERM);
    EXPECT_EQ(put(abi::so_mark, 1), -EPERM);
    EXPECT_EQ(put(abi::so_priority, 6), 0);
    EXPECT_EQ(put(abi::so_priority, 7), -EPERM);
    EXPECT_EQ(put(abi::so_priority, -1), -EPERM);
    EXPECT_EQ(get(abi::so_priority), 6);
  });
}

// sock_set_timeout: in jiffies, rounded up; 0 is for ever, a negative time is no time.
TEST_F(options, time_limits_are_kept_in_jiffies) {
  host.run_task([&] {
    for (const int name : {abi::so_rcvtimeo, abi::so_sndtimeo}) {
      const auto kept = [&](abi::timeval value) {
        EXPECT_EQ(sys.setsockopt(fd, abi::sol_socket, name, value), 0);
        EXPECT_EQ(sys.getsockopt(fd, abi::sol_socket, name, value), 0);
        return std::pair{value.sec, value.usec};
      };
      using pair = std::pair<std::int64_t, std::int64_t>;
      EXPECT_EQ(kept({0, 1}), pair(0, 4000));
      EXPECT_EQ(kept({3, 5000}), pair(3, 8000));
      EXPECT_EQ(kept({0, 0}), pair(0, 0));
      for (const std::int64_t usec : {-1, 1'000'000})
        EXPECT_EQ(sys.setsockopt(fd, abi::sol_socket, name, abi::timeval{0, usec}), -EDOM);
      EXPECT_EQ(sys.setsockopt(fd, abi::sol_socket, name, 1), -EINVAL);
    }
  });
}

// OP-4, SO_RCVTIMEO: EAGAIN when it runs out, a jiffy late at most and not before its time.
TEST_F(options, a_blocked_reader_gives_up_after_its_time) {
  host.run_task([&] {
    EXPECT_EQ(sys.setsockopt(fd, abi::sol_socket, abi::so_rcvtimeo, abi::timeval{0, 20'000}), 0);
    const sim_time begun = host.now();
    EXPECT_EQ(read(fd, 0), -EAGAIN);
    EXPECT_GE(host.now() - begun, 20 * ms);
    EXPECT_LE(host.now() - begun, 24 * ms + 100 * us);
    feed_at(host.now() + 10 * ms, to_port(5000));
    EXPECT_EQ(read(fd, 0), 10);
    EXPECT_EQ(sys.setsockopt(fd, abi::sol_socket, abi::so_rcvtimeo, abi::timeval{-1, 0}), 0);
    const sim_time then = host.now();
    EXPECT_EQ(read(fd, 0), -EAGAIN);
    EXPECT_LT(host.now() - then, 10 * us);
  });
  host.run_for(1 * second);
}

// A datagram with a wrong checksum wakes the reader, who waits for what is left of his time.
TEST_F(options, a_useless_wake_up_does_not_start_the_time_anew) {
  bytes wrong = to_port(5000, 1, 200);
  wrong[100] ^= 1;
  host.run_task([&] {
    sys.setsockopt(fd, abi::sol_socket, abi::so_rcvtimeo, abi::timeval{0, 100'000});
    for (int i = 1; i < 5; ++i) feed_at(host.now() + i * 20 * ms, wrong);
    const sim_time begun = host.now();
    EXPECT_EQ(read(fd, 0), -EAGAIN);
    EXPECT_LE(host.now() - begun, 190 * ms);
  });
}

// SO_TIMESTAMP: when the packet came up, not when it was read; and nothing unless asked for.
TEST_F(options, a_time_stamp_says_when_the_packet_came) {
  const sim_time arrival = host.now() + 10 * ms;
  feed_at(arrival, to_port(5000));
  feed_at(arrival + 10 * ms, to_port(5000));
  host.run_task([&] {
    stack::receive_message message;
    message.buffer = into;
    EXPECT_EQ(put(abi::so_timestamp, 1), 0);
    os.clock().sleep_until(arrival + 50 * ms);
    EXPECT_EQ(sys.recvmsg(fd, message, 0), 10);
    EXPECT_GE(message.stamp, arrival);
    EXPECT_LT(message.stamp, arrival + 100 * us);
    EXPECT_EQ(put(abi::so_timestamp, 0), 0);
    EXPECT_EQ(sys.recvmsg(fd, message, 0), 10);
    EXPECT_EQ(message.stamp, -1);
  });
}

// What came before the option has no stamp yet: the time of reading stands in (__sock_recv_timestamp).
TEST_F(options, a_packet_from_before_is_stamped_when_it_is_read) {
  feed(to_port(5000));
  host.run_task([&] {
    stack::receive_message message;
    message.buffer = into;
    put(abi::so_timestamp, 1);
    os.clock().msleep(10 * ms);
    const sim_time begun = host.now();
    sys.recvmsg(fd, message, 0);
    EXPECT_GE(message.stamp, begun);
  });
}

}  // namespace
}  // namespace ringside::test
