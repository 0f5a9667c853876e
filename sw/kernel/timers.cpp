// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/timers.h"

#include <algorithm>

namespace ringside::kernel {
namespace {

// The wheel (kernel/time/timer.c): each level's buckets are eight times as wide as the one's below, and a level takes
// what lies less than 63 of its buckets ahead.  calc_index rounds up by a whole bucket, so that none fires early.
constexpr unsigned level_shift = 3;
constexpr std::uint64_t level_reach = 63;
constexpr unsigned outermost = 8;

unsigned level_of(std::uint64_t delta) {
  unsigned level = 0;
  while (level < outermost && delta >= level_reach << (level * level_shift)) ++level;
  return level;
}

}  // namespace

timers::timers(host& machine, softirqs& softirq, statistics& counters)
    : host_(machine), softirq_(softirq), counters_(counters), bases_(machine.cpu_count()) {
  softirq_.open_softirq(softirq_number::timer, [this] { run_wheel(); });
  softirq_.open_softirq(softirq_number::hrtimer, [this] { run_soft(); });
}

void timers::mod_timer(timer& which, sim_time delay) {
  host_.consume(cost::timer_program);
  host_.sync();
  const std::uint64_t delta = to_jiffies(delay);
  const unsigned level = level_of(delta);
  const unsigned shift = level * level_shift;
  const std::uint64_t bucket = ((jiffies() + delta) >> shift) + 1;
  const sim_time expires = static_cast<sim_time>(bucket << shift) * jiffy;
  if (which.pending()) {
    if (which.expires == expires && which.level == level) return;  // the same bucket: it keeps its place
    bases_[which.cpu].wheel.erase({which.expires, which.level, which.sequence});
  }
  which.expires = expires;
  which.level = level;
  which.sequence = next_sequence_++;
  which.cpu = host_.this_cpu();
  bases_[which.cpu].wheel.emplace(wheel_key{which.expires, which.level, which.sequence}, &which);
  program(which.cpu);
}

bool timers::del_timer(timer& which) {
  host_.sync();
  if (!which.pending()) return false;
  bases_[which.cpu].wheel.erase({which.expires, which.level, which.sequence});
  which.expires = time_never;
  if (which.cpu == host_.this_cpu()) program(which.cpu);  // another CPU's timer may fire once for nothing
  return true;
}

// msleep: msecs_to_jiffies() + 1, so that at least `delay` passes wherever in a jiffy it begins.
void timers::msleep(sim_time delay) {
  sleep<timer>([this, delay](timer& alarm) { mod_timer(alarm, static_cast<sim_time>(to_jiffies(delay) + 1) * jiffy); });
}

void timers::usleep_range(sim_time least, sim_time most) {
  host_.sync();
  const sim_time begin = host_.now();
  sleep<hrtimer>([&](hrtimer& alarm) { hrtimer_start(alarm, begin + least, most - least); });
}

void timers::sleep_until(sim_time when) {
  host_.sync();
  if (when <= host_.now()) return;
  sleep<hrtimer>([this, when](hrtimer& alarm) { hrtimer_start(alarm, when); });
}

template <class timer_type, class arm_type>
void timers::sleep(arm_type arm_it) {
  bool fired = false;
  const task_id self = host_.current_task();
  timer_type alarm;
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
  run_high_resolution();
  base& b = bases_[host_.this_cpu()];
  if (!b.wheel.empty() && b.wheel.begin()->first.expires <= host_.now()) {
    b.raised = true;
    softirq_.raise_irqoff(softirq_number::timer);
  }
  program(host_.this_cpu());
}

// The tick is one of the high-resolution timers in Linux (tick_sched_timer); here the machine keeps it.
void timers::on_tick() {
  if (run_high_resolution()) program(host_.this_cpu());
}

void timers::run_wheel() {
  const unsigned cpu = host_.this_cpu();
  std::map<wheel_key, timer*>& wheel = bases_[cpu].wheel;
  for (;;) {
    host_.sync();
    if (wheel.empty() || wheel.begin()->first.expires > host_.now()) break;
    timer& due = *wheel.begin()->second;
    wheel.erase(wheel.begin());
    due.expires = time_never;
    host_.consume(cost::timer_callback);
    due.callback();
  }
  bases_[cpu].raised = false;
  program(cpu);
}

// What is due when its softirq has been told is the softirq's, which may be late: no further interrupt.
void timers::program(unsigned cpu) {
  const base& b = bases_[cpu];
  sim_time next = b.hard_queue.empty() ? time_never : b.hard_queue.begin()->first.first;
  if (!b.soft_activated && !b.soft_queue.empty()) next = std::min(next, b.soft_queue.begin()->first.first);
  for (const auto& [key, unused] : b.wheel) {
    static_cast<void>(unused);
    if (b.raised && key.expires <= host_.now()) continue;
    next = std::min(next, key.expires);
    break;
  }
  host_.set_timer(next);
}

}  // namespace ringside::kernel
