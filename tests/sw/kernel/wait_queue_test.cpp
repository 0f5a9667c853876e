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

// A callback takes itself and one behind it out and adds another, as an entry of Linux that removes itself may.
TEST_F(waiting, callbacks_may_change_the_list_they_are_called_from) {
  std::string log;
  queue.add_callback(&owners[0], [&, keep = std::string(100, 'x')](frame_id) {
    log += 'a';
    queue.remove_callback(&owners[0]);
    queue.remove_callback(&owners[1]);
    for (int i = 2; i < 4; ++i) queue.add_callback(&owners[i], [&log](frame_id) { log += 'n'; });
    EXPECT_EQ(keep, std::string(100, 'x'));
  });
  queue.add_callback(&owners[1], [&](frame_id) { log += 'b'; });
  queue.wake_up();
  EXPECT_EQ(log, "ann");
  queue.wake_up();
  EXPECT_EQ(log, "annnn");
}

// remove_wait_queue takes the queue's lock: what the callback uses may go when it returns.
TEST_F(waiting, removing_waits_for_a_callback_that_runs) {
  auto used = std::make_unique<std::string>("alive");
  bool inside = false;
  std::string seen;
  queue.add_callback(&owners[0], [&](frame_id) {
    inside = true;
    wait_queue other(host);
    other.prepare_to_wait();
    host.at(host.now() + 50 * us, [this, self = host.current_task()] { host.wake(self); });
    host.schedule();  // another task runs meanwhile
    other.finish_wait();
    seen = *used;
    inside = false;
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
