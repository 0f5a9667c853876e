// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/eventpoll.h"

#include "tests/sw/stack/program_bench.h"

namespace ringside::test {
namespace {

namespace abi = stack::abi;

class epoll : public program_bench {
 protected:
  int set = set_of_epoll();

  long add(int fd, stack::poll_mask events, int to = -1) {
    return sys.epoll_ctl(to < 0 ? set : to, abi::epoll_ctl_add, fd, {events, static_cast<std::uint64_t>(fd)});
  }
  long modify(int fd, stack::poll_mask events) {
    return sys.epoll_ctl(set, abi::epoll_ctl_mod, fd, {events, static_cast<std::uint64_t>(fd)});
  }
  /// The descriptors that are ready.
  std::vector<int> wait(std::size_t most = 8, sim_time timeout = time_never, int of = -1) {
    std::vector<abi::epoll_event> events(most);
    const long count = sys.epoll_wait(of < 0 ? set : of, events, timeout);
    EXPECT_GE(count, 0);
    std::vector<int> found;
    for (long i = 0; i < count; ++i) found.push_back(static_cast<int>(events[static_cast<std::size_t>(i)].data));
    return found;
  }
  using fds = std::vector<int>;
};

TEST_F(epoll, level_repeats_and_edge_does_not) {
  const int level = udp(5000);
  const int edge = udp(5001);
  feed_at(host.now() + 1 * ms, to_port(5000));
  feed_at(host.now() + 1 * ms, to_port(5001));
  feed_at(host.now() + 9 * ms, to_port(5001));
  host.run_task([&] {
    add(level, abi::epollin);
    add(edge, abi::epollin | abi::epollet);
    os.clock().sleep_until(host.now() + 4 * ms);  // both have arrived
    EXPECT_EQ(wait(), (fds{level, edge}));
    EXPECT_EQ(wait(), (fds{level}));
    EXPECT_EQ(read(level), 10);
    // Nothing is left for level; edge tells again only when the next datagram comes, though one is still queued.
    EXPECT_EQ(wait(), (fds{edge}));
    EXPECT_EQ(read(edge), 10);
    EXPECT_EQ(read(edge), 10);
  });
}

// ep_send_events asks every listed file again: an edge whose data are gone is none.
TEST_F(epoll, an_edge_that_was_drained_is_not_reported) {
  const int fd = udp();
  const sim_time start = host.now();
  feed_at(start + 1 * ms, to_port(5000));
  feed_at(start + 20 * ms, to_port(5000));
  host.run_task([&] {
    add(fd, abi::epollin | abi::epollet);
    os.clock().sleep_until(start + 2 * ms);
    EXPECT_EQ(read(fd), 10);
    EXPECT_TRUE(wait(1, 0).empty());
    EXPECT_EQ(wait(1).size(), 1U);
    EXPECT_GE(host.now(), start + 20 * ms) << "the first arrival was no event";
  });
}

// EPOLLONESHOT: silent after one report, also for what comes later, until EPOLL_CTL_MOD.
TEST_F(epoll, oneshot_is_silent_until_modified) {
  const int fd = udp();
  const sim_time start = host.now();
  for (int i = 1; i <= 3; ++i) feed_at(start + i * 10 * ms, to_port(5000));
  host.run_task([&] {
    const stack::poll_mask once = abi::epollin | abi::epolloneshot;
    add(fd, once);
    EXPECT_EQ(wait(1).size(), 1U);
    EXPECT_LT(host.now(), start + 11 * ms);
    EXPECT_TRUE(wait(1, 15 * ms).empty()) << "readable, and another came";
    EXPECT_EQ(modify(fd, once), 0);
    EXPECT_EQ(wait(1, 0).size(), 1U) << "looked at by the change";
    while (read(fd) == 10) {
    }
    modify(fd, once);
    EXPECT_TRUE(wait(1, 0).empty());
    EXPECT_EQ(wait(1).size(), 1U);
    EXPECT_GE(host.now(), start + 30 * ms);
  });
}

// list_splice, list_add_tail: who was not looked at stays in front of a level that is told again.
TEST_F(epoll, all_are_served_in_turn) {
  for (const int i : {0, 1, 2}) udp(static_cast<std::uint16_t>(5000 + i));
  for (const int i : {2, 0, 1}) feed_at(host.now() + (1 + i) * ms, to_port(static_cast<std::uint16_t>(5000 + i)));
  fds order;
  host.run_task([&] {
    for (const int fd : {1, 2, 3}) add(fd, abi::epollin);
    os.clock().sleep_until(host.now() + 10 * ms);
    for (const std::size_t most : {1, 1, 1, 1, 1, 1, 1, 2, 2})
      for (const int fd : wait(most)) order.push_back(fd);
  });
  EXPECT_EQ(order, (fds{1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2}));
}

TEST_F(epoll, what_was_there_before_is_seen) {
  const int fd = udp();
  feed(to_port(5000));
  host.run_task([&] {
    add(fd, abi::epollin | abi::epollet);
    EXPECT_EQ(wait(1), (fds{fd}));
    EXPECT_EQ(sys.epoll_ctl(set, abi::epoll_ctl_del, fd, {}), 0);
  });
  feed(to_port(5000));
  host.run_task([&] { EXPECT_TRUE(wait(1, 0).empty()) << "taken out"; });
}

// EP-4, do_epoll_ctl.
TEST_F(epoll, control_refuses_what_linux_refuses) {
  const int fd = udp();
  const int inner = set_of_epoll();
  host.run_task([&] {
    const auto control = [&](int epfd, int operation, int what, stack::poll_mask events) {
      return sys.epoll_ctl(epfd, operation, what, {events, 0});
    };
    EXPECT_EQ(control(99, abi::epoll_ctl_add, fd, 1), -EBADF);
    EXPECT_EQ(control(set, abi::epoll_ctl_add, 99, 1), -EBADF);
    EXPECT_EQ(control(fd, abi::epoll_ctl_add, set, 1), -EINVAL) << "no set";
    EXPECT_EQ(control(set, abi::epoll_ctl_add, set, 1), -EINVAL) << "itself";
    EXPECT_EQ(control(set, abi::epoll_ctl_mod, fd, 1), -ENOENT);
    EXPECT_EQ(control(set, abi::epoll_ctl_del, fd, 1), -ENOENT);
    EXPECT_EQ(control(set, abi::epoll_ctl_add, inner, 1 | abi::epollexclusive), -EINVAL);
    EXPECT_EQ(control(set, abi::epoll_ctl_add, fd, 1 | abi::epollexclusive | abi::epolloneshot), -EINVAL);
    EXPECT_EQ(control(set, abi::epoll_ctl_add, fd, 1 | abi::epollexclusive), 0);
    EXPECT_EQ(control(set, abi::epoll_ctl_add, fd, 1), -EEXIST);
    EXPECT_EQ(control(set, abi::epoll_ctl_mod, fd, 1), -EINVAL) << "an exclusive one stays as it is";
    EXPECT_EQ(control(set, abi::epoll_ctl_del, fd, 1), 0);
    EXPECT_EQ(control(set, 4, fd, 1), -EINVAL);
    std::array<abi::epoll_event, 1> events;
    EXPECT_EQ(sys.epoll_wait(set, {}, 0), -EINVAL);
    EXPECT_EQ(sys.epoll_wait(99, events, 0), -EBADF);
    EXPECT_EQ(sys.epoll_wait(fd, events, 0), -EINVAL);
    EXPECT_EQ(sys.epoll_create1(1), -EINVAL);
  });
}

// The item is of the file: a second descriptor is a second item, and the items go with the last descriptor.
TEST_F(epoll, closing_the_last_descriptor_takes_a_file_out) {
  const int fd = udp();
  host.run_task([&] {
    const auto other = static_cast<int>(sys.dup(fd));
    EXPECT_EQ(add(fd, abi::epollin), 0);
    EXPECT_EQ(add(other, abi::epollin), 0);
    EXPECT_EQ(sys.close(fd), 0);
    host.at(host.now() + 1 * ms, [] {});
  });
  feed(to_port(5000));
  host.run_task([&] {
    EXPECT_EQ(wait(8, 0).size(), 2U) << "the file lives on, and both items";
    EXPECT_EQ(sys.close(fd + 1), 0);
    EXPECT_TRUE(wait(8, 0).empty());
  });
}

TEST_F(epoll, closing_a_set_lets_go_of_its_files) {
  const int fd = udp();
  host.run_task([&] {
    add(fd, abi::epollin);
    EXPECT_TRUE(sys.sock_of(fd)->readiness().has_waiters());
    EXPECT_EQ(sys.close(set), 0);
    EXPECT_FALSE(sys.sock_of(fd)->readiness().has_waiters());
  });
  feed(to_port(5000));
  host.run_task([&] { EXPECT_EQ(read(fd), 10); });
}

// EP-5: each event wakes one of the tasks that wait in one set.
TEST_F(epoll, one_task_of_a_set_wakes_for_an_event) {
  const int fd = udp();
  host.run_task([&] { add(fd, abi::epollin | abi::epollet); });
  for (const char name : {'1', '2', '3'}) task(name, [&] { wait(1); });
  host.run_for(1 * ms);
  feed(to_port(5000));
  host.run_for(1 * ms);
  EXPECT_EQ(log, "1");
  feed(to_port(5000));
  host.run_for(1 * ms);
  EXPECT_EQ(log, "12");
  feed(to_port(5000));
  host.run_for(1 * ms);
  EXPECT_EQ(log, "123");
}

// A level that is still ready when one task has taken its events wakes the next (ep_done_scan).
TEST_F(epoll, a_level_that_stays_wakes_the_next_task) {
  const int fd = udp();
  host.run_task([&] { add(fd, abi::epollin); });
  for (const char name : {'1', '2'}) task(name, [&] { wait(1); });
  host.run_for(1 * ms);
  feed(to_port(5000));
  host.run_for(1 * ms);
  EXPECT_EQ(log, "12");
}

// EP-3: sets that watch a file exclusively do not all wake, others do.  An exclusive one that nobody waits in has no
// use for the event.
TEST_F(epoll, exclusive_sets_share_the_events_of_a_file) {
  const int fd = udp();
  const int idle = set_of_epoll();
  const int second_set = set_of_epoll();
  const int shared = set_of_epoll();
  host.run_task([&] {
    const stack::poll_mask alone = abi::epollin | abi::epollet | abi::epollexclusive;
    EXPECT_EQ(add(fd, alone, idle), 0);
    EXPECT_EQ(add(fd, alone), 0);
    EXPECT_EQ(add(fd, alone, second_set), 0);
    EXPECT_EQ(add(fd, abi::epollin | abi::epollet, shared), 0);
  });
  task('1', [&] { wait(1); });
  task('2', [&] { wait(1, time_never, second_set); });
  task('s', [&] { wait(1, time_never, shared); });
  host.run_for(1 * ms);
  feed(to_port(5000));
  host.run_for(1 * ms);
  EXPECT_EQ(log, "s1");
  feed(to_port(5000));
  host.run_for(1 * ms);
  EXPECT_EQ(log, "s12");
}

// ep_poll_callback: room to write is no event for who asked for data, and wakes nobody.
TEST_F(epoll, a_wake_up_about_something_else_is_no_event) {
  const int fd = udp();
  host.run_task([&] { add(fd, abi::epollin); });
  task('w', [&] { wait(1); });
  host.run_for(1 * ms);
  host.events.clear();
  sys.sock_of(fd)->write_space(*sys.sock_of(fd), 0);
  EXPECT_EQ(host.count(stage::task_wake), 0U);
  feed(to_port(5000));
  host.run_for(1 * ms);
  EXPECT_EQ(log, "w");
}

// A set whose time is over takes no event from the others that wait.
TEST_F(epoll, a_task_whose_time_is_over_takes_no_event) {
  const int fd = udp();
  host.run_task([&] { add(fd, abi::epollin | abi::epollet); });
  task('t', [&] { EXPECT_TRUE(wait(1, 10 * ms).empty()); });
  task('w', [&] { EXPECT_EQ(wait(1).size(), 1U); });
  host.run_for(20 * ms);
  EXPECT_EQ(log, "t");
  feed(to_port(5000));
  host.run_for(1 * ms);
  EXPECT_EQ(log, "tw");
}

// A set is a file: readable when something in it is ready.
TEST_F(epoll, a_set_inside_a_set) {
  const int fd = udp();
  const int outer = set_of_epoll();
  host.run_task([&] {
    EXPECT_EQ(add(fd, abi::epollin), 0);
    EXPECT_EQ(add(set, abi::epollin, outer), 0);
  });
  task('o', [&] { EXPECT_EQ(wait(4, time_never, outer), (fds{set})); });
  host.run_for(1 * ms);
  feed(to_port(5000));
  host.run_for(1 * ms);
  EXPECT_EQ(log, "o");
  host.run_task([&] {
    std::array<abi::pollfd, 1> asked{abi::pollfd{set, 0x7F, 0}};
    EXPECT_EQ(sys.poll(asked, 0), 1);
    EXPECT_EQ(asked[0].revents, static_cast<int>(abi::epollin | abi::epollrdnorm));
    EXPECT_EQ(wait(), (fds{fd})) << "being asked has taken nothing out";
    EXPECT_EQ(read(fd), 10);
    EXPECT_TRUE(wait(4, 0, outer).empty());
    EXPECT_EQ(sys.poll(asked, 0), 0);
  });
}

// ep_loop_check: no circle, and at most five sets on the way to a file (EP_MAX_NESTS).
TEST_F(epoll, sets_in_sets_have_a_limit) {
  fds sets{set};
  for (int i = 0; i < 6; ++i) sets.push_back(set_of_epoll());
  host.run_task([&] {
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(add(sets[i], abi::epollin, sets[i + 1]), 0) << i;
    EXPECT_EQ(add(sets[4], abi::epollin, sets[5]), -ELOOP) << "one too deep, above";
    EXPECT_EQ(add(sets[5], abi::epollin, sets[0]), -ELOOP) << "the same, below";
    EXPECT_EQ(add(sets[4], abi::epollin, sets[0]), -ELOOP) << "a circle";
    EXPECT_EQ(add(sets[1], abi::epollin, sets[0]), -ELOOP) << "a circle of two";
    EXPECT_EQ(add(sets[5], abi::epollin, sets[6]), 0);
  });
}

// What rings while a set is being looked at is not lost (ovflist): asking a blocking socket sums its checksum, and
// packets come meanwhile.
TEST_F(epoll, what_rings_while_a_set_is_looked_at_is_kept) {
  const int first = udp(5000);
  const int second_one = udp(5001);
  host.run_task([&] {
    add(first, abi::epollin | abi::epollet);
    add(second_one, abi::epollin | abi::epollet);
  });
  feed(to_port(5000, 1, 1400));
  host.sync_on_consume = true;
  host.run_task([&] {
    feed_at(host.now() + 600 * ns, to_port(5001));  // while the checksum is summed
    EXPECT_EQ(wait(1), (fds{first}));
    host.sync_on_consume = false;
    EXPECT_EQ(wait(2, 0), (fds{second_one}));
  });
}

}  // namespace
}  // namespace ringside::test
