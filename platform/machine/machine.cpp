// SPDX-License-Identifier: Apache-2.0
#include "platform/machine/machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>
#include <systemc>

#include "contract/checker.h"
#include "hw/tlm/pci/pci_bus.h"
#include "hw/tlm/systemc/sc_time_convert.h"
#include "platform/cpu/interrupt_routing.h"
#include "platform/machine/ethtool_requests.h"
#include "platform/machine/firmware.h"
#include "platform/machine/hardware.h"
#include "platform/machine/machine_params.h"
#include "platform/machine/network_statistics.h"
#include "platform/machine/reconfigurer.h"
#include "platform/machine/tap_adapter.h"
#include "platform/machine/traffic_watch.h"
#include "platform/waves/wave_writer.h"
#include "sw/driver/e1000.h"
#include "sw/kernel/kernel.h"
#include "sw/stack/app.h"
#include "sw/stack/net_stack.h"

namespace ringside::platform {
namespace {

constexpr std::size_t interrupt_lines = 4;
constexpr sim_time poll_step = 100 * us;        // how often run() looks up
constexpr sim_time quiet_time = 2 * poll_step;  // longer than any stretch a CPU keeps to itself
constexpr sim_time first_frame_delay = 1 * us;  // from open() to the earliest first frame
constexpr sim_time longest_ethtool = 120 * second;

}  // namespace

/// A card with its driver, and where its frames come from.
struct network_interface {
  network_interface(network_card& card, const frame_source& from, stack::net_stack& net, const driver::pci_slot& slot,
                    const driver::config& settings)
      : hw(card), frames(from), driver(net, slot, settings) {}

  network_card& hw;
  const frame_source& frames;
  driver::e1000 driver;
};

struct machine::parts {
  parts(std::unique_ptr<hardware> elaborated, const scenario& s, std::span<frame_source* const> inputs)
      : plan(s),
        body(std::move(elaborated)),
        bus(0, pci_params_of(s), bridge, stream),
        interrupts(interrupt_lines, s.irq.delivery_latency_ns * ns),
        os(power_on(s), kernel_config_of(s)),
        net(os, s.stack),
        interfaces(make_interfaces(inputs)),
        application(net, app_config_of(s)),
        reconfiguration(net, interfaces.front()->driver.device(), plan.reconfigure.actions, task_cpu_of(s)),
        contract(contract_config_of(s)) {
    for (unsigned number = 0; number < interfaces.size(); ++number) connect(number, *inputs[number]);
    bridge.configure(pci_params_of(s));
    bridge.connect(bus);
    cpus.connect(os);
    scheduler.add_bus(bus);
    scheduler.before_drain([this] { cpus.publish_watermarks(); });
    const auto scheduled = [this](sim_time t) { scheduler.kernel_event_at(t); };
    bridge.on_schedule(scheduled);
    cpus.on_schedule(scheduled);
    for (const auto& each : interfaces) each->hw.card->set_link(true, 0);
    stream.add_consumer(traffic);
    if (s.checker.enabled) stream.add_consumer(contract);
    init_task = cpus.spawn(0, "init", [this] { boot(); });
    scheduler.start(scheduler_params_of(s));
  }

  std::vector<std::unique_ptr<network_interface>> make_interfaces(std::span<frame_source* const> inputs) {
    std::vector<std::unique_ptr<network_interface>> made;
    for (unsigned number = 0; number < inputs.size(); ++number)
      made.push_back(std::make_unique<network_interface>(*body->cards[number], *inputs[number], net,
                                                         driver::pci_slot{.device = number, .line = line_of(number)},
                                                         driver_config_of(plan)));
    return made;
  }

  interrupt_controller::line line_of(unsigned device) const { return wiring.line_of(device, interrupt_pin::inta); }

  /// Puts a card on its wire, the bus and its interrupt line.
  void connect(unsigned number, frame_source& input) {
    network_card& hw = interfaces[number]->hw;
    hw.rx_wire.connect(input, wire_params_of(plan));
    hw.card->set_crossing(plan.bus.crossing_to_rtl_clocks);
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
  kernel::host& power_on(const scenario& s) {
    if (!s.bus.coherent) body->memory.split();
    cpus.power_on(processor_params_of(s), interrupts, stream);
    return cpus;
  }

  // The init task: firmware, kernel, protocols, driver, application, in Linux' order.
  void boot() {
    configure_devices(cpus,
                      {.devices = body->made_for.cards, .latency_timer = plan.bus.latency_timer, .interrupts = wiring});
    os.boot();
    net.register_protocols();
    for (const auto& each : interfaces) require(each->driver.probe(), "probe");
    for (const auto& each : interfaces) require(each->driver.open(), "open");
    if (!application.start()) throw std::runtime_error("the application could not bind its ports");
    cpus.sync();
    const sim_time release =
        plan.wire.start >= 0 ? std::max(plan.wire.start, cpus.now()) : cpus.now() + first_frame_delay;
    for (const auto& each : interfaces) {
      each->hw.rx_wire.release(release, plan.wire.stamps == stamps_kind::simulated ? 0 : release);
      each->hw.card->wire_changed();
    }
    reconfiguration.start(release);
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
    for (const auto& each : interfaces) each->driver.close();
    net.shut_down();
    cpus.sync();
    closed = true;
  }

  static void require(driver::driver_status s, const char* step) {
    if (s != driver::driver_status::ok) throw std::runtime_error(fmt::format("driver {}: {}", step, driver::name(s)));
  }

  std::uint64_t offered() const {
    std::uint64_t sum = 0;
    for (const auto& each : interfaces) sum += each->hw.rx_wire.offered();
    return sum;
  }

  bool wires_ended() const {
    return std::all_of(interfaces.begin(), interfaces.end(), [](const auto& each) { return each->hw.rx_wire.ended(); });
  }

  sim_time now() const { return tlm::from_sc_time(sc_core::sc_time_stamp()); }

  void step() {
    sc_core::sc_start(tlm::to_sc_time(poll_step));
    scheduler.drain_events();
    if (waves == nullptr) return;
    traced_card().flush_trace();
    waves->advance(stream.settled());
  }

  void trace(const wave_options& options) {
    waves = std::make_unique<wave_writer>(
        options, wave_layout{.cpus = cpus.cpu_count(), .pci_clock = pci_params_of(plan).clock});
    stream.add_consumer(*waves);
    traced_card().trace({&waves->card(), options.start, options.end});
  }

  // A waveform file holds one card.
  tlm::nic& traced_card() const { return *interfaces.front()->hw.card; }

  void finish_waves() {
    if (waves == nullptr) return;
    traced_card().flush_trace();
    waves->finish();
  }

  void run(const std::function<bool(sim_time, std::uint64_t)>& keep_going) {
    const auto wall_start = std::chrono::steady_clock::now();
    bool asked_to_stop = false;
    while (!ready && !asked_to_stop && now() < plan.run.time_limit) {
      step();
      asked_to_stop = keep_going && !keep_going(now(), offered());
    }
    if (phase_call) phase_call(machine::phase::ready);
    const bool complete = !asked_to_stop && run_traffic(keep_going) && run_ethtool(keep_going);
    if (phase_call) phase_call(machine::phase::traffic_done);
    if (complete) shut_down();
    cpus.power_off();
    stream.finish();
    finish_waves();
    if (plan.checker.enabled) contract.finish(now());
    for (const contract::breach& b : contract.breaches()) breaches.push_back(b.describe());
    wall = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - wall_start);
  }

  // Until every frame has its fate; false when stopped before.  Not inlined: the bench counts its instructions.
  __attribute__((noinline)) bool run_traffic(const std::function<bool(sim_time, std::uint64_t)>& keep_going) {
    while (now() < plan.run.time_limit) {
      step();
      if (keep_going && !keep_going(now(), offered())) return false;
      if (!wires_ended() || traffic.offered() != offered()) continue;
      if (traffic.reconfigured() < reconfiguration.planned()) continue;
      if (application.sending()) continue;
      if (plan.run.end == run_end::time_limit) continue;
      // The end follows from event times, not from when they came to be known: that differs with the way of stepping.
      if (traffic.quiet() && now() >= traffic.last_change() + quiet_time) return true;
      if (now() >= traffic.last_work() + quiet_time + plan.run.drain_ms * ms) return true;
    }
    return plan.run.end == run_end::time_limit;
  }

  // Cards may have run ahead of the kernel, by one stretch at most.
  void wake_init() { cpus.wake_from_outside(init_task, now() + scheduler.params().max_stretch); }

  // False when stopped before.
  bool run_ethtool(const std::function<bool(sim_time, std::uint64_t)>& keep_going) {
    if (!plan.ethtool.registers && !plan.ethtool.eeprom && plan.ethtool.test == self_test_kind::none) return true;
    ethtool_due = true;
    wake_init();
    for (const sim_time limit = now() + longest_ethtool; ethtool_due;) {
      step();
      if (keep_going && !keep_going(now(), offered())) return false;
      if (now() >= limit) throw std::runtime_error("ethtool was not answered within 120 simulated seconds");
    }
    return true;
  }

  // Closes the interface, as a user would before taking the card out.
  void shut_down() {
    stopping = true;
    wake_init();
    const sim_time limit = now() + second;
    while (!closed && now() < limit) step();
    if (!closed) throw std::runtime_error("the driver did not close the interface within a simulated second");
  }

  const scenario plan;
  std::unique_ptr<wave_writer> waves;  // before the card, which hands it text up to its end
  const std::unique_ptr<hardware> body;
  event_stream& stream = body->stream;
  tlm::host_bridge& bridge = body->bridge;
  processor& cpus = body->cpus;
  tlm::nic_scheduler& scheduler = body->scheduler;
  tlm::pci_bus bus;
  interrupt_controller interrupts;
  const interrupt_routing wiring{body->made_for.cards, interrupt_lines};
  kernel::kernel os;
  stack::net_stack net;
  std::vector<std::unique_ptr<network_interface>> interfaces;  // eth0, eth1, ...
  stack::app application;
  reconfigurer reconfiguration;
  contract::checker contract;
  traffic_watch traffic;
  std::vector<std::unique_ptr<tap_adapter>> taps;
  std::vector<std::string> breaches;
  kernel::task_id init_task = 0;
  ethtool_results asked;
  bool ethtool_due = false;
  bool stopping = false;
  bool closed = false;
  bool ready = false;
  std::function<void(machine::phase)> phase_call;
  std::chrono::nanoseconds wall{};
};

machine::machine(const scenario& s, frame_source& input)
    : machine(std::make_unique<hardware>(start_class_of(s)), s, input) {}

machine::machine(std::unique_ptr<hardware> elaborated, const scenario& s, frame_source& input)
    : machine(std::move(elaborated), s, std::array{&input}) {}

machine::machine(std::unique_ptr<hardware> elaborated, const scenario& s, std::span<frame_source* const> inputs) {
  // Events of the bus do not say which card they are about.
  if (inputs.size() != 1 && s.checker.enabled) throw std::invalid_argument("the contract checker judges one card");
  start_class wanted = start_class_of(s);
  wanted.cards = static_cast<unsigned>(inputs.size());
  if (elaborated->made_for != wanted) throw std::logic_error("the scenario belongs to another start class");
  parts_ = std::make_unique<parts>(std::move(elaborated), s, inputs);
}

machine::~machine() = default;

event_stream& machine::events() {
  return parts_->stream;
}

void machine::add_tap(std::function<void(sim_time, frame_id, std::span<const std::byte>)> on_packet) {
  parts_->taps.push_back(std::make_unique<tap_adapter>(std::move(on_packet)));
  for (const auto& each : parts_->interfaces) each->driver.device().add_tap(*parts_->taps.back());
}

void machine::add_wire_tap(std::function<void(const wire_passage&)> on_frame) {
  for (unsigned number = 0; number < parts_->interfaces.size(); ++number) {
    network_card& hw = parts_->interfaces[number]->hw;
    hw.rx_wire.listen([number, on_frame](const wire_frame& f) {
      on_frame({.start = f.start, .card = number, .sent = false, .marks = f.marks, .bytes = f.bytes});
    });
    hw.tx_wire.listen([number, on_frame](const tlm::sent_frame& f) {
      on_frame({.start = f.start, .card = number, .sent = true, .marks = f.marks, .bytes = f.bytes});
    });
  }
}

void machine::put_frame(unsigned card, offered_frame&& offer) {
  network_card& hw = parts_->interfaces.at(card)->hw;
  hw.rx_wire.put(std::move(offer));
  hw.card->wire_changed();
}

void machine::on_app_read(std::function<void(sim_time, frame_id, std::span<const std::byte>)> on_read) {
  parts_->application.set_sink(
      [this, call = std::move(on_read)](const stack::receive_message& result, std::span<const std::byte> data) {
        call(parts_->cpus.now(), result.frame, data);
      });
}

void machine::run(const std::function<bool(sim_time, std::uint64_t)>& keep_going) {
  parts_->run(keep_going);
}

void machine::trace(const wave_options& waves) {
  parts_->trace(waves);
}

void machine::deliver_closely(std::function<void()> delivered) {
  parts_->scheduler.drain_always(true);
  parts_->scheduler.after_drain(std::move(delivered));
}

void machine::finish_waves() {
  parts_->finish_waves();
}

void machine::on_phase(std::function<void(phase)> call) {
  parts_->phase_call = std::move(call);
}

run_counters machine::counters() const {
  parts& p = *parts_;
  run_counters c;
  const sim_time end = p.now();
  c.frames_planned = 0;
  for (const auto& each : p.interfaces) {
    const auto planned = each->frames.planned();
    c.frames_planned = planned && c.frames_planned ? std::optional(*c.frames_planned + *planned) : std::nullopt;
  }
  const auto clock = processor_params_of(p.plan).cpu.clock;
  for (unsigned i = 0; i < p.plan.cpu.count; ++i) {
    const cpu_usage u = p.cpus.cpu(i).usage();
    // The four are all its cycles; what the run's end cut off of one counts as idle.
    cpu_times t{clock.edge(u.task), clock.edge(u.softirq), clock.edge(u.hardirq), 0};
    t.idle = end - t.task - t.softirq - t.hardirq;
    c.cpus.push_back(t);
  }
  const tlm::pci_counters& pci = p.bus.counters();
  c.pci_clocks = static_cast<std::uint64_t>(p.bus.params().clock.edge_at_or_after(end));
  c.pci_busy_clocks = pci.busy_clocks;
  c.pci_transactions = pci.transactions;
  c.pci_retries = pci.retries;
  c.pci_bytes = pci.bytes;
  std::vector<const stack::net_device*> devices;
  for (const auto& each : p.interfaces) {
    named_counts& chip = c.cards.emplace_back();
    for (const driver::nic_counter& row : driver::nic_statistics::table())
      chip.emplace_back(row.name, each->driver.hardware_counters()[row.name]);
    devices.push_back(&each->driver.device());
  }
  c.net = network_statistics(devices, p.net, p.os, p.plan.cpu.count);
  if (p.application.pings()) c.ping = ping_report_of(p.application.ping(), p.plan.app.destination);
  const kernel::statistics& os = p.os.counters();
  c.ethtool = p.asked;
  c.ethtool.image = tlm::bytes_of(p.interfaces.front()->hw.eeprom.words(end));
  c.napi_polls = os.napi_polls;
  c.napi_frames = os.frames_per_poll.sum;
  c.napi_frames_min = os.frames_per_poll.min;
  c.napi_frames_max = os.frames_per_poll.max;
  c.napi_budget_exhausted = os.budget_exhausted;
  c.softirq_runs = os.softirq_runs;
  c.ksoftirqd_runs = os.ksoftirqd_runs;
  if (p.plan.checker.enabled) c.contract.rules = contract::rule_count - contract_config_of(p.plan).off.count();
  c.contract.count = p.contract.breach_count();
  for (std::size_t i = 0; i < p.breaches.size(); ++i) {
    const contract::breach& b = p.contract.breaches()[i];
    c.contract.breaches.push_back({std::string(info(b.broken).id), b.time, b.frame, p.breaches[i]});
  }
  c.sim_time_ps = end;
  for (const auto& each : p.interfaces) {
    const tlm::nic_counters card = each->hw.card->counters();
    c.rtl_cycles += card.cycles;
    c.rtl_cycles_evaluated += card.cycles_evaluated;
  }
  c.wall_ns = static_cast<std::uint64_t>(p.wall.count());
  return c;
}

const std::vector<std::string>& machine::breaches() const {
  return parts_->breaches;
}
std::optional<machine::breach_place> machine::first_breach() const {
  const auto& all = parts_->contract.breaches();
  if (all.empty()) return std::nullopt;
  const auto first = std::min_element(
      all.begin(), all.end(), [](const contract::breach& x, const contract::breach& y) { return x.time < y.time; });
  return breach_place{first->time, first->frame};
}

machine::holdings machine::still_held() const {
  return {parts_->net.skbs().live(), parts_->os.dma().live_mappings(), parts_->os.memory().live()};
}

const driver::e1000& machine::nic_driver(unsigned card) const {
  return parts_->interfaces.at(card)->driver;
}

tlm::rtl_nic& machine::rtl_card(unsigned number) {
  tlm::rtl_nic* card = parts_->interfaces.at(number)->hw.rtl;
  if (card == nullptr) throw std::logic_error("the machine has no Verilated card: nic.kind is model");
  return *card;
}

}  // namespace ringside::platform
