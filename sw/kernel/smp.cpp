// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/smp.h"

#include <utility>

namespace ringside::kernel {

bool smp_calls::call_async(unsigned cpu, call_single_data& call) {
  host_.sync_software();  // the called CPU takes its queue, interrupts of this one add to it
  if (call.locked) return false;
  if (cpu == host_.this_cpu()) {
    const bool enabled = host_.local_irq_save();
    call.function();
    host_.local_irq_restore(enabled);
    return true;
  }
  call.locked = true;
  std::vector<call_single_data*>& queue = queues_.at(cpu);
  queue.push_back(&call);
  if (queue.size() > 1) return true;  // an interrupt is on its way (llist_add)
  host_.preempt_disable();
  host_.consume(cost::ipi_send);
  host_.emit(stage::ipi_send, 0, cpu);
  host_.send_ipi(cpu);
  host_.preempt_enable();
  return true;
}

void smp_calls::flush() {
  host_.sync_smp();  // other CPUs may add up to now
  const std::vector<call_single_data*> calls = std::exchange(queues_[host_.this_cpu()], {});
  host_.emit(stage::ipi_receive, 0, calls.size());
  for (call_single_data* call : calls) {
    host_.consume(cost::ipi_call);
    host_.sync_smp();
    call->locked = false;  // before the function, which may be called for again meanwhile
    call->function();
  }
}

}  // namespace ringside::kernel
