// SPDX-License-Identifier: Apache-2.0
#include "platform/machine/machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>
#include <systemc>

#include "hw/tlm/systemc/sc_time_convert.h"
#include "hw/tlm/wire/cable_lane.h"
#include "platform/machine/computer.h"
#include "platform/machine/machine_params.h"
#include "platform/waves/wave_writer.h"

namespace ringside::platform {
namespace {

constexpr sim_time poll_step = 100 * us;        // how often run() looks up
constexpr sim_time quiet_time = 2 * poll_step;  // longer than any stretch a CPU keeps to itself
constexpr sim_time longest_ethtool = 120 * second;

/// The scenario's machines, each as a scenario of its own.
std::vector<scenario> machines_of(const scenario& s) {
  std::vector<scenario> all{s};
  all.front().peers.clear();
  all.insert(all.end(), s.peers.begin(), s.peers.end());
  return all;
}

std::unique_ptr<hardware> elaborate(const scenario& s) {
  std::vector<start_class> classes;
  for (const scenario& one : machines_of(s)) classes.push_back(start_class_of(one));
  return std::make_unique<hardware>(classes);
}

}  // namespace

struct machine::parts {
  parts(std::unique_ptr<hardware> elaborated, const scenario& s, std::span<frame_source* const> inputs)
      : plan(s), body(std::move(elaborated)) {
    const std::vector<scenario> plans = machines_of(s);
    const std::array<frame_source*, 1> cable{nullptr};
    for (std::size_t i = 0; i < plans.size(); ++i)
      computers.push_back(std::make_unique<computer>(*body->machines[i], plans[i],
                                                     plans.size() == 1 ? inputs : std::span<frame_source* const>(cable),
                                                     stream, scheduler));
    scheduler.before_drain([this] {
      for (const auto& each : computers) each->publish_watermarks();
      for (const auto& lane : lanes) lane->publish_watermarks();
    });
    if (computers.size() == 2) join(*computers[0], *computers[1]);
    for (const auto& each : computers) each->begin(/*alone=*/computers.size() == 1);
    tlm::scheduler_params stepping = scheduler_params_of(s);
    if (!lanes.empty()) stepping.lookahead = tlm::cable_lookahead(cable_params_of(s));
    scheduler.start(stepping);
  }

  // A cable from one machine's card to the other's.
  void join(computer& first, computer& second) {
    for (const auto& [from, to] : {std::pair{&first, &second}, std::pair{&second, &first}}) {
      network_card& sender = from->interfaces.front()->hw;
      network_card& receiver = to->interfaces.front()->hw;
      lanes.push_back(std::make_unique<tlm::cable_lane>(
          cable_params_of(from->plan), from->plan.cable.faults, sender.tx_wire, receiver.rx_wire,
          tlm::cable_lane::ends{.sender_time = [card = sender.card.get()] { return card->local_time(); },
                                .receiver_time = [card = receiver.card.get()] { return card->local_time(); },
                                .receiver_changed = [card = receiver.card.get()] { card->wire_changed(); },
                                .sender_unit = unit_of(from->body.number, 0),
                                .receiver_unit = unit_of(to->body.number, 0)},
          stream));
      receiver.rx_wire.connect(*lanes.back(), wire_params_of(to->plan));
    }
  }

  template <class Question>
  bool all_of(Question asked) const {
    return std::all_of(computers.begin(), computers.end(), [&](const auto& each) { return asked(*each); });
  }
  template <class Time>
  sim_time latest(Time of) const {
    sim_time last = 0;
    for (const auto& each : computers) last = std::max(last, of(*each));
    return last;
  }

  std::uint64_t offered() const {
    std::uint64_t sum = 0;
    for (const auto& each : computers) sum += each->offered();
    return sum;
  }

  sim_time now() const { return tlm::from_sc_time(sc_core::sc_time_stamp()); }

  void step() {
    sc_core::sc_start(tlm::to_sc_time(poll_step));
    scheduler.drain_events();
    if (waves == nullptr) return;
    flush_traces();
    waves->advance(stream.settled());
  }

  void trace(const wave_options& options) {
    std::vector<wave_layout> layouts;
    for (const auto& each : computers)
      layouts.push_back({.cpus = each->cpus.cpu_count(), .pci_clock = each->plan.bus.pci.clock});
    waves = std::make_unique<wave_writer>(options, layouts);
    stream.add_consumer(*waves);
    for (const auto& each : computers)
      traced_card(*each).trace({&waves->card(each->body.number), options.start, options.end});
  }

  // A waveform file holds one card of each machine.
  static tlm::nic& traced_card(const computer& of) { return *of.interfaces.front()->hw.card; }
  void flush_traces() {
    for (const auto& each : computers) traced_card(*each).flush_trace();
  }

  void finish_waves() {
    if (waves == nullptr) return;
    flush_traces();
    waves->finish();
  }

  void run(const std::function<bool(sim_time, std::uint64_t)>& keep_going) {
    const auto wall_start = std::chrono::steady_clock::now();
    bool asked_to_stop = false;
    while (!all_of([](const computer& c) { return c.ready; }) && !asked_to_stop && now() < plan.run.time_limit) {
      step();
      asked_to_stop = keep_going && !keep_going(now(), offered());
    }
    if (phase_call) phase_call(machine::phase::ready);
    const bool complete = !asked_to_stop && run_traffic(keep_going) && run_ethtool(keep_going);
    if (phase_call) phase_call(machine::phase::traffic_done);
    if (complete) shut_down();
    for (const auto& each : computers) each->cpus.power_off();
    stream.finish();
    finish_waves();
    for (const auto& each : computers) each->judge(now());
    for (const auto& each : computers)
      for (const std::string& text : each->breaches)
        breaches.push_back(
            computers.size() == 1 ? text : fmt::format("machine {}: {}", machine_letter(each->body.number), text));
    wall = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - wall_start);
  }

  // Until every frame has its fate; false when stopped before.  Not inlined: the bench counts its instructions.
  __attribute__((noinline)) bool run_traffic(const std::function<bool(sim_time, std::uint64_t)>& keep_going) {
    while (now() < plan.run.time_limit) {
      step();
      if (keep_going && !keep_going(now(), offered())) return false;
      if (!all_of([](const computer& c) { return c.at_rest(); })) continue;
      if (plan.run.end == run_end::time_limit) continue;
      // The end follows from event times, not from when they came to be known: that differs with the way of stepping.
      if (all_of([](const computer& c) { return c.traffic.quiet(); }) &&
          now() >= latest([](const computer& c) { return c.traffic.last_change(); }) + quiet_time)
        return true;
      if (now() >=
          latest([](const computer& c) { return c.traffic.last_work(); }) + quiet_time + plan.run.drain_ms * ms)
        return true;
    }
    return plan.run.end == run_end::time_limit;
  }

  // Cards may have run ahead of the kernel, by one stretch at most.
  sim_time heard_at() const { return now() + scheduler.params().max_stretch; }

  // False when stopped before.
  bool run_ethtool(const std::function<bool(sim_time, std::uint64_t)>& keep_going) {
    for (const auto& each : computers) each->ask_ethtool(heard_at());
    const sim_time limit = now() + longest_ethtool;
    while (!all_of([](const computer& c) { return !c.ethtool_due; })) {
      step();
      if (keep_going && !keep_going(now(), offered())) return false;
      if (now() >= limit) throw std::runtime_error("ethtool was not answered within 120 simulated seconds");
    }
    return true;
  }

  // Closes the interfaces, as a user would before taking the cards out.
  void shut_down() {
    for (const auto& each : computers) each->stop(heard_at());
    const auto closed = [this] { return all_of([](const computer& c) { return c.closed; }); };
    const sim_time limit = now() + second;
    while (!closed() && now() < limit) step();
    if (!closed()) throw std::runtime_error("the driver did not close the interface within a simulated second");
  }

  const scenario plan;
  std::unique_ptr<wave_writer> waves;  // before the card, which hands it text up to its end
  const std::unique_ptr<hardware> body;
  event_stream& stream = body->stream;
  tlm::nic_scheduler& scheduler = body->scheduler;
  std::vector<std::unique_ptr<computer>> computers;     // by number
  std::vector<std::unique_ptr<tlm::cable_lane>> lanes;  // of the cable, by who sends on them
  std::vector<std::string> breaches;
  std::function<void(machine::phase)> phase_call;
  std::chrono::nanoseconds wall{};
};

machine::machine(const scenario& s, frame_source& input) : machine(elaborate(s), s, input) {}

machine::machine(std::unique_ptr<hardware> elaborated, const scenario& s, frame_source& input)
    : machine(std::move(elaborated), s, std::array{&input}) {}

machine::machine(std::unique_ptr<hardware> elaborated, const scenario& s, std::span<frame_source* const> inputs) {
  // Events of the bus do not say which card they are about.
  if (inputs.size() != 1 && s.checker.enabled) throw std::invalid_argument("the contract checker judges one card");
  const std::vector<scenario> plans = machines_of(s);
  bool fits = elaborated->machines.size() == plans.size();
  for (std::size_t i = 0; fits && i < plans.size(); ++i) {
    start_class wanted = start_class_of(plans[i]);
    wanted.cards = static_cast<unsigned>(inputs.size());
    fits = elaborated->machines[i]->made_for == wanted;
  }
  if (!fits) throw std::logic_error("the scenario belongs to another start class");
  parts_ = std::make_unique<parts>(std::move(elaborated), s, inputs);
}

machine::~machine() = default;

event_stream& machine::events() {
  return parts_->stream;
}

unsigned machine::machines() const {
  return static_cast<unsigned>(parts_->computers.size());
}

void machine::add_tap(std::function<void(sim_time, frame_id, std::span<const std::byte>)> on_packet, unsigned number) {
  computer& of = *parts_->computers.at(number);
  of.taps.push_back(std::make_unique<tap_adapter>(std::move(on_packet)));
  for (const auto& each : of.interfaces) each->driver.device().add_tap(*of.taps.back());
}

void machine::add_wire_tap(std::function<void(const wire_passage&)> on_frame) {
  unsigned number = 0;
  for (const auto& of : parts_->computers)
    for (const auto& each : of->interfaces) {
      network_card& hw = each->hw;
      hw.rx_wire.listen([number, on_frame](const wire_frame& f) {
        on_frame({.start = f.start, .card = number, .sent = false, .marks = f.marks, .bytes = f.bytes});
      });
      hw.tx_wire.listen([number, on_frame](const tlm::sent_frame& f) {
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

void machine::put_frame(unsigned card, offered_frame&& offer) {
  network_card& hw = parts_->computers.front()->interfaces.at(card)->hw;
  hw.rx_wire.put(std::move(offer));
  hw.card->wire_changed();
}

void machine::on_app_read(std::function<void(sim_time, frame_id, std::span<const std::byte>)> on_read,
                          unsigned number) {
  computer& of = *parts_->computers.at(number);
  of.application.set_sink(
      [&of, call = std::move(on_read)](const stack::receive_message& result, std::span<const std::byte> data) {
        call(of.cpus.now(), result.frame, data);
      });
}

void machine::on_app_send(std::function<void(const stack::app::sent_message&)> on_send, unsigned number) {
  computer& of = *parts_->computers.at(number);
  (of.sender ? *of.sender : of.application).set_source(std::move(on_send));
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

run_counters machine::counters(unsigned number) const {
  run_counters c = parts_->computers.at(number)->counters(parts_->now());
  c.wall_ns = static_cast<std::uint64_t>(parts_->wall.count());
  return c;
}

const std::vector<std::string>& machine::breaches() const {
  return parts_->breaches;
}
std::optional<machine::breach_place> machine::first_breach() const {
  std::optional<breach_place> first;
  for (const auto& each : parts_->computers)
    for (const contract::breach& b : each->contract.breaches())
      if (!first || b.time < first->time) first = breach_place{b.time, b.frame};
  return first;
}

machine::holdings machine::still_held(unsigned number) const {
  computer& of = *parts_->computers.at(number);
  return {of.net.skbs().live(), of.os.dma().live_mappings(), of.os.memory().live()};
}

const driver::e1000& machine::nic_driver(unsigned card) const {
  return parts_->computers.front()->interfaces.at(card)->driver;
}

tlm::rtl_nic& machine::rtl_card(unsigned number) {
  tlm::rtl_nic* card = parts_->computers.front()->interfaces.at(number)->hw.rtl;
  if (card == nullptr) throw std::logic_error("the machine has no Verilated card: nic.kind is model");
  return *card;
}

}  // namespace ringside::platform
