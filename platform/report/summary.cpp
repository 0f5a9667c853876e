// SPDX-License-Identifier: Apache-2.0
#include "platform/report/summary.h"

#include <fmt/format.h>

#include <algorithm>

namespace ringside::platform {
namespace {

/// part of whole in percent with one decimal, computed in integers.
std::string percent(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  const auto tenths = static_cast<std::uint64_t>((static_cast<wide_int>(part) * 1000 + whole / 2) / whole);
  return fmt::format("{}.{} %", tenths / 10, tenths % 10);
}

std::string percent(sim_time part, sim_time whole) {
  return part < 0 ? "-" + percent(static_cast<std::uint64_t>(-part), static_cast<std::uint64_t>(whole))
                  : percent(static_cast<std::uint64_t>(part), static_cast<std::uint64_t>(whole));
}

std::string capture_part(const scenario& s, const capture_counts& c) {
  std::string out = fmt::format("capture     records {}", c.records);
  if (c.passes > 1) out += fmt::format("  passes {}", c.passes);
  if (c.empty != 0) out += fmt::format("  empty {} (not sent)", c.empty);
  if (c.outbound != 0) out += fmt::format("  outbound {} (not sent)", c.outbound);
  if (c.snapped != 0)
    out += fmt::format("  snapped {} ({})", c.snapped,
                       s.wire.snapped == snapped_kind::pad ? "padded to their length" : "sent as captured");
  if (c.surplus != 0) out += fmt::format("  longer than on the wire {} (cut)", c.surplus);
  if (c.with_fcs != 0) out += fmt::format("  with FCS {}", c.with_fcs);
  if (s.wire.rewrite) out += fmt::format("  rewritten {}", c.rewritten);
  return out + "\n";
}

std::string not_sent_part(const scenario& s, const run_counters& c, std::uint64_t offered) {
  if (!c.frames_planned || *c.frames_planned <= offered) return "";
  return fmt::format("  not sent  {} of {}: the run {}\n", *c.frames_planned - offered, *c.frames_planned,
                     c.sim_time_ps >= s.run.time_limit ? "ended at run.time_limit" : "was stopped");
}

std::string dropped_part(const frame_counts& f) {
  std::string out;
  for (std::size_t i = 1; i < drop_reasons; ++i)
    if (f.dropped[i] != 0)
      out += fmt::format("  dropped   {:<16} {}\n", name(static_cast<drop_reason>(i)), f.dropped[i]);
  return out;
}

/// Fates that a frame from the wire has only where software passes it on or merges it.
std::string rare_fates(const frame_counts& f) {
  std::string out;
  if (f.merged != 0) out += fmt::format("  merged {}", f.merged);
  if (f.transmitted != 0) out += fmt::format("  transmitted {}", f.transmitted);
  return out;
}

/// Frames that did not come in by a wire, if there are any of the kind.
std::string software_frames_part(std::string_view kind, const frame_counts& f) {
  if (f.offered == 0) return "";
  return fmt::format(
             "{:<11} frames {}  transmitted {}  delivered {}  consumed {}  merged {}  dropped {}  in flight {}\n", kind,
             f.offered, f.transmitted, f.delivered, f.consumed, f.merged, f.dropped_total(), f.in_flight) +
         dropped_part(f);
}

std::string frames_part(const scenario& s, const frame_ledger& ledger, const run_counters& c) {
  const frame_counts& f = ledger.frames();
  std::string out = fmt::format("frames      offered {}  delivered {}  consumed {}  dropped {}{}  in flight {}\n",
                                f.offered, f.delivered, f.consumed, f.dropped_total(), rare_fates(f), f.in_flight);
  out += not_sent_part(s, c, f.offered) + dropped_part(f);
  if (c.capture) out += capture_part(s, *c.capture);
  out += software_frames_part("made", ledger.frames(frame_kind::made));
  out += software_frames_part("derived", ledger.frames(frame_kind::derived));
  out += fmt::format("bytes       offered {}  delivered {}  payload in sockets {}", ledger.bytes().offered,
                     ledger.bytes().delivered, ledger.payload_bytes());
  out += ledger.sent_bytes() != 0 ? fmt::format("  sent {}\n", ledger.sent_bytes()) : "\n";
  return out;
}

/// Where the bus's time went, of a run in which the machine sends.
std::string bus_part(const run_counters& c) {
  constexpr std::size_t payload_out = 1;
  if (c.pci_use[payload_out].transactions == 0) return "";
  std::string out;
  for (std::size_t i = 0; i < c.pci_use.size(); ++i)
    out += fmt::format("{}{} {}",
                       i == 0   ? "bus time    "
                       : i == 4 ? "\n            "
                                : "  ",
                       bus_kind_names[i], percent(c.pci_use[i].clocks, c.pci_clocks));
  const std::uint64_t used = c.pci_busy_clocks + c.pci_waiting_clocks;
  return out + fmt::format("\n            arbitration and turnaround {}  idle {}\n",
                           percent(c.pci_waiting_clocks, c.pci_clocks),
                           percent(c.pci_clocks - std::min(c.pci_clocks, used), c.pci_clocks));
}

std::string machine_part(const run_report& report, const run_counters& c) {
  const interrupt_report& irq = report.interrupts();
  std::string out = fmt::format("interrupts  asserted {}  handled {}  frames polled without one {}\n", irq.asserted(),
                                irq.hardirqs(), irq.polled_without_interrupt());
  for (const std::uint64_t line : irq.nobody_cared())
    out += fmt::format("line {:<6} nobody cared: shut off, its handlers called ten times a second since\n", line);
  out += fmt::format("NAPI        polls {}  frames/poll {}..{}  budget exhausted {}  softirqs {}  ksoftirqd {}\n",
                     c.napi_polls, c.napi_frames_min, c.napi_frames_max, c.napi_budget_exhausted, c.softirq_runs,
                     c.ksoftirqd_runs);
  // What the card itself says of lost and late frames.
  for (std::size_t i = 0; i < c.cards.size(); ++i) {
    std::string lost;
    for (const auto& [name, value] : c.cards[i])
      if (value != 0 && (name == "MPC" || name == "RNBC" || name == "CRCERRS" || name == "RLEC" || name == "RXERRC"))
        lost += fmt::format("  {} {}", name, value);
    const std::string title = c.cards.size() == 1 ? "card" : fmt::format("card {}", i);
    if (!lost.empty()) out += fmt::format("{:<10}{}\n", title, lost);
  }
  out += fmt::format("PCI         busy {}  transactions {}  retries {}  bytes {}\n",
                     percent(c.pci_busy_clocks, c.pci_clocks), c.pci_transactions, c.pci_retries, c.pci_bytes);
  out += bus_part(c);
  for (std::size_t i = 0; i < c.cpus.size(); ++i) {
    const cpu_times& t = c.cpus[i];
    out += fmt::format("CPU {:<7} task {}  softirq {}  hardirq {}  idle {}\n", i, percent(t.task, c.sim_time_ps),
                       percent(t.softirq, c.sim_time_ps), percent(t.hardirq, c.sim_time_ps),
                       percent(t.idle, c.sim_time_ps));
  }
  return out;
}

std::string reconfiguration_part(const reconfiguration_report& report) {
  std::string out;
  for (const reconfiguration_record& r : report.records()) {
    const std::string what = to_text(r.what, r.value);
    if (r.end < 0)
      out += fmt::format("changed     {:<24} at {} ns, not over\n", what, r.start / ns);
    else
      out += fmt::format("changed     {:<24} at {} ns, took {} ns{}\n", what, r.start / ns, (r.end - r.start) / ns,
                         r.refused ? ", refused" : "");
  }
  return out;
}

/// Of frames that software made and the card sent.
std::string sending_part(const send_latency& sent) {
  if (sent.of(send_part::all).samples() == 0) return "";
  std::string out;
  for (std::size_t i = 0; i < send_part_names.size(); ++i) {
    const percentiles& p = sent.of(static_cast<send_part>(i));
    out += fmt::format("{}{:<13} {:>10} {:>10} {:>10} {:>10} {:>10}\n", i == 0 ? "way out/ns  " : "            ",
                       send_part_names[i], p.min(), p.percentile(50), p.percentile(90), p.percentile(99), p.max());
  }
  out += "way out    ";
  for (std::size_t i = 0; i + 1 < send_part_names.size(); ++i)
    out += fmt::format(" {} {}{}", send_part_names[i],
                       percent(sent.time_in(static_cast<send_part>(i)), sent.time_in(send_part::all)),
                       i + 2 == send_part_names.size() ? "\n" : " ");
  return out;
}

std::string latency_part(const latency_report& latency) {
  std::string out =
      fmt::format("latency/ns  {:<13} {:>10} {:>10} {:>10} {:>10} {:>10}\n", "", "min", "p50", "p90", "p99", "max");
  for (std::size_t i = 0; i < segment_names.size(); ++i) {
    const percentiles& p = latency.of(static_cast<segment>(i));
    if (p.samples() == 0) continue;
    out += fmt::format("            {:<13} {:>10} {:>10} {:>10} {:>10} {:>10}\n", segment_names[i], p.min(),
                       p.percentile(50), p.percentile(90), p.percentile(99), p.max());
  }
  if (latency.time_in_all() == 0) return out;
  out += "share      ";
  for (std::size_t i = 0; i < share_names.size(); ++i)
    out +=
        fmt::format(" {} {}{}", share_names[i], percent(latency.time_in(static_cast<share>(i)), latency.time_in_all()),
                    i + 1 == share_names.size() ? "\n"
                    : i == 3                    ? "\n           "
                                                : " ");
  return out;
}

std::string head(const scenario& s, const run_counters& c) {
  std::string out = fmt::format("Ringside: {} on the {} NIC, seed {}\n", s.name,
                                s.nic.kind == nic_kind::rtl ? "RTL" : "behavioural", s.run.seed);
  if (c.interrupted) out += "interrupted by a signal: what follows had happened until then\n";
  return out;
}

std::string machine_lines(const scenario& s, const run_report& report, const run_counters& c) {
  return frames_part(s, report.ledger(), c) + reconfiguration_part(report.reconfigurations()) +
         machine_part(report, c) + latency_part(report.latency()) + sending_part(report.sending());
}

std::string tail(const run_counters& c, const event_hash& hash) {
  const std::uint64_t milliseconds = c.wall_ns / 1'000'000;
  return fmt::format("simulated   {} ns  RTL cycles {} ({} evaluated)  events {}  hash {:016x}\n", c.sim_time_ps / ns,
                     c.rtl_cycles, percent(c.rtl_cycles_evaluated, c.rtl_cycles), hash.events(), hash.value()) +
         fmt::format("wall clock  {}.{:03} s\n", milliseconds / 1000, milliseconds % 1000);
}

std::string cable_part(const scenario& s, const cable_report& cable) {
  std::string out = fmt::format("cable       {} m, {} ns from one GMII to the other\n", s.cable.length_m,
                                cable_delay(s.cable, s.wire.link_mbps) / ns);
  for (unsigned from = 0; from < 2; ++from) {
    const cable_report::counts& c = cable.from(from);
    out += fmt::format("  from {}    sent {}  received {}  damaged {}  in flight {}", machine_letter(from), c.sent,
                       c.received, c.bad, c.in_flight);
    for (std::size_t i = 0; i < cable_fault_names.size(); ++i)
      if (c.faults[i] != 0) out += fmt::format("  {} {}", cable_fault_names[i], c.faults[i]);
    out += "\n";
  }
  return out;
}

}  // namespace

std::string summary(const scenario& s, const run_report& report, const run_counters& c) {
  return head(s, c) + machine_lines(s, report, c) + tail(c, report.hash());
}

std::string summary(const scenario& s, const run_reports& reports, const std::vector<run_counters>& counters) {
  if (reports.machines() == 1) return summary(s, reports.of(0), counters.front());
  std::string out = head(s, counters.front());
  run_counters all = counters.front();
  all.rtl_cycles = all.rtl_cycles_evaluated = 0;
  for (unsigned machine = 0; machine < reports.machines(); ++machine) {
    const scenario& own = machine == 0 ? s : s.peers[machine - 1];
    out += fmt::format("\nmachine {}   on the {} NIC\n", machine_letter(machine),
                       own.nic.kind == nic_kind::rtl ? "RTL" : "behavioural");
    out += machine_lines(own, reports.of(machine), counters[machine]);
    all.rtl_cycles += counters[machine].rtl_cycles;
    all.rtl_cycles_evaluated += counters[machine].rtl_cycles_evaluated;
  }
  return out + "\n" + cable_part(s, reports.cable()) + tail(all, reports.hash());
}

}  // namespace ringside::platform
