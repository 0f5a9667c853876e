// SPDX-License-Identifier: Apache-2.0
#include "platform/cpu/virtual_cpu.h"

#include <algorithm>
#include <utility>

#include "hw/tlm/systemc/sc_time_convert.h"

namespace ringside::platform {
namespace {
sim_time kernel_now() {
  return tlm::from_sc_time(sc_core::sc_time_stamp());
}
}  // namespace

virtual_cpu::virtual_cpu(const virtual_cpu_params& params, interrupt_controller& interrupts, event_stream& events)
    : params_(params),
      interrupts_(interrupts),
      events_(events),
      source_(events.add_source(origin::cpu, params.unit)),
      current_(&idle_),
      rq_(params.sched, params.clock),
      jitter_(params.cost_jitter, params.seed, params.number),
      plain_costs_(params.accumulate && !jitter_.varies()),
      switch_costs_(jitter_.stream_of_switches()) {
  idle_.name = "idle";
  idle_.cpu = params.number;
  idle_.now = task::state::running;
  idle_.costs = jitter_.stream_of_task(0);
  stretch_.begin(0, true);
}

virtual_cpu::~virtual_cpu() = default;

void virtual_cpu::connect(kernel::cpu_events& software, std::function<void(virtual_cpu&)> make_current) {
  software_ = &software;
  make_current_ = std::move(make_current);
  sc_core::sc_spawn([this] { run_idle(); }, sc_core::sc_gen_unique_name("idle"));
}

// ---- spending time
// ----------------------------------------------------------------------------------------------------

void virtual_cpu::begin_work(work kind) {
  work_.push_back(kind);
  set_work(kind);
}

void virtual_cpu::end_work() {
  work_.pop_back();
  set_work(work_.back());
}

void virtual_cpu::change_work(stage what, frame_id frame, std::uint64_t a, std::uint64_t b) {
  if (begins_hardirq(what)) begin_work(work::hardirq);
  if (begins_softirq(what)) begin_work(work::softirq);
  stretch_.add_record(what, frame, a, b);
  if (ends_work(what)) end_work();
}

std::int64_t virtual_cpu::jittered(std::int64_t cycles) {
  return jitter_.cycles(cycles, interrupt_costs_ != nullptr ? *interrupt_costs_ : current_->costs);
}

void virtual_cpu::consume_singly(std::int64_t cost) {
  spend(jittered(cost));
  if (!params_.accumulate) synchronise();
}

// Waits for the end of the stretch and takes every interrupt that falls into it.
void virtual_cpu::synchronise() {
  for (;;) {
    if (take_interrupt()) continue;
    const sim_time until = now();
    if (kernel_now() >= until) break;
    // Where an interrupt could be delivered but finds no place, interrupts are off up to the end.
    wait_kernel(until, !deliverable(kernel_now()));
  }
  commit();
}

// What has not been sent by now takes its latency from now on: before that no interrupt comes but those known.
void virtual_cpu::settle_interrupts() {
  const sim_time unknown = kernel_now() + std::min(interrupts_.latency(), params_.ipi_latency);
  if (!params_.accumulate || now() >= unknown || now() >= next_interrupt()) synchronise();
}

void virtual_cpu::charge_as(work kind, std::int64_t cycle) {
  if (cycle == charged_) return;
  spent_[static_cast<std::size_t>(kind)] += cycle - charged_;
  charged_ = cycle;
  charged_as_ = kind;
}

void virtual_cpu::charge(std::int64_t cycle) {
  charge_as(charging_, cycle);
}

void virtual_cpu::commit() {
  events_.push_all(source_, stretch_.items(), [this, clock = params_.clock](const stretch::item& i, event& e) {
    if (i.kind == stretch::mark::work) {
      charge(i.cycle);
      charging_ = static_cast<work>(i.a);
    }
    e.time = clock.edge(i.cycle);
    e.frame = i.frame;
    e.a = i.a;
    e.b = i.b;
    e.what = i.what;
    return i.kind == stretch::mark::record;
  });
  charge(stretch_.end_cycle());
  stretch_.begin(stretch_.end_cycle(), irq_enabled_);
}

// What is committed, and of what is not the part that simulated time has reached.
cpu_usage virtual_cpu::usage() const {
  const std::int64_t end = params_.clock.edge_at_or_after(kernel_now() + 1) - 1;
  std::array<std::int64_t, works> spent = spent_;
  std::int64_t at = charged_;
  work kind = charging_;
  const auto spend_until = [&](std::int64_t cycle, work as) {
    const std::int64_t reached = std::min(cycle, end);
    if (reached <= at) return;
    spent[static_cast<std::size_t>(as)] += reached - at;
    at = reached;
  };
  for (const stretch::item& i : stretch_.items()) {
    if (i.kind != stretch::mark::work) continue;
    spend_until(i.cycle, kind);
    if (i.cycle <= end) kind = static_cast<work>(i.a);
  }
  spend_until(stretch_.end_cycle(), kind);
  // Behind its stretch a CPU is idle or stands still for the bus.
  spend_until(end, current_ == &idle_ && interrupt_depth_ == 0 ? work::idle : kind);
  // An interrupt, or what ended a wait, is taken at the next edge, which may not have come.
  if (at > end) spent[static_cast<std::size_t>(charged_as_)] -= at - end;
  return {spent[0], spent[1], spent[2], spent[3], context_switches_};
}

void virtual_cpu::wait_kernel(sim_time until, bool interruptible) {
  const sc_core::sc_time left = tlm::to_sc_time(until - kernel_now());
  if (interruptible) {
    arm();
    sc_core::wait(left, irq_event_);
  } else {
    sc_core::wait(left);
  }
  make_current_(*this);
}

void virtual_cpu::stall(const std::function<void()>& blocking) {
  synchronise();
  blocking();
  make_current_(*this);
  const std::int64_t cycle = std::max(params_.clock.edge_at_or_after(kernel_now()), stretch_.end_cycle());
  commit();
  charge(cycle);
  stretch_.begin(cycle, irq_enabled_);
}

void virtual_cpu::publish_watermark() {
  sim_time mark = kernel_now();
  if (const auto first = stretch_.first_record()) mark = std::min(mark, params_.clock.edge(*first));
  events_.set_watermark(source_, mark);
}

// ---- interrupts
// ---------------------------------------------------------------------------------------------------------

bool virtual_cpu::irq_save() {
  const bool was = irq_enabled_;
  if (was) {
    irq_enabled_ = false;
    stretch_.add_mark(stretch::mark::irq_off);
  }
  return was;
}

void virtual_cpu::irq_restore(bool enabled) {
  if (!enabled || irq_enabled_) return;
  irq_enabled_ = true;
  stretch_.add_mark(stretch::mark::irq_on);
  settle_interrupts();
}

void virtual_cpu::set_timer(sim_time when) {
  synchronise();
  timer_due_ = when;
}

void virtual_cpu::interrupt_ahead(sim_time t) {
  if (t >= armed_ && armed_ >= kernel_now()) return;
  armed_ = t;
  irq_event_.notify(tlm::to_sc_time(std::max(t, kernel_now()) - kernel_now()));
  if (on_schedule_) on_schedule_(t);
}

// The earliest time something may be deliverable, as far as known now.
sim_time virtual_cpu::next_interrupt() {
  sim_time first = std::min({interrupts_.next_delivery(params_.number, kernel_now()), timer_due_, tick_due_});
  for (const incoming& i : incoming_) first = std::min(first, i.due);
  for (const sim_time due : ipis_) first = std::min(first, due);
  return first;
}

// Sets irq_event_ to that time.
void virtual_cpu::arm() {
  const sim_time first = next_interrupt();
  if (first == armed_ && armed_ > kernel_now()) return;
  irq_event_.cancel();
  armed_ = time_never;
  if (first != time_never) interrupt_ahead(first);
}

std::optional<virtual_cpu::pending_interrupt> virtual_cpu::deliverable(sim_time at) {
  if (const auto line = interrupts_.deliverable(params_.number, at)) return pending_interrupt{source::line, *line};
  if (std::min(timer_due_, tick_due_) <= at) return pending_interrupt{source::timer, 0};
  for (const incoming& i : incoming_)
    if (i.due <= at) return pending_interrupt{source::reschedule, 0};
  for (const sim_time due : ipis_)
    if (due <= at) return pending_interrupt{source::ipi, 0};
  return std::nullopt;
}

// Takes one interrupt deliverable now, on this stack; true when something moved.
bool virtual_cpu::take_interrupt() {
  const sim_time at = kernel_now();
  const auto pending = deliverable(at);
  if (!pending) return false;
  const std::int64_t cycle = std::max(params_.clock.edge_at_or_after(at), stretch_.begin_cycle());
  const auto place = stretch_.place_for_interrupt(cycle);
  if (!place) return false;
  if (place->cycle > cycle) {  // interrupts are off here: it is taken where they come back
    wait_kernel(params_.clock.edge(place->cycle), false);
    return true;
  }
  const auto rest = cut_off_.insert(cut_off_.end(), stretch_.cut(*place));
  const bool enabled_behind = std::exchange(irq_enabled_, false);
  commit();
  const work interrupted = charging_;
  run_interrupt(*pending);
  irq_enabled_ = true;
  stretch_.add_mark(stretch::mark::irq_on);
  set_work(interrupted);
  if (interrupt_depth_ == 0 && need_resched_ && preempt_count_ == 0 && current_->now == task::state::running) {
    switch_away(/*ready=*/true);
    set_work(interrupted);
  }
  stretch_.append(*rest);
  cut_off_.erase(rest);
  irq_enabled_ = enabled_behind;
  return true;
}

void virtual_cpu::run_interrupt(const pending_interrupt& i) {
  ++interrupt_depth_;
  rng costs = jitter_.stream_of_interrupt(interrupts_taken_++);
  rng* const interrupted = std::exchange(interrupt_costs_, &costs);
  switch (i.from) {
    case source::line:
      interrupts_.accept(i.line, kernel_now());  // now() may be a fraction of a cycle ahead of what cards have told
      software_->do_irq(i.line);
      break;
    case source::timer:
      run_timer();
      break;
    case source::reschedule: {
      begin_work(work::hardirq);
      consume(params_.timer_interrupt_cycles);
      end_work();
      synchronise();  // other CPUs may send more up to now
      const sim_time arrived = now();
      std::vector<task*> woken;
      std::erase_if(incoming_, [&](const incoming& in) {
        if (in.due <= arrived) woken.push_back(in.who);
        return in.due <= arrived;
      });
      for (task* t : woken) make_ready(*t);
      break;
    }
    case source::ipi:
      // The local APIC keeps one of a vector: what has arrived by now is this one.
      std::erase_if(ipis_, [now = kernel_now()](sim_time due) { return due <= now; });
      begin_work(work::hardirq);
      software_->do_ipi();
      end_work();
      break;
  }
  interrupt_costs_ = interrupted;
  --interrupt_depth_;
}

// The local timer: the tick is one of its users (tick_sched_timer) and comes before the kernel layer's, so that the
// softirqs of this interrupt see what it found.
void virtual_cpu::run_timer() {
  const sim_time at = kernel_now();
  begin_work(work::hardirq);
  if (tick_due_ <= at) {
    tick_due_ = (at / params_.sched.tick + 1) * params_.sched.tick;
    if (rq_.tick(stretch_.end_cycle())) need_resched_ = true;
  }
  if (timer_due_ <= at) {
    timer_due_ = time_never;
    software_->do_timer();
  } else {
    consume(params_.timer_interrupt_cycles);
    software_->do_tick();
  }
  end_work();
}

// ---- tasks
// ----------------------------------------------------------------------------------------------------------------

void virtual_cpu::add_task(task& t) {
  t.costs = jitter_.stream_of_task(t.id);
  if (t.now == task::state::ready) make_ready(t);  // else another CPU wakes it
  sc_core::sc_spawn([this, &t] { run_task(t); }, sc_core::sc_gen_unique_name("task"));
}

// Wakes: when its CPU switches to the task.
void virtual_cpu::wait_for_cpu(task& t) {
  while (!t.granted) sc_core::wait(t.resume);
  t.granted = false;
  make_current_(*this);
}

void virtual_cpu::run_task(task& t) {
  wait_for_cpu(t);
  t.body();
  synchronise();
  t.now = task::state::ended;
  switch_away(/*ready=*/false);
}

// Wakes: at an interrupt, a timer, or a wake from another CPU.
void virtual_cpu::run_idle() {
  make_current_(*this);
  for (;;) {
    if (!rq_.alone()) {
      switch_away(/*ready=*/false);
      continue;
    }
    synchronise();
    if (!rq_.alone()) continue;
    arm();
    sc_core::wait(irq_event_);
    make_current_(*this);
    const std::int64_t cycle = std::max(params_.clock.edge_at_or_after(kernel_now()), stretch_.end_cycle());
    charge_as(work::idle, cycle);
    stretch_.begin(cycle, true);
  }
}

void virtual_cpu::switch_away(bool ready) {
  task& previous = *current_;
  const std::int64_t cycle = stretch_.end_cycle();
  need_resched_ = false;
  if (&previous != &idle_) {
    if (ready) {
      previous.now = task::state::ready;
    } else {
      rq_.sleep(cycle);
    }
  }
  auto* const chosen = static_cast<task*>(rq_.pick_next(cycle));
  task* next = chosen != nullptr ? chosen : &idle_;
  current_ = next;
  next->now = task::state::running;
  if (next == &previous) return;
  if (next == &idle_) {
    tick_due_ = time_never;
  } else if (&previous == &idle_) {
    tick_due_ = (now() / params_.sched.tick + 1) * params_.sched.tick;
  }
  ++context_switches_;
  emit(stage::task_switch, 0, next->id, 0);
  // Not consume(): the new task's thread publishes it.
  spend(jitter_.cycles(params_.context_switch_cycles, switch_costs_));
  next->granted = true;
  next->resume.notify(sc_core::SC_ZERO_TIME);
  if (previous.now == task::state::ended) return;
  wait_for_cpu(previous);
}

void virtual_cpu::make_ready(task& t) {
  if (t.now == task::state::preparing) {  // it has not gone to sleep: it will see that it was woken
    t.now = task::state::running;
    return;
  }
  if ((t.now != task::state::sleeping && t.now != task::state::ready) || t.on_rq) return;
  t.now = task::state::ready;
  const std::int64_t cycle = stretch_.end_cycle();
  if (!std::exchange(t.started, true)) {
    // Before power-on there is no period yet that others have been promised.
    rq_.start(t, cycle, sc_core::sc_is_running());
    if (current_ == &idle_) need_resched_ = true;
  } else if (rq_.wake_up(t, cycle, need_resched_)) {
    need_resched_ = true;
  }
}

void virtual_cpu::wake(task& t, const virtual_cpu& from) {
  if (&from == this) {
    make_ready(t);
    return;
  }
  wake_at(t, from.now());
}

void virtual_cpu::wake_at(task& who, sim_time t) {
  incoming_.push_back({t + params_.ipi_latency, &who});
  interrupt_ahead(incoming_.back().due);
}

void virtual_cpu::send_ipi(const virtual_cpu& from) {
  ipis_.push_back(from.now() + params_.ipi_latency);
  interrupt_ahead(ipis_.back());
}

void virtual_cpu::prepare_to_sleep() {
  settle_interrupts();  // other CPUs wake by interrupts, too
  current_->now = task::state::preparing;
}

void virtual_cpu::finish_sleep() {
  if (current_->now == task::state::preparing) current_->now = task::state::running;
}

void virtual_cpu::schedule() {
  settle_interrupts();
  if (current_->now != task::state::preparing) return;  // woken in between
  current_->now = task::state::sleeping;
  switch_away(/*ready=*/false);
}

void virtual_cpu::cond_resched() {
  settle_interrupts();
  if (need_resched_) switch_away(/*ready=*/true);
}

}  // namespace ringside::platform
