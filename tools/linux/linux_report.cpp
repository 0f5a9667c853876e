// SPDX-License-Identifier: Apache-2.0
#include "tools/linux/linux_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace ringside::platform {
namespace {

double milliseconds(sim_time t) {
  return static_cast<double>(t) / static_cast<double>(ms);
}

}  // namespace

std::string telling_lines(const std::string& log, std::size_t count) {
  if (const std::size_t panic = log.find("Kernel panic"); panic != std::string::npos) {
    std::size_t end = panic;
    for (std::size_t lines = 0; lines < count && end != std::string::npos; ++lines) end = log.find('\n', end + 1);
    return log.substr(panic, end == std::string::npos ? end : end + 1 - panic);
  }
  std::size_t at = log.size();
  for (std::size_t lines = 0; at > 0; --at)
    if (log[at - 1] == '\n' && at != log.size() && ++lines == count) break;
  return log.substr(at);
}

std::string linux_report(const linux_result& r) {
  const linux_counters& c = r.counters;
  std::string text =
      fmt::format("guest       {:.3f} ms simulated in {:.1f} s; commands began at {:.3f} ms ({:.1f} s)\n",
                  milliseconds(c.sim_time_ps), c.wall_s, milliseconds(c.link_up), c.link_up_wall_s);
  text += fmt::format("accesses    configuration {} read {} written  memory {} read {} written  ports {} written\n",
                      c.cpu.config_reads, c.cpu.config_writes, c.cpu.reads, c.cpu.writes, c.cpu.port_writes);
  text += fmt::format("interrupts  {}  clock behind the bus by {:.3f} us at most\n", c.cpu.interrupts,
                      static_cast<double>(c.cpu.longest_lag) / static_cast<double>(us));
  text += fmt::format("wire        {} frames sent, {} received\n", c.frames_sent, c.frames_received);
  text += fmt::format("bus         {} transactions  {} retries  {} aborts  {} bursts of the card outside memory\n",
                      c.pci.transactions, c.pci.retries, c.pci.aborts, c.dma_faults);
  if (c.rtl_cycles != 0)
    text += fmt::format("card        {} clocks, {} of them evaluated\n", c.rtl_cycles, c.rtl_cycles_evaluated);
  text += fmt::format("events      {}  hash {:016x}\n", r.events, r.event_hash);
  return text;
}

std::string linux_json(const linux_result& r, const scenario& s) {
  const linux_counters& c = r.counters;
  nlohmann::ordered_json j;
  j["guest"]["status"] = r.outcome.status ? nlohmann::ordered_json(*r.outcome.status) : nlohmann::ordered_json(nullptr);
  j["guest"]["failure"] = r.outcome.failure;
  j["guest"]["interrupted"] = r.interrupted;
  j["guest"]["commands_began_ps"] = c.link_up;
  j["guest"]["commands_began_wall_s"] = c.link_up_wall_s;
  j["nic"] = s.nic.kind == nic_kind::rtl ? "rtl" : "model";
  j["seed"] = s.run.seed;
  j["sim"] = {{"time_ps", c.sim_time_ps},   {"wall_s", c.wall_s},
              {"events", r.events},         {"event_hash", fmt::format("{:016x}", r.event_hash)},
              {"rtl_cycles", c.rtl_cycles}, {"rtl_cycles_evaluated", c.rtl_cycles_evaluated}};
  j["cpu"] = {{"config_reads", c.cpu.config_reads}, {"config_writes", c.cpu.config_writes},
              {"memory_reads", c.cpu.reads},        {"memory_writes", c.cpu.writes},
              {"port_writes", c.cpu.port_writes},   {"interrupts", c.cpu.interrupts},
              {"longest_lag_ps", c.cpu.longest_lag}};
  j["pci"] = {{"transactions", c.pci.transactions},
              {"retries", c.pci.retries},
              {"aborts", c.pci.aborts},
              {"dma_faults", c.dma_faults}};
  j["wire"] = {{"sent", c.frames_sent}, {"received", c.frames_received}};
  j["breaches"] = r.breaches;
  return j.dump(2) + "\n";
}

}  // namespace ringside::platform
