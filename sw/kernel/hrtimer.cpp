// SPDX-License-Identifier: Apache-2.0
// The high-resolution half of class timers.
#include <stdexcept>

#include "sw/kernel/timers.h"

namespace ringside::kernel {

void timers::enqueue(hrtimer& which, unsigned cpu) {
  which.queued = true;
  which.sequence = next_sequence_++;
  which.cpu = cpu;
  queue_of(which).emplace(hr_key{which.hard, which.sequence}, &which);
}

void timers::dequeue(hrtimer& which) {
  queue_of(which).erase({which.hard, which.sequence});
  which.queued = false;
}

void timers::hrtimer_start(hrtimer& which, sim_time when, sim_time slack) {
  host_.consume(cost::timer_program);
  host_.sync();
  start(which, when, slack);
}

void timers::hrtimer_start_relative(hrtimer& which, sim_time delay, sim_time slack) {
  host_.consume(cost::timer_program);
  host_.sync();
  start(which, ktime_get() + delay, slack);
}

void timers::start(hrtimer& which, sim_time when, sim_time slack) {
  if (which.queued) dequeue(which);
  which.soft = when;
  which.hard = when + slack;
  const unsigned here = host_.this_cpu();
  // While its callback runs, a timer stays on that CPU (switch_hrtimer_base), which programs its interrupt afterwards.
  const unsigned cpu = running(which) ? which.cpu : here;
  enqueue(which, cpu);
  if (cpu == here) program(here);
}

std::optional<bool> timers::hrtimer_try_to_cancel(hrtimer& which) {
  host_.sync();
  if (running(which) && host_.running()) return std::nullopt;
  if (!which.queued) return false;
  dequeue(which);
  if (which.cpu == host_.this_cpu()) program(which.cpu);  // another CPU's timer may fire once for nothing
  return true;
}

bool timers::hrtimer_cancel(hrtimer& which) {
  for (;;) {
    if (const std::optional<bool> was_pending = hrtimer_try_to_cancel(which)) return *was_pending;
    if (which.cpu == host_.this_cpu()) throw std::logic_error("a high-resolution timer waits for its own callback");
    host_.consume(cost::spin_wait);
  }
}

bool timers::running(const hrtimer& which) const {
  const base& b = bases_[which.cpu];
  return b.running_hard == &which || b.running_soft == &which;
}

// __run_hrtimer.
void timers::run(hrtimer& due, hrtimer*& running_slot) {
  dequeue(due);
  running_slot = &due;
  host_.consume(cost::timer_callback);
  const hrtimer_restart restart = due.callback();
  host_.sync_smp();  // another CPU may wait for its end, or have started it again
  if (restart == hrtimer_restart::yes && !due.queued) enqueue(due, due.cpu);
  running_slot = nullptr;
}

// __hrtimer_run_queues: everything that is due softly, in the order of hard expiry, as far as an unbroken row of them
// goes.  The soft ones are left to their softirq from their hard expiry on.
bool timers::run_high_resolution() {
  base& b = bases_[host_.this_cpu()];
  bool ran = false;
  host_.sync_smp();  // other CPUs cancel
  if (!b.soft_activated && !b.soft_queue.empty() && b.soft_queue.begin()->first.first <= host_.now()) {
    b.soft_activated = true;
    softirq_.raise_irqoff(softirq_number::hrtimer);
    ran = true;
  }
  while (!b.hard_queue.empty() && b.hard_queue.begin()->second->soft <= host_.now()) {
    run(*b.hard_queue.begin()->second, b.running_hard);
    ran = true;
  }
  return ran;
}

// hrtimer_run_softirq: of one moment; what comes due meanwhile interrupts again.
void timers::run_soft() {
  host_.sync();
  base& b = bases_[host_.this_cpu()];
  const sim_time begun = ktime_get();
  while (!b.soft_queue.empty() && b.soft_queue.begin()->second->soft <= begun) {
    run(*b.soft_queue.begin()->second, b.running_soft);
    host_.sync();  // other CPUs cancel and wait
  }
  b.soft_activated = false;
  program(host_.this_cpu());
}

}  // namespace ringside::kernel
