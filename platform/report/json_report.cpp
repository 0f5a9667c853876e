// SPDX-License-Identifier: Apache-2.0
#include "platform/report/json_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace ringside::platform {
namespace {

using json = nlohmann::ordered_json;

/// part / whole rounded to six decimals in integers, so that it prints the same everywhere.
double fraction(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return 0;
  const wide_int millionths = (static_cast<wide_int>(part) * 1'000'000 + whole / 2) / whole;
  return static_cast<double>(static_cast<std::int64_t>(millionths)) / 1e6;
}

double fraction(sim_time part, sim_time whole) {
  const double size = fraction(static_cast<std::uint64_t>(part < 0 ? -part : part), static_cast<std::uint64_t>(whole));
  return part < 0 ? -size : size;
}

json counts(const frame_counts& c, bool received = true) {
  json out;
  out["offered"] = c.offered;
  out["delivered"] = c.delivered;
  out["consumed"] = c.consumed;
  // What comes in is merged or sent only where software does that.
  if (c.merged != 0 || !received) out["merged"] = c.merged;
  if (c.transmitted != 0 || !received) out["transmitted"] = c.transmitted;
  out["in_flight"] = c.in_flight;
  json& dropped = out["dropped"];
  for (std::size_t i = 1; i < drop_reasons; ++i) dropped[std::string(name(static_cast<drop_reason>(i)))] = c.dropped[i];
  return out;
}

json frames(const frame_ledger& ledger) {
  json out = counts(ledger.frames());
  for (const auto& [name, kind] : {std::pair{"made", frame_kind::made}, std::pair{"derived", frame_kind::derived}})
    if (ledger.frames(kind).offered != 0) out[name] = counts(ledger.frames(kind), false);
  return out;
}

/// Frames that the end of the run left with the source; null where the source does not know its end.
json not_sent(const run_counters& c, std::uint64_t offered) {
  if (!c.frames_planned) return nullptr;
  return *c.frames_planned > offered ? *c.frames_planned - offered : 0;
}

json capture(const capture_counts& c) {
  json out;
  out["records"] = c.records;
  out["passes"] = c.passes;
  out["empty"] = c.empty;
  out["outbound"] = c.outbound;
  out["snapped"] = c.snapped;
  out["surplus"] = c.surplus;
  out["with_fcs"] = c.with_fcs;
  out["rewritten"] = c.rewritten;
  return out;
}

json interrupts(const interrupt_report& r) {
  json out;
  out["asserted"] = r.asserted();
  out["hardirqs"] = r.hardirqs();
  out["polled_without_interrupt"] = r.polled_without_interrupt();
  out["nobody_cared"] = r.nobody_cared();
  json& causes = out["causes"];
  for (const interrupt_cause& cause : interrupt_causes) causes[std::string(cause.name)] = r.cause(cause.bit);
  return out;
}

json cpus(const run_counters& c) {
  json out = json::object();
  for (std::size_t i = 0; i < c.cpus.size(); ++i) {
    const cpu_times& t = c.cpus[i];
    json& cpu = out[std::to_string(i)];
    cpu["task"] = fraction(t.task, c.sim_time_ps);
    cpu["softirq"] = fraction(t.softirq, c.sim_time_ps);
    cpu["hardirq"] = fraction(t.hardirq, c.sim_time_ps);
    cpu["idle"] = fraction(t.idle, c.sim_time_ps);
  }
  return out;
}

json latency(const latency_report& r) {
  json out;
  for (std::size_t i = 0; i < segment_names.size(); ++i) {
    const percentiles& p = r.of(static_cast<segment>(i));
    if (i >= received_segments && p.samples() == 0) continue;
    json& row = out[std::string(segment_names[i])];
    row["samples"] = p.samples();
    row["min"] = p.min();
    row["p50"] = p.percentile(50);
    row["p90"] = p.percentile(90);
    row["p99"] = p.percentile(99);
    row["max"] = p.max();
  }
  return out;
}

json way_out(const send_latency& sent) {
  json out;
  for (std::size_t i = 0; i < send_part_names.size(); ++i) {
    const percentiles& p = sent.of(static_cast<send_part>(i));
    json& row = out[std::string(send_part_names[i])];
    row["samples"] = p.samples();
    row["min"] = p.min();
    row["p50"] = p.percentile(50);
    row["p99"] = p.percentile(99);
    row["max"] = p.max();
    row["share"] = fraction(sent.time_in(static_cast<send_part>(i)), sent.time_in(send_part::all));
  }
  return out;
}

json shares(const latency_report& r) {
  json out;
  for (std::size_t i = 0; i < share_names.size(); ++i)
    out[std::string(share_names[i])] = fraction(r.time_in(static_cast<share>(i)), r.time_in_all());
  return out;
}

json reconfigurations(const reconfiguration_report& report) {
  json out = json::array();
  for (const reconfiguration_record& r : report.records()) {
    json row;
    row["change"] = to_text(r.what, r.value);
    row["start_ns"] = r.start / ns;
    row["took_ns"] = r.end < 0 ? json(nullptr) : json((r.end - r.start) / ns);
    row["refused"] = r.refused;
    out.push_back(std::move(row));
  }
  return out;
}

/// What ethtool was asked for, and nothing else.
void add_ethtool(json& out, const ethtool_results& r) {
  if (r.self_test) {
    json& test = out["self_test"];
    test["mode"] = r.self_test->offline ? "offline" : "online";
    test["passed"] = !r.self_test->failed;
    for (const auto& [name, value] : r.self_test->tests) test["results"][name] = value;
  }
  if (!r.registers.empty()) out["registers"] = r.registers;
  if (r.eeprom_error != 0)
    out["eeprom"] = nullptr;
  else if (!r.eeprom.empty())
    out["eeprom"] = r.eeprom;
}

json contract(const contract_report& c) {
  json out;
  out["rules"] = c.rules;
  out["breach_count"] = c.count;
  json& list = out["breaches"] = json::array();
  for (const contract_breach& b : c.breaches)
    list.push_back({{"rule", b.rule}, {"time_ps", b.time}, {"frame", b.frame}, {"text", b.text}});
  return out;
}

json link_counts(const link_statistics& l) {
  json link;
  link["rx_bytes"] = l.rx_bytes;
  link["rx_packets"] = l.rx_packets;
  link["rx_errors"] = l.rx_errors;
  link["rx_dropped"] = l.rx_dropped;
  link["rx_missed_errors"] = l.rx_missed_errors;
  link["multicast"] = l.multicast;
  link["rx_length_errors"] = l.rx_length_errors;
  link["rx_crc_errors"] = l.rx_crc_errors;
  link["rx_frame_errors"] = l.rx_frame_errors;
  link["rx_fifo_errors"] = l.rx_fifo_errors;
  link["rx_over_errors"] = l.rx_over_errors;
  link["rx_otherhost_dropped"] = l.rx_otherhost_dropped;
  return link;
}

json by_name(const named_counts& counts) {
  json out = json::object();
  for (const auto& [name, value] : counts) out[name] = value;
  return out;
}

/// What the cards and --stats say.  The first interface's stand by themselves, all of them by the interfaces' names.
void add_net(json& out, const net_statistics& s, const std::vector<named_counts>& cards) {
  for (std::size_t i = 0; i < s.interfaces.size(); ++i) {
    const interface_statistics& one = s.interfaces[i];
    const json entry = {
        {"card", by_name(cards.at(i))}, {"ethtool", by_name(one.ethtool)}, {"link", link_counts(one.link)}};
    if (i == 0)
      for (const auto& [part, value] : entry.items()) out[part] = value;
    if (s.interfaces.size() > 1) out["interfaces"][one.link.name] = entry;
  }
  json& snmp = out["snmp"] = json::object();
  for (const snmp_row& row : s.snmp)
    for (const auto& [name, value] : row.counts) snmp[row.name][name] = value;
  json& softnet = out["softnet"] = json::array();
  for (const softnet_row& r : s.softnet)
    softnet.push_back({{"processed", r.processed},
                       {"dropped", r.dropped},
                       {"time_squeeze", r.time_squeeze},
                       {"backlog_len", r.backlog_len}});
}

json ping(const ping_report& r) {
  json out;
  out["transmitted"] = r.transmitted;
  out["received"] = r.received;
  out["duplicates"] = r.duplicates;
  out["errors"] = r.errors;
  out["loss_percent"] = r.loss();
  out["rtt_min_ps"] = r.minimum;
  out["rtt_avg_ps"] = r.average;
  out["rtt_max_ps"] = r.maximum;
  out["rtt_mdev_ps"] = r.deviation;
  return out;
}

json wall(const run_report& report, const run_counters& c) {
  const double seconds = static_cast<double>(c.wall_ns) / 1e9;
  json out;
  out["seconds"] = seconds;
  out["rtl_cycles_per_s"] = seconds > 0 ? static_cast<double>(c.rtl_cycles) / seconds : 0.0;
  out["frames_per_s"] = seconds > 0 ? static_cast<double>(report.ledger().frames().offered) / seconds : 0.0;
  return out;
}

json of_run(const scenario& s, const run_report& report, const run_counters& c) {
  json out;
  out["scenario"]["name"] = s.name;
  out["scenario"]["nic"] = s.nic.kind == nic_kind::rtl ? "rtl" : "model";
  out["scenario"]["seed"] = s.run.seed;
  out["frames"] = frames(report.ledger());
  out["frames"]["not_sent"] = not_sent(c, report.ledger().frames().offered);
  out["bytes"] = counts(report.ledger().bytes());
  out["bytes"]["payload_delivered"] = report.ledger().payload_bytes();
  if (report.ledger().sent_bytes() != 0) out["bytes"]["sent"] = report.ledger().sent_bytes();
  if (c.capture) out["capture"] = capture(*c.capture);
  if (c.ping) out["ping"] = ping(*c.ping);
  out["interrupts"] = interrupts(report.interrupts());
  add_net(out, c.net, c.cards);
  out["napi"]["polls"] = c.napi_polls;
  out["napi"]["frames_per_poll"]["min"] = c.napi_frames_min;
  out["napi"]["frames_per_poll"]["mean"] = c.napi_polls == 0 ? 0.0 : fraction(c.napi_frames, c.napi_polls);
  out["napi"]["frames_per_poll"]["max"] = c.napi_frames_max;
  out["napi"]["budget_exhausted"] = c.napi_budget_exhausted;
  out["softirq"]["runs"] = c.softirq_runs;
  out["softirq"]["ksoftirqd_runs"] = c.ksoftirqd_runs;
  out["reconfigurations"] = reconfigurations(report.reconfigurations());
  out["cpu"] = cpus(c);
  out["pci"]["utilisation"] = fraction(c.pci_busy_clocks, c.pci_clocks);
  out["pci"]["transactions"] = c.pci_transactions;
  out["pci"]["retries"] = c.pci_retries;
  out["pci"]["bytes"] = c.pci_bytes;
  out["pci"]["waiting"] = fraction(c.pci_waiting_clocks, c.pci_clocks);
  for (std::size_t i = 0; i < c.pci_use.size(); ++i) {
    json& use = out["pci"]["use"][std::string(bus_kind_names[i])];
    use["transactions"] = c.pci_use[i].transactions;
    use["share"] = fraction(c.pci_use[i].clocks, c.pci_clocks);
    use["bytes"] = c.pci_use[i].bytes;
  }
  out["latency_ns"] = latency(report.latency());
  if (report.sending().of(send_part::all).samples() != 0) out["way_out_ns"] = way_out(report.sending());
  out["latency_share"] = shares(report.latency());
  add_ethtool(out, c.ethtool);
  out["contract"] = contract(c.contract);
  out["sim"]["interrupted"] = c.interrupted;
  out["sim"]["time_ns"] = c.sim_time_ps / ns;
  out["sim"]["rtl_cycles"] = c.rtl_cycles;
  out["sim"]["rtl_cycles_evaluated"] = c.rtl_cycles_evaluated;
  out["sim"]["events"] = report.hash().events();
  out["sim"]["event_hash"] = fmt::format("{:016x}", report.hash().value());
  out["wall"] = wall(report, c);
  return out;
}

// A file may have any bytes in its name, JSON is UTF-8 (RFC 8259 section 8.1).
std::string text_of(const json& out) {
  return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

json cable(const scenario& s, const cable_report& report) {
  json out;
  out["length_m"] = s.cable.length_m;
  out["delay_ns"] = cable_delay(s.cable, s.wire.link_mbps) / ns;
  for (unsigned from = 0; from < 2; ++from) {
    const cable_report::counts& c = report.from(from);
    json& lane = out["from"][std::string(1, machine_letter(from))];
    lane = {{"sent", c.sent}, {"received", c.received}, {"damaged", c.bad}, {"in_flight", c.in_flight}};
    for (std::size_t i = 0; i < cable_fault_names.size(); ++i)
      lane["faults"][std::string(cable_fault_names[i])] = c.faults[i];
  }
  return out;
}

}  // namespace

std::string to_json(const scenario& s, const run_report& report, const run_counters& c) {
  return text_of(of_run(s, report, c));
}

std::string to_json(const scenario& s, const run_reports& reports, const std::vector<run_counters>& counters) {
  if (reports.machines() == 1) return to_json(s, reports.of(0), counters.front());
  json out;
  for (unsigned machine = 0; machine < reports.machines(); ++machine) {
    json one = of_run(machine == 0 ? s : s.peers[machine - 1], reports.of(machine), counters[machine]);
    one.erase("wall");
    out["machines"][std::string(1, machine_letter(machine))] = std::move(one);
  }
  out["scenario"]["name"] = s.name;
  out["scenario"]["seed"] = s.run.seed;
  out["cable"] = cable(s, reports.cable());
  out["sim"]["interrupted"] = counters.front().interrupted;
  out["sim"]["time_ns"] = counters.front().sim_time_ps / ns;
  out["sim"]["events"] = reports.hash().events();
  out["sim"]["event_hash"] = fmt::format("{:016x}", reports.hash().value());
  out["wall"]["seconds"] = static_cast<double>(counters.front().wall_ns) / 1e9;
  return text_of(out);
}

}  // namespace ringside::platform
