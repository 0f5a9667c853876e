// SPDX-License-Identifier: Apache-2.0
// Softirqs: pending bits per CPU, when they run, and ksoftirqd.
//
// Owner: kernel::kernel.  Callers: irq entry and exit, NAPI, timers.  Follows kernel/softirq.c of Linux 6.1: bodies run
// with interrupts enabled, at interrupt exit or local_bh_enable(), until a limit hands the rest to ksoftirqd; while
// ksoftirqd is runnable, interrupt exit runs none.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "sw/kernel/config.h"
#include "sw/kernel/host.h"
#include "sw/kernel/statistics.h"

namespace ringside::kernel {

/// Numbers as in Linux' enum of softirqs; the ones without a user here are left out.
enum class softirq_number : unsigned { timer = 1, net_tx = 2, net_rx = 3, tasklet = 6, hrtimer = 8, count = 10 };

class softirqs {
 public:
  using limits = softirq_limits;

  softirqs(host& machine, const limits& bounds, statistics& counters);

  void open_softirq(softirq_number number, std::function<void()> action);
  /// Starts one ksoftirqd per CPU (spawn_ksoftirqd).
  void spawn_ksoftirqd();

  /// Marks it pending on this CPU (__raise_softirq_irqoff): runs at the next interrupt exit or local_bh_enable.
  void raise_irqoff(softirq_number number);
  /// The same, and outside interrupts it wakes ksoftirqd; interrupts are disabled (raise_softirq_irqoff).
  void raise_softirq_irqoff(softirq_number number);
  /// The same from any context (raise_softirq).
  void raise(softirq_number number);

  void local_bh_disable();
  /// Runs what is pending when this was the outermost.
  void local_bh_enable();

  /// Around a hardirq; interrupts are disabled.  irq_exit() runs pending softirqs unless nested or left to ksoftirqd.
  void irq_enter() { ++here().hardirq_depth; }
  void irq_exit();

  /// In a hardirq, in a softirq or with bottom halves disabled.
  bool in_interrupt() const { return here().hardirq_depth + here().softirq_depth != 0; }
  bool pending() const { return here().pending != 0; }
  bool ksoftirqd_runnable(unsigned cpu) const { return cpus_[cpu].ksoftirqd_runnable; }

 private:
  struct cpu_state {
    std::uint32_t pending = 0;
    unsigned hardirq_depth = 0;
    unsigned softirq_depth = 0;  // running softirqs or bottom halves disabled
    bool ksoftirqd_started = false;
    bool ksoftirqd_runnable = false;
    task_id ksoftirqd = 0;
  };

  cpu_state& here() { return cpus_[host_.this_cpu()]; }
  const cpu_state& here() const { return cpus_[host_.this_cpu()]; }
  /// __do_softirq: interrupts disabled on entry and on return.
  void run(bool from_ksoftirqd);
  void wake_ksoftirqd(cpu_state& cpu);
  void ksoftirqd_loop(unsigned cpu);

  host& host_;
  limits limits_;
  statistics& counters_;
  std::vector<cpu_state> cpus_;
  std::array<std::function<void()>, static_cast<std::size_t>(softirq_number::count)> actions_;
};

}  // namespace ringside::kernel
