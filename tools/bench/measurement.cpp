// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/measurement.h"

#include <ctime>
#include <fstream>
#include <stdexcept>

#include "hw/tlm/nic/rtl_nic.h"
#include "hw/tlm/nic/rtl_pins.h"
#include "hw/tlm/nic/rtl_replay.h"
#include "platform/machine/machine.h"
#include "platform/machine/machine_params.h"
#include "platform/report/run_report.h"
#include "platform/source/make_source.h"

namespace ringside::platform {
namespace {

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

struct log_header {
  std::uint64_t edges;
  std::uint64_t first_timed;
  std::uint64_t output_hash;
};

tlm::rtl_pin_log read_log(const std::string& file, log_header& header) {
  std::ifstream from(file, std::ios::binary);
  from.read(reinterpret_cast<char*>(&header), sizeof header);
  tlm::rtl_pin_log log;
  if (from) log.edges.resize(header.edges);
  from.read(reinterpret_cast<char*>(log.edges.data()),
            static_cast<std::streamsize>(log.edges.size() * sizeof(tlm::rtl_pins)));
  if (!from) throw std::runtime_error("cannot read the pin log " + file);
  return log;
}

measurement cosim(const scenario& s, bool skip, tlm::rtl_pin_log* log, std::uint64_t* first_timed) {
  const auto source = make_source(s);
  machine m(s, *source);
  run_report report;
  m.events().add_consumer(report);
  if (log != nullptr) m.rtl_card().record_pins(log);
  measurement out;
  run_counters at_ready;
  double start = 0;
  m.on_phase([&](machine::phase p) {
    if (p == machine::phase::ready) {
      m.rtl_card().set_skip(skip);
      if (log != nullptr) *first_timed = log->edges.size();
      at_ready = m.counters();
      start = cpu_seconds();
      return;
    }
    out.seconds = cpu_seconds() - start;
    const run_counters now = m.counters();
    out.edges = now.rtl_cycles_evaluated - at_ready.rtl_cycles_evaluated;
    out.simulated_ps = now.sim_time_ps - at_ready.sim_time_ps;
    out.bus_clocks = now.pci_clocks - at_ready.pci_clocks;
    out.bus_waiting = now.pci_waiting_clocks - at_ready.pci_waiting_clocks;
    for (std::size_t i = 0; i < out.bus.size(); ++i)
      out.bus[i] = {now.pci_use[i].transactions - at_ready.pci_use[i].transactions,
                    now.pci_use[i].clocks - at_ready.pci_use[i].clocks,
                    now.pci_use[i].bytes - at_ready.pci_use[i].bytes};
    if (log != nullptr) m.rtl_card().record_pins(nullptr);
    m.rtl_card().set_skip(true);  // what comes is not measured
  });
  m.run({});
  report.finish();
  out.event_hash = report.hash().value();
  out.frames = report.ledger().frames().offered;
  out.dropped = report.ledger().frames().dropped_total();
  out.breaches = m.breaches().size();
  for (const frame_kind kind : {frame_kind::made, frame_kind::derived})
    out.sent += report.ledger().frames(kind).transmitted;
  out.sent_bytes = report.ledger().sent_bytes();
  if (log != nullptr) out.output_hash = log->output_hash;
  return out;
}

}  // namespace

measurement run_cosim(const scenario& s, bool skip) {
  return cosim(s, skip, nullptr, nullptr);
}

measurement record_cosim(const scenario& s, const std::string& file) {
  tlm::rtl_pin_log log;
  std::uint64_t first_timed = 0;
  const measurement out = cosim(s, false, &log, &first_timed);
  std::ofstream to(file, std::ios::binary);
  const log_header header{log.edges.size(), first_timed, log.output_hash};
  to.write(reinterpret_cast<const char*>(&header), sizeof header);
  to.write(reinterpret_cast<const char*>(log.edges.data()),
           static_cast<std::streamsize>(log.edges.size() * sizeof(tlm::rtl_pins)));
  if (!to) throw std::runtime_error("cannot write the pin log " + file);
  return out;
}

// Not inlined: callgrind counts its instructions by name.
__attribute__((noinline)) void replay_traffic(tlm::rtl_replay& card, std::uint64_t edges) {
  card.run_to(edges);
}

__attribute__((noinline)) void idle_traffic(tlm::rtl_replay& card, std::uint64_t edges) {
  card.idle(edges);
}

measurement run_idle(const scenario& s, const std::string& file, std::uint64_t edges) {
  log_header header{};
  tlm::rtl_replay card(rtl_params_of(start_class_of(s), 0, 0), read_log(file, header));
  card.run_to(header.first_timed);
  constexpr std::uint64_t settle = 1000;  // what the boot left to do
  card.idle(settle);
  measurement out;
  const double start = cpu_seconds();
  idle_traffic(card, edges);
  out.seconds = cpu_seconds() - start;
  out.edges = edges;
  return out;
}

measurement run_replay(const scenario& s, const std::string& file, bool check) {
  log_header header{};
  tlm::rtl_replay card(rtl_params_of(start_class_of(s), 0, 0), read_log(file, header));
  measurement out;
  if (check) {
    out.output_hash = card.hash_to(header.edges);
    if (out.output_hash != header.output_hash)
      throw std::runtime_error("the card alone did not repeat the outputs of the co-simulation");
  } else {
    card.run_to(header.first_timed);
    const double start = cpu_seconds();
    replay_traffic(card, header.edges);
    out.seconds = cpu_seconds() - start;
  }
  out.edges = header.edges - header.first_timed;
  return out;
}

}  // namespace ringside::platform
