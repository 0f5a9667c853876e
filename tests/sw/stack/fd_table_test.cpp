// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/fd_table.h"

#include "tests/sw/stack/program_bench.h"

namespace ringside::test {
namespace {

namespace abi = stack::abi;

class descriptors : public program_bench {
 protected:
  long make() { return sys.eventfd(0, 0); }
};

TEST_F(descriptors, the_lowest_free_number_is_given) {
  host.run_task([&] {
    for (const long fd : {0, 1, 2, 3}) EXPECT_EQ(make(), fd);
    EXPECT_EQ(sys.close(2), 0);
    EXPECT_EQ(sys.close(1), 0);
    EXPECT_EQ(sys.dup(3), 1);
    EXPECT_EQ(make(), 2);
    EXPECT_EQ(make(), 4);
    EXPECT_EQ(sys.fcntl(0, abi::f_dupfd, 3), 5);
    EXPECT_EQ(sys.fcntl(0, abi::f_dupfd, 9), 9);
    EXPECT_EQ(make(), 6);
    EXPECT_EQ(sys.files().files(), 5U);
  });
}

TEST_F(descriptors, a_number_that_is_not_open) {
  host.run_task([&] {
    EXPECT_EQ(make(), 0);
    EXPECT_EQ(sys.close(0), 0);
    for (const int fd : {0, 1, -1}) {
      abi::sockaddr_in address;
      int value = 0;
      EXPECT_EQ(sys.close(fd), -EBADF);
      EXPECT_EQ(sys.dup(fd), -EBADF);
      EXPECT_EQ(sys.fcntl(fd, abi::f_getfl), -EBADF);
      EXPECT_EQ(sys.ioctl(fd, abi::fionread, value), -EBADF);
      EXPECT_EQ(sys.read(fd, into), -EBADF);
      EXPECT_EQ(sys.write(fd, into), -EBADF);
      EXPECT_EQ(sys.recv(fd, into, 0), -EBADF);
      EXPECT_EQ(sys.bind(fd, {}), -EBADF);
      EXPECT_EQ(sys.connect(fd, {}), -EBADF);
      EXPECT_EQ(sys.getsockname(fd, address), -EBADF);
      EXPECT_EQ(sys.shutdown(fd, 0), -EBADF);
      EXPECT_EQ(sys.setsockopt(fd, abi::sol_socket, abi::so_rcvbuf, value), -EBADF);
      EXPECT_EQ(sys.getsockopt(fd, abi::sol_socket, abi::so_rcvbuf, value), -EBADF);
    }
  });
}

// RLIMIT_NOFILE is one above the highest number there may be.
TEST_F(descriptors, a_full_table_refuses) {
  sys.set_nofile(3);
  host.run_task([&] {
    EXPECT_EQ(make(), 0);
    EXPECT_EQ(sys.dup(0), 1);
    EXPECT_EQ(make(), 2);
    EXPECT_EQ(make(), -EMFILE);
    EXPECT_EQ(sys.socket(abi::af_inet, abi::sock_dgram, 0), -EMFILE);
    EXPECT_EQ(sys.epoll_create1(0), -EMFILE);
    EXPECT_EQ(sys.dup(0), -EMFILE);
    EXPECT_EQ(sys.fcntl(0, abi::f_dupfd, 3), -EINVAL);
    EXPECT_EQ(sys.close(1), 0);
    EXPECT_EQ(sys.socket(abi::af_inet, abi::sock_dgram, 0), 1);
  });
  EXPECT_EQ(sys.files().files(), 3U);
}

// O_NONBLOCK is the file's: every descriptor of it has it.
TEST_F(descriptors, flags_are_the_files) {
  host.run_task([&] {
    EXPECT_EQ(make(), 0);
    EXPECT_EQ(sys.dup(0), 1);
    EXPECT_EQ(sys.fcntl(1, abi::f_getfl), abi::o_rdwr);
    EXPECT_EQ(sys.fcntl(0, abi::f_setfl, abi::o_nonblock), 0);
    EXPECT_EQ(sys.fcntl(1, abi::f_getfl), abi::o_rdwr | abi::o_nonblock);
    EXPECT_EQ(sys.read(1, into), -EAGAIN);
    int on = 0;
    EXPECT_EQ(sys.ioctl(1, abi::fionbio, on), 0);
    EXPECT_EQ(sys.fcntl(0, abi::f_getfl), abi::o_rdwr);
    EXPECT_EQ(sys.fcntl(0, 99), -EINVAL);
  });
}

// fdget: a call holds its file; it ends with the call, and with it the port.
TEST_F(descriptors, a_file_lives_as_long_as_a_call_on_it) {
  const int fd = udp();
  task('r', [&] { EXPECT_EQ(read(fd, 0), 10); });
  host.run_for(1 * ms);
  host.run_task([&] { EXPECT_EQ(sys.close(fd), 0); });
  EXPECT_EQ(sys.files().files(), 1U);
  feed(to_port(5000));
  host.run_for(1 * ms);
  EXPECT_EQ(log, "r");
  EXPECT_EQ(sys.files().files(), 0U);
  feed(to_port(5000));
  EXPECT_EQ(dropped(drop_reason::no_socket), 1U);
}

TEST_F(descriptors, the_last_descriptor_frees_the_port) {
  const int fd = udp();
  host.run_task([&] {
    const auto other = static_cast<int>(sys.dup(fd));
    sys.close(fd);
    EXPECT_EQ(read(other), -EAGAIN) << "still there";
    sys.close(other);
    EXPECT_EQ(sys.socket(abi::af_inet, abi::sock_dgram, 0), 0);
    EXPECT_EQ(sys.bind(0, {abi::af_inet, 5000, 0}), 0);
  });
}

// A machine that is taken apart in the middle of a call leaves nothing behind, whoever still refers to it.
TEST_F(descriptors, a_table_ends_with_calls_under_way) {
  auto other = std::make_unique<stack::syscalls>(net);
  host.spawn(0, "reader", [&] {
    other->socket(abi::af_inet, abi::sock_dgram, 0);
    other->bind(0, {abi::af_inet, 5000, 0});
    other->epoll_create1(0);
    other->epoll_ctl(1, abi::epoll_ctl_add, 0, {abi::epollin, 0});
    other->recv(0, into, 0);
    FAIL() << "the machine does not run any more";
  });
  host.run_for(1 * ms);
  other.reset();
  udp_user next(net, 1);
  EXPECT_TRUE(next.bind(0, 5000));
}

}  // namespace
}  // namespace ringside::test
