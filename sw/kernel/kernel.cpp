// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/kernel.h"

namespace ringside::kernel {

kernel::kernel(host& machine, const config& settings)
    : host_(machine),
      softirqs_(machine, settings.softirq, counters_),
      smp_(machine),
      timers_(machine, softirqs_, counters_),
      irqs_(machine, timers_, counters_),
      tasklets_(machine, softirqs_),
      net_rx_(machine, softirqs_, smp_, timers_, settings.receive, counters_),
      net_tx_(machine, softirqs_),
      memory_(machine, settings.memory_begin, settings.memory_end),
      dma_(machine, memory_),
      work_(machine, timers_),
      entropy_(settings.seed) {}

void kernel::boot() {
  host_.emit(stage::boot_ksoftirqd);
  softirqs_.spawn_ksoftirqd();
  work_.start();
  host_.emit(stage::boot_net_dev_init);
}

void kernel::do_irq(irq_line line) {
  host_.emit(stage::hardirq_enter, 0, line);
  softirqs_.irq_enter();
  host_.consume(cost::hardirq_entry);
  irqs_.handle(line);
  host_.consume(cost::hardirq_exit);
  host_.emit(stage::hardirq_exit, 0, line);
  softirqs_.irq_exit();
}

void kernel::do_timer() {
  softirqs_.irq_enter();
  timers_.on_interrupt();
  softirqs_.irq_exit();
}

void kernel::do_tick() {
  softirqs_.irq_enter();
  timers_.on_tick();
  softirqs_.irq_exit();
}

// sysvec_call_function_single.
void kernel::do_ipi() {
  softirqs_.irq_enter();
  host_.consume(cost::hardirq_entry);
  smp_.flush();
  host_.consume(cost::hardirq_exit);
  softirqs_.irq_exit();
}

}  // namespace ringside::kernel
