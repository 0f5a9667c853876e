// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/tasklet.h"

#include <utility>

namespace ringside::kernel {

tasklets::tasklets(host& machine, softirqs& softirq)
    : host_(machine), softirq_(softirq), lists_(machine.cpu_count()), changed_(machine) {
  softirq_.open_softirq(softirq_number::tasklet, [this] { action(); });
}

void tasklets::tasklet_schedule(tasklet& which) {
  host_.sync_software();  // it may be running, on this CPU or another one
  if (std::exchange(which.scheduled, true)) return;
  const bool enabled = host_.local_irq_save();
  lists_[host_.this_cpu()].push_back(&which);
  softirq_.raise_softirq_irqoff(softirq_number::tasklet);
  host_.local_irq_restore(enabled);
}

void tasklets::list_and_raise(tasklet& which) {
  const bool enabled = host_.local_irq_save();
  lists_[host_.this_cpu()].push_back(&which);
  softirq_.raise_irqoff(softirq_number::tasklet);
  host_.local_irq_restore(enabled);
}

void tasklets::tasklet_disable(tasklet& which) {
  host_.sync_software();
  ++which.disabled;
  changed_.wait([&which] { return !which.running; });
}

void tasklets::tasklet_enable(tasklet& which) {
  host_.sync_software();
  --which.disabled;
}

void tasklets::tasklet_kill(tasklet& which) {
  changed_.wait([&which] { return !which.scheduled; });
  which.scheduled = true;  // nobody else schedules it now
  changed_.wait([&which] { return !which.running; });
  which.scheduled = false;
  if (changed_.has_waiters()) changed_.wake_up();
}

// tasklet_action_common: the list is taken whole; what cannot run now goes back to it and is looked at again.
void tasklets::action() {
  host_.sync_irq();
  const std::vector<tasklet*> list = std::exchange(lists_[host_.this_cpu()], {});
  for (tasklet* t : list)
    if (!run(*t)) list_and_raise(*t);
}

bool tasklets::run(tasklet& which) {
  host_.consume(cost::tasklet_call);
  host_.sync_software();
  if (which.running || which.disabled != 0) return false;
  which.running = true;
  which.scheduled = false;  // before the callback: who schedules it from now on has it run again
  if (changed_.has_waiters()) changed_.wake_up();
  which.callback();
  host_.sync_software();
  which.running = false;
  if (changed_.has_waiters()) changed_.wake_up();
  return true;
}

}  // namespace ringside::kernel
