// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/net_rx.h"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sw/kernel/kernel.h"
#include "tests/sw/fake_host.h"

namespace ringside::kernel {
namespace {

constexpr irq_line line = 5;

// A device with `pending` frames behind a maskable interrupt, polled by NAPI as a driver would.
class napi : public testing::Test {
 protected:
  explicit napi(const kernel::config& settings = {}) : os(host, settings) {
    host.connect(os);
    host.run_task([this] { os.boot(); });
    host.run_for(1 * ms);
    device.name = "test";
    device.poll = [this](unsigned budget) { return poll(budget); };
    os.irqs().request_irq(line, "test", this, [this](irq_line l) {
      host.set_line(l, false);
      os.net().napi_schedule(device);
      return irq_return::handled;
    });
  }
  void TearDown() override { os.irqs().free_irq(line, this); }

  unsigned poll(unsigned budget) {
    ++polls;
    unsigned work = 0;
    while (work < budget && pending > 0) {
      --pending;
      ++work;
      host.consume(cost::ip_rcv, 1);
    }
    if (before_complete) before_complete();
    if (work < budget) completed = os.net().napi_complete_done(device, work);
    return work;
  }
  void interrupt() {
    host.set_line(line, true);
    host.run_for(1 * ms);
  }

  test::fake_host host;
  kernel os;
  napi_struct device;
  unsigned pending = 0;
  unsigned polls = 0;
  bool completed = false;
  std::function<void()> before_complete;
};

TEST_F(napi, is_not_scheduled_before_napi_enable) {
  pending = 1;
  interrupt();
  EXPECT_EQ(polls, 0U);
  os.net().napi_enable(device);
  EXPECT_EQ(polls, 0U);
  interrupt();
  EXPECT_EQ(pending, 0U);
}

TEST_F(napi, polls_in_softirq_after_the_interrupt) {
  os.net().napi_enable(device);
  pending = 10;
  interrupt();
  EXPECT_EQ(polls, 1U);
  EXPECT_EQ(pending, 0U);
  EXPECT_TRUE(completed);
  EXPECT_EQ(device.state, 0U);
  EXPECT_EQ(os.counters().frames_per_poll.sum, 10U);
  EXPECT_EQ(os.counters().frames_per_poll.count[10], 1U);
  EXPECT_EQ(os.counters().budget_exhausted, 0U);
  const auto poll = host.of(stage::napi_poll);
  ASSERT_EQ(poll.size(), 1U);
  EXPECT_EQ(poll[0].a, 300U);  // netdev_budget
}

TEST_F(napi, is_polled_again_after_using_its_whole_weight) {
  os.net().napi_enable(device);
  pending = 64 + 64 + 5;
  interrupt();
  EXPECT_EQ(polls, 3U);
  EXPECT_EQ(os.counters().budget_exhausted, 2U);
  EXPECT_EQ(os.counters().frames_per_poll.max, 64U);
  EXPECT_EQ(os.counters().frames_per_poll.min, 5U);
  EXPECT_EQ(os.counters().time_squeeze, 0U);
}

TEST_F(napi, one_poll_goes_on_through_restarts_within_one_softirq_run) {
  os.net().napi_enable(device);
  pending = 64 * 6;  // each action polls it once: repoll waits for the next pass
  interrupt();
  EXPECT_EQ(polls, 7U);
  EXPECT_EQ(os.counters().softirq_runs, 1U);
  EXPECT_EQ(os.counters().softirq_restarts, 6U);
}

TEST_F(napi, several_devices_exhaust_netdev_budget_and_squeeze) {
  std::vector<std::unique_ptr<napi_struct>> many;
  for (int i = 0; i < 6; ++i) {
    many.push_back(std::make_unique<napi_struct>());
    napi_struct* n = many.back().get();
    auto left = std::make_shared<unsigned>(64);
    n->poll = [this, n, left](unsigned budget) {
      const unsigned work = std::min(budget, *left);
      *left -= work;
      if (work < budget) os.net().napi_complete_done(*n, work);
      return work;
    };
    os.net().napi_enable(*n);
  }
  host.run_task([&] {
    os.softirq().local_bh_disable();
    for (const auto& n : many) os.net().napi_schedule(*n);
    os.softirq().local_bh_enable();
  });
  host.run_for(1 * ms);
  // 5 x 64 = 320 >= 300: the sixth waits for the next pass.
  EXPECT_EQ(os.counters().netdev_budget_exhausted, 1U);
  EXPECT_EQ(os.counters().time_squeeze, 1U);
  EXPECT_EQ(os.counters().softnet_of(0).time_squeeze, 1U);
  EXPECT_EQ(os.counters().napi_polls, 12U);
  for (const auto& n : many) EXPECT_EQ(n->state, 0U);
}

// netdev_budget_usecs 8000 is two jiffies: the action that begins in jiffy j ends with the poll that sees j + 2.
TEST_F(napi, action_stops_at_the_second_tick) {
  std::vector<std::unique_ptr<napi_struct>> many;
  std::vector<sim_time> ends;
  for (int i = 0; i < 10; ++i) {
    many.push_back(std::make_unique<napi_struct>());
    napi_struct* n = many.back().get();
    n->poll = [this, n, &ends](unsigned) {
      host.consume(cost::copy_per_byte, 1'450'000 * 8);  // 1.45 ms
      ends.push_back(host.now());
      os.net().napi_complete_done(*n, 0);
      return 0U;
    };
    os.net().napi_enable(*n);
  }
  const sim_time jiffy_begin = (host.now() / (4 * ms) + 1) * 4 * ms;
  host.run(jiffy_begin + 1 * ms);
  host.run_task([&] {
    os.softirq().local_bh_disable();
    for (const auto& n : many) os.net().napi_schedule(*n);
    os.softirq().local_bh_enable();
    // From 1 ms on: four polls end at 6.8 ms, the fifth at 8.25.
    EXPECT_EQ(ends.size(), 5U);
    EXPECT_EQ(os.counters().netdev_time_exhausted, 1U);
    EXPECT_EQ(os.counters().time_squeeze, 1U);
  });
  host.run_for(20 * ms);
  EXPECT_EQ(ends.size(), 10U);
  EXPECT_EQ(os.counters().netdev_time_exhausted, 1U);
  EXPECT_EQ(os.counters().ksoftirqd_runs, 1U) << "and the softirq's own time was over, too";
}

TEST_F(napi, an_interrupt_during_the_poll_is_not_lost) {
  os.net().napi_enable(device);
  pending = 1;
  before_complete = [&] {
    if (polls != 1) return;
    pending = 3;  // arrives after the last look at the ring
    host.set_line(line, true);
    host.sync();
    EXPECT_TRUE((device.state & napi_struct::missed) != 0);
  };
  interrupt();
  EXPECT_EQ(polls, 2U);
  EXPECT_EQ(pending, 0U);
  EXPECT_EQ(device.state, 0U);
}

TEST_F(napi, complete_refuses_when_scheduled_meanwhile) {
  os.net().napi_enable(device);
  std::vector<bool> results;
  device.poll = [&](unsigned) {
    if (results.empty()) {
      host.set_line(line, true);
      host.sync();
    }
    results.push_back(os.net().napi_complete_done(device, 0));
    return 0U;
  };
  interrupt();
  EXPECT_EQ(results, (std::vector<bool>{false, true}));  // the driver must not unmask after the first
}

TEST_F(napi, an_interrupt_at_the_moment_of_completion_is_seen) {
  // The interrupt becomes deliverable inside napi_complete's own cost: complete must look after synchronising.
  os.net().napi_enable(device);
  pending = 1;
  bool armed = false;
  before_complete = [&] {
    if (armed) return;
    armed = true;
    host.at(host.now() + 1 * ns, [&] {
      pending = 2;
      host.set_line(line, true);
    });
  };
  interrupt();
  EXPECT_EQ(pending, 0U);
  EXPECT_EQ(polls, 2U);
}

// A ring that never runs dry: the poll is made to let go (napi_disable_pending), at once and not when it likes.
TEST_F(napi, disable_ends_a_poll_that_never_runs_dry) {
  os.net().napi_enable(device);
  pending = std::numeric_limits<unsigned>::max();
  host.set_line(line, true);
  host.run_for(50 * us);
  host.run_task(
      [&] {
        const sim_time begun = host.now();
        os.net().napi_disable(device);
        EXPECT_LT(host.now(), begun + 1 * ms) << "usleep_range(20, 200) and a poll or two";
        EXPECT_EQ(device.state, napi_struct::sched);
        const unsigned before = polls;
        host.set_line(line, true);
        host.sync();
        os.clock().msleep(10 * ms);
        EXPECT_EQ(polls, before);
      },
      100 * ms);
  EXPECT_GT(pending, 1'000'000'000U);
}

// Whoever polls owns SCHED: napi_disable() returns when the poll has completed, and no sooner.
TEST_F(napi, disable_waits_for_the_poll_in_progress) {
  device.state = napi_struct::sched;  // another CPU is in its poll
  bool returned = false;
  host.spawn(0, "down", [&] {
    os.net().napi_disable(device);
    returned = true;
  });
  host.run_for(20 * ms);
  EXPECT_FALSE(returned);
  host.run_task([&] { EXPECT_TRUE(os.net().napi_complete_done(device, 0)); });
  host.run_for(300 * us);
  EXPECT_TRUE(returned);
  EXPECT_EQ(device.state, napi_struct::sched) << "disabled, and DISABLE is over";
}

// napi_schedule_prep marks a disabled one MISSED, and napi_enable keeps that: the first poll is followed by another.
TEST_F(napi, a_schedule_while_disabled_is_remembered) {
  host.set_line(line, true);
  host.run_for(1 * ms);
  EXPECT_EQ(polls, 0U);
  EXPECT_EQ(device.state, napi_struct::sched | napi_struct::missed);
  os.net().napi_enable(device);
  EXPECT_EQ(device.state, napi_struct::missed);
  interrupt();
  EXPECT_EQ(polls, 2U);
  EXPECT_EQ(device.state, 0U);
}

TEST_F(napi, a_disable_under_way_refuses_without_marking_missed) {
  // MISSED here would make the last completion schedule again, and napi_disable() wait for ever.
  device.state = napi_struct::sched | napi_struct::disable;
  EXPECT_FALSE(os.net().napi_schedule_prep(device));
  EXPECT_EQ(device.state, napi_struct::sched | napi_struct::disable);
}

// net_rx_action: what was not polled, then what interrupts added, then what used its whole weight.
TEST_F(napi, the_rest_is_unpolled_then_added_then_repolled) {
  std::string order;
  std::vector<std::unique_ptr<napi_struct>> many;
  const auto make = [&](char name, unsigned first_work) {
    many.push_back(std::make_unique<napi_struct>());
    napi_struct* n = many.back().get();
    n->poll = [this, n, name, &order, &many, work = first_work](unsigned) mutable {
      order += name;
      const unsigned done = std::exchange(work, 0);
      if (name == 'd' && done != 0) {  // an interrupt in the last poll schedules another
        os.net().napi_schedule(*many.back());
      }
      if (done < 64) os.net().napi_complete_done(*n, done);
      return done;
    };
    os.net().napi_enable(*n);
  };
  for (const char name : {'a', 'b', 'c', 'd', 'e', 'f'}) make(name, name <= 'e' ? 64 : 0);
  make('x', 0);
  host.run_task([&] {
    os.softirq().local_bh_disable();
    // 5 x 64 = 320 >= 300: e is the last one polled.
    for (std::size_t i = 0; i + 1 < many.size(); ++i) os.net().napi_schedule(*many[i]);
    os.softirq().local_bh_enable();
  });
  host.run_for(1 * ms);
  EXPECT_EQ(order, "abcdefxabcde");
  EXPECT_EQ(os.counters().netdev_budget_exhausted, 1U);
}

TEST_F(napi, schedule_while_scheduled_polls_once_more_only) {
  os.net().napi_enable(device);
  host.run_task([&] {
    os.softirq().local_bh_disable();
    os.net().napi_schedule(device);
    os.net().napi_schedule(device);
    os.net().napi_schedule(device);
    os.softirq().local_bh_enable();
  });
  host.run_for(1 * ms);
  EXPECT_EQ(polls, 2U);
  EXPECT_EQ(os.counters().napi_schedules, 1U);
}

// ---- Backlog ----

struct counted_packet final : packet {
  explicit counted_packet(int& count) : alive(count) { ++alive; }
  ~counted_packet() override { --alive; }
  int& alive;
};

class backlog : public napi {
 protected:
  explicit backlog(const kernel::config& settings = {}) : napi(settings) {
    os.net().set_backlog_receiver([this](packet_ptr p) { order.push_back(p->frame); });
  }
  packet_ptr make(frame_id id) {
    auto p = std::make_unique<counted_packet>(alive);
    p->frame = id;
    return p;
  }
  int alive = 0;
  std::vector<frame_id> order;
};

TEST_F(backlog, delivers_in_order_in_softirq) {
  host.run_task([&] {
    os.softirq().local_bh_disable();
    for (frame_id i = 1; i <= 100; ++i) EXPECT_EQ(os.net().netif_rx(make(i)), nullptr);
    EXPECT_EQ(os.net().backlog_length(0), 100U);
    os.softirq().local_bh_enable();
  });
  host.run_for(1 * ms);
  ASSERT_EQ(order.size(), 100U);
  for (frame_id i = 0; i < 100; ++i) EXPECT_EQ(order[i], i + 1);
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(os.counters().backlog_processed, 100U);
}

class slow_backlog : public backlog {
 protected:
  static kernel::config small_weight() {
    kernel::config c;
    c.receive.backlog_weight = 10;
    return c;
  }
  slow_backlog() : backlog(small_weight()) {}
};

// process_backlog: net.core.dev_weight is its quota.
TEST_F(slow_backlog, is_polled_by_dev_weight) {
  host.run_task([&] {
    os.softirq().local_bh_disable();
    for (frame_id i = 1; i <= 25; ++i) EXPECT_EQ(os.net().netif_rx(make(i)), nullptr);
    os.softirq().local_bh_enable();
  });
  host.run_for(1 * ms);
  EXPECT_EQ(order.size(), 25U);
  EXPECT_EQ(os.counters().frames_per_poll.max, 10U);
  EXPECT_EQ(os.counters().napi_polls, 3U) << "10, 10 and 5";
  EXPECT_EQ(host.count(stage::napi_poll), 3U) << "listed once";
}

TEST_F(backlog, gives_packets_back_when_full) {
  host.run_task([&] {
    os.softirq().local_bh_disable();
    int refused = 0;
    for (frame_id i = 1; i <= 1010; ++i) refused += os.net().netif_rx(make(i)) != nullptr ? 1 : 0;
    // enqueue_to_backlog accepts while qlen <= netdev_max_backlog: 1001 packets for a limit of 1000.
    EXPECT_EQ(refused, 9);
    os.softirq().local_bh_enable();
  });
  host.run_for(10 * ms);
  EXPECT_EQ(os.counters().backlog_dropped, 9U);
  EXPECT_EQ(order.size(), 1001U);
  EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace ringside::kernel
