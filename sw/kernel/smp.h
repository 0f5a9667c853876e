// SPDX-License-Identifier: Apache-2.0
// Functions that one CPU has another one run: a queue per CPU and an inter-processor interrupt, as in Linux 6.1
// (kernel/smp.c).
//
// Owner: kernel::kernel, which calls flush() from do_ipi().  Callers: the receive softirq (RPS).
#pragma once

#include <functional>
#include <vector>

#include "sw/kernel/host.h"

namespace ringside::kernel {

/// A call to another CPU, on its way once at most (call_single_data_t).  Must not be destroyed while it is.
struct call_single_data {
  std::function<void()> function;  // in hardirq context of the called CPU
  bool locked = false;             // CSD_FLAG_LOCK: on its way
};

class smp_calls {
 public:
  explicit smp_calls(host& machine) : host_(machine), queues_(machine.cpu_count()) {}

  /// Has `cpu` run it, and does not wait.  The interrupt is sent for the first of a queue alone; on this CPU the
  /// function runs at once, interrupts off.  False when it is still on its way (-EBUSY)
  /// (smp_call_function_single_async).
  bool call_async(unsigned cpu, call_single_data& call);
  /// Runs what others have queued for this CPU, in their order; interrupts are disabled
  /// (flush_smp_call_function_queue).
  void flush();

 private:
  host& host_;
  std::vector<std::vector<call_single_data*>> queues_;  // call_single_queue of each CPU
};

}  // namespace ringside::kernel
