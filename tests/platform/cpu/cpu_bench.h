// SPDX-License-Identifier: Apache-2.0
// One or two virtual CPUs with a scripted interrupt device and small software, without bus or card.
//
// Owned by the virtual CPU tests.  The software is the test's: handlers are functions, tasks are bodies.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/event_stream.h"
#include "platform/cpu/interrupt_controller.h"
#include "platform/cpu/virtual_cpu.h"

namespace ringside::test {

class cpu_bench final : public kernel::cpu_events, public event_consumer {
 public:
  static constexpr sim_time latency = 500 * ns;
  static constexpr sim_time cycle = 500 * ps;  // 2 GHz

  explicit cpu_bench(platform::virtual_cpu_params params = {}, unsigned cpus = 1);

  platform::virtual_cpu& cpu(unsigned number = 0) { return *cpus_.at(number); }
  platform::virtual_cpu& here() { return *current_; }
  platform::interrupt_controller interrupts{4, latency};
  std::function<void(unsigned)> irq;  // handler body; EOI comes behind it
  std::function<void()> timer;
  std::function<void()> tick;

  platform::task& task(std::string name, std::function<void()> body, unsigned cpu = 0,
                       platform::task::state state = platform::task::state::ready);
  void wake(platform::task& t) { cpus_.at(t.cpu)->wake(t, here()); }
  /// The pin changes at `t`, told at that time by a process of its own.
  void level_at(unsigned line, bool asserted, sim_time t);
  void run(sim_time duration);
  /// "time stage a" of every event of the software, one per line.
  std::string log() const;
  std::vector<event> events;
  /// A mark of the test's own in the log.
  void mark(std::uint64_t a) { here().emit(stage::reg_write, 0, a, 0); }
  std::vector<std::pair<sim_time, std::uint64_t>> marks() const;

  void do_irq(kernel::irq_line line) override;
  void do_timer() override;
  void do_tick() override {
    if (tick) tick();
  }
  void on_event(const event& e) override { events.push_back(e); }

 private:
  event_stream stream_;
  std::vector<std::unique_ptr<platform::virtual_cpu>> cpus_;
  platform::virtual_cpu* current_ = nullptr;
  std::deque<platform::task> tasks_;
};

}  // namespace ringside::test
