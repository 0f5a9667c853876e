// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/sock_lock.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "sw/kernel/kernel.h"
#include "tests/sw/fake_host.h"

namespace ringside::kernel {
namespace sock_lock_tests {
namespace {

struct segment final : packet {
  explicit segment(frame_id id) { frame = id; }
};

class socket_lock : public testing::Test {
 protected:
  socket_lock() {
    host.connect(os);
    host.run_task([this] { os.boot(); });
    host.run(20 * ms);
    lock.set_backlog_receiver([this](packet_ptr p) { handle("b", std::move(p)); });
    lock.set_release_callback([this] {
      log += "cb ";
      EXPECT_TRUE(lock.owned_by_user());
      EXPECT_TRUE(lock.slock().locked());
    });
  }
  void handle(const char* how, packet_ptr p) {
    log += how + std::to_string(p->frame) + " ";
    if (on_packet) on_packet();
  }
  /// What tcp_v4_rcv does with a segment.
  void receive(frame_id id) {
    lock.bh_lock_sock();
    auto p = std::make_unique<segment>(id);
    if (lock.owned_by_user()) {
      lock.add_backlog(std::move(p));
    } else {
      handle("s", std::move(p));
    }
    lock.bh_unlock_sock();
  }
  /// A softirq receives it at `when`.
  void receive_at(sim_time when, frame_id id) {
    hrtimer& t = *alarms.emplace_back(std::make_unique<hrtimer>());
    t.mode = hrtimer_mode::soft;
    t.callback = [this, id] { receive(id); };
    os.clock().hrtimer_start(t, when);
  }

  test::fake_host host;
  kernel os{host, {}};
  sock_lock lock{host, os.softirq()};
  std::vector<std::unique_ptr<hrtimer>> alarms;
  std::string log;
  std::function<void()> on_packet;
};

TEST_F(socket_lock, a_softirq_handles_packets_while_nobody_owns_the_socket) {
  host.run_task([&] { receive_at(21 * ms, 1); });
  host.run(22 * ms);
  EXPECT_EQ(log, "s1 ");
  EXPECT_FALSE(lock.slock().locked());
}

TEST_F(socket_lock, the_owner_handles_what_came_meanwhile_when_it_lets_go) {
  host.run_task([&] {
    for (frame_id i = 1; i <= 3; ++i) receive_at(21 * ms, i);
    lock.lock_sock();
    EXPECT_FALSE(lock.slock().locked()) << "softirqs get in";
    os.clock().sleep_until(22 * ms);
    EXPECT_EQ(log, "");
    EXPECT_EQ(lock.backlog_length(), 3U);
    lock.release_sock();
    EXPECT_EQ(log, "b1 b2 b3 cb ");
    EXPECT_FALSE(lock.owned_by_user());
  });
}

// __release_sock lets softirqs in while it handles what it took.
TEST_F(socket_lock, what_comes_while_the_backlog_is_handled_is_handled_as_well) {
  on_packet = [&] {
    EXPECT_TRUE(lock.owned_by_user());
    EXPECT_FALSE(lock.slock().locked());
    if (log == "b1 ") receive(9);
  };
  host.run_task([&] {
    receive_at(21 * ms, 1);
    receive_at(21 * ms, 2);
    lock.lock_sock();
    os.clock().sleep_until(22 * ms);
    lock.release_sock();
  });
  EXPECT_EQ(log, "b1 b2 b9 cb ");
}

TEST_F(socket_lock, another_task_waits_until_it_is_released) {
  std::string order;
  host.spawn(0, "first", [&] {
    lock.lock_sock();
    os.clock().sleep_until(25 * ms);
    order += "first ";
    lock.release_sock();
  });
  for (const char* name : {"second ", "third "})
    host.spawn(0, name, [&, name] {
      lock.lock_sock();
      EXPECT_GE(host.now(), 25 * ms);
      os.clock().msleep(4 * ms);
      order += name;
      lock.release_sock();
    });
  host.run(24 * ms);
  EXPECT_EQ(order, "");
  host.run(100 * ms);
  EXPECT_EQ(order, "first second third ");
}

TEST(spin_lock, a_cpu_that_takes_its_own_lock_is_told) {
  test::fake_host host;
  spin_lock lock(host);
  lock.lock();
  EXPECT_FALSE(lock.try_lock());
  EXPECT_THROW(lock.lock(), std::logic_error);
  lock.unlock();
  EXPECT_TRUE(lock.try_lock());
  EXPECT_TRUE(lock.locked());
  lock.unlock();
  EXPECT_FALSE(lock.locked());
  EXPECT_EQ(lock.contentions(), 0U);
}

}  // namespace
}  // namespace sock_lock_tests
}  // namespace ringside::kernel
