// SPDX-License-Identifier: Apache-2.0
#include "platform/cpu/processor.h"

#include <cstring>
#include <stdexcept>
#include <utility>

namespace ringside::platform {

processor::processor(const sc_core::sc_module_name& name, const processor_params& params,
                     interrupt_controller& interrupts, tlm::host_memory& memory, event_stream& events)
    : processor(name, memory) {
  power_on(params, interrupts, events);
}

processor::processor(const sc_core::sc_module_name& name, tlm::host_memory& memory)
    : sc_module(name), bus_out("bus_out"), memory_(memory) {}

void processor::power_on(const processor_params& params, interrupt_controller& interrupts, event_stream& events) {
  set_costs(params.costs);
  interrupts_ = &interrupts;
  for (unsigned number = 0; number < params.cpus; ++number) {
    virtual_cpu_params one = params.cpu;
    one.number = number;
    one.unit = static_cast<std::uint8_t>(params.first_unit + number);
    one.sched = params.cpu.sched.scaled(params.cpus);
    cpus_.push_back(std::make_unique<virtual_cpu>(one, interrupts, events));
  }
  make_current(*cpus_.front());
  interrupts_->on_delivery([this](unsigned cpu, sim_time t) { cpus_.at(cpu)->interrupt_ahead(t); });
}

void processor::connect(kernel::cpu_events& software) {
  for (const auto& cpu : cpus_) cpu->connect(software, [this](virtual_cpu& running) { make_current(running); });
}

void processor::publish_watermarks() {
  for (const auto& cpu : cpus_) cpu->publish_watermark();
}

void processor::on_schedule(const std::function<void(sim_time)>& call) {
  for (const auto& cpu : cpus_) cpu->on_schedule(call);
}

void processor::make_current(virtual_cpu& running) {
  current_ = &running;
  use_meter(off_ ? nullptr : running.meter());
}

void processor::spend(kernel::cost what, std::uint64_t times) {
  if (!off_) current_->consume(cycles_of(what, times));
}

// ---- interrupt controller
// ---------------------------------------------------------------------------------------------

void processor::send_ipi(unsigned cpu) {
  if (off_) return;
  sync();
  cpus_.at(cpu)->send_ipi(*current_);
}

void processor::unmask_irq(kernel::irq_line line) {
  sync();
  interrupts_->unmask(line, now());
}

void processor::mask_irq(kernel::irq_line line) {
  sync();
  interrupts_->mask(line, now());
}

void processor::eoi(kernel::irq_line line) {
  sync();
  interrupts_->eoi(line, now());
}

void processor::set_irq_affinity(kernel::irq_line line, unsigned cpu) {
  sync();
  interrupts_->set_affinity(line, cpu, now());
}

// ---- bus
// ----------------------------------------------------------------------------------------------------------------

std::uint32_t processor::access(tlm::pci_space space, unsigned device, std::uint64_t address, bool write,
                                std::uint32_t value) {
  std::uint32_t data = value;
  current_->stall([&] {
    ::tlm::tlm_generic_payload payload;
    tlm::pci_space_extension extension;
    extension.space = space;
    extension.device = device;
    payload.set_extension(&extension);
    payload.set_command(write ? ::tlm::TLM_WRITE_COMMAND : ::tlm::TLM_READ_COMMAND);
    payload.set_address(address);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(&data));
    payload.set_data_length(sizeof data);
    payload.set_streaming_width(sizeof data);
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    bus_out->b_transport(payload, delay);
    payload.clear_extension(&extension);
    if (payload.is_response_error())
      throw std::logic_error("CPU access refused by the host bridge: " + payload.get_response_string());
  });
  return data;
}

std::uint32_t processor::mmio_read32(kernel::bus_address address) {
  return access(tlm::pci_space::memory, 0, address, false, 0);
}
void processor::mmio_write32(kernel::bus_address address, std::uint32_t value) {
  access(tlm::pci_space::memory, 0, address, true, value);
}
std::uint32_t processor::io_read32(std::uint32_t port) {
  return access(tlm::pci_space::io, 0, port, false, 0);
}
void processor::io_write32(std::uint32_t port, std::uint32_t value) {
  access(tlm::pci_space::io, 0, port, true, value);
}
std::uint32_t processor::config_read32(unsigned device, std::uint32_t offset) {
  return access(tlm::pci_space::config, device, offset, false, 0);
}
void processor::config_write32(unsigned device, std::uint32_t offset, std::uint32_t value) {
  access(tlm::pci_space::config, device, offset, true, value);
}

// ---- memory: what follows is called in non-coherent memory only
// -----------------------------------------------------------

void processor::consume_lines(kernel::bus_address address, std::size_t bytes) {
  if (bytes == 0) return;
  consume(kernel::cost::dma_sync_line, (address + bytes - 1) / cache_line_bytes - address / cache_line_bytes + 1);
}

void processor::dma_sync_for_cpu(kernel::bus_address address, std::size_t bytes) {
  consume_lines(address, bytes);
  sync();  // devices have written up to now
  memory_.to_cpu(address, bytes);
}

void processor::dma_sync_for_device(kernel::bus_address address, std::size_t bytes) {
  consume_lines(address, bytes);
  sync();  // devices read from now on
  memory_.to_device(address, bytes);
}

// The CPU's bytes stay as they are: stale, as a line is that was fetched again too early.
void processor::dma_invalidate(kernel::bus_address address, std::size_t bytes) {
  consume_lines(address, bytes);
}

void processor::set_coherent(kernel::bus_address address, std::size_t bytes, bool on) {
  memory_.set_coherent(address, bytes, on);
}

// ---- tasks
// ----------------------------------------------------------------------------------------------------------------

kernel::task_id processor::spawn(unsigned cpu, std::string name, std::function<void()> body) {
  task& t = tasks_.emplace_back();
  t.id = static_cast<kernel::task_id>(tasks_.size());
  t.name = std::move(name);
  t.cpu = cpu;
  t.body = std::move(body);
  virtual_cpu& home = *cpus_.at(cpu);
  const bool running = sc_core::sc_is_running();
  if (running && &home != current_) t.now = task::state::sleeping;
  home.add_task(t);
  if (t.now == task::state::sleeping) {
    sync();
    home.wake(t, *current_);
  }
  return t.id;
}

void processor::wake_from_outside(kernel::task_id id, sim_time t) {
  task& woken = tasks_.at(id - 1);
  cpus_.at(woken.cpu)->wake_at(woken, t);
}

void processor::wake(kernel::task_id id) {
  if (off_) return;
  task& t = tasks_.at(id - 1);
  // An interrupt of the stretch before the wake may not find the task awake already.
  if (cpus_.at(t.cpu).get() == current_) {
    sync_irq();
  } else {
    sync();
  }
  cpus_.at(t.cpu)->wake(t, *current_);
}

}  // namespace ringside::platform
