// SPDX-License-Identifier: Apache-2.0
#include "platform/machine/computer.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "platform/machine/ethtool_requests.h"
#include "platform/machine/firmware.h"
#include "platform/machine/machine_params.h"
#include "platform/machine/network_statistics.h"

namespace ringside::platform {
namespace {

constexpr std::size_t interrupt_lines = 4;
constexpr sim_time first_frame_delay = 1 * us;  // from open() to the earliest first frame

// By what it is for: accesses of the CPU are one kind.
void add_bus_use(run_counters& c, const tlm::pci_counters& pci) {
  using enum tlm::pci_word::kind;
  constexpr std::array order{payload, tx_payload, fetch, writeback, tx_fetch, tx_writeback};
  const auto add = [&](std::size_t to, tlm::pci_word::kind what) {
    const tlm::pci_kind_counters& from = pci.kinds.at(static_cast<std::size_t>(what));
    c.pci_use.at(to).transactions += from.transactions;
    c.pci_use.at(to).clocks += from.clocks;
    c.pci_use.at(to).bytes += from.bytes;
  };
  for (std::size_t i = 0; i < order.size(); ++i) add(i, order[i]);
  for (const auto what : {config, memory, io}) add(order.size(), what);
}

void require(driver::driver_status s, const char* step) {
  if (s != driver::driver_status::ok) throw std::runtime_error(fmt::format("driver {}: {}", step, driver::name(s)));
}

}  // namespace

computer::computer(machine_hardware& hardware, const scenario& s, std::span<frame_source* const> inputs,
                   event_stream& events, tlm::nic_scheduler& on)
    : plan(s),
      body(hardware),
      stream(events),
      scheduler(on),
      bus(unit_of(hardware.number, 0), pci_params_of(s), bridge, stream),
      interrupts(interrupt_lines, s.irq.delivery_latency_ns * ns),
      wiring(hardware.made_for.cards, interrupt_lines),
      os(power_on(s), kernel_config_of(s)),
      net(os, s.stack, unit_of(hardware.number, 0)),
      interfaces(make_interfaces(inputs)),
      application(net, app_config_of(s)),
      reconfiguration(
          net, interfaces.front()->driver.device(),
          [&card = *interfaces.front()->hw.card](bool in, sim_time at) { card.set_link(in, at); },
          plan.reconfigure.actions, task_cpu_of(s)),
      contract(contract_config_of(s)) {
  if (s.app.also_sends && s.app.kind != stack::app_kind::sender) sender.emplace(net, sender_config_of(s));
  for (unsigned number = 0; number < interfaces.size(); ++number) connect(number, inputs[number]);
  bridge.configure(pci_params_of(s));
  bridge.connect(bus);
  cpus.connect(os);
  scheduler.add_bus(bus);
  const auto scheduled = [this](sim_time t) { scheduler.kernel_event_at(t); };
  bridge.on_schedule(scheduled);
  cpus.on_schedule(scheduled);
  for (const auto& each : interfaces) each->hw.card->set_link(true, 0);
  for (const tlm::cable_flap& flap : plan.cable.flaps)
    for (const auto& each : interfaces) {
      each->hw.card->set_link(false, flap.from);
      each->hw.card->set_link(true, flap.to);
    }
}

computer::~computer() = default;

void computer::begin(bool alone) {
  const auto add = [&](event_consumer& to) {
    if (!alone) filters_.push_back(std::make_unique<machine_filter>(body.number, to));
    stream.add_consumer(alone ? to : *filters_.back());
  };
  add(traffic);
  if (plan.checker.enabled) add(contract);
  init_task = cpus.spawn(0, "init", [this] { boot(); });
}

std::vector<std::unique_ptr<network_interface>> computer::make_interfaces(std::span<frame_source* const> inputs) {
  std::vector<std::unique_ptr<network_interface>> made;
  for (unsigned number = 0; number < inputs.size(); ++number)
    made.push_back(std::make_unique<network_interface>(*body.cards[number], inputs[number], net,
                                                       driver::pci_slot{.device = number, .line = line_of(number)},
                                                       driver_config_of(plan)));
  return made;
}

/// Puts a card on its wire, the bus and its interrupt line.
void computer::connect(unsigned number, frame_source* input) {
  network_card& hw = interfaces[number]->hw;
  if (input != nullptr) hw.rx_wire.connect(*input, wire_params_of(plan));
  hw.card->set_crossing(plan.bus.pci.crossing_to_rtl_clocks);
  if (hw.rtl != nullptr) {
    hw.rtl->set_skip(plan.run.skip);
    hw.rtl->set_clocking(plan.run.gate_clocks, plan.run.direct_call);
  }
  const interrupt_controller::line line = line_of(number);
  hw.slot.connect(*hw.card, bus, scheduler,
                  [this, line](bool asserted, sim_time t) { interrupts.set_level(line, asserted, t); });
  interrupts.route(line, irq_cpu_of(plan));
}

// Software is made for a machine that has its CPUs and its kind of memory.
kernel::host& computer::power_on(const scenario& s) {
  if (!s.bus.coherent) body.memory.split();
  cpus.power_on(processor_params_of(s), interrupts, stream);
  return cpus;
}

// The init task: firmware, kernel, protocols, driver, application, in Linux' order.
void computer::boot() {
  configure_devices(cpus,
                    {.devices = body.made_for.cards, .latency_timer = plan.bus.latency_timer, .interrupts = wiring});
  os.boot();
  net.register_protocols();
  for (const auto& each : interfaces) require(each->driver.probe(), "probe");
  for (const auto& each : interfaces) require(each->driver.open(), "open");
  net.add_neighbours(interfaces.front()->driver.device());
  if (!application.start())
    throw std::runtime_error(plan.app.kind == stack::app_kind::sender
                                 ? "the application could not open its socket: app.device names no device"
                                 : "the application could not bind its ports");
  if (sender && !sender->start())
    throw std::runtime_error("the application could not open its socket: app.device names no device");
  cpus.sync();
  release_wires();
  ready = true;
  for (;;) {
    cpus.prepare_to_sleep();
    if (ethtool_due) {
      cpus.finish_sleep();
      asked = carry_out(plan.ethtool, net, interfaces.front()->driver.device());
      ethtool_due = false;
      continue;
    }
    if (stopping) break;
    cpus.schedule();
  }
  cpus.finish_sleep();
  for (const auto& each : interfaces) each->driver.update_statistics();
  application.stop();
  if (sender) sender->stop();
  for (const auto& each : interfaces) each->driver.close();
  net.shut_down();
  cpus.sync();
  closed = true;
}

// What comes over a cable comes when it comes.
void computer::release_wires() {
  const sim_time release =
      plan.wire.start >= 0 ? std::max(plan.wire.start, cpus.now()) : cpus.now() + first_frame_delay;
  for (const auto& each : interfaces) {
    if (each->frames == nullptr) continue;
    each->hw.rx_wire.release(release, plan.wire.stamps == stamps_kind::simulated ? 0 : release);
    each->hw.card->wire_changed();
  }
  reconfiguration.start(release);
}

std::uint64_t computer::offered() const {
  std::uint64_t sum = 0;
  for (const auto& each : interfaces) sum += each->hw.rx_wire.offered();
  return sum;
}

bool computer::wires_ended() const {
  return std::all_of(interfaces.begin(), interfaces.end(), [](const auto& each) { return each->hw.rx_wire.ended(); });
}

bool computer::at_rest() const {
  return wires_ended() && traffic.offered() == offered() && traffic.reconfigured() >= reconfiguration.planned() &&
         !application.sending() && !(sender && sender->sending());
}

void computer::stop(sim_time t) {
  stopping = true;
  cpus.wake_from_outside(init_task, t);
}

void computer::ask_ethtool(sim_time t) {
  if (!plan.ethtool.registers && !plan.ethtool.eeprom && plan.ethtool.test == self_test_kind::none) return;
  ethtool_due = true;
  cpus.wake_from_outside(init_task, t);
}

void computer::judge(sim_time end) {
  if (plan.checker.enabled) contract.finish(end);
  for (const contract::breach& b : contract.breaches()) breaches.push_back(b.describe());
}

run_counters computer::counters(sim_time end) {
  run_counters c;
  c.frames_planned = 0;
  for (const auto& each : interfaces) {
    const auto planned = each->frames != nullptr ? each->frames->planned() : std::nullopt;
    c.frames_planned = planned && c.frames_planned ? std::optional(*c.frames_planned + *planned) : std::nullopt;
  }
  const auto clock = processor_params_of(plan).cpu.clock;
  for (unsigned i = 0; i < plan.cpu.count; ++i) {
    const cpu_usage u = cpus.cpu(i).usage();
    // The four are all its cycles; what the run's end cut off of one counts as idle.
    cpu_times t{clock.edge(u.task), clock.edge(u.softirq), clock.edge(u.hardirq), 0};
    t.idle = end - t.task - t.softirq - t.hardirq;
    c.cpus.push_back(t);
  }
  const tlm::pci_counters& pci = bus.counters();
  c.pci_clocks = static_cast<std::uint64_t>(bus.params().clock.edge_at_or_after(end));
  c.pci_busy_clocks = pci.busy_clocks;
  c.pci_transactions = pci.transactions;
  c.pci_retries = pci.retries;
  c.pci_bytes = pci.bytes;
  c.pci_waiting_clocks = pci.waiting_clocks;
  add_bus_use(c, pci);
  std::vector<const stack::net_device*> devices;
  for (const auto& each : interfaces) {
    named_counts& chip = c.cards.emplace_back();
    for (const driver::nic_counter& row : driver::nic_statistics::table())
      chip.emplace_back(row.name, each->driver.hardware_counters()[row.name]);
    devices.push_back(&each->driver.device());
  }
  c.net = network_statistics(devices, net, os, plan.cpu.count);
  if (application.pings()) c.ping = ping_report_of(application.ping(), plan.app.destination);
  c.ethtool = asked;
  c.ethtool.image = tlm::bytes_of(interfaces.front()->hw.eeprom.words(end));
  const kernel::statistics& counted = os.counters();
  c.napi_polls = counted.napi_polls;
  c.napi_frames = counted.frames_per_poll.sum;
  c.napi_frames_min = counted.frames_per_poll.min;
  c.napi_frames_max = counted.frames_per_poll.max;
  c.napi_budget_exhausted = counted.budget_exhausted;
  c.softirq_runs = counted.softirq_runs;
  c.ksoftirqd_runs = counted.ksoftirqd_runs;
  if (plan.checker.enabled) c.contract.rules = contract::rule_count - contract_config_of(plan).off.count();
  c.contract.count = contract.breach_count();
  for (std::size_t i = 0; i < breaches.size(); ++i) {
    const contract::breach& b = contract.breaches()[i];
    c.contract.breaches.push_back({std::string(info(b.broken).id), b.time, b.frame, breaches[i]});
  }
  c.sim_time_ps = end;
  for (const auto& each : interfaces) {
    const tlm::nic_counters card = each->hw.card->counters();
    c.rtl_cycles += card.cycles;
    c.rtl_cycles_evaluated += card.cycles_evaluated;
  }
  return c;
}

}  // namespace ringside::platform
