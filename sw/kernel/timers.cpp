#include "sw/kernel/timers.h"

namespace ringside::kernel {

timers::timers(host& machine, softirqs& softirq, statistics& counters)
    : host_(machine), softirq_(softirq), counters_(counters), queues_(machine.cpu_count()) {
  softirq_.open_softirq(softirq_number::timer, [this] { run_expired(); });
}

void timers::mod_timer(timer& which, sim_time delay) {
  del_timer(which);
  host_.consume(cost::timer_program);
  host_.sync();
  const sim_time earliest = host_.now() + delay;
  arm(which, (earliest + jiffy - 1) / jiffy * jiffy);
}

void timers::arm(timer& which, sim_time when) {
  which.expires = when;
  which.sequence = next_sequence_++;
  which.cpu = host_.this_cpu();
  queues_[which.cpu].emplace(key{which.expires, which.sequence}, &which);
  program(which.cpu);
}

bool timers::del_timer(timer& which) {
  host_.sync();
  if (!which.pending()) return false;
  queues_[which.cpu].erase(key{which.expires, which.sequence});
  which.expires = time_never;
  if (which.cpu == host_.this_cpu()) program(which.cpu);  // another CPU's timer may fire once for nothing
  return true;
}

void timers::msleep(sim_time delay) {
  sleep([this, delay](timer& alarm) { mod_timer(alarm, delay); });
}

void timers::sleep_until(sim_time when) {
  host_.consume(cost::timer_program);
  host_.sync();
  if (when <= host_.now()) return;
  sleep([this, when](timer& alarm) { arm(alarm, when); });
}

template <class arm_type>
void timers::sleep(arm_type arm_it) {
  bool fired = false;
  const task_id self = host_.current_task();
  timer alarm;
  alarm.callback = [this, &fired, self] {
    fired = true;
    host_.wake(self);
  };
  arm_it(alarm);
  for (;;) {
    host_.prepare_to_sleep();
    host_.sync();
    if (fired) break;
    host_.schedule();
  }
  host_.finish_sleep();
}

void timers::on_interrupt() {
  ++counters_.timer_irqs;
  host_.consume(cost::timer_interrupt);
  softirq_.raise_irqoff(softirq_number::timer);
}

void timers::run_expired() {
  const unsigned cpu = host_.this_cpu();
  std::map<key, timer*>& queue = queues_[cpu];
  for (;;) {
    host_.sync();
    if (queue.empty() || queue.begin()->first.first > host_.now()) break;
    timer& due = *queue.begin()->second;
    queue.erase(queue.begin());
    due.expires = time_never;
    host_.consume(cost::timer_callback);
    due.callback();
  }
  program(cpu);
}

void timers::program(unsigned cpu) {
  const std::map<key, timer*>& queue = queues_[cpu];
  host_.set_timer(queue.empty() ? time_never : queue.begin()->first.first);
}

}  // namespace ringside::kernel
