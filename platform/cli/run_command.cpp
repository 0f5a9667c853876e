#include "platform/cli/run_command.h"

#include <fmt/format.h>

#include <iterator>
#include <optional>
#include <ostream>
#include <utility>

#include "platform/cli/fst.h"
#include "platform/cli/option_conflicts.h"
#include "platform/cli/progress.h"
#include "platform/cli/stop_signal.h"
#include "platform/cli/trace_window.h"
#include "platform/cli/trigger_search.h"
#include "platform/cli/viewer.h"
#include "platform/report/journey_printer.h"
#include "platform/report/json_report.h"
#include "platform/report/output_file.h"
#include "platform/report/pcap_out.h"
#include "platform/report/run_report.h"
#include "platform/report/summary.h"
#include "platform/scenario/loader.h"
#include "platform/source/make_source.h"
#include "platform/source/pcap_source.h"

namespace ringside::platform {
namespace {

scenario load(const options& chosen, const command_environment& env) {
  refuse_conflicts(chosen);
  scenario_loader loader(env.costs, env.rules);
  if (!chosen.scenario.empty()) loader.apply_named(chosen.scenario);
  for (const std::string& setting : chosen.settings) loader.apply_setting(setting);
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
  if (chosen.nic) loader.apply("nic.kind", *chosen.nic, "--nic");
  if (chosen.seed) loader.apply("run.seed", *chosen.seed, "--seed");
  scenario s = loader.finish();
  refuse_pointless(chosen, s);
  return s;
}

/// Frame asked for; nothing for "the first delivered", 0 for none.
std::optional<frame_id> journey_frame(const options& chosen) {
  if (!chosen.journey) return std::nullopt;
  if (*chosen.journey == "none") return 0;
  const auto number = parse_quantity(*chosen.journey);
  if (!number || !number->unit.empty() || number->value.den != 1 || number->value.num < 1)
    throw input_error(fmt_error("--journey", 0, "frame", fmt::format("'{}' is not allowed", *chosen.journey),
                                "a frame number from 1 on, or none"));
  return static_cast<frame_id>(number->value.num);
}

/// Files of a run: made before it begins, put in place after it.
struct outputs {
  std::optional<output_file> json;
  std::optional<pcap_out> pcap;
  std::optional<output_file> vcd;
  std::optional<output_file> fst;
  std::optional<wave_options> waves;
  bool keep_vcd = false;
};

std::optional<trace_window> window_of(const options& chosen) {
  if (chosen.vcd_standard && !chosen.vcd && !chosen.fst)
    throw input_error(fmt_error("--vcd-standard", 0, "waveform", "there is none", "with --vcd or --fst"));
  if (!chosen.trace_window) return trace_window{};
  if (!chosen.vcd && !chosen.fst)
    throw input_error(fmt_error("--trace-window", 0, "window", "there is no waveform", "with --vcd or --fst"));
  const auto window = parse_trace_window(*chosen.trace_window);
  if (!window) throw input_error(trace_window_refusal(*chosen.trace_window));
  return window;
}

/// "-", or what is the same by another name.
bool is_standard_output(const std::optional<std::string>& name) {
  return name && (*name == "-" || *name == "/dev/stdout" || *name == "/dev/fd/1");
}

/// Two outputs into one file would leave the last one only.
void refuse_same_file(const options& chosen) {
  const std::pair<const char*, const std::optional<std::string>*> all[] = {
      {"--json", &chosen.json}, {"--pcap-out", &chosen.pcap_out}, {"--vcd", &chosen.vcd}, {"--fst", &chosen.fst}};
  for (const auto* first = std::begin(all); first != std::end(all); ++first)
    for (const auto* second = first + 1; second != std::end(all); ++second)
      if (*first->second && *second->second && **first->second != "/dev/null" &&
          (**first->second == **second->second ||
           (is_standard_output(*first->second) && is_standard_output(*second->second))))
        throw input_error(fmt_error(**second->second, 0, second->first, fmt::format("is the file of {}", first->first),
                                    "a file of its own"));
}

void open_outputs(const options& chosen, const command_environment& env, outputs& files) {
  refuse_same_file(chosen);
  if (chosen.fst) require_fst_converter();
  if (chosen.json && !is_standard_output(chosen.json)) files.json.emplace(*chosen.json, "--json");
  if (is_standard_output(chosen.pcap_out))
    files.pcap.emplace(env.out);
  else if (chosen.pcap_out)
    files.pcap.emplace(*chosen.pcap_out);
  files.keep_vcd = chosen.vcd.has_value();
  if (chosen.fst) files.fst.emplace(*chosen.fst, "--fst");
  if (chosen.vcd || chosen.fst)
    files.vcd.emplace(chosen.vcd ? *chosen.vcd : *chosen.fst + ".vcd", chosen.vcd ? "--vcd" : "--fst");
}

void place_window(const trace_window& window, const scenario& s, const command_environment& env,
                  const std::shared_ptr<const capture_file>& capture, bool standard, outputs& files) {
  if (!files.vcd) return;
  files.waves = wave_options{files.vcd->temporary(), window.from, window.to, standard};
  if (window.trigger == stage::count) {
    if (window.from < s.run.time_limit) return;
    throw input_error(fmt_error("--trace-window", 0, "window", "begins when run.time_limit has ended the run",
                                "a START before it"));
  }
  const auto trigger = find_trigger(s, env.make, window.trigger, capture);
  if (stop_signal::asked()) return;
  if (!trigger)
    throw input_error(fmt_error("--trace-window", 0, std::string(info(window.trigger).name),
                                "does not happen in this run", "a stage that does"));
  files.waves->start = *trigger > window.from ? *trigger - window.from : 0;
  files.waves->end = *trigger + window.to;
}

void commit(outputs& files, const std::string& json) {
  if (files.json) {
    files.json->write(json);
    files.json->commit();
  }
  if (files.pcap) files.pcap->commit();
  if (files.fst) {
    convert_to_fst(files.vcd->temporary(), files.fst->temporary());
    files.fst->commit();
  }
  if (files.vcd && files.keep_vcd) files.vcd->commit();
}

void print_report(std::ostream& text, const scenario& s, const run_report& report, const run_counters& counters,
                  bool colour) {
  const journey_style style{.pci_clock_hz = s.bus.clock_hz, .colour = colour};
  for (const journey& j : report.journeys().journeys()) text << print_journey(j, style) << "\n";
  text << summary(s, report, counters);
}

int exit_status(const run_report& report, const run_counters& counters, std::ostream& err) {
  const contract_report& contract = counters.contract;
  for (const contract_breach& breach : contract.breaches) err << "contract: " << breach.text << "\n";
  if (contract.count > contract.breaches.size())
    err << fmt::format("contract: {} more\n", contract.count - contract.breaches.size());
  for (const std::string& breach : report.ledger().breaches()) err << "ledger: " << breach << "\n";
  if (contract.count != 0) return exit_breach;
  if (!report.ledger().breaches().empty()) return exit_internal;
  return counters.interrupted ? stop_signal::exit_status() : exit_ok;
}

}  // namespace

int run_command(const options& chosen, const command_environment& env) {
  const scenario s = load(chosen, env);
  const auto frame = journey_frame(chosen);
  const auto window = window_of(chosen);
  const auto capture = open_capture(s, chosen.pcap ? "--pcap" : "wire.pcap");
  const auto source = make_source(s, capture);
  const stop_signal stop;  // from here on a signal must not leave files behind
  outputs files;
  open_outputs(chosen, env, files);
  place_window(*window, s, env, capture, chosen.vcd_standard, files);
  if (stop_signal::asked()) return stop_signal::exit_status();

  const bool json_on_out = is_standard_output(chosen.json);
  const bool out_taken = json_on_out || is_standard_output(chosen.pcap_out);
  std::ostream& text = out_taken ? env.err : env.out;
  const bool colour = out_taken ? env.err_is_terminal : env.out_is_terminal;

  const auto run = env.make(s, *source);
  run_report report(frame.value_or(0) != 0 ? std::vector<frame_id>{*frame} : std::vector<frame_id>{}, !frame);
  run->events().add_consumer(report);
  if (files.pcap)
    run->add_tap(
        [&files](sim_time time, frame_id, std::span<const std::byte> packet) { files.pcap->write(time, packet); });
  if (files.waves) run->trace(*files.waves);
  bool interrupted = false;
  {
    progress line(env.err, env.err_is_terminal, source->planned().value_or(0));
    run->run([&](sim_time now, std::uint64_t frames) {
      line.show(now, frames);
      interrupted = interrupted || stop_signal::asked();
      return !interrupted;
    });
  }
  run->events().finish();
  report.finish();

  run_counters counters = run->counters();
  counters.interrupted = interrupted;
  if (const auto* read = dynamic_cast<const pcap_source*>(source.get()))
    counters.capture = read->counts(report.ledger().frames().offered);
  const std::string json = chosen.json ? to_json(s, report, counters) : std::string{};
  commit(files, json);
  if (json_on_out) env.out << json << std::flush;
  print_report(text, s, report, counters, colour);
  if (chosen.stats) text << "\n" << print_net_statistics(counters.net);
  if (files.vcd) text << "waves       " << viewer_command(chosen.fst ? *chosen.fst : *chosen.vcd) << "\n";
  text << std::flush;
  return exit_status(report, counters, env.err);
}

}  // namespace ringside::platform
