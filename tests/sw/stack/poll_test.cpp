// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/poll.h"

#include "tests/sw/stack/program_bench.h"

namespace ringside::test {
namespace {

namespace abi = stack::abi;

class polling : public program_bench {
 protected:
  /// What poll() says of one file, at once.
  unsigned look(int fd, unsigned events = 0x2FFF) {
    std::array<abi::pollfd, 1> asked{abi::pollfd{fd, static_cast<std::int16_t>(events), 0}};
    long count = -1;
    host.run_task([&] { count = sys.poll(asked, 0); });
    EXPECT_EQ(count, asked[0].revents != 0 ? 1 : 0);
    return static_cast<std::uint16_t>(asked[0].revents);
  }
  static constexpr unsigned data = abi::epollin | abi::epollrdnorm;
  static constexpr unsigned room = abi::epollout | abi::epollwrnorm | abi::epollwrband;
};

TEST_F(polling, poll_reports_the_readable_ones) {
  std::vector<abi::pollfd> asked;
  for (std::uint16_t i = 0; i < 3; ++i) asked.push_back({udp(static_cast<std::uint16_t>(5000 + i)), abi::epollin, 0});
  feed_at(host.now() + 3 * ms, to_port(5001));
  host.run_task([&] {
    EXPECT_EQ(sys.poll(asked), 1);
    EXPECT_EQ(asked[0].revents, 0);
    EXPECT_EQ(asked[1].revents, static_cast<int>(abi::epollin));
    EXPECT_EQ(sys.poll(asked), 1) << "level: still readable";
  });
}

// poll(2): the call blocks for at least the timeout, 0 returns at once.  select_estimate_accuracy: a thousandth more,
// 50 us at least; the rest is the costs of waking up.
TEST_F(polling, every_wait_gives_up_after_its_time) {
  const int fd = udp();
  const int epfd = set_of_epoll();
  std::array<abi::pollfd, 1> asked{abi::pollfd{fd, abi::epollin, 0}};
  std::array<abi::epoll_event, 4> events;
  host.run_task([&] {
    EXPECT_EQ(sys.epoll_ctl(epfd, abi::epoll_ctl_add, fd, {abi::epollin, 7}), 0);
    const std::vector<std::function<long(sim_time)>> waits{
        [&](sim_time t) { return sys.poll(asked, t); }, [&](sim_time t) { return sys.epoll_wait(epfd, events, t); },
        [&](sim_time t) {
          abi::fd_set readable;
          readable.set(static_cast<std::size_t>(fd));
          const long count = sys.select(fd + 1, &readable, nullptr, nullptr, t);
          EXPECT_TRUE(readable.none());
          return count;
        },
        [&](sim_time t) { return sys.poll({}, t); }};
    for (const auto& wait : waits)
      for (const sim_time timeout : {sim_time{0}, 1 * ms, 10 * ms, 100 * ms}) {
        const sim_time begun = host.now();
        EXPECT_EQ(wait(timeout), 0);
        EXPECT_GE(host.now() - begun, timeout);
        EXPECT_LE(host.now() - begun, timeout + std::max(50 * us, timeout / 1000) + 10 * us);
      }
  });
}

TEST_F(polling, data_ends_a_wait_before_its_time) {
  const int fd = udp();
  const int epfd = set_of_epoll();
  std::array<abi::pollfd, 1> asked{abi::pollfd{fd, abi::epollin, 0}};
  std::array<abi::epoll_event, 4> events;
  const sim_time start = host.now();
  feed_at(start + 30 * ms, to_port(5000));
  host.run_task([&] {
    EXPECT_EQ(sys.poll(asked, 1 * second), 1);
    EXPECT_GE(host.now(), start + 30 * ms);
    EXPECT_LT(host.now(), start + 31 * ms);
    sys.epoll_ctl(epfd, abi::epoll_ctl_add, fd, {abi::epollin | abi::epollet, 7});
    EXPECT_EQ(sys.epoll_wait(epfd, events, 1 * second), 1);
    EXPECT_EQ(sys.epoll_wait(epfd, events, 20 * ms), 0) << "the edge has been told";
  });
  host.run_for(2 * second);  // no alarm is left to ring
}

// RE-12, RE-13, SO-15, datagram_poll: what a UDP socket says of itself.
TEST_F(polling, a_udp_socket_has_the_mask_of_its_state) {
  const int fd = udp();
  EXPECT_EQ(look(fd), room);
  feed(to_port(5000));
  EXPECT_EQ(look(fd), data | room);
  EXPECT_EQ(look(fd, abi::epollin), abi::epollin) << "what is not asked for is not told";
  host.run_task([&] {
    EXPECT_EQ(read(fd), 10);
    EXPECT_EQ(sys.shutdown(fd, abi::shut_rd), -ENOTCONN);
  });
  EXPECT_EQ(look(fd), data | room | abi::epollrdhup);
  host.run_task([&] { sys.shutdown(fd, abi::shut_wr); });
  EXPECT_EQ(look(fd), data | room | abi::epollrdhup | abi::epollhup);
  EXPECT_EQ(look(fd, 0), abi::epollhup) << "told unasked";
}

TEST_F(polling, an_error_is_told_unasked_and_once) {
  const int fd = udp();
  host.run_task([&] {
    std::array<abi::pollfd, 1> asked{abi::pollfd{fd, 0, 0}};
    host.at(host.now() + 1 * ms, [&] { sys.sock_of(fd)->report_error(ECONNREFUSED); });
    EXPECT_EQ(sys.poll(asked, 1 * second), 1);
    EXPECT_EQ(asked[0].revents, static_cast<int>(abi::epollerr));
    EXPECT_EQ(read(fd), -ECONNREFUSED);
    EXPECT_EQ(sys.poll(asked, 0), 0);
  });
}

// POLLNVAL, and -1 for a place not used.
TEST_F(polling, descriptors_that_are_not_open) {
  EXPECT_EQ(look(9), abi::epollnval);
  EXPECT_EQ(look(-1), 0U);
  host.run_task([&] {
    abi::fd_set set;
    set.set(9);
    EXPECT_EQ(sys.select(10, &set, nullptr, nullptr, 0), -EBADF);
    EXPECT_EQ(sys.select(9, &set, nullptr, nullptr, 0), 0) << "not looked at";
    EXPECT_EQ(sys.select(-1, nullptr, nullptr, nullptr, 0), -EINVAL);
    sys.set_nofile(2);
    std::array<abi::pollfd, 3> many;
    EXPECT_EQ(sys.poll(many, 0), -EINVAL);
  });
}

// RE-15: an error makes a socket readable and writable, not exceptional; each bit counts.
TEST_F(polling, select_has_three_sets) {
  const int quiet = udp(5000);
  const int broken = udp(5001);
  const auto set = [&] {
    abi::fd_set s;
    s.set(static_cast<std::size_t>(quiet)).set(static_cast<std::size_t>(broken));
    return s;
  };
  sys.sock_of(broken)->report_error(ECONNREFUSED);
  host.run_task([&] {
    abi::fd_set in = set();
    abi::fd_set out = set();
    abi::fd_set except = set();
    EXPECT_EQ(sys.select(2, &in, &out, &except, 1 * ms), 3);
    EXPECT_EQ(in.to_ulong(), 2U);
    EXPECT_EQ(out.to_ulong(), 3U);
    EXPECT_TRUE(except.none());
    except = set();
    EXPECT_EQ(sys.select(2, nullptr, nullptr, &except, 1 * ms), 0);
  });
}

// RE-16: room to write does not wake who wants to read, and what came does not wake who wants room.
TEST_F(polling, a_wake_up_about_something_else_is_passed_by) {
  const int fd = udp();
  stack::sock& sk = *sys.sock_of(fd);
  std::array<abi::pollfd, 1> asked{abi::pollfd{fd, abi::epollin, 0}};
  task('r', [&] { EXPECT_EQ(sys.poll(asked), 1); });
  host.run_for(1 * ms);
  host.events.clear();
  sk.write_space(sk, 0);
  host.run_for(1 * ms);
  EXPECT_EQ(host.count(stage::task_wake), 0U);
  feed(to_port(5000));
  host.run_for(1 * ms);
  EXPECT_EQ(log, "r");
}

// udp_poll: data whose checksum is wrong were never there for a call that would block; a call that would not finds out.
TEST_F(polling, a_wrong_checksum_is_no_data_unless_the_file_does_not_block) {
  bytes wrong = to_port(5000, 1, 200);
  wrong[100] ^= 1;
  const int fd = udp();
  feed(wrong);
  EXPECT_EQ(look(fd), room);
  EXPECT_EQ(dropped(drop_reason::udp_checksum), 1U);
  host.run_task([&] { sys.fcntl(fd, abi::f_setfl, abi::o_nonblock); });
  feed(wrong);
  EXPECT_EQ(look(fd), data | room);
  EXPECT_EQ(dropped(drop_reason::udp_checksum), 1U);
  host.run_task([&] { EXPECT_EQ(read(fd, 0), -EAGAIN); });
}

// A right one is summed once.
TEST_F(polling, what_poll_has_summed_the_reader_need_not) {
  const int fd = udp();
  feed(to_port(5000, 1, 1000));
  const auto takes = [&](auto what) {
    sim_time time = 0;
    host.run_task([&] {
      const sim_time begun = host.now();
      what();
      time = host.now() - begun;
    });
    return time;
  };
  const auto read_it = [&] { EXPECT_EQ(read(fd), 100); };
  const sim_time unsummed = takes(read_it);
  feed(to_port(5000, 1, 1000));
  EXPECT_EQ(look(fd), data | room);
  // 1008 bytes and 1/8 of a cycle each.
  EXPECT_EQ(unsummed - takes(read_it), 126 * ns);
}

// Several tasks in poll() on one socket all hear of it (not exclusive).
TEST_F(polling, all_who_poll_a_socket_wake) {
  const int fd = udp();
  std::array<std::array<abi::pollfd, 1>, 3> asked;
  for (std::size_t i = 0; i < 3; ++i) {
    asked[i][0] = {fd, abi::epollin, 0};
    task('p', [this, &asked, i] { sys.poll(asked[i]); });
  }
  host.run_for(1 * ms);
  feed(to_port(5000));
  host.run_for(1 * ms);
  EXPECT_EQ(log, "ppp");
}

/// A file without an answer of its own: a regular one.
class plain final : public stack::file {
 public:
  plain() : file(0) {}
};

TEST_F(polling, a_file_that_cannot_be_polled_is_always_ready) {
  const auto fd = static_cast<int>(sys.files().install(std::make_unique<plain>()));
  EXPECT_EQ(look(fd), data | abi::epollout | abi::epollwrnorm);
  const int epfd = set_of_epoll();
  host.run_task([&] {
    EXPECT_EQ(sys.epoll_ctl(epfd, abi::epoll_ctl_add, fd, {abi::epollin, 0}), -EPERM);
    EXPECT_EQ(sys.read(fd, into), -EINVAL);
    EXPECT_EQ(sys.write(fd, into), -EINVAL);
    int left = 0;
    EXPECT_EQ(sys.ioctl(fd, abi::fionread, left), -ENOTTY);
  });
}

}  // namespace
}  // namespace ringside::test
