// SPDX-License-Identifier: Apache-2.0
// High-resolution timers: order, restart, cancellation, and the two modes (kernel/time/hrtimer.c of Linux 6.1).
#include "sw/kernel/hrtimer.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "sw/kernel/kernel.h"
#include "tests/sw/fake_host.h"

namespace ringside::kernel {
namespace hrtimer_tests {
namespace {

class hrtimers : public testing::Test {
 protected:
  hrtimers() {
    host.connect(os);
    host.run_task([this] { os.boot(); });
    host.run(20 * ms);
  }
  timers& clock() { return os.clock(); }
  test::fake_host host;
  kernel os{host, {}};
};

TEST_F(hrtimers, fire_in_the_order_of_expiry_and_equal_ones_as_they_were_started) {
  std::string order;
  hrtimer a, b, c;
  a.callback = [&] { order += 'a'; };
  b.callback = [&] { order += 'b'; };
  c.callback = [&] { order += 'c'; };
  host.run_task([&] {
    clock().hrtimer_start(c, 22 * ms);
    clock().hrtimer_start(b, 21 * ms);
    clock().hrtimer_start(a, 21 * ms);
    clock().hrtimer_start(b, 21 * ms);  // started again: behind a
  });
  host.run(23 * ms);
  EXPECT_EQ(order, "abc");
}

TEST_F(hrtimers, a_restarted_one_comes_back_at_its_forwarded_time) {
  std::vector<sim_time> rang;
  hrtimer t;
  t.callback = [&] {
    rang.push_back(host.now());
    EXPECT_FALSE(t.pending());
    EXPECT_EQ(t.forward(clock().ktime_get(), 100 * us), 1U);
    return rang.size() < 3 ? hrtimer_restart::yes : hrtimer_restart::no;
  };
  host.run_task([&] { clock().hrtimer_start(t, 21 * ms); });
  host.run(30 * ms);
  ASSERT_EQ(rang.size(), 3U);
  for (int i = 0; i < 3; ++i) {
    EXPECT_GE(rang[static_cast<std::size_t>(i)], 21 * ms + i * 100 * us);
    EXPECT_LT(rang[static_cast<std::size_t>(i)], 21 * ms + i * 100 * us + 2 * us);
  }
  EXPECT_FALSE(t.pending());
}

// hrtimer_forward of Linux 6.1, by hand: expiry 100 ns, interval 10 ns.
TEST(hrtimer_forward, moves_past_now_in_whole_intervals) {
  struct row {
    sim_time now;
    std::uint64_t overruns;
    sim_time expires;
  };
  for (const row& r : {row{99 * ns, 0, 100 * ns}, row{100 * ns, 1, 110 * ns}, row{109 * ns, 1, 110 * ns},
                       row{110 * ns, 2, 120 * ns}, row{135 * ns, 4, 140 * ns}}) {
    hrtimer t;
    t.soft = 97 * ns;
    t.hard = 100 * ns;
    EXPECT_EQ(t.forward(r.now, 10 * ns), r.overruns) << r.now;
    EXPECT_EQ(t.hard, r.expires) << r.now;
    EXPECT_EQ(t.hard - t.soft, 3 * ns) << "the slack stays";
  }
  hrtimer queued;
  queued.queued = true;
  EXPECT_EQ(queued.forward(1 * ms, 10 * ns), 0U);
  hrtimer fine;
  EXPECT_EQ(fine.forward(5 * ns, 1 * ps), 6U) << "hrtimer_resolution is 1 ns";
}

TEST_F(hrtimers, started_in_its_callback_it_is_queued_once) {
  int rang = 0;
  hrtimer t;
  t.callback = [&] {
    if (++rang == 1) clock().hrtimer_start(t, 22 * ms);
    return rang == 1 ? hrtimer_restart::yes : hrtimer_restart::no;
  };
  host.run_task([&] { clock().hrtimer_start(t, 21 * ms); });
  host.run(21500 * us);
  EXPECT_EQ(rang, 1);
  EXPECT_TRUE(t.pending());
  EXPECT_EQ(t.hard, 22 * ms);
  host.run(30 * ms);
  EXPECT_EQ(rang, 2);
}

TEST_F(hrtimers, cancel_tells_whether_it_was_pending) {
  int rang = 0;
  hrtimer t;
  t.callback = [&] { ++rang; };
  host.run_task([&] {
    EXPECT_EQ(clock().hrtimer_try_to_cancel(t), false);
    clock().hrtimer_start(t, 21 * ms);
    EXPECT_TRUE(clock().hrtimer_cancel(t));
    EXPECT_FALSE(clock().hrtimer_cancel(t));
  });
  host.run(30 * ms);
  EXPECT_EQ(rang, 0);
}

TEST_F(hrtimers, a_running_callback_cannot_be_cancelled_from_inside) {
  bool asked = false;
  hrtimer t;
  t.callback = [&] {
    asked = true;
    EXPECT_EQ(clock().hrtimer_try_to_cancel(t), std::nullopt);
    EXPECT_THROW(clock().hrtimer_cancel(t), std::logic_error);
  };
  host.run_task([&] { clock().hrtimer_start(t, 21 * ms); });
  host.run(30 * ms);
  EXPECT_TRUE(asked);
}

// HRTIMER_MODE_REL adds to ktime_get(), which counts whole ns.
TEST_F(hrtimers, a_relative_time_counts_from_a_whole_ns) {
  hrtimer t;
  t.callback = [] {};
  host.run(25 * ms + 300 * ps);
  host.run_task([&] {
    clock().hrtimer_start_relative(t, 1 * us);
    EXPECT_EQ(host.now() % ns, 300 * ps);
    EXPECT_EQ(t.hard, host.now() - 300 * ps + 1 * us);
    clock().hrtimer_cancel(t);
  });
}

// HRTIMER_MODE_SOFT: its softirq is raised at a hard expiry, and takes along what is due softly then.
TEST_F(hrtimers, soft_ones_run_in_their_softirq_from_a_hard_expiry_on) {
  std::string order;
  std::size_t softirqs_before_hard = 0;
  hrtimer hard, soft, lazy;
  for (hrtimer* t : {&soft, &lazy}) t->mode = hrtimer_mode::soft;
  hard.callback = [&] {
    order += 'h';
    softirqs_before_hard = host.count(stage::softirq_enter);
  };
  soft.callback = [&] {
    order += 's';
    EXPECT_EQ(host.count(stage::softirq_enter), softirqs_before_hard + 1);
  };
  lazy.callback = [&] { order += 'l'; };
  host.run_task([&] {
    clock().hrtimer_start(soft, 21 * ms);
    clock().hrtimer_start(hard, 21 * ms);
    clock().hrtimer_start(lazy, 21 * ms, 3 * ms);
  });
  host.run(20900 * us);
  EXPECT_EQ(order, "");
  host.run(22 * ms);
  EXPECT_EQ(order, "hsl") << "the interrupt's own first; lazy is due softly";
}

TEST_F(hrtimers, a_hard_interrupt_does_not_take_soft_ones_along_before_their_hard_expiry) {
  std::vector<sim_time> lazily;
  hrtimer hard, lazy;
  lazy.mode = hrtimer_mode::soft;
  lazy.callback = [&] { lazily.push_back(host.now()); };
  hard.callback = [] {};
  host.run_task([&] {
    clock().hrtimer_start(lazy, 21 * ms, 2 * ms);
    clock().hrtimer_start(hard, 22 * ms);
  });
  host.run(22500 * us);
  EXPECT_TRUE(lazily.empty());
  host.run(24 * ms);
  ASSERT_EQ(lazily.size(), 1U);
  EXPECT_GE(lazily[0], 23 * ms);
  EXPECT_LT(lazily[0], 23 * ms + 5 * us);
}

TEST_F(hrtimers, a_soft_one_may_restart_itself) {
  std::vector<sim_time> rang;
  hrtimer t;
  t.mode = hrtimer_mode::soft;
  t.callback = [&] {
    rang.push_back(host.now());
    t.forward(clock().ktime_get(), 1 * ms);
    return rang.size() < 3 ? hrtimer_restart::yes : hrtimer_restart::no;
  };
  host.run_task([&] { clock().hrtimer_start(t, 21 * ms); });
  host.run(40 * ms);
  ASSERT_EQ(rang.size(), 3U);
  EXPECT_EQ(rang[2] / ms, 23);
}

// The tick may be what finds a soft one due: its softirq runs at the end of that interrupt.
TEST_F(hrtimers, a_soft_one_found_by_the_tick_runs_behind_it) {
  int rang = 0;
  hrtimer t;
  t.mode = hrtimer_mode::soft;
  t.callback = [&] { ++rang; };
  host.run_task([&] {
    clock().hrtimer_start(t, 21 * ms);
    const bool enabled = host.local_irq_save();
    while (host.now() < 21 * ms) host.consume(cost::app_per_frame, 100);
    os.do_tick();
    EXPECT_EQ(rang, 1);
    host.local_irq_restore(enabled);
  });
  host.run(30 * ms);
  EXPECT_EQ(rang, 1);
}

// One timer of the host serves three queues: each comes at its own time.
TEST_F(hrtimers, the_wheel_and_both_modes_share_the_hosts_timer) {
  std::string order;
  hrtimer hard, soft;
  timer wheel;
  soft.mode = hrtimer_mode::soft;
  hard.callback = [&] { order += "h" + std::to_string(host.now() / (100 * us)) + " "; };
  soft.callback = [&] { order += "s" + std::to_string(host.now() / (100 * us)) + " "; };
  wheel.callback = [&] { order += "w" + std::to_string(host.now() / (100 * us)) + " "; };
  host.run_task([&] {
    clock().mod_timer(wheel, 4 * ms);  // jiffy 5 now: 7, at 28 ms
    clock().hrtimer_start(soft, 27900 * us);
    clock().hrtimer_start(hard, 28500 * us);
  });
  host.run(40 * ms);
  EXPECT_EQ(order, "s279 w280 h285 ");
}

}  // namespace
}  // namespace hrtimer_tests
}  // namespace ringside::kernel
