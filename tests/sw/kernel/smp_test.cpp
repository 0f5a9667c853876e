// SPDX-License-Identifier: Apache-2.0
// Calls to other CPUs, and the backlog of another CPU (enqueue_to_backlog, net_rps_send_ipi).
#include "sw/kernel/smp.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sw/kernel/kernel.h"
#include "tests/sw/fake_host.h"

namespace ringside::kernel {
namespace smp_tests {
namespace {

class smp : public testing::Test {
 protected:
  smp() {
    host.connect(os);
    host.run_task([this] { os.boot(); });
    host.run_for(1 * ms);
  }
  test::fake_host host{3};
  kernel os{host, {}};
};

TEST_F(smp, a_call_runs_on_its_cpu_after_the_interrupt_has_travelled) {
  call_single_data call;
  std::vector<std::pair<unsigned, sim_time>> ran;
  call.function = [&] { ran.emplace_back(host.this_cpu(), host.now()); };
  sim_time sent = 0;
  host.run_task([&] {
    EXPECT_TRUE(os.smp().call_async(2, call));
    sent = host.now();
    EXPECT_TRUE(call.locked);
    EXPECT_TRUE(ran.empty());
  });
  host.run_for(10 * us);
  ASSERT_EQ(ran.size(), 1U);
  EXPECT_EQ(ran[0].first, 2U);
  EXPECT_EQ(ran[0].second, sent + test::fake_host::ipi_latency + 750 * ns)
      << "entry 600 and ipi_call 150 cycles of 1 ns";
  EXPECT_FALSE(call.locked);
}

TEST_F(smp, a_call_on_its_way_is_not_made_again) {
  call_single_data call;
  int runs = 0;
  call.function = [&] { ++runs; };
  host.run_task([&] {
    EXPECT_TRUE(os.smp().call_async(1, call));
    EXPECT_FALSE(os.smp().call_async(1, call));
  });
  host.run_for(10 * us);
  EXPECT_EQ(runs, 1);
}

// llist_add() tells whether the queue was empty: who adds to others' calls does not interrupt.
TEST_F(smp, several_calls_share_an_interrupt_and_keep_their_order) {
  std::string order;
  std::vector<call_single_data> calls(3);
  for (std::size_t i = 0; i < calls.size(); ++i)
    calls[i].function = [&order, i] { order += static_cast<char>('a' + i); };
  host.run_task([&] {
    const bool enabled = host.local_irq_save();
    for (call_single_data& c : calls) EXPECT_TRUE(os.smp().call_async(1, c));
    host.local_irq_restore(enabled);
  });
  host.run_for(10 * us);
  EXPECT_EQ(order, "abc");
  EXPECT_EQ(host.count(stage::ipi_send), 1U);
  ASSERT_EQ(host.count(stage::ipi_receive), 1U);
  EXPECT_EQ(host.of(stage::ipi_receive)[0].a, 3U);
}

TEST_F(smp, a_call_to_this_cpu_runs_at_once_with_interrupts_off) {
  call_single_data call;
  bool enabled_inside = true;
  call.function = [&] {
    enabled_inside = host.local_irq_save();
    EXPECT_FALSE(call.locked);
  };
  host.run_task([&] {
    EXPECT_TRUE(os.smp().call_async(0, call));
    EXPECT_FALSE(enabled_inside);
  });
  EXPECT_EQ(host.count(stage::ipi_send), 0U);
}

class remote_backlog : public smp {
 protected:
  remote_backlog() {
    os.net().set_backlog_receiver([this](packet_ptr p) {
      if (on_receive) on_receive();
      host.emit(stage::netif_receive_skb, p->frame, 0, 0);
    });
  }
  struct numbered_packet final : packet {
    explicit numbered_packet(frame_id id) { frame = id; }
  };
  packet_ptr enqueue(unsigned cpu, frame_id id) {
    return os.net().enqueue_to_backlog(cpu, std::make_unique<numbered_packet>(id));
  }
  /// "CPU:frame" of each packet received.
  std::string received() const {
    std::string text;
    for (const event& e : host.of(stage::netif_receive_skb))
      text += std::to_string(e.unit) + ":" + std::to_string(e.frame) + " ";
    return text;
  }
  void in_softirq(const std::function<void()>& body) {
    host.run_task([&] {
      os.softirq().local_bh_disable();
      body();
      os.softirq().local_bh_enable();
    });
    host.run_for(100 * us);
  }
  std::function<void()> on_receive;
};

TEST_F(remote_backlog, is_polled_by_its_own_cpu_after_one_interrupt) {
  in_softirq([&] {
    for (frame_id i = 1; i <= 3; ++i) EXPECT_EQ(enqueue(1, i), nullptr);
    EXPECT_EQ(os.net().backlog_length(1), 3U);
    EXPECT_EQ(host.count(stage::ipi_send), 0U) << "at the end of net_rx_action";
  });
  EXPECT_EQ(received(), "1:1 1:2 1:3 ");
  ASSERT_EQ(host.count(stage::ipi_send), 1U) << "the backlog was scheduled already";
  EXPECT_EQ(host.of(stage::ipi_send)[0].a, 1U);
  EXPECT_EQ(os.counters().softnet_of(1).received_rps, 1U);
  EXPECT_EQ(os.counters().softnet_of(0).received_rps, 0U);
}

TEST_F(remote_backlog, is_told_again_once_it_has_run_dry) {
  in_softirq([&] { EXPECT_EQ(enqueue(1, 1), nullptr); });
  in_softirq([&] { EXPECT_EQ(enqueue(1, 2), nullptr); });
  EXPECT_EQ(received(), "1:1 1:2 ");
  EXPECT_EQ(host.count(stage::ipi_send), 2U);
  EXPECT_EQ(os.counters().softnet_of(1).received_rps, 2U);
}

// rps_ipi_list grows at its head.
TEST_F(remote_backlog, the_cpu_listed_last_is_told_first) {
  in_softirq([&] {
    EXPECT_EQ(enqueue(1, 1), nullptr);
    EXPECT_EQ(enqueue(2, 2), nullptr);
  });
  ASSERT_EQ(host.count(stage::ipi_send), 2U);
  EXPECT_EQ(host.of(stage::ipi_send)[0].a, 2U);
  EXPECT_EQ(host.of(stage::ipi_send)[1].a, 1U);
  EXPECT_NE(received().find("1:1 "), std::string::npos);
  EXPECT_NE(received().find("2:2 "), std::string::npos);
}

// process_backlog tells the others before it goes through packets of its own.
TEST_F(remote_backlog, others_are_told_before_the_own_backlog_is_polled) {
  std::size_t told = 0;
  on_receive = [&] {
    if (host.this_cpu() == 0) told = host.count(stage::ipi_send);
  };
  in_softirq([&] {
    EXPECT_EQ(enqueue(0, 1), nullptr);
    EXPECT_EQ(enqueue(1, 2), nullptr);
  });
  EXPECT_EQ(told, 1U);
}

TEST_F(remote_backlog, the_limit_is_the_queues_and_the_drop_its_cpus) {
  int refused = 0;
  in_softirq([&] {
    for (frame_id i = 1; i <= 1010; ++i) refused += enqueue(1, i) != nullptr ? 1 : 0;
    EXPECT_EQ(enqueue(2, 2000), nullptr) << "another queue";
  });
  host.run_for(10 * ms);
  EXPECT_EQ(refused, 9) << "qlen <= netdev_max_backlog is accepted";
  EXPECT_EQ(os.counters().softnet_of(1).dropped, 9U);
  EXPECT_EQ(os.counters().softnet_of(0).dropped, 0U);
  EXPECT_EQ(host.count(stage::netif_receive_skb), 1002U);
}

// netif_rx: with bottom halves off, so that what it raised is run when they come back.
TEST_F(remote_backlog, netif_rx_of_a_task_is_received_before_it_goes_on) {
  host.run_task([&] {
    EXPECT_EQ(os.net().netif_rx(std::make_unique<numbered_packet>(7)), nullptr);
    EXPECT_EQ(received(), "0:7 ");
  });
}

}  // namespace
}  // namespace smp_tests
}  // namespace ringside::kernel
