// SPDX-License-Identifier: Apache-2.0
// What virtual CPUs do to each other under the kernel layer: spin locks, inter-processor interrupts, another CPU's
// backlog, message-signalled vectors.  Times by hand, from the cost table and the machine's latencies.
#include <gtest/gtest.h>

#include <memory>

#include "sw/kernel/spin_lock.h"
#include "tests/platform/cpu/smp_bench.h"

namespace ringside::test {
namespace smp_tests {
namespace {

using kernel::cost;
using list = std::vector<std::pair<sim_time, std::uint64_t>>;

constexpr sim_time switched = smp_bench::switched;
constexpr std::int64_t look = 40;  // cost.spin_wait

sim_time cycles(std::int64_t n) {
  return n * smp_bench::cycle;
}

struct numbered_packet final : kernel::packet {
  explicit numbered_packet(frame_id id) { frame = id; }
};

// CPU 0 holds it from cycle 0 to 1000 behind its switch; CPU 1 comes at 100 and looks every 40 cycles.
void contend(smp_bench& b, kernel::spin_lock& lock) {
  b.task(0, [&] {
    const kernel::spin_guard guard(lock);
    b.mark(1);
    b.spend(1000);
    b.mark(2);
  });
  b.task(1, [&] {
    b.spend(100);
    const kernel::spin_guard guard(lock);
    b.mark(3);
  });
  b.run(20 * us);
}

TEST(smp, a_taken_lock_is_waited_for) {
  smp_bench b(2);
  kernel::spin_lock lock(b.cpus);
  contend(b, lock);
  constexpr std::int64_t looks = (900 + look - 1) / look;
  EXPECT_EQ(b.marks(), (list{{switched, 1}, {switched + cycles(1000), 2}, {switched + cycles(100 + looks * look), 3}}));
  EXPECT_EQ(lock.contentions(), 1U);
  EXPECT_EQ(b.cpus.cpu(1).usage().task, 2 * 3000 + 100 + looks * look) << "charged to who waits";
}

TEST(smp, a_lock_is_the_same_when_each_cost_is_waited_for) {
  smp_bench b(2, false);
  kernel::spin_lock lock(b.cpus);
  contend(b, lock);
  constexpr std::int64_t looks = (900 + look - 1) / look;
  EXPECT_EQ(b.marks(), (list{{switched, 1}, {switched + cycles(1000), 2}, {switched + cycles(100 + looks * look), 3}}));
}

TEST(smp, waiters_are_served_as_they_came) {
  smp_bench b(3);
  kernel::spin_lock lock(b.cpus);
  b.task(0, [&] {
    const kernel::spin_guard guard(lock);
    b.spend(1000);
  });
  for (unsigned cpu : {1U, 2U})
    b.task(cpu, [&b, &lock, cpu] {
      b.spend(cpu == 1 ? 365 : 210);  // 2 comes first and looks at 1010; 1 looks at 1005, which is not its turn
      const kernel::spin_guard guard(lock);
      b.mark(cpu);
      b.spend(200);
    });
  b.run(20 * us);
  const list marks = b.marks();
  ASSERT_EQ(marks.size(), 2U);
  EXPECT_EQ(marks[0], (std::pair<sim_time, std::uint64_t>{switched + cycles(1010), 2}));
  EXPECT_EQ(marks[1].second, 1U);
  EXPECT_EQ(marks[1].first, switched + cycles(365 + 22 * look)) << "the first look from 1210 on";
}

TEST(smp, an_interrupt_waits_for_the_end_of_an_irqsave_section) {
  smp_bench b(2);
  kernel::spin_lock lock(b.cpus);
  bool enabled_after = false;
  b.os.irqs().request_irq(smp_bench::vector, "msi", &b, [&](kernel::irq_line) {
    b.mark(100);
    return kernel::irq_return::handled;
  });
  b.task(0, [&] {
    {
      const kernel::spin_guard_irq guard(b.cpus, lock);
      b.interrupts.send_message(smp_bench::vector, b.cpus.now());
      b.spend(4000);
      b.mark(1);
    }
    enabled_after = b.cpus.local_irq_save();
    b.cpus.local_irq_restore(enabled_after);
    b.mark(2);
  });
  b.run(20 * us);
  EXPECT_TRUE(enabled_after);
  const sim_time freed = switched + cycles(4000);
  const sim_time handler = freed + cycles(600 + 150);  // entry and handler
  EXPECT_EQ(b.marks(), (list{{freed, 1}, {handler, 100}, {handler + cycles(300), 2}}));
}

TEST(smp, an_inter_processor_interrupt_takes_its_latency_and_its_costs) {
  smp_bench b(2);
  kernel::call_single_data call;
  call.function = [&] {
    EXPECT_EQ(b.cpus.this_cpu(), 1U);
    b.mark(2);
  };
  b.task(1, [&] {
    b.spend(10'000);
    b.mark(3);
  });
  b.task(0, [&] {
    EXPECT_TRUE(b.os.smp().call_async(1, call));
    b.mark(1);
  });
  b.run(20 * us);
  const sim_time sent = switched + cycles(200);
  const sim_time taken = sent + smp_bench::ipi_latency;
  EXPECT_EQ(b.marks(),
            (list{{sent, 1}, {taken + cycles(600 + 150), 2}, {switched + cycles(10'000 + 600 + 150 + 300), 3}}));
  EXPECT_EQ(b.cpus.cpu(1).usage().hardirq, 600 + 150 + 300);
}

// hrtimer_cancel waits for a callback on another CPU, which begins behind timer_interrupt and timer_callback.
TEST(smp, cancelling_a_timer_waits_for_its_callback_elsewhere) {
  smp_bench b(2);
  kernel::hrtimer timer;
  timer.callback = [&] {
    b.mark(1);
    b.spend(2000);
    b.mark(2);
  };
  b.task(0, [&] { b.os.clock().hrtimer_start(timer, 5 * us); });
  constexpr std::int64_t before = 8352;
  b.task(1, [&] {
    b.spend(before);
    EXPECT_EQ(b.os.clock().hrtimer_try_to_cancel(timer), std::nullopt);
    EXPECT_FALSE(b.os.clock().hrtimer_cancel(timer));
    b.mark(3);
  });
  b.run(20 * us);
  const sim_time begun = 5 * us + cycles(800 + 150);
  const sim_time ended = begun + cycles(2000);
  constexpr std::int64_t looks = 40;  // from 5.676 us on, every 20 ns, until 6.475 us is past
  EXPECT_EQ(b.marks(), (list{{begun, 1}, {ended, 2}, {switched + cycles(before + looks * look), 3}}));
}

// RPS: packets are queued by one CPU and received by another, at the same times in either way of stepping.
void steer(bool accumulate) {
  smp_bench b(2, accumulate);
  b.os.boot();
  b.os.net().set_backlog_receiver([&](kernel::packet_ptr p) {
    b.spend(500);
    b.mark(p->frame * 10 + b.cpus.this_cpu());
  });
  b.task(0, [&] {
    b.spend(40'000);  // beyond the first turns of ksoftirqd and the kworker
    b.os.softirq().local_bh_disable();
    b.mark(1);
    for (frame_id i = 1; i <= 4; ++i)
      EXPECT_EQ(b.os.net().enqueue_to_backlog(i % 2 == 0 ? 1 : 0, std::make_unique<numbered_packet>(i)), nullptr);
    b.os.softirq().local_bh_enable();
  });
  b.run(200 * us);
  const list marks = b.marks();
  ASSERT_EQ(marks.size(), 5U) << b.log();
  const sim_time begun = marks[0].first;
  // Four times backlog_enqueue; softirq entry, napi_poll, ipi_send before the first packet.
  const sim_time here = begun + cycles(4 * 120 + 120 + 150 + 200);
  // Latency; entry, call and exit of the interrupt; softirq entry, napi_poll.
  const sim_time there = here + smp_bench::ipi_latency + cycles(600 + 150 + 300 + 120 + 150);
  EXPECT_EQ(marks, (list{{begun, 1},
                         {here + cycles(500), 10},
                         {here + cycles(1000), 30},
                         {there + cycles(500), 21},
                         {there + cycles(1000), 41}}))
      << b.log();
  EXPECT_EQ(b.os.counters().softnet_of(1).received_rps, 1U);
}

TEST(smp, packets_for_another_cpu_are_received_there) {
  steer(true);
}

TEST(smp, packets_for_another_cpu_come_at_the_same_times_when_each_cost_is_waited_for) {
  steer(false);
}

// The affinity is changed while the handler runs (handle_edge_irq): the other CPU leaves its message to it.
TEST(smp, a_message_that_moves_while_it_is_handled_is_handled_by_the_first_cpu) {
  smp_bench b(2);
  int calls = 0;
  b.os.irqs().request_irq(smp_bench::vector, "msi", &b, [&](kernel::irq_line) {
    b.mark(100 + b.cpus.this_cpu());
    if (++calls == 1) {
      b.os.irqs().irq_set_affinity(smp_bench::vector, 1);
      b.interrupts.send_message(smp_bench::vector, b.cpus.now());
      b.spend(10'000);
    }
    return kernel::irq_return::handled;
  });
  b.task(0, [&] { b.interrupts.send_message(smp_bench::vector, b.cpus.now()); });
  b.run(50 * us);
  ASSERT_EQ(b.marks().size(), 2U);
  EXPECT_EQ(b.marks()[0].second, 100U);
  EXPECT_EQ(b.marks()[1].second, 100U);
  EXPECT_EQ(b.os.counters().hardirqs, 2U);
}

}  // namespace
}  // namespace smp_tests
}  // namespace ringside::test
