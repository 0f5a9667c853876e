// SPDX-License-Identifier: Apache-2.0
// A machine for unit tests: kernel::host on plain C++, deterministic, no SystemC.
//
// One global clock; tasks are user contexts that run until they sleep, yield or the run ends.  CPUs share the clock
// (one runs at a time), which is enough to test logic.  Devices act through at(): functions at a time.
#pragma once

#include <ucontext.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sw/kernel/cost.h"
#include "sw/kernel/host.h"

namespace ringside::test {

/// What stands behind the bus.
class fake_device {
 public:
  virtual ~fake_device() = default;
  virtual std::uint32_t mmio_read(kernel::bus_address address) = 0;
  virtual void mmio_write(kernel::bus_address address, std::uint32_t value) = 0;
  virtual std::uint32_t io_read(std::uint32_t port) = 0;
  virtual void io_write(std::uint32_t port, std::uint32_t value) = 0;
  virtual std::uint32_t config_read(unsigned device, std::uint32_t offset) = 0;
  virtual void config_write(unsigned device, std::uint32_t offset, std::uint32_t value) = 0;
};

class fake_host final : public kernel::host {
 public:
  static constexpr sim_time cycle = 1 * ns;
  static constexpr sim_time bus_read = 600 * ns;
  static constexpr sim_time ipi_latency = 500 * ns;

  explicit fake_host(unsigned cpus = 1, std::size_t memory_bytes = 16U << 20);
  ~fake_host() override;

  // ---- Test side ----
  void connect(kernel::cpu_events& os) { events_ = &os; }
  void connect(fake_device& device) { device_ = &device; }
  /// Runs `action` when time reaches `when` (devices).
  void at(sim_time when, std::function<void()> action) { agenda_.emplace(when, std::move(action)); }
  /// Lines from here on are message-signalled vectors.
  static constexpr kernel::irq_line first_vector = 100;
  void send_message(kernel::irq_line line) { lines_[line].asserted = true; }
  /// Has another CPU do something right now, in the middle of what this one does.
  void on_cpu(unsigned cpu, const std::function<void()>& body);
  /// Takes what this CPU is interrupted by; true when there was something.
  bool take_interrupt() { return deliver_one(); }
  /// Level of an interrupt line.
  void set_line(kernel::irq_line line, bool asserted) { lines_[line].asserted = asserted; }
  /// Runs tasks, devices and interrupts until `until`.
  void run(sim_time until);
  void run_for(sim_time duration) { run(now_ + duration); }
  /// Runs `body` as a task to its end, within `limit` of simulated time.
  void run_task(std::function<void()> body, sim_time limit = 60 * second, unsigned cpu = 0);
  /// Takes interrupts inside every consume(), as a CPU that waits for each cost does.
  bool sync_on_consume = false;
  /// Answers frame_at(): set by the device that wrote the buffer.
  std::map<kernel::bus_address, frame_id> shadow;
  std::vector<event> events;
  /// Set before a kernel is made of it: whether the DMA API has to ask for bytes to be moved, and what it asked for.
  bool coherent = true;
  struct dma_call {
    char what;  // c(pu), d(evice), i(nvalidate), + and - coherent
    kernel::bus_address address;
    std::size_t bytes;
    bool operator==(const dma_call&) const = default;
  };
  std::vector<dma_call> dma_calls;
  std::size_t count(stage what) const;
  std::vector<event> of(stage what) const;
  bool task_ended(kernel::task_id id) const { return tasks_[id - 1]->state == task_state::ended; }
  bool irq_masked(kernel::irq_line line) const;
  std::uint64_t syncs = 0;
  std::uint64_t consumed_calls = 0;

  // ---- kernel::host ----
  unsigned cpu_count() const override { return cpus_; }
  unsigned this_cpu() const override { return cpu_; }
  sim_time now() const override { return now_; }
  void sync() override;
  void sync_smp() override {
    if (cpus_ > 1) sync();
  }
  bool local_irq_save() override;
  void local_irq_restore(bool enabled) override;
  void set_timer(sim_time when) override { timer_[cpu_] = when; }
  void send_ipi(unsigned cpu) override;
  void unmask_irq(kernel::irq_line line) override { lines_[line].masked = false; }
  void mask_irq(kernel::irq_line line) override { lines_[line].masked = true; }
  void eoi(kernel::irq_line line) override { lines_[line].in_service = false; }
  bool irq_is_message(kernel::irq_line line) const override { return line >= first_vector; }
  void set_irq_affinity(kernel::irq_line line, unsigned cpu) override { lines_[line].cpu = cpu; }
  std::uint32_t mmio_read32(kernel::bus_address address) override;
  void mmio_write32(kernel::bus_address address, std::uint32_t value) override;
  std::uint32_t io_read32(std::uint32_t port) override;
  void io_write32(std::uint32_t port, std::uint32_t value) override;
  std::uint32_t config_read32(unsigned device, std::uint32_t offset) override;
  void config_write32(unsigned device, std::uint32_t offset, std::uint32_t value) override;
  std::span<std::byte> memory() override { return {memory_.get(), memory_bytes_}; }
  bool dma_coherent() const override { return coherent; }
  void dma_sync_for_cpu(kernel::bus_address a, std::size_t n) override { dma_calls.push_back({'c', a, n}); }
  void dma_sync_for_device(kernel::bus_address a, std::size_t n) override { dma_calls.push_back({'d', a, n}); }
  void dma_invalidate(kernel::bus_address a, std::size_t n) override { dma_calls.push_back({'i', a, n}); }
  void set_coherent(kernel::bus_address a, std::size_t n, bool on) override {
    dma_calls.push_back({on ? '+' : '-', a, n});
  }
  frame_id frame_at(kernel::bus_address address) const override;
  void mark_frame(kernel::bus_address address, std::size_t bytes, frame_id frame) override {
    if (bytes != 0) shadow[address] = frame;
  }
  kernel::task_id spawn(unsigned cpu, std::string name, std::function<void()> body) override;
  kernel::task_id current_task() const override { return current_; }
  void prepare_to_sleep() override;
  void finish_sleep() override;
  void schedule() override;
  void wake(kernel::task_id id) override;
  bool need_resched() const override;
  void cond_resched() override;
  void preempt_disable() override { ++preempt_count_; }
  void preempt_enable() override { --preempt_count_; }
  void emit(stage what, frame_id frame, std::uint64_t a, std::uint64_t b) override;

 private:
  void spend(kernel::cost what, std::uint64_t times) override;
  enum class task_state { runnable, sleeping, ended };
  struct task_control {
    std::string name;
    unsigned cpu = 0;
    std::function<void()> body;
    task_state state = task_state::runnable;
    bool prepared = false;  // will sleep at schedule() unless woken first
    ucontext_t context{};
    std::vector<std::byte> stack;
    bool irq_enabled = true;
  };
  struct line_state {
    bool asserted = false;
    bool masked = true;
    bool in_service = false;
    unsigned cpu = 0;  // of a vector; a line interrupts any
  };

  static void entry(unsigned high, unsigned low);
  void switch_to_main();
  void run_one(task_control& next);
  void run_agenda();
  void count_interrupt();
  bool deliver_one();
  void interrupt(const std::function<void()>& handler);
  bool is_due(kernel::irq_line line, const line_state& state, unsigned cpu) const;
  bool awaited(unsigned cpu) const;
  task_control* next_runnable();
  sim_time next_event() const;

  unsigned cpus_;
  unsigned cpu_ = 0;
  sim_time now_ = 0;
  std::uint64_t interrupts_past_limit_ = 0;
  sim_time limit_ = 0;
  kernel::cost_table costs_;
  kernel::cpu_events* events_ = nullptr;
  fake_device* device_ = nullptr;
  // Pages that nobody touches are never filled: hundreds of hosts are made in some tests.
  struct freed {
    void operator()(std::byte* memory) const { std::free(memory); }
  };
  std::size_t memory_bytes_;
  std::unique_ptr<std::byte[], freed> memory_;
  std::multimap<sim_time, std::function<void()>> agenda_;
  std::map<kernel::irq_line, line_state> lines_;
  std::vector<sim_time> timer_;
  std::vector<sim_time> ipi_;  // when one arrives at each CPU
  std::vector<std::unique_ptr<task_control>> tasks_;
  std::deque<kernel::task_id> run_queue_;
  kernel::task_id current_ = 0;
  ucontext_t main_context_{};
  bool irq_enabled_ = true;
  unsigned interrupt_depth_ = 0;
  int preempt_count_ = 0;
};

}  // namespace ringside::test
