// SPDX-License-Identifier: Apache-2.0
// Two or three virtual CPUs under the kernel layer, without bus or card.
//
// Owned by the tests of what CPUs do to each other: locks, inter-processor interrupts, another CPU's backlog.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/event_stream.h"
#include "platform/cpu/interrupt_controller.h"
#include "platform/cpu/processor.h"
#include "sw/kernel/kernel.h"

namespace ringside::test {

class smp_bench final : public event_consumer {
 public:
  static constexpr sim_time cycle = 500 * ps;      // 2 GHz
  static constexpr sim_time switched = 1500 * ns;  // from idle to a task: 3000 cycles
  static constexpr sim_time ipi_latency = 500 * ns;
  static constexpr std::uint32_t vector = 4;

  explicit smp_bench(unsigned count, bool accumulate = true);

  platform::interrupt_controller interrupts{4, 500 * ns, 1};
  tlm::host_memory memory{"memory", 1U << 20, false};
  event_stream stream;
  platform::processor cpus;
  kernel::kernel os;

  void task(unsigned cpu, std::function<void()> body) { cpus.spawn(cpu, "task", std::move(body)); }
  /// `cycles` of 1 each: costs of an application's byte, set to that.
  void spend(std::uint64_t cycles) { cpus.consume(kernel::cost::app_per_frame, cycles); }
  void mark(std::uint64_t a) { cpus.emit(stage::reg_write, 0, a, 0); }
  void run(sim_time duration);
  /// Time and number of the marks, in the order of time.
  std::vector<std::pair<sim_time, std::uint64_t>> marks() const;
  std::string log() const;
  void on_event(const event& e) override { events.push_back(e); }
  std::vector<event> events;
};

}  // namespace ringside::test
