// SPDX-License-Identifier: Apache-2.0
#include "tests/platform/cpu/cpu_bench.h"

#include <fmt/format.h>

#include "hw/tlm/systemc/sc_time_convert.h"

namespace ringside::test {

cpu_bench::cpu_bench(platform::virtual_cpu_params params, unsigned cpus) {
  stream_.add_consumer(*this);
  for (unsigned number = 0; number < cpus; ++number) {
    params.number = number;
    params.unit = static_cast<std::uint8_t>(number);
    cpus_.push_back(std::make_unique<platform::virtual_cpu>(params, interrupts, stream_));
  }
  current_ = cpus_.front().get();
  interrupts.on_delivery([this](unsigned number, sim_time t) { cpu(number).interrupt_ahead(t); });
  for (const auto& one : cpus_) one->connect(*this, [this](platform::virtual_cpu& running) { current_ = &running; });
  for (unsigned line = 0; line < 4; ++line) interrupts.unmask(line, 0);
}

platform::task& cpu_bench::task(std::string name, std::function<void()> body, unsigned cpu_number,
                                platform::task::state state) {
  platform::task& t = tasks_.emplace_back();
  t.id = static_cast<kernel::task_id>(tasks_.size());
  t.name = std::move(name);
  t.cpu = cpu_number;
  t.body = std::move(body);
  t.now = state;
  cpu(cpu_number).add_task(t);
  return t;
}

void cpu_bench::level_at(unsigned line, bool asserted, sim_time t) {
  sc_core::sc_spawn([this, line, asserted, t] {
    sc_core::wait(tlm::to_sc_time(t));
    interrupts.set_level(line, asserted, t);
  });
}

void cpu_bench::run(sim_time duration) {
  sc_core::sc_start(tlm::to_sc_time(duration));
  stream_.finish();
}

void cpu_bench::do_irq(kernel::irq_line line) {
  platform::virtual_cpu& me = here();
  me.emit(stage::hardirq_enter, 0, line, 0);
  if (irq) irq(line);
  me.synchronise();
  interrupts.eoi(line, me.now());
  me.emit(stage::hardirq_exit, 0, line, 0);
}

void cpu_bench::do_timer() {
  if (timer) timer();
}

std::string cpu_bench::log() const {
  std::string text;
  for (const event& e : events) text += fmt::format("{} cpu{} {} {}\n", e.time, e.unit, info(e.what).name, e.a);
  return text;
}

std::vector<std::pair<sim_time, std::uint64_t>> cpu_bench::marks() const {
  std::vector<std::pair<sim_time, std::uint64_t>> out;
  for (const event& e : events)
    if (e.what == stage::reg_write) out.emplace_back(e.time, e.a);
  return out;
}

}  // namespace ringside::test
