#include "sw/kernel/net_rx.h"

#include <gtest/gtest.h>

#include "sw/kernel/kernel.h"
#include "tests/unit/fake_host.h"

namespace ringside::kernel {
namespace {

constexpr irq_line line = 5;

// A device with `pending` frames behind a maskable interrupt, polled by NAPI as a driver would.
class napi : public testing::Test {
 protected:
  napi() {
    host_.connect(os_);
    host_.run_task([this] { os_.boot(); });
    host_.run_for(1 * ms);
    napi_.name = "test";
    napi_.poll = [this](unsigned budget) { return poll(budget); };
    os_.irqs().request_irq(line, "test", this, [this](irq_line l) {
      host_.set_line(l, false);
      os_.net().napi_schedule(napi_);
      return irq_return::handled;
    });
  }
  void TearDown() override { os_.irqs().free_irq(line, this); }

  unsigned poll(unsigned budget) {
    ++polls_;
    unsigned work = 0;
    while (work < budget && pending_ > 0) {
      --pending_;
      ++work;
      host_.consume(cost::ip_rcv, 1);
    }
    if (before_complete_) before_complete_();
    if (work < budget) completed_ = os_.net().napi_complete_done(napi_, work);
    return work;
  }
  void interrupt() {
    host_.set_line(line, true);
    host_.run_for(1 * ms);
  }

  test::fake_host host_;
  kernel os_{host_, {}};
  napi_struct napi_;
  unsigned pending_ = 0;
  unsigned polls_ = 0;
  bool completed_ = false;
  std::function<void()> before_complete_;
};

TEST_F(napi, is_not_scheduled_before_napi_enable) {
  pending_ = 1;
  interrupt();
  EXPECT_EQ(polls_, 0U);
  os_.net().napi_enable(napi_);
  interrupt();
  EXPECT_EQ(polls_, 1U);
}

TEST_F(napi, polls_in_softirq_after_the_interrupt) {
  os_.net().napi_enable(napi_);
  pending_ = 10;
  interrupt();
  EXPECT_EQ(polls_, 1U);
  EXPECT_EQ(pending_, 0U);
  EXPECT_TRUE(completed_);
  EXPECT_EQ(napi_.state, 0U);
  EXPECT_EQ(os_.counters().frames_per_poll.sum, 10U);
  EXPECT_EQ(os_.counters().frames_per_poll.count[10], 1U);
  EXPECT_EQ(os_.counters().budget_exhausted, 0U);
  const auto poll = host_.of(stage::napi_poll);
  ASSERT_EQ(poll.size(), 1U);
  EXPECT_EQ(poll[0].a, 300U);  // netdev_budget
}

TEST_F(napi, is_polled_again_after_using_its_whole_weight) {
  os_.net().napi_enable(napi_);
  pending_ = 64 + 64 + 5;
  interrupt();
  EXPECT_EQ(polls_, 3U);
  EXPECT_EQ(os_.counters().budget_exhausted, 2U);
  EXPECT_EQ(os_.counters().frames_per_poll.max, 64U);
  EXPECT_EQ(os_.counters().frames_per_poll.min, 5U);
  EXPECT_EQ(os_.counters().time_squeeze, 0U);
}

TEST_F(napi, one_poll_goes_on_through_restarts_within_one_softirq_run) {
  os_.net().napi_enable(napi_);
  pending_ = 64 * 6;  // each action polls it once: repoll waits for the next pass
  interrupt();
  EXPECT_EQ(polls_, 7U);
  EXPECT_EQ(os_.counters().softirq_runs, 1U);
  EXPECT_EQ(os_.counters().softirq_restarts, 6U);
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
      if (work < budget) os_.net().napi_complete_done(*n, work);
      return work;
    };
    os_.net().napi_enable(*n);
  }
  host_.run_task([&] {
    os_.softirq().local_bh_disable();
    for (const auto& n : many) os_.net().napi_schedule(*n);
    os_.softirq().local_bh_enable();
  });
  host_.run_for(1 * ms);
  // 5 x 64 = 320 >= 300: the sixth waits for the next pass.
  EXPECT_EQ(os_.counters().netdev_budget_exhausted, 1U);
  EXPECT_EQ(os_.counters().time_squeeze, 1U);
  EXPECT_EQ(os_.counters().napi_polls, 12U);
  for (const auto& n : many) EXPECT_EQ(n->state, 0U);
}

TEST_F(napi, action_stops_after_two_jiffies) {
  os_.net().napi_enable(napi_);
  napi_struct second;
  bool second_polled = false;
  second.poll = [&](unsigned) {
    second_polled = true;
    os_.net().napi_complete_done(second, 0);
    return 0U;
  };
  os_.net().napi_enable(second);
  before_complete_ = [&] {
    if (polls_ == 1) {
      for (int i = 0; i < 3000; ++i) host_.consume(cost::context_switch, 1);  // 9 ms
      EXPECT_FALSE(second_polled);
    }
  };
  host_.run_task([&] {
    os_.softirq().local_bh_disable();
    os_.net().napi_schedule(napi_);
    os_.net().napi_schedule(second);
    os_.softirq().local_bh_enable();
  });
  host_.run_for(20 * ms);
  EXPECT_TRUE(second_polled);
  EXPECT_EQ(os_.counters().netdev_time_exhausted, 1U);
  EXPECT_EQ(os_.counters().time_squeeze, 1U);
}

TEST_F(napi, an_interrupt_during_the_poll_is_not_lost) {
  os_.net().napi_enable(napi_);
  pending_ = 1;
  before_complete_ = [&] {
    if (polls_ != 1) return;
    pending_ = 3;  // arrives after the last look at the ring
    host_.set_line(line, true);
    host_.sync();
    EXPECT_TRUE((napi_.state & napi_struct::missed) != 0);
  };
  interrupt();
  EXPECT_EQ(polls_, 2U);
  EXPECT_EQ(pending_, 0U);
  EXPECT_EQ(napi_.state, 0U);
}

TEST_F(napi, complete_refuses_when_scheduled_meanwhile) {
  os_.net().napi_enable(napi_);
  std::vector<bool> results;
  napi_.poll = [&](unsigned) {
    if (results.empty()) {
      host_.set_line(line, true);
      host_.sync();
    }
    results.push_back(os_.net().napi_complete_done(napi_, 0));
    return 0U;
  };
  interrupt();
  EXPECT_EQ(results, (std::vector<bool>{false, true}));  // the driver must not unmask after the first
}

TEST_F(napi, an_interrupt_at_the_moment_of_completion_is_seen) {
  // The interrupt becomes deliverable inside napi_complete's own cost: complete must look after synchronising.
  os_.net().napi_enable(napi_);
  pending_ = 1;
  bool armed = false;
  before_complete_ = [&] {
    if (armed) return;
    armed = true;
    host_.at(host_.now() + 1 * ns, [&] {
      pending_ = 2;
      host_.set_line(line, true);
    });
  };
  interrupt();
  EXPECT_EQ(pending_, 0U);
  EXPECT_EQ(polls_, 2U);
}

TEST_F(napi, disable_waits_for_the_poll_and_blocks_scheduling) {
  os_.net().napi_enable(napi_);
  pending_ = 1000000;  // never empty
  host_.set_line(line, true);
  host_.run_for(50 * us);
  host_.run_task([&] {
    os_.net().napi_disable(napi_);
    const unsigned before = polls_;
    host_.set_line(line, true);
    host_.sync();
    os_.clock().msleep(10 * ms);
    EXPECT_EQ(polls_, before);
    os_.net().napi_enable(napi_);
    pending_ = 1;
  });
  interrupt();
  EXPECT_EQ(pending_, 0U);
}

TEST_F(napi, a_disable_under_way_refuses_without_marking_missed) {
  // MISSED here would make the last completion schedule again, and napi_disable() wait for ever.
  napi_.state = napi_struct::sched | napi_struct::disable;
  EXPECT_FALSE(os_.net().napi_schedule_prep(napi_));
  EXPECT_EQ(napi_.state, napi_struct::sched | napi_struct::disable);
}

TEST_F(napi, schedule_while_scheduled_polls_once_more_only) {
  os_.net().napi_enable(napi_);
  host_.run_task([&] {
    os_.softirq().local_bh_disable();
    os_.net().napi_schedule(napi_);
    os_.net().napi_schedule(napi_);
    os_.net().napi_schedule(napi_);
    os_.softirq().local_bh_enable();
  });
  host_.run_for(1 * ms);
  EXPECT_EQ(polls_, 2U);
  EXPECT_EQ(os_.counters().napi_schedules, 1U);
}

// ---- Backlog ----

struct counted_packet final : packet {
  explicit counted_packet(int& alive) : alive_(alive) { ++alive_; }
  ~counted_packet() override { --alive_; }
  int& alive_;
};

class backlog : public napi {
 protected:
  backlog() {
    os_.net().set_backlog_receiver([this](packet_ptr p) { order_.push_back(p->frame); });
  }
  packet_ptr make(frame_id id) {
    auto p = std::make_unique<counted_packet>(alive_);
    p->frame = id;
    return p;
  }
  int alive_ = 0;
  std::vector<frame_id> order_;
};

TEST_F(backlog, delivers_in_order_in_softirq) {
  host_.run_task([&] {
    os_.softirq().local_bh_disable();
    for (frame_id i = 1; i <= 100; ++i) EXPECT_EQ(os_.net().netif_rx(make(i)), nullptr);
    EXPECT_EQ(os_.net().backlog_length(0), 100U);
    os_.softirq().local_bh_enable();
  });
  host_.run_for(1 * ms);
  ASSERT_EQ(order_.size(), 100U);
  for (frame_id i = 0; i < 100; ++i) EXPECT_EQ(order_[i], i + 1);
  EXPECT_EQ(alive_, 0);
  EXPECT_EQ(os_.counters().backlog_processed, 100U);
}

TEST_F(backlog, gives_packets_back_when_full) {
  host_.run_task([&] {
    os_.softirq().local_bh_disable();
    int refused = 0;
    for (frame_id i = 1; i <= 1010; ++i) refused += os_.net().netif_rx(make(i)) != nullptr ? 1 : 0;
    // enqueue_to_backlog accepts while qlen <= netdev_max_backlog: 1001 packets for a limit of 1000.
    EXPECT_EQ(refused, 9);
    os_.softirq().local_bh_enable();
  });
  host_.run_for(10 * ms);
  EXPECT_EQ(os_.counters().backlog_dropped, 9U);
  EXPECT_EQ(order_.size(), 1001U);
  EXPECT_EQ(alive_, 0);
}

}  // namespace
}  // namespace ringside::kernel
