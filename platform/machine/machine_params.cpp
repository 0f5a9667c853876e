// SPDX-License-Identifier: Apache-2.0
#include "platform/machine/machine_params.h"

#include <bit>

#include "common/rng.h"

namespace ringside::platform {
namespace {
clock_domain clock_of(const rational& hz) {
  return clock_domain{hz.num, hz.den};
}
constexpr std::int64_t hz_66_limit = 34'000'000;  // M66EN is driven by a slot that runs above 33 MHz

// Byte 0 in bits 7:0.
std::uint64_t address_of(const std::array<std::uint8_t, 6>& mac) {
  std::uint64_t address = 0;
  for (std::size_t i = 0; i < mac.size(); ++i) address |= std::uint64_t{mac[i]} << (8 * i);
  return address;
}
}  // namespace

bool is_fast_bus(const scenario& s) {
  const rational hz = pci_clock_hz(s);
  return hz.num > hz_66_limit * hz.den;
}

std::uint64_t seed_of(const scenario& s) {
  return s.machine == 0 ? s.run.seed : rng(s.run.seed ^ std::uint64_t{s.machine} << 32).next();
}

tlm::cable_params cable_params_of(const scenario& side) {
  tlm::cable_params p;
  p.byte_time = byte_time_of(side.wire.link_mbps);
  p.delay = cable_delay(side.cable, side.wire.link_mbps);
  p.flaps = side.cable.flaps;
  // Each direction draws for itself, and not what anybody else draws.
  p.seed = rng(side.run.seed ^ (std::uint64_t{side.machine} + 1) << 40).next();
  return p;
}

sim_time byte_time_of(std::uint32_t link_mbps) {
  return 8 * ns * (1000 / static_cast<sim_time>(link_mbps));
}

tlm::pci_params pci_params_of(const scenario& s) {
  tlm::pci_params p = s.bus.pci;
  p.seed = seed_of(s);
  return p;
}

tlm::rtl_nic_params rtl_params_of(const start_class& c, unsigned machine, unsigned card) {
  tlm::rtl_nic_params p;
  p.unit = unit_of(machine, card);
  p.mac_address = address_of(mac_address_of(c, card));
  p.bus_66mhz = c.fast_bus;
  p.link_mbps = c.link_mbps;
  p.seed = c.power_on_seed;
  return p;
}

tlm::model_params model_params_of(const start_class& c, unsigned machine, unsigned card) {
  tlm::model_params p;
  p.unit = unit_of(machine, card);
  p.mac_address = address_of(mac_address_of(c, card));
  p.bus_66mhz = c.fast_bus;
  p.link_mbps = c.link_mbps;
  p.seed = c.power_on_seed;
  return p;
}

tlm::wire_params wire_params_of(const scenario& s) {
  tlm::wire_params p;
  p.byte_time = byte_time_of(s.wire.link_mbps);
  p.gap_bytes = s.wire.gap_min;
  p.max_frame_bytes = longest_frame(s.driver);
  return p;
}

tlm::scheduler_params scheduler_params_of(const scenario& s) {
  tlm::scheduler_params p;
  p.one_cycle_per_step = s.run.step == step_mode::cycle;
  return p;
}

processor_params processor_params_of(const scenario& s) {
  processor_params p;
  p.cpus = s.cpu.count;
  p.cpu.clock = clock_of(s.cpu.clock_hz);
  p.cpu.accumulate = s.run.cpu_accumulate;
  p.cpu.cost_jitter = s.cpu.cost_jitter;
  p.cpu.seed = seed_of(s);
  p.first_unit = unit_of(s.machine, 0);
  for (const auto& [name, value] : s.cost) {
    const kernel::cost what = kernel::cost_by_name(name);
    if (what != kernel::cost::count) p.costs.cycles[static_cast<std::size_t>(what)] = value;
  }
  // The scenario gives the application's own work per datagram as time.
  if (s.app_cost_ns != 0)
    p.costs.cycles[static_cast<std::size_t>(kernel::cost::app_per_frame)] =
        static_cast<std::uint32_t>(p.cpu.clock.edge_at_or_after(s.app_cost_ns * ns));
  p.cpu.context_switch_cycles = static_cast<std::int64_t>(p.costs.total(kernel::cost::context_switch, 1));
  p.cpu.timer_interrupt_cycles = static_cast<std::int64_t>(p.costs.total(kernel::cost::timer_interrupt, 1));
  return p;
}

driver::config driver_config_of(const scenario& s) {
  driver::config c = s.driver;
  c.cpu = irq_cpu_of(s);
  return c;
}

kernel::kernel_config kernel_config_of(const scenario& s) {
  kernel::kernel_config c = s.kernel;
  c.seed = seed_of(s);
  return c;
}

stack::app_config app_config_of(const scenario& s) {
  stack::app_config c = s.app;
  c.cpu = task_cpu_of(s);
  c.seed = seed_of(s);
  return c;
}

stack::app_config sender_config_of(const scenario& s) {
  stack::app_config c = app_config_of(s);
  c.name = "sender";
  c.kind = stack::app_kind::sender;
  return c;
}

contract::config contract_config_of(const scenario& s) {
  contract::config c;
  c.self_test = s.ethtool.test == self_test_kind::offline;
  c.nic = c.bus = unit_of(s.machine, 0);
  for (const std::string& id : s.checker.off)
    if (const auto which = contract::rule_by_id(id)) c.off.set(static_cast<std::size_t>(*which));
  return c;
}

unsigned task_cpu_of(const scenario& s) {
  const auto first = static_cast<unsigned>(std::countr_zero(s.cpu.task_affinity));
  // A task without a tie runs away from the interrupts when it can.
  const unsigned cpu = std::popcount(s.cpu.task_affinity) > 1 ? s.cpu.count - 1 : first;
  return cpu >= s.cpu.count ? s.cpu.count - 1 : cpu;
}

unsigned irq_cpu_of(const scenario& s) {
  for (unsigned cpu = 0; cpu < s.cpu.count; ++cpu)
    if ((s.cpu.irq_affinity >> cpu & 1) != 0) return cpu;
  return 0;
}

}  // namespace ringside::platform
