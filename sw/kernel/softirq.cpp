// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/softirq.h"

#include <bit>
#include <string>
#include <utility>

#include "sw/kernel/jiffies.h"

namespace ringside::kernel {

softirqs::softirqs(host& machine, const limits& bounds, statistics& counters)
    : host_(machine), limits_(bounds), counters_(counters), cpus_(machine.cpu_count()) {}

void softirqs::open_softirq(softirq_number number, std::function<void()> action) {
  actions_.at(static_cast<std::size_t>(number)) = std::move(action);
}

void softirqs::spawn_ksoftirqd() {
  for (unsigned cpu = 0; cpu < host_.cpu_count(); ++cpu) {
    cpus_[cpu].ksoftirqd_runnable = true;  // until it first finds nothing to do
    cpus_[cpu].ksoftirqd = host_.spawn(cpu, "ksoftirqd/" + std::to_string(cpu), [this, cpu] { ksoftirqd_loop(cpu); });
    cpus_[cpu].ksoftirqd_started = true;
  }
}

void softirqs::raise_irqoff(softirq_number number) {
  cpu_state& cpu = here();
  const std::uint32_t bit = 1U << static_cast<unsigned>(number);
  if ((cpu.pending & bit) != 0) return;
  cpu.pending |= bit;
  host_.emit(stage::softirq_raise, 0, static_cast<std::uint64_t>(number));
}

void softirqs::raise(softirq_number number) {
  host_.sync_irq();  // pending bits are shared with this CPU's interrupts
  raise_softirq_irqoff(number);
}

void softirqs::raise_softirq_irqoff(softirq_number number) {
  raise_irqoff(number);
  if (!in_interrupt()) wake_ksoftirqd(here());
}

void softirqs::local_bh_disable() {
  host_.sync_irq();  // an interrupt up to now still runs its softirqs
  host_.preempt_disable();
  ++here().softirq_depth;
}

void softirqs::local_bh_enable() {
  cpu_state& cpu = here();
  host_.sync_irq();
  if (--cpu.softirq_depth == 0 && cpu.hardirq_depth == 0 && cpu.pending != 0 && !cpu.ksoftirqd_runnable) {
    const bool enabled = host_.local_irq_save();
    run(false);
    host_.local_irq_restore(enabled);
  }
  host_.preempt_enable();
}

void softirqs::irq_exit() {
  cpu_state& cpu = here();
  --cpu.hardirq_depth;
  if (cpu.hardirq_depth + cpu.softirq_depth != 0) return;  // nested in a softirq: its loop will see the bit
  // ksoftirqd_running(): once it has been woken the rest waits for the scheduler.
  if (cpu.pending != 0 && !cpu.ksoftirqd_runnable) run(false);
}

void softirqs::run(bool from_ksoftirqd) {
  cpu_state& cpu = here();
  host_.preempt_disable();
  ++cpu.softirq_depth;
  host_.emit(from_ksoftirqd ? stage::ksoftirqd_run : stage::softirq_enter);
  ++(from_ksoftirqd ? counters_.ksoftirqd_runs : counters_.softirq_runs);
  const std::uint64_t end = jiffies_at(host_.now()) + to_jiffies(limits_.time);
  host_.consume(cost::softirq_entry);

  unsigned restarts = 0;
  for (;;) {
    std::uint32_t pending = std::exchange(cpu.pending, 0);
    host_.local_irq_enable();
    while (pending != 0) {
      const auto number = static_cast<std::size_t>(std::countr_zero(pending));
      pending &= pending - 1;
      if (actions_[number]) actions_[number]();
    }
    host_.sync_irq();  // interrupts of the stretch just spent may raise again
    host_.local_irq_save();
    if (cpu.pending == 0) break;
    if (jiffies_at(host_.now()) < end && !host_.need_resched() && restarts + 1 < limits_.restarts) {
      ++restarts;
      ++counters_.softirq_restarts;
      continue;
    }
    wake_ksoftirqd(cpu);
    break;
  }

  host_.consume(cost::softirq_exit);
  --cpu.softirq_depth;
  host_.emit(stage::softirq_exit, 0, restarts);
  host_.preempt_enable();
}

void softirqs::wake_ksoftirqd(cpu_state& cpu) {
  if (cpu.ksoftirqd_runnable || !cpu.ksoftirqd_started) return;
  cpu.ksoftirqd_runnable = true;
  ++counters_.ksoftirqd_wakes;
  host_.wake(cpu.ksoftirqd);
}

void softirqs::ksoftirqd_loop(unsigned number) {
  cpu_state& cpu = cpus_[number];
  for (;;) {
    host_.prepare_to_sleep();
    host_.sync_irq();
    const bool enabled = host_.local_irq_save();
    if (cpu.pending == 0) {
      cpu.ksoftirqd_runnable = false;
      host_.local_irq_restore(enabled);
      host_.schedule();  // an interrupt in between runs its own softirqs, or its wake() is kept
      continue;
    }
    host_.finish_sleep();
    run(true);
    host_.local_irq_restore(enabled);
    host_.cond_resched();
  }
}

}  // namespace ringside::kernel
