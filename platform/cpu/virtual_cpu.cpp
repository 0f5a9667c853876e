#include "platform/cpu/virtual_cpu.h"

#include <algorithm>
#include <utility>

#include "hw/tlm/sc_time_convert.h"

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
      source_(events.add_source(origin::cpu, static_cast<std::uint8_t>(params.number))),
      current_(&idle_),
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

std::int64_t* virtual_cpu::account_of(work kind) {
  switch (kind) {
    case work::task:
      return &usage_.task;
    case work::softirq:
      return &usage_.softirq;
    case work::hardirq:
      return &usage_.hardirq;
  }
  return nullptr;
}

void virtual_cpu::begin_work(work kind) {
  work_.push_back(kind);
  meter_.account = account_of(kind);
}

void virtual_cpu::end_work() {
  work_.pop_back();
  meter_.account = account_of(work_.back());
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

void virtual_cpu::commit() {
  events_.push_all(source_, stretch_.items(), [clock = params_.clock](const stretch::item& i, event& e) {
    e.time = clock.edge(i.cycle);
    e.frame = i.frame;
    e.a = i.a;
    e.b = i.b;
    e.what = i.what;
    return i.kind == stretch::mark::record;
  });
  stretch_.begin(stretch_.end_cycle(), irq_enabled_);
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
  *meter_.account += cycle - stretch_.end_cycle();
  commit();
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
  sim_time first = std::min({interrupts_.next_delivery(params_.number, kernel_now()), timer_due_, slice_due_});
  for (const incoming& i : incoming_) first = std::min(first, i.due);
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
  if (timer_due_ <= at) return pending_interrupt{source::timer, 0};
  for (const incoming& i : incoming_)
    if (i.due <= at) return pending_interrupt{source::reschedule, 0};
  if (slice_due_ <= at) return pending_interrupt{source::slice, 0};
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
  const stretch::rest rest = stretch_.cut(*place);
  const bool enabled_behind = std::exchange(irq_enabled_, false);
  commit();
  run_interrupt(*pending);
  irq_enabled_ = true;
  stretch_.add_mark(stretch::mark::irq_on);
  if (interrupt_depth_ == 0 && need_resched_ && preempt_count_ == 0 && current_->now == task::state::running)
    switch_away(/*ready=*/true);
  stretch_.append(rest);
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
      timer_due_ = time_never;
      begin_work(work::hardirq);
      software_->do_timer();
      end_work();
      break;
    case source::slice:
      slice_due_ = time_never;
      begin_work(work::hardirq);
      consume(params_.timer_interrupt_cycles);
      end_work();
      need_resched_ = !ready_.empty();
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
  }
  interrupt_costs_ = interrupted;
  --interrupt_depth_;
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
    if (!ready_.empty()) {
      switch_away(/*ready=*/false);
      continue;
    }
    synchronise();
    if (!ready_.empty()) continue;
    arm();
    sc_core::wait(irq_event_);
    make_current_(*this);
    const std::int64_t cycle = std::max(params_.clock.edge_at_or_after(kernel_now()), stretch_.end_cycle());
    usage_.idle += cycle - stretch_.end_cycle();
    stretch_.begin(cycle, true);
  }
}

task* virtual_cpu::pick() {
  if (ready_.empty()) return &idle_;
  const auto first = std::min_element(
      ready_.begin(), ready_.end(), [](const task* x, const task* y) { return x->virtual_cycles < y->virtual_cycles; });
  task* chosen = *first;
  ready_.erase(first);
  return chosen;
}

void virtual_cpu::switch_away(bool ready) {
  task& previous = *current_;
  previous.virtual_cycles += stretch_.end_cycle() - switched_in_;
  switched_in_ = stretch_.end_cycle();
  need_resched_ = false;
  if (ready && &previous != &idle_) {
    previous.now = task::state::ready;
    ready_.push_back(&previous);
  }
  task* next = pick();
  current_ = next;
  next->now = task::state::running;
  arm_slice();
  if (next == &previous) return;
  ++usage_.context_switches;
  emit(stage::task_switch, 0, next->id, 0);
  // Not consume(): the new task's thread publishes it.
  spend(jitter_.cycles(params_.context_switch_cycles, switch_costs_));
  next->granted = true;
  next->resume.notify(sc_core::SC_ZERO_TIME);
  if (previous.now == task::state::ended) return;
  wait_for_cpu(previous);
}

void virtual_cpu::arm_slice() {
  slice_due_ = ready_.empty() || current_ == &idle_ ? time_never : now() + params_.slice;
}

void virtual_cpu::make_ready(task& t) {
  if (t.now == task::state::preparing) {  // it has not gone to sleep: it will see that it was woken
    t.now = task::state::running;
    return;
  }
  if (t.now != task::state::sleeping && t.now != task::state::ready) return;
  if (std::find(ready_.begin(), ready_.end(), &t) != ready_.end()) return;
  t.now = task::state::ready;
  // A sleeper comes back at most half a slice ahead of the running task (CFS place_entity).
  const std::int64_t running = current_->virtual_cycles + stretch_.end_cycle() - switched_in_;
  const std::int64_t credit = params_.clock.edge_at_or_after(params_.slice) / 2;
  if (current_ != &idle_) t.virtual_cycles = std::max(t.virtual_cycles, running - credit);
  ready_.push_back(&t);
  const std::int64_t granularity = params_.clock.edge_at_or_after(params_.wakeup_granularity);
  if (current_ == &idle_ || t.virtual_cycles + granularity < running) need_resched_ = true;
  if (slice_due_ == time_never) arm_slice();
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

void virtual_cpu::yield() {
  settle_interrupts();
  if (!ready_.empty()) switch_away(/*ready=*/true);
}

}  // namespace ringside::platform
