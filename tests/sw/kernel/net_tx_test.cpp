// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/net_tx.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "sw/kernel/kernel.h"
#include "tests/sw/fake_host.h"

namespace ringside::kernel {
namespace net_tx_tests {
namespace {

constexpr irq_line line = 5;

struct counted final : packet {
  explicit counted(frame_id id) { frame = id; }
};

class net_tx_action : public testing::Test {
 protected:
  net_tx_action() {
    host.connect(os);
    host.run_task([this] { os.boot(); });
    host.run_for(1 * ms);
    os.transmit().set_free([this](packet_ptr p, net_tx::free_reason why) {
      EXPECT_TRUE(os.softirq().in_interrupt());
      log += std::to_string(p->frame) + (why == net_tx::free_reason::consumed ? "c " : "d ");
    });
    for (schedulable_qdisc* q : {&first, &second})
      q->run = [this, q] {
        log += q == &first ? "first " : "second ";
        if (in_run) in_run(*q);
      };
  }
  void TearDown() override { os.irqs().free_irq(line, this); }
  void on_interrupt(std::function<void()> body) {
    os.irqs().request_irq(line, "test", this, [this, body = std::move(body)](irq_line l) {
      host.set_line(l, false);
      body();
      return irq_return::handled;
    });
    host.set_line(line, true);
    host.run_for(1 * ms);
  }
  void free(frame_id id, net_tx::free_reason why) {
    os.transmit().dev_kfree_skb_irq(std::make_unique<counted>(id), why);
  }

  test::fake_host host;
  kernel os{host, {}};
  schedulable_qdisc first;
  schedulable_qdisc second;
  std::string log;
  std::function<void(schedulable_qdisc&)> in_run;
};

// The completion queue is a stack, the output queue is not; the one comes before the other.
TEST_F(net_tx_action, frees_what_an_interrupt_left_and_then_runs_the_qdiscs) {
  on_interrupt([this] {
    os.transmit().netif_schedule(first);
    free(1, net_tx::free_reason::consumed);
    os.transmit().netif_schedule(second);
    free(2, net_tx::free_reason::dropped);
    EXPECT_EQ(log, "");
  });
  EXPECT_EQ(log, "2d 1c first second ");
}

TEST_F(net_tx_action, a_qdisc_scheduled_twice_runs_once) {
  on_interrupt([this] {
    os.transmit().netif_schedule(first);
    os.transmit().netif_schedule(first);
    EXPECT_TRUE(first.scheduled);
  });
  EXPECT_EQ(log, "first ");
  EXPECT_FALSE(first.scheduled);
}

// __qdisc_run schedules its qdisc once more when its quota is used up.
TEST_F(net_tx_action, a_qdisc_may_schedule_itself_while_it_runs) {
  int left = 2;
  in_run = [&](schedulable_qdisc& q) {
    EXPECT_FALSE(q.scheduled);
    if (left-- > 0) os.transmit().netif_schedule(q);
  };
  on_interrupt([this] { os.transmit().netif_schedule(first); });
  EXPECT_EQ(log, "first first first ");
}

// raise_softirq_irqoff() outside interrupts: nobody else would run it.
TEST_F(net_tx_action, scheduled_by_a_task_it_is_ksoftirqds) {
  host.run_task([this] {
    os.transmit().netif_schedule(first);
    EXPECT_EQ(log, "");
  });
  host.run_for(1 * ms);
  EXPECT_EQ(log, "first ");
  EXPECT_EQ(os.counters().ksoftirqd_wakes, 1U);
}

TEST_F(net_tx_action, discarded_packets_are_not_freed_later) {
  host.run_task([this] {
    os.softirq().local_bh_disable();
    free(1, net_tx::free_reason::consumed);
    os.transmit().discard();
    free(2, net_tx::free_reason::consumed);
    os.softirq().local_bh_enable();
  });
  EXPECT_EQ(log, "2c ");
}

}  // namespace
}  // namespace net_tx_tests
}  // namespace ringside::kernel
