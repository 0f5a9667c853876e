// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/wait_queue.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/sw/fake_host.h"

namespace ringside::kernel {
namespace {

class waiting : public testing::Test {
 protected:
  test::fake_host host;
  wait_queue queue{host};
  int owners[4] = {};
};

TEST_F(waiting, a_wake_up_wakes_every_task_once) {
  int woken = 0;
  for (int i = 0; i < 3; ++i)
    host.spawn(0, "t", [&] {
      queue.prepare_to_wait();
      host.schedule();
      ++woken;
      queue.finish_wait();
    });
  host.run_for(1 * us);
  EXPECT_EQ(woken, 0);
  queue.wake_up();
  host.run_for(100 * us);
  EXPECT_EQ(woken, 3);
  EXPECT_FALSE(queue.has_waiters());
}

// A callback takes itself and one behind it out and adds others, as an entry of Linux that removes itself may.  What is
// added in front has missed this wake-up, what is added behind has not.
TEST_F(waiting, callbacks_may_change_the_list_they_are_called_from) {
  std::string log;
  const auto says = [&log](char what) {
    return [&log, what](frame_id, wake_key) {
      log += what;
      return true;
    };
  };
  queue.add_callback(&owners[1], says('b'));
  queue.add_callback(&owners[0], [&, keep = std::string(100, 'x')](frame_id, wake_key) {
    log += 'a';
    queue.remove_callback(&owners[0]);
    queue.remove_callback(&owners[1]);
    queue.add_callback(&owners[2], says('f'));
    queue.add_callback(&owners[3], says('e'), true);
    EXPECT_EQ(keep, std::string(100, 'x'));
    return true;
  });
  queue.wake_up();
  EXPECT_EQ(log, "ae");
  queue.wake_up();
  EXPECT_EQ(log, "aefe");
}

// __wake_up_common: the others first, the last one before those that came earlier; then as many as asked for of the
// exclusive ones, in the order they came.
TEST_F(waiting, who_waits_alone_comes_last_and_in_turn) {
  std::string log;
  const auto waiter = [&](char name, bool alone) {
    host.spawn(0, "t", [this, &log, name, alone] {
      if (alone)
        queue.prepare_to_wait_exclusive();
      else
        queue.prepare_to_wait();
      host.schedule();
      log += name;
      queue.finish_wait();
    });
  };
  waiter('1', true);
  waiter('a', false);
  waiter('2', true);
  waiter('b', false);
  waiter('3', true);
  waiter('4', true);
  host.run_for(1 * us);
  const auto after = [&](auto wake) {
    log.clear();
    wake();
    host.run_for(100 * us);
    return log;
  };
  EXPECT_EQ(after([&] { queue.wake_up(); }), "ba1");
  EXPECT_EQ(after([&] { queue.wake_up(0, 0, 2); }), "23");
  EXPECT_EQ(after([&] { queue.wake_up_all(); }), "4");
  EXPECT_FALSE(queue.has_waiters());
}

// A wake-up that says what it is about passes by who waits for something else, and does not count for him.
TEST_F(waiting, a_key_passes_by_who_waits_for_something_else) {
  std::string log;
  const auto waiter = [&](char name, wake_key interest) {
    host.spawn(0, "t", [this, &log, name, interest] {
      queue.prepare_to_wait_exclusive(interest);
      host.schedule();
      log += name;
      queue.finish_wait();
    });
  };
  waiter('w', 4);
  waiter('r', 1);
  waiter('b', 5);
  host.run_for(1 * us);
  queue.wake_up(0, 1 | 2);
  host.run_for(100 * us);
  EXPECT_EQ(log, "r");
  queue.wake_up();
  host.run_for(100 * us);
  EXPECT_EQ(log, "rw") << "one that says nothing is for all";
  queue.wake_up_all(0, 1);
  host.run_for(100 * us);
  EXPECT_EQ(log, "rwb");
}

// An exclusive callback that has no use for the wake-up leaves it to the next one.
TEST_F(waiting, a_callback_without_use_for_it_lets_the_next_one_have_it) {
  std::string log;
  for (int i = 0; i < 3; ++i)
    queue.add_callback(
        &owners[i],
        [&log, i](frame_id, wake_key) {
          log += static_cast<char>('0' + i);
          return i != 0;
        },
        true);
  queue.wake_up();
  EXPECT_EQ(log, "01");
  log.clear();
  queue.wake_up_all();
  EXPECT_EQ(log, "012");
}

// try_to_wake_up fails for a task that is awake: the wake-up goes to the next one.
TEST_F(waiting, a_task_something_else_woke_takes_no_wake_up) {
  std::string log;
  task_id first = 0;
  for (const char name : {'1', '2'})
    host.spawn(0, "t", [this, &log, &first, name] {
      queue.prepare_to_wait_exclusive();
      if (name == '1') first = host.current_task();
      host.schedule();
      log += name;
      queue.finish_wait();
    });
  host.run_for(1 * us);
  queue.forget(first);  // as its timer does
  host.wake(first);
  queue.wake_up();
  host.run_for(100 * us);
  EXPECT_EQ(log, "12");
}

// remove_wait_queue takes the queue's lock: what the callback uses may go when it returns.
TEST_F(waiting, removing_waits_for_a_callback_that_runs) {
  auto used = std::make_unique<std::string>("alive");
  bool inside = false;
  std::string seen;
  queue.add_callback(&owners[0], [&](frame_id, wake_key) {
    inside = true;
    wait_queue other(host);
    other.prepare_to_wait();
    host.at(host.now() + 50 * us, [this, self = host.current_task()] { host.wake(self); });
    host.schedule();  // another task runs meanwhile
    other.finish_wait();
    seen = *used;
    inside = false;
    return true;
  });
  host.spawn(0, "waker", [&] { queue.wake_up(); });
  host.run_for(1 * us);
  ASSERT_TRUE(inside);
  host.run_task([&] {
    queue.remove_callback(&owners[0]);
    EXPECT_FALSE(inside);
    used.reset();
  });
  EXPECT_EQ(seen, "alive");
}

}  // namespace
}  // namespace ringside::kernel
