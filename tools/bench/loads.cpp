// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/loads.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "platform/scenario/loader.h"
#include "tools/cli/kernel_costs.h"

namespace ringside::platform {
namespace {

constexpr double gap_and_preamble = 20;  // byte times, IEEE 802.3 4.4.2

double part(std::uint64_t of, std::uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(of) / static_cast<double>(whole);
}

}  // namespace

// A datagram in a frame of 64 bytes has 18 of payload, in one of 1518 has 1472.
scenario bench_scenario(const std::string& load, const std::string& size, std::uint64_t frames,
                        const std::vector<std::string>& more) {
  std::vector<std::string> settings{fmt::format("gen.count={}", load == "transmit" ? 0 : frames)};
  if (load != "receive") {
    for (const std::string setting :
         {"stack.neighbours=10.0.0.1=02:00:00:00:00:01", "app.interval=0us", "net.core.wmem_default=1MB"})
      settings.push_back(setting);
    settings.push_back(fmt::format("app.bytes={}", size == "64" ? 18 : 1472));
    settings.push_back(fmt::format("app.count={}", frames));
    settings.push_back(load == "duplex" ? "app.also_sends=on" : "app.kind=sender");
    if (load == "duplex") settings.push_back("cpu.count=2");  // one of them receives, the other one sends
  }
  settings.insert(settings.end(), more.begin(), more.end());
  return load_scenario("bench" + size, settings, kernel_cost_keys());
}

std::string bus_account(const std::string& title, const measurement& m, std::uint32_t frame_bytes) {
  std::string out = fmt::format("{}\n", title);
  std::uint64_t busy = 0;
  for (std::size_t i = 0; i < m.bus.size(); ++i) {
    busy += m.bus[i].clocks;
    out += fmt::format("  {:<28}{:>7.1f} %  {:>9} transactions  {:>11} bytes\n", bus_kind_names[i],
                       part(m.bus[i].clocks, m.bus_clocks), m.bus[i].transactions, m.bus[i].bytes);
  }
  out += fmt::format("  {:<28}{:>7.1f} %\n", "arbitration and turnaround", part(m.bus_waiting, m.bus_clocks));
  const std::uint64_t used = busy + m.bus_waiting;
  out += fmt::format("  {:<28}{:>7.1f} %\n", "idle", part(m.bus_clocks - std::min(used, m.bus_clocks), m.bus_clocks));
  const double line = static_cast<double>(m.simulated_ps) / 8000 / (frame_bytes + gap_and_preamble);
  const std::uint64_t received = m.frames - m.dropped;
  if (m.frames != 0)
    out += fmt::format("  received {} of {} frames, {:.0f} % of line rate over the run\n", received, m.frames,
                       100.0 * static_cast<double>(received) / line);
  if (m.sent != 0)
    out += fmt::format("  sent {} frames, {:.0f} % of line rate over the run\n", m.sent,
                       100.0 * static_cast<double>(m.sent) / line);
  return out;
}

nlohmann::ordered_json bus_shares(const measurement& m) {
  nlohmann::ordered_json j;
  for (std::size_t i = 0; i < m.bus.size(); ++i) {
    nlohmann::ordered_json& use = j[std::string(bus_kind_names[i])];
    use["transactions"] = m.bus[i].transactions;
    use["clocks"] = m.bus[i].clocks;
    use["bytes"] = m.bus[i].bytes;
  }
  j["waiting_clocks"] = m.bus_waiting;
  j["clocks"] = m.bus_clocks;
  return j;
}

}  // namespace ringside::platform
