// SPDX-License-Identifier: Apache-2.0
#include "platform/linux/linux_machine.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "common/machine_filter.h"
#include "contract/checker.h"
#include "hw/tlm/linux_host/guest_error.h"
#include "hw/tlm/systemc/sc_time_convert.h"
#include "hw/tlm/wire/cable_lane.h"
#include "platform/linux/dma_faults.h"
#include "platform/linux/guest_events.h"
#include "platform/linux/guest_process.h"
#include "platform/linux/linux_hardware.h"
#include "platform/machine/computer.h"
#include "platform/machine/machine_params.h"
#include "platform/waves/wave_writer.h"

namespace ringside::platform {
namespace {

constexpr sim_time linux_step = 100 * us;
constexpr sim_time closing_limit = 1 * second;
// 2026-01-01 00:00:00 UTC: every run begins at the same date.
constexpr std::uint64_t date_at_zero = 1'767'225'600'000'000'000ULL;
constexpr const char* pci_socket = "pci";
constexpr const char* console_socket = "console";

/// Rules that are judged by what a driver reports of itself, which this one does not.
contract::config checks_of_hardware(const scenario& s) {
  contract::config c = contract_config_of(s);
  for (const contract::rule_info& row : contract::all_rules())
    if (row.duty == contract::party::driver) c.off.set(static_cast<std::size_t>(row.which));
  c.off.set(static_cast<std::size_t>(contract::rule::R_14));  // a descriptor as fetched against as posted
  return c;
}

std::string text_of_file(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

struct linux_machine::parts {
  parts(const scenario& s, guest_setup setup, std::function<void(std::span<const std::byte>)> sink,
        std::function<bool()> stop)
      : plan(s),
        guest(std::move(setup)),
        body(start_class_of(s), start_class_of(s.peers.at(0))),
        bus(unit_of(0, 0), pci_params_of(s), body.bridge, body.stream),
        peer(body.peer, s.peers.at(0), std::array<frame_source*, 1>{nullptr}, body.stream, body.scheduler),
        driver(body.stream, unit_of(0, 0)),
        checker(checks_of_hardware(s)),
        filter(0, checker),
        console(std::move(sink)),
        link(folder, date_at_zero, {.silence = guest.silence, .stop = std::move(stop)}) {
    connect_guest();
    join(body.card, unit_of(0, 0), body.peer.cards.front().operator*(), unit_of(1, 0), plan);
    join(*body.peer.cards.front(), unit_of(1, 0), body.card, unit_of(0, 0), plan.peers.front());
    body.scheduler.before_drain([this] {
      peer.publish_watermarks();
      driver.set_watermark(now());
      for (const auto& lane : lanes) lane->publish_watermarks();
    });
    if (plan.checker.enabled) body.stream.add_consumer(filter);
    body.stream.add_consumer(faults);
    peer.begin(/*alone=*/false);
    tlm::scheduler_params stepping = scheduler_params_of(s);
    stepping.lookahead = tlm::cable_lookahead(cable_params_of(s));
    body.scheduler.start(stepping);
  }

  void connect_guest() {
    body.bridge.configure(pci_params_of(plan));
    body.bridge.connect(bus);
    body.scheduler.add_bus(bus);
    const auto scheduled = [this](sim_time t) { body.scheduler.kernel_event_at(t); };
    body.bridge.on_schedule(scheduled);
    body.cpu.on_schedule(scheduled);
    body.card.card->set_crossing(plan.bus.pci.crossing_to_rtl_clocks);
    if (body.card.rtl != nullptr) {
      body.card.rtl->set_skip(plan.run.skip);
      body.card.rtl->set_clocking(plan.run.gate_clocks, plan.run.direct_call);
    }
    body.card.slot.connect(*body.card.card, bus, body.scheduler,
                           [this](bool asserted, sim_time t) { body.cpu.set_interrupt(asserted, t); });
    body.card.card->set_link(true, 0);
    for (const tlm::cable_flap& flap : plan.cable.flaps) {
      body.card.card->set_link(false, flap.from);
      body.card.card->set_link(true, flap.to);
    }
    link.add(pci_socket, body.cpu.pci());
    link.add(console_socket, console.device());
    body.cpu.watch_accesses([this](const tlm::pci_cycle& cycle, sim_time t) { driver.add(cycle, t); });
    body.cpu.power_on({.interrupt_latency = plan.irq.delivery_latency_ns * ns,
                       .sleep_limit = guest.commands ? 60 * second : time_never},
                      link, &console, [this](const tlm::guest_memory& m) {
                        body.memory.adopt(m.at(m.first(), m.end() - m.first()), m.first());
                      });
  }

  void join(network_card& sender, std::uint8_t from, network_card& receiver, std::uint8_t to, const scenario& side) {
    lanes.push_back(std::make_unique<tlm::cable_lane>(
        cable_params_of(side), side.cable.faults, sender.tx_wire, receiver.rx_wire,
        tlm::cable_lane::ends{.sender_time = [card = sender.card.get()] { return card->local_time(); },
                              .receiver_time = [card = receiver.card.get()] { return card->local_time(); },
                              .receiver_changed = [card = receiver.card.get()] { card->wire_changed(); },
                              .sender_unit = from,
                              .receiver_unit = to},
        body.stream));
    receiver.rx_wire.connect(*lanes.back(), wire_params_of(side.machine == 0 ? plan.peers.front() : plan));
  }

  static sim_time now() { return tlm::from_sc_time(sc_core::sc_time_stamp()); }

  // The kernel mixes its command line into its random numbers, so nothing on it may differ between two runs: names in
  // its folder, where it starts, are relative; hostfs takes none that is.
  guest_process::command command() const {
    guest_process::command c{.kernel = guest.kernel, .arguments = {}, .environment = {}};
    c.arguments = {"mem=" + std::to_string(plan.mem.size_mb) + "M",
                   "root=/dev/root",
                   "rootfstype=hostfs",
                   "rootflags=" + guest.root,
                   "ro",
                   "init=/init",
                   "norandmaps",
                   "panic=-1",
                   "con=null",
                   "con0=null,fd:1",
                   "ssl=null",
                   "uml_dir=./",
                   "umid=guest",
                   std::string("time-travel=ext:./") + tlm::guest_link::clock_name,
                   fmt::format("virtio_uml.device=./{}:{}", pci_socket, tlm::linux_cpu::pci_virtio_id),
                   fmt::format("virtio_uml.device=./{}:{}", console_socket, tlm::guest_console::virtio_id),
                   "ringside_host=/proc/self/cwd/.",
                   "ringside_address=" + guest.address};
    c.arguments.insert(c.arguments.end(), guest.arguments.begin(), guest.arguments.end());
    // /dev/shm holds the guest's memory, in a file without a name.
    c.environment = {
        {"PATH", "/bin"}, {"HOME", folder}, {"TMPDIR", "/dev/shm"}, {"RINGSIDE_SEED", std::to_string(plan.run.seed)}};
    return c;
  }

  void step() {
    sc_core::sc_start(tlm::to_sc_time(linux_step));
    body.scheduler.drain_events();
    if (waves == nullptr) return;
    flush_traces();
    waves->advance(body.stream.settled());
  }

  void flush_traces() {
    body.card.card->flush_trace();
    body.peer.cards.front()->card->flush_trace();
  }

  double since_start() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_start).count();
  }

  guest_outcome run(const std::function<bool(sim_time)>& between) {
    if (guest.commands) std::ofstream(folder + "/run") << *guest.commands << "\n";
    wall_start = std::chrono::steady_clock::now();
    process = std::make_unique<guest_process>(command(), folder);
    link.watch(process->life());
    const std::string mark = folder + "/up";
    bool asked_to_stop = false;
    while (!body.cpu.ended() && !asked_to_stop && now() < plan.run.time_limit) {
      step();
      if (link_up == 0 && ::access(mark.c_str(), F_OK) == 0) {
        link_up = now();
        link_up_wall = since_start();
      }
      asked_to_stop = between && !between(now());
    }
    guest_outcome outcome = end_guest(asked_to_stop);
    if (!asked_to_stop) close_peer();
    peer.cpus.power_off();
    body.stream.finish();
    if (waves != nullptr) {
      flush_traces();
      waves->finish();
    }
    judge();
    wall = since_start();
    return outcome;
  }

  guest_outcome end_guest(bool asked_to_stop) {
    guest_outcome outcome;
    if (body.cpu.ended() && body.cpu.failure() == nullptr) {
      process->wait_for_end();
      const std::string status = text_of_file(folder + "/status");
      if (!status.empty()) outcome.status = std::atoi(status.c_str());
      if (!outcome.status) outcome.failure = "the guest's kernel has ended before its commands";
    } else if (body.cpu.failure() != nullptr) {
      try {
        std::rethrow_exception(body.cpu.failure());
      } catch (const tlm::guest_stopped&) {
      } catch (const tlm::guest_error& error) {
        outcome.failure = error.what();
      }
    } else if (!asked_to_stop) {
      outcome.failure = fmt::format("run.time_limit of {} ms has ended the run", plan.run.time_limit / ms);
    }
    outcome.log = process->log();
    process.reset();
    return outcome;
  }

  void close_peer() {
    if (!peer.ready) return;
    peer.stop(now() + body.scheduler.params().max_stretch);
    const sim_time limit = now() + closing_limit;
    while (!peer.closed && now() < limit) step();
    if (!peer.closed) throw std::runtime_error("machine b did not close its interface within a simulated second");
  }

  void judge() {
    if (plan.checker.enabled) checker.finish(now());
    peer.judge(now());
    for (const std::string& text : faults.described()) breaches.push_back("machine a: " + text);
    for (const contract::breach& b : checker.breaches()) breaches.push_back("machine a: " + b.describe());
    for (const std::string& text : peer.breaches) breaches.push_back("machine b: " + text);
  }

  const scenario plan;
  const guest_setup guest;
  std::unique_ptr<wave_writer> waves;  // before the card, which hands it text up to its end
  linux_hardware body;
  tlm::pci_bus bus;
  computer peer;
  guest_events driver;
  contract::checker checker;
  machine_filter filter;
  dma_faults faults{unit_of(0, 0)};
  tlm::guest_console console;
  const guest_folder own_folder;
  const std::string& folder = own_folder.path();
  tlm::guest_link link;
  std::unique_ptr<guest_process> process;
  std::vector<std::unique_ptr<tlm::cable_lane>> lanes;
  std::vector<std::string> breaches;
  sim_time link_up = 0;
  double link_up_wall = 0, wall = 0;
  std::chrono::steady_clock::time_point wall_start;
};

linux_machine::linux_machine(const scenario& s, guest_setup guest, std::function<void(std::span<const std::byte>)> sink,
                             std::function<bool()> stop)
    : parts_(std::make_unique<parts>(s, std::move(guest), std::move(sink), std::move(stop))) {}

linux_machine::~linux_machine() = default;

event_stream& linux_machine::events() {
  return parts_->body.stream;
}

void linux_machine::add_wire_tap(std::function<void(const wire_passage&)> on_frame) {
  unsigned number = 0;
  for (network_card* hw : {&parts_->body.card, parts_->body.peer.cards.front().get()}) {
    hw->rx_wire.listen([number, on_frame](const wire_frame& f) {
      on_frame({.start = f.start, .card = number, .sent = false, .marks = f.marks, .bytes = f.bytes});
    });
    hw->tx_wire.listen([number, on_frame](const tlm::sent_frame& f) {
      on_frame({.start = f.start,
                .card = number,
                .sent = true,
                .marks = f.marks,
                .bytes = f.bytes,
                .id = f.id,
                .end = f.end});
    });
    ++number;
  }
}

void linux_machine::trace(const wave_options& options) {
  parts& p = *parts_;
  const std::vector<wave_layout> layouts{
      {.cpus = 1, .pci_clock = pci_params_of(p.plan).clock},
      {.cpus = p.peer.cpus.cpu_count(), .pci_clock = pci_params_of(p.plan.peers.front()).clock}};
  p.waves = std::make_unique<wave_writer>(options, layouts);
  p.body.stream.add_consumer(*p.waves);
  p.body.card.card->trace({&p.waves->card(0), options.start, options.end});
  p.body.peer.cards.front()->card->trace({&p.waves->card(1), options.start, options.end});
}

void linux_machine::type(std::string_view text) {
  parts_->console.type(text);
  parts_->body.cpu.look_at_console(parts::now() + parts_->body.scheduler.params().max_stretch);
}

guest_outcome linux_machine::run(const std::function<bool(sim_time)>& between) {
  return parts_->run(between);
}

linux_counters linux_machine::counters() const {
  const parts& p = *parts_;
  const tlm::nic_counters card = p.body.card.card->counters();
  linux_counters c;
  c.cpu = p.body.cpu.counters();
  c.pci = p.bus.counters();
  c.link_up = p.link_up;
  c.link_up_wall_s = p.link_up_wall;
  c.wall_s = p.wall;
  c.sim_time_ps = parts::now();
  c.rtl_cycles = card.cycles;
  c.rtl_cycles_evaluated = card.cycles_evaluated;
  c.frames_sent = p.body.card.tx_wire.sent();
  c.frames_received = p.body.card.rx_wire.offered();
  c.dma_faults = p.faults.count();
  return c;
}

const std::vector<std::string>& linux_machine::breaches() const {
  return parts_->breaches;
}

pid_t linux_machine::kernel_process() const {
  return parts_->process == nullptr ? -1 : parts_->process->pid();
}

}  // namespace ringside::platform
