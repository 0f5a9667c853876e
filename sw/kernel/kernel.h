// SPDX-License-Identifier: Apache-2.0
// The kernel layer of one machine: irq, softirq, NAPI, timers, memory and DMA, tied together.
//
// Owner: the platform, which gives it the host and calls it back through cpu_events.  Callers: stack and driver.
#pragma once

#include "sw/kernel/config.h"
#include "sw/kernel/dma.h"
#include "sw/kernel/entropy.h"
#include "sw/kernel/host.h"
#include "sw/kernel/irq.h"
#include "sw/kernel/memory_allocator.h"
#include "sw/kernel/net_rx.h"
#include "sw/kernel/net_tx.h"
#include "sw/kernel/smp.h"
#include "sw/kernel/softirq.h"
#include "sw/kernel/statistics.h"
#include "sw/kernel/tasklet.h"
#include "sw/kernel/timers.h"
#include "sw/kernel/work_queue.h"

namespace ringside::kernel {

class kernel final : public cpu_events {
 public:
  using config = kernel_config;

  kernel(host& machine, const config& settings);

  /// Starts ksoftirqd and the kworker, brings up the receive softirq.  Once, before the first interrupt.
  void boot();

  void do_irq(irq_line line) override;
  void do_timer() override;
  void do_tick() override;
  void do_ipi() override;

  host& machine() { return host_; }
  irq_table& irqs() { return irqs_; }
  softirqs& softirq() { return softirqs_; }
  smp_calls& smp() { return smp_; }
  timers& clock() { return timers_; }
  tasklets& tasklet_list() { return tasklets_; }
  net_rx& net() { return net_rx_; }
  net_tx& transmit() { return net_tx_; }
  memory_allocator& memory() { return memory_; }
  dma_api& dma() { return dma_; }
  work_queue& work() { return work_; }
  entropy& random() { return entropy_; }
  const statistics& counters() const { return counters_; }

 private:
  host& host_;
  statistics counters_;
  softirqs softirqs_;
  smp_calls smp_;
  timers timers_;
  irq_table irqs_;
  tasklets tasklets_;
  net_rx net_rx_;
  net_tx net_tx_;
  memory_allocator memory_;
  dma_api dma_;
  work_queue work_;
  entropy entropy_;
};

}  // namespace ringside::kernel
