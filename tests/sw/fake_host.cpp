// SPDX-License-Identifier: Apache-2.0
#include "tests/sw/fake_host.h"

#include <algorithm>
#include <bit>
#include <new>
#include <span>
#include <stdexcept>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace ringside::test {
namespace {
constexpr std::size_t stack_bytes = 256 * 1024;

// The allocator poisons what is free; the vector gives it back to the heap.
void give_back([[maybe_unused]] std::span<std::byte> memory) {
#if defined(__SANITIZE_ADDRESS__)
  __asan_unpoison_memory_region(memory.data(), memory.size());
#endif
}
}  // namespace

fake_host::fake_host(unsigned cpus, std::size_t memory_bytes)
    : cpus_(cpus),
      memory_bytes_(memory_bytes),
      memory_(static_cast<std::byte*>(std::calloc(memory_bytes, 1))),
      timer_(cpus, time_never),
      ipi_(cpus, time_never) {
  if (memory_ == nullptr) throw std::bad_alloc();
}

fake_host::~fake_host() {
  give_back(memory());
}

void fake_host::emit(stage what, frame_id frame, std::uint64_t a, std::uint64_t b) {
  event e;
  e.time = now_;
  e.what = what;
  e.frame = frame;
  e.a = a;
  e.b = b;
  e.unit = static_cast<std::uint8_t>(cpu_);
  events.push_back(e);
}

std::size_t fake_host::count(stage what) const {
  return static_cast<std::size_t>(
      std::count_if(events.begin(), events.end(), [what](const event& e) { return e.what == what; }));
}

std::vector<event> fake_host::of(stage what) const {
  std::vector<event> result;
  std::copy_if(events.begin(), events.end(), std::back_inserter(result),
               [what](const event& e) { return e.what == what; });
  return result;
}

bool fake_host::irq_masked(kernel::irq_line line) const {
  const auto found = lines_.find(line);
  return found == lines_.end() || found->second.masked;
}

frame_id fake_host::frame_at(kernel::bus_address address) const {
  const auto found = shadow.find(address);
  return found == shadow.end() ? 0 : found->second;
}

void fake_host::spend(kernel::cost what, std::uint64_t times) {
  ++consumed_calls;
  now_ += static_cast<sim_time>(costs_.total(what, times)) * cycle;
  if (sync_on_consume) sync();
}

void fake_host::run_agenda() {
  while (!agenda_.empty() && agenda_.begin()->first <= now_) {
    const std::function<void()> action = std::move(agenda_.begin()->second);
    agenda_.erase(agenda_.begin());
    action();
  }
}

// A line that is neither served nor masked would keep the run for ever.
void fake_host::count_interrupt() {
  constexpr std::uint64_t storm = 100'000;
  if (now_ > limit_ && ++interrupts_past_limit_ > storm)
    throw std::runtime_error("an interrupt storm outlasts the run");
}

void fake_host::interrupt(const std::function<void()>& handler) {
  irq_enabled_ = false;
  ++interrupt_depth_;
  handler();
  --interrupt_depth_;
  irq_enabled_ = true;
}

bool fake_host::is_due(kernel::irq_line line, const line_state& state, unsigned cpu) const {
  return state.asserted && !state.masked && !state.in_service && (line < first_vector || state.cpu == cpu);
}

bool fake_host::deliver_one() {
  if (!irq_enabled_ || events_ == nullptr) return false;
  if (timer_[cpu_] <= now_) {
    timer_[cpu_] = time_never;
    interrupt([this] { events_->do_timer(); });
    return true;
  }
  if (ipi_[cpu_] <= now_) {
    ipi_[cpu_] = time_never;
    interrupt([this] { events_->do_ipi(); });
    return true;
  }
  for (auto& [line, state] : lines_) {
    if (!is_due(line, state, cpu_)) continue;
    count_interrupt();
    state.in_service = true;
    if (line >= first_vector) state.asserted = false;
    interrupt([this, number = line] { events_->do_irq(number); });
    return true;
  }
  return false;
}

void fake_host::on_cpu(unsigned cpu, const std::function<void()>& body) {
  const unsigned here = std::exchange(cpu_, cpu);
  const bool enabled = std::exchange(irq_enabled_, true);
  body();
  irq_enabled_ = enabled;
  cpu_ = here;
}

bool fake_host::awaited(unsigned cpu) const {
  return timer_[cpu] <= now_ || ipi_[cpu] <= now_ ||
         std::any_of(lines_.begin(), lines_.end(), [this, cpu](const auto& entry) {
           return entry.first >= first_vector && is_due(entry.first, entry.second, cpu);
         });
}

void fake_host::sync() {
  ++syncs;
  do {
    run_agenda();
  } while (deliver_one());
  // A task that never sleeps gives the CPU back when the run is over.
  if (current_ != 0 && interrupt_depth_ == 0 && irq_enabled_ && now_ >= limit_) {
    run_queue_.push_front(current_);
    switch_to_main();
  }
}

void fake_host::send_ipi(unsigned cpu) {
  sync();
  ipi_.at(cpu) = std::min(ipi_.at(cpu), now_ + ipi_latency);
}

bool fake_host::local_irq_save() {
  const bool before = irq_enabled_;
  irq_enabled_ = false;
  return before;
}

void fake_host::local_irq_restore(bool enabled) {
  irq_enabled_ = enabled;
  if (enabled) sync();
}

std::uint32_t fake_host::mmio_read32(kernel::bus_address address) {
  sync();
  now_ += bus_read;
  run_agenda();
  const std::uint32_t value = device_->mmio_read(address);
  sync();
  return value;
}

void fake_host::mmio_write32(kernel::bus_address address, std::uint32_t value) {
  sync();
  device_->mmio_write(address, value);
}

std::uint32_t fake_host::io_read32(std::uint32_t port) {
  sync();
  now_ += bus_read;
  return device_->io_read(port);
}

void fake_host::io_write32(std::uint32_t port, std::uint32_t value) {
  sync();
  now_ += bus_read;
  device_->io_write(port, value);
}

std::uint32_t fake_host::config_read32(unsigned device, std::uint32_t offset) {
  sync();
  return device_->config_read(device, offset);
}

void fake_host::config_write32(unsigned device, std::uint32_t offset, std::uint32_t value) {
  sync();
  device_->config_write(device, offset, value);
}

// ---- Tasks ----

void fake_host::entry(unsigned high, unsigned low) {
  // makecontext passes ints: the pointer comes in two halves.
  auto* self = std::bit_cast<fake_host*>((static_cast<std::uintptr_t>(high) << 32) | low);
  task_control& me = *self->tasks_[self->current_ - 1];
  me.body();
  me.state = task_state::ended;
  self->switch_to_main();
}

kernel::task_id fake_host::spawn(unsigned cpu, std::string name, std::function<void()> body) {
  auto fresh = std::make_unique<task_control>();
  fresh->name = std::move(name);
  fresh->cpu = cpu;
  fresh->body = std::move(body);
  fresh->stack.resize(stack_bytes);
  getcontext(&fresh->context);
  fresh->context.uc_stack.ss_sp = fresh->stack.data();
  fresh->context.uc_stack.ss_size = fresh->stack.size();
  fresh->context.uc_link = &main_context_;
  const auto pointer = reinterpret_cast<std::uintptr_t>(this);
  makecontext(&fresh->context, reinterpret_cast<void (*)()>(&fake_host::entry), 2, static_cast<unsigned>(pointer >> 32),
              static_cast<unsigned>(pointer));
  tasks_.push_back(std::move(fresh));
  const auto id = static_cast<kernel::task_id>(tasks_.size());
  run_queue_.push_back(id);
  return id;
}

void fake_host::switch_to_main() {
  task_control& me = *tasks_[current_ - 1];
  me.irq_enabled = irq_enabled_;
  swapcontext(&me.context, &main_context_);
}

void fake_host::run_one(task_control& next) {
  cpu_ = next.cpu;
  irq_enabled_ = next.irq_enabled;
  swapcontext(&main_context_, &next.context);
  current_ = 0;
  irq_enabled_ = true;
}

void fake_host::prepare_to_sleep() {
  tasks_[current_ - 1]->prepared = true;
}
void fake_host::finish_sleep() {
  tasks_[current_ - 1]->prepared = false;
}

void fake_host::schedule() {
  sync();
  task_control& me = *tasks_[current_ - 1];
  if (!me.prepared) return;  // woken in between
  me.prepared = false;
  me.state = task_state::sleeping;
  switch_to_main();
}

void fake_host::wake(kernel::task_id id) {
  task_control& target = *tasks_[id - 1];
  target.prepared = false;
  if (target.state != task_state::sleeping) return;
  target.state = task_state::runnable;
  run_queue_.push_back(id);
}

bool fake_host::need_resched() const {
  return std::any_of(run_queue_.begin(), run_queue_.end(),
                     [this](kernel::task_id id) { return tasks_[id - 1]->cpu == cpu_; });
}

void fake_host::cond_resched() {
  if (!need_resched()) return;
  run_queue_.push_back(current_);
  switch_to_main();
}

fake_host::task_control* fake_host::next_runnable() {
  if (run_queue_.empty()) return nullptr;
  current_ = run_queue_.front();
  run_queue_.pop_front();
  return tasks_[current_ - 1].get();
}

sim_time fake_host::next_event() const {
  sim_time next = agenda_.empty() ? time_never : agenda_.begin()->first;
  for (const sim_time t : timer_) next = std::min(next, t);
  for (const sim_time t : ipi_) next = std::min(next, t);
  return next;
}

void fake_host::run(sim_time until) {
  limit_ = until;
  interrupts_past_limit_ = 0;
  while (now_ < until) {
    if (task_control* next = next_runnable(); next != nullptr) {
      run_one(*next);
      continue;
    }
    // Idle: interrupts of every CPU are taken on the idle context.
    for (cpu_ = 0; cpu_ + 1 < cpus_ && !awaited(cpu_); ++cpu_) {
    }
    run_agenda();
    if (deliver_one() || !run_queue_.empty()) continue;
    const sim_time next = next_event();
    now_ = std::max(now_, std::min(next, until));
  }
  run_agenda();
}

void fake_host::run_task(std::function<void()> body, sim_time limit, unsigned cpu) {
  const kernel::task_id id = spawn(cpu, "test", std::move(body));
  const sim_time end = now_ + limit;
  while (!task_ended(id)) {
    if (now_ >= end) throw std::runtime_error("the task did not end");
    run(std::min(end, now_ + 1 * ms));
  }
}

}  // namespace ringside::test
