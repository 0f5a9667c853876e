// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/eventfd.h"

#include "tests/sw/stack/program_bench.h"

namespace ringside::test {
namespace {

namespace abi = stack::abi;

// eventfd(2).
class counting : public program_bench {
 protected:
  int make(std::uint32_t count, int flags = 0) {
    const stack::syscalls::at_no_cost set_up(sys);
    return static_cast<int>(sys.eventfd(count, flags));
  }
  long put(int fd, std::uint64_t value) { return sys.write(fd, std::as_bytes(std::span(&value, 1))); }
  /// The value, or an error.
  long take(int fd) {
    std::uint64_t value = 0;
    const long result = sys.read(fd, std::as_writable_bytes(std::span(&value, 1)));
    return result == 8 ? static_cast<long>(value) : result;
  }
  static constexpr std::uint64_t most = ~std::uint64_t{0} - 1;
};

TEST_F(counting, reading_takes_all_or_one) {
  const int all = make(3, abi::o_nonblock);
  const int one = make(2, abi::o_nonblock | abi::efd_semaphore);
  host.run_task([&] {
    EXPECT_EQ(put(all, 4), 8);
    EXPECT_EQ(take(all), 7);
    EXPECT_EQ(take(all), -EAGAIN);
    EXPECT_EQ(take(one), 1);
    EXPECT_EQ(take(one), 1);
    EXPECT_EQ(take(one), -EAGAIN);
    EXPECT_EQ(sys.eventfd(0, 2), -EINVAL);
    EXPECT_EQ(sys.read(all, std::span(into).first(7)), -EINVAL);
    EXPECT_EQ(sys.write(all, std::span(into).first(7)), -EINVAL);
    EXPECT_EQ(put(all, most + 1), -EINVAL);
    EXPECT_EQ(put(all, most), 8);
    EXPECT_EQ(put(all, 1), -EAGAIN) << "full";
  });
}

TEST_F(counting, readers_wait_for_writers_and_writers_for_readers) {
  const int fd = make(0);
  task('r', [&] { EXPECT_EQ(take(fd), static_cast<long>(5)); });
  host.run_for(1 * ms);
  EXPECT_EQ(log, "");
  host.run_task([&] { EXPECT_EQ(put(fd, 5), 8); });
  host.run_for(1 * ms);
  EXPECT_EQ(log, "r");
  host.run_task([&] { EXPECT_EQ(put(fd, most), 8); });
  task('w', [&] { EXPECT_EQ(put(fd, 2), 8); });
  host.run_for(1 * ms);
  EXPECT_EQ(log, "r");
  host.run_task([&] { take(fd); });
  host.run_for(1 * ms);
  EXPECT_EQ(log, "rw");
}

// Another kind of file in the same waits: what poll, select and epoll know of a file is its mask and its queue.
TEST_F(counting, every_wait_takes_it_beside_a_socket) {
  const int fd = make(0);
  const int socket = udp();
  const int set = set_of_epoll();
  std::array<abi::pollfd, 2> asked{abi::pollfd{fd, abi::epollin, 0}, abi::pollfd{socket, abi::epollin, 0}};
  host.run_task([&] {
    for (const int what : {fd, socket})
      EXPECT_EQ(sys.epoll_ctl(set, abi::epoll_ctl_add, what, {abi::epollin, static_cast<std::uint64_t>(what)}), 0);
  });
  task('p', [&] { EXPECT_EQ(sys.poll(asked), 1); });
  task('s', [&] {
    abi::fd_set in;
    in.set(static_cast<std::size_t>(fd)).set(static_cast<std::size_t>(socket));
    EXPECT_EQ(sys.select(socket + 1, &in, nullptr, nullptr), 1);
    EXPECT_TRUE(in.test(static_cast<std::size_t>(fd)));
  });
  task('e', [&] {
    std::array<abi::epoll_event, 2> events;
    EXPECT_EQ(sys.epoll_wait(set, events), 1);
    EXPECT_EQ(events[0].data, static_cast<std::uint64_t>(fd));
  });
  host.run_for(1 * ms);
  host.run_task([&] { put(fd, 1); });
  host.run_for(1 * ms);
  EXPECT_EQ(log.size(), 3U);
  EXPECT_NE(asked[0].revents, 0);
  EXPECT_EQ(asked[1].revents, 0);
}

TEST_F(counting, its_mask_says_what_would_not_block) {
  const int fd = make(0);
  std::array<abi::pollfd, 1> asked{abi::pollfd{fd, abi::epollin | abi::epollout, 0}};
  host.run_task([&] {
    sys.poll(asked, 0);
    EXPECT_EQ(asked[0].revents, static_cast<int>(abi::epollout));
    put(fd, 1);
    sys.poll(asked, 0);
    EXPECT_EQ(asked[0].revents, static_cast<int>(abi::epollin | abi::epollout));
    put(fd, most - 1);
    sys.poll(asked, 0);
    EXPECT_EQ(asked[0].revents, static_cast<int>(abi::epollin));
  });
}

}  // namespace
}  // namespace ringside::test
