// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/run_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <ostream>

#include "platform/report/frame_name.h"
#include "platform/report/journey_of_two.h"
#include "platform/report/journey_printer.h"
#include "platform/report/json_report.h"
#include "platform/report/run_reports.h"
#include "platform/report/summary.h"
#include "platform/scenario/loader.h"
#include "platform/source/make_source.h"
#include "platform/source/pcap_source.h"
#include "tools/cli/option_conflicts.h"
#include "tools/cli/progress.h"
#include "tools/cli/run_outputs.h"
#include "tools/cli/stop_signal.h"
#include "tools/cli/tap_device.h"
#include "tools/cli/trace_window.h"
#include "tools/cli/viewer.h"

namespace ringside::platform {
namespace {

// Cards run ahead of the kernel by a stretch, which is shorter.
constexpr sim_time from_host_delay = 100 * us;

// A frame of 16384 bytes at 10 Mb/s, 800 ns a byte, and some.
constexpr sim_time longest_on_wire = 20 * ms;

scenario load(const options& chosen, const command_environment& env) {
  refuse_conflicts(chosen);
  scenario_loader loader(env.costs, env.rules);
  if (!chosen.scenario.empty()) loader.apply_named(chosen.scenario);
  for (const std::string& setting : chosen.settings) loader.apply_setting(setting);
  refuse_machine(chosen, loader.of_two_machines());
  const std::string of = key_prefix(chosen);
  if (chosen.pcap) {
    loader.apply("wire.source", "pcap", "--pcap");
    loader.apply("wire.pcap", *chosen.pcap, "--pcap");
  }
  if (chosen.pcap_rewrite) loader.apply("wire.rewrite", "on", "--pcap-rewrite");
  if (chosen.pcap_speed) loader.apply("wire.speed", *chosen.pcap_speed, "--pcap-speed");
  if (chosen.gen) {
    const auto keys = split_gen(*chosen.gen);
    if (!keys) throw input_error(fmt_error("--gen", 0, *chosen.gen, "no key", "size=...,rate=...,count=...,flows=..."));
    loader.apply("wire.source", "gen", "--gen");
    for (const auto& [path, text] : *keys) loader.apply(path, text, "--gen");
  }
  if (chosen.tap) {
    loader.apply("run.end", "time_limit", "--tap");
    const bool has_frames = chosen.gen || chosen.pcap || !chosen.scenario.empty();
    if (!has_frames) loader.apply("gen.count", "0", "--tap");
  }
  if (chosen.nic) loader.apply("nic.kind", *chosen.nic, "--nic");
  if (chosen.seed) loader.apply("run.seed", *chosen.seed, "--seed");
  if (chosen.eeprom) loader.apply(of + "nic.eeprom", *chosen.eeprom, "--eeprom");
  if (chosen.ethtool_test) loader.apply(of + "ethtool.test", *chosen.ethtool_test, "--ethtool-test");
  if (chosen.ethtool_registers) loader.apply(of + "ethtool.registers", "on", "--ethtool-registers");
  if (chosen.ethtool_eeprom) loader.apply(of + "ethtool.eeprom", "on", "--ethtool-eeprom");
  scenario s = loader.finish();
  refuse_pointless(chosen, s);
  return s;
}

/// Frame asked for; nothing for "the first delivered", 0 for none.
std::optional<frame_id> journey_frame(const options& chosen) {
  if (!chosen.journey) return std::nullopt;
  if (*chosen.journey == "none") return 0;
  const auto frame = frame_by_name(*chosen.journey);
  if (!frame)
    throw input_error(
        fmt_error("--journey", 0, "frame", fmt::format("'{}' is not allowed", *chosen.journey),
                  "a frame number from 1 on, made:N or derived:N, or none; of machine b with b: before it"));
  return frame;
}

std::optional<trace_window> window_of(const options& chosen) {
  if (chosen.vcd_standard && !chosen.vcd && !chosen.fst)
    throw input_error(fmt_error("--vcd-standard", 0, "waveform", "there is none", "with --vcd or --fst"));
  if (!chosen.trace_window) return trace_window{};
  if (!chosen.vcd && !chosen.fst)
    throw input_error(fmt_error("--trace-window", 0, "window", "there is no waveform", "with --vcd or --fst"));
  const auto window = parse_trace_window(*chosen.trace_window);
  if (!window) throw input_error(trace_window_refusal(*chosen.trace_window));
  if (chosen.tap && window->trigger != stage::count)
    throw input_error(fmt_error("--trace-window", 0, "stage", "is looked for in a run before, where --tap has no host",
                                "times, or a stage in a run of what --pcap-wire wrote"));
  return window;
}

std::unique_ptr<tap_device> tap_of(const options& chosen) {
  if (!chosen.tap) return nullptr;
  const std::string pace = chosen.tap_pace.value_or("real");
  if (pace != "real" && pace != "free")
    throw input_error(fmt_error("--tap-pace", 0, "pace", "'" + pace + "' is not allowed", "real or free"));
  return std::make_unique<tap_device>(*chosen.tap, pace == "real" ? tap_pace::real : tap_pace::free);
}

std::string tap_text(const options& chosen, const tap_counts& c) {
  std::string text = fmt::format("tap         {}: to the host {}  from it {}", *chosen.tap, c.to_host, c.from_host);
  if (c.not_given != 0) text += fmt::format("  not given to the host {}", c.not_given);
  return text + fmt::format("  ({})\n", chosen.tap_pace.value_or("real") == "real" ? "simulated time held to real time"
                                                                                   : "simulated time runs free");
}

std::string report_text(const options& chosen, const scenario& s, const run_reports& reports,
                        const std::vector<run_counters>& counters, bool colour) {
  const journey_style style{.pci_clock_hz = pci_clock_hz(s), .colour = colour};
  std::string text;
  if (reports.machines() > 1 && chosen.journey.value_or("") != "none")
    text += print_journey_of_two(reports.journeys(), style) + "\n";
  for (const journey& j : reports.of(0).journeys().journeys())
    if (reports.machines() == 1) text += print_journey(j, style) + "\n";
  text += summary(s, reports, counters);
  const auto heading = [&reports](unsigned machine) {
    return reports.machines() == 1 ? "\n" : fmt::format("\nmachine {}\n", machine_letter(machine));
  };
  for (unsigned machine = 0; machine < reports.machines(); ++machine) {
    if (!counters[machine].ping) continue;
    if (reports.machines() != 1) text += heading(machine);
    text += print_ping(*counters[machine].ping);
  }
  for (unsigned machine = 0; chosen.stats && machine < reports.machines(); ++machine) {
    text += heading(machine) + print_net_statistics(counters[machine].net);
  }
  for (unsigned machine = 0; machine < reports.machines(); ++machine)
    if (const std::string asked = print_ethtool(counters[machine].ethtool); !asked.empty())
      text += heading(machine) + asked;
  if (chosen.vcd || chosen.fst)
    text += "waves       " + offered_viewer(chosen.fst ? *chosen.fst : *chosen.vcd, reports.machines()) + "\n";
  return text;
}

void warn_of_empty_waves(const run_outputs& files, const run_counters& counters, std::ostream& err) {
  if (files.waves() && files.waves()->start > counters.sim_time_ps)
    err << fmt::format("ringside: --trace-window: begins at {} ns, the run ended at {} ns: the waveform is empty\n",
                       files.waves()->start / ns, counters.sim_time_ps / ns);
}

int exit_status(const run_reports& reports, const std::vector<run_counters>& counters, std::ostream& err) {
  bool broken = false;
  bool wrong = false;
  for (unsigned machine = 0; machine < reports.machines(); ++machine) {
    const std::string who = reports.machines() == 1 ? "" : fmt::format("machine {}: ", machine_letter(machine));
    const contract_report& contract = counters[machine].contract;
    for (const contract_breach& breach : contract.breaches) err << who << "contract: " << breach.text << "\n";
    if (contract.count > contract.breaches.size())
      err << who << fmt::format("contract: {} more\n", contract.count - contract.breaches.size());
    const std::vector<std::string>& ledger = reports.of(machine).ledger().breaches();
    for (const std::string& breach : ledger) err << who << "ledger: " << breach << "\n";
    broken = broken || contract.count != 0;
    wrong = wrong || !ledger.empty();
  }
  for (const std::string& breach : reports.cable().breaches()) err << "ledger: cable: " << breach << "\n";
  if (broken) return exit_breach;
  if (wrong || !reports.cable().breaches().empty()) return exit_internal;
  if (counters.front().interrupted) return stop_signal::exit_status();
  const auto failed = [](const run_counters& c) { return c.ethtool.self_test && c.ethtool.self_test->failed; };
  return std::any_of(counters.begin(), counters.end(), failed) ? exit_self_test : exit_ok;
}

}  // namespace

int run_command(const options& chosen, const command_environment& env) {
  const scenario s = load(chosen, env);
  const auto frame = journey_frame(chosen);
  const auto window = window_of(chosen);
  const auto capture = open_capture(s, chosen.pcap ? "--pcap" : "wire.pcap");
  const auto source = make_source(s, capture);
  const stop_signal stop;  // from here on a signal must not leave files behind
  const auto tap = tap_of(chosen);
  run_outputs files(chosen, s, env);
  files.place_window(*window, s, env, capture);
  if (stop_signal::asked()) return stop_signal::exit_status();

  const auto run = env.make(s, *source);
  const auto machines = static_cast<unsigned>(1 + s.peers.size());
  const unsigned asked = chosen.machine == "b" ? 1 : 0;  // whose tap and EEPROM are written
  run_reports reports(s, frame.value_or(0) != 0 ? std::vector<frame_id>{*frame} : std::vector<frame_id>{}, !frame);
  reports.listen_to(run->events());
  pcap_out* const pcap = files.pcap();
  if (pcap != nullptr)
    run->add_tap([pcap](sim_time time, frame_id, std::span<const std::byte> packet) { pcap->write(time, packet); },
                 asked);
  wire_capture* const wire = files.wire();
  if (wire != nullptr) run->add_wire_tap([wire](const wire_passage& frame) { wire->add(frame); });
  if (tap) run->add_wire_tap([&tap](const wire_passage& frame) { tap->pass(frame); });
  if (files.waves()) run->trace(*files.waves());
  bool interrupted = false;
  {
    progress line(env.err, env.err_is_terminal, source->planned().value_or(0));
    run->run([&](sim_time now, std::uint64_t frames) {
      line.show(now, frames);
      if (tap) tap->step(now, from_host_delay, [&run](offered_frame&& frame) { run->put_frame(std::move(frame)); });
      interrupted = interrupted || stop_signal::asked();
      if (wire != nullptr) wire->settle(now - longest_on_wire);
      return !interrupted && !files.failed();
    });
  }
  run->events().finish();
  reports.finish();

  std::vector<run_counters> counters;
  for (unsigned machine = 0; machine < machines; ++machine) {
    counters.push_back(run->counters(machine));
    counters.back().interrupted = interrupted;
  }
  if (const auto* read = dynamic_cast<const pcap_source*>(source.get()))
    counters.front().capture = read->counts(reports.of(0).ledger().frames().offered);
  files.commit(files.wants_json() ? to_json(s, reports, counters) : std::string{}, counters[asked].ethtool.image);
  warn_of_empty_waves(files, counters.front(), env.err);
  const bool out_taken = files.standard_output_taken();
  const bool colour = out_taken ? env.err_is_terminal : env.out_is_terminal;
  std::string text = report_text(chosen, s, reports, counters, colour);
  if (tap) text += tap_text(chosen, tap->counts());
  put(out_taken ? env.err : env.out, text, out_taken ? "standard error" : "standard output");
  return exit_status(reports, counters, env.err);
}

}  // namespace ringside::platform
