// SPDX-License-Identifier: Apache-2.0
// The machine's CPUs together, as the kernel layer sees them (kernel::host).
//
// Owner: the machine.  The running SC_THREAD belongs to one CPU; every call concerns that one.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <deque>
#include <memory>
#include <systemc>
#include <vector>

#include "hw/tlm/memory/host_memory.h"
#include "hw/tlm/pci/pci_space_extension.h"
#include "platform/cpu/interrupt_controller.h"
#include "platform/cpu/virtual_cpu.h"
#include "sw/kernel/host.h"

namespace ringside::platform {

struct processor_params {
  unsigned cpus = 1;
  std::uint8_t first_unit = 0;  // event::unit of CPU 0
  virtual_cpu_params cpu;       // number is set per CPU
  kernel::cost_table costs;
};

class processor : public sc_core::sc_module, public kernel::host {
 public:
  /// CPU loads and stores, 4 bytes each, to the host bridge.
  tlm_utils::simple_initiator_socket<processor> bus_out;

  processor(const sc_core::sc_module_name& name, const processor_params& params, interrupt_controller& interrupts,
            tlm::host_memory& memory, event_stream& events);
  /// The module alone, without CPUs until power_on(): what has to exist when the simulation is elaborated.
  processor(const sc_core::sc_module_name& name, tlm::host_memory& memory);

  void power_on(const processor_params& params, interrupt_controller& interrupts, event_stream& events);
  void connect(kernel::cpu_events& software);
  virtual_cpu& cpu(unsigned number) { return *cpus_.at(number); }
  /// Wakes a task at `t` from outside the simulation (between two calls of sc_start), as another CPU would.  No card
  /// may have run past `t`.
  void wake_from_outside(kernel::task_id id, sim_time t);
  void publish_watermarks();
  /// The run is over: software that is only being taken apart spends no time, wakes nobody and leaves no events.
  void power_off() {
    off_ = true;
    use_meter(nullptr);
  }
  void on_schedule(const std::function<void(sim_time)>& call);

  // kernel::host
  bool running() const override { return !off_; }
  unsigned cpu_count() const override { return static_cast<unsigned>(cpus_.size()); }
  unsigned this_cpu() const override { return current_->number(); }
  sim_time now() const override { return current_->now(); }
  void sync() override {
    if (!off_) current_->synchronise();
  }
  void sync_smp() override {
    if (cpus_.size() > 1) sync();
  }
  void sync_irq() override {
    if (!off_) current_->settle_interrupts();
  }
  bool local_irq_save() override { return off_ || current_->irq_save(); }
  void local_irq_restore(bool enabled) override {
    if (!off_) current_->irq_restore(enabled);
  }
  void set_timer(sim_time when) override {
    if (!off_) current_->set_timer(when);
  }
  void send_ipi(unsigned cpu) override;
  void unmask_irq(kernel::irq_line line) override;
  void mask_irq(kernel::irq_line line) override;
  void eoi(kernel::irq_line line) override;
  bool irq_is_message(kernel::irq_line line) const override { return interrupts_->is_vector(line); }
  void set_irq_affinity(kernel::irq_line line, unsigned cpu) override;
  std::uint32_t mmio_read32(kernel::bus_address address) override;
  void mmio_write32(kernel::bus_address address, std::uint32_t value) override;
  std::uint32_t io_read32(std::uint32_t port) override;
  void io_write32(std::uint32_t port, std::uint32_t value) override;
  std::uint32_t config_read32(unsigned device, std::uint32_t offset) override;
  void config_write32(unsigned device, std::uint32_t offset, std::uint32_t value) override;
  std::span<std::byte> memory() override { return memory_.span(); }
  bool dma_coherent() const override { return memory_.coherent(); }
  void dma_sync_for_cpu(kernel::bus_address address, std::size_t bytes) override;
  void dma_sync_for_device(kernel::bus_address address, std::size_t bytes) override;
  void dma_invalidate(kernel::bus_address address, std::size_t bytes) override;
  void set_coherent(kernel::bus_address address, std::size_t bytes, bool on) override;
  frame_id frame_at(kernel::bus_address address) const override { return memory_.frame_at(address); }
  void mark_frame(kernel::bus_address address, std::size_t bytes, frame_id frame) override {
    if (bytes != 0) memory_.mark(address, bytes, frame);
  }
  kernel::task_id spawn(unsigned cpu, std::string name, std::function<void()> body) override;
  kernel::task_id current_task() const override { return current_->current().id; }
  void prepare_to_sleep() override { current_->prepare_to_sleep(); }
  void finish_sleep() override { current_->finish_sleep(); }
  void schedule() override { current_->schedule(); }
  void wake(kernel::task_id id) override;
  bool need_resched() const override { return current_->need_resched(); }
  void cond_resched() override { current_->cond_resched(); }
  void preempt_disable() override { current_->preempt_disable(); }
  void preempt_enable() override { current_->preempt_enable(); }
  void emit(stage what, frame_id frame, std::uint64_t a, std::uint64_t b) override {
    if (!off_) current_->emit(what, frame, a, b);
  }

 private:
  static constexpr std::uint64_t cache_line_bytes = 64;

  void spend(kernel::cost what, std::uint64_t times) override;
  void make_current(virtual_cpu& running);
  void consume_lines(kernel::bus_address address, std::size_t bytes);
  std::uint32_t access(tlm::pci_space space, unsigned device, std::uint64_t address, bool write, std::uint32_t value);

  interrupt_controller* interrupts_ = nullptr;
  tlm::host_memory& memory_;
  std::vector<std::unique_ptr<virtual_cpu>> cpus_;
  std::deque<task> tasks_;  // a deque: tasks keep their addresses; id = index + 1
  virtual_cpu* current_ = nullptr;
  bool off_ = false;
};

}  // namespace ringside::platform
