// SPDX-License-Identifier: Apache-2.0
#include "tools/regress/regress_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tools/cli/run_command.h"
#include "tools/regress/coverage.h"

namespace ringside::platform {

regress_totals totals(const std::vector<seed_result>& results, std::uint64_t asked, bool interrupted) {
  regress_totals all;
  all.asked = asked;
  all.interrupted = interrupted;
  for (const coverage_kind& kind : coverage_kinds()) all.coverage[std::string(kind.name)] = 0;
  for (const seed_result& r : results) {
    ++all.seeds;
    all.failed += r.passed() ? 0 : 1;
    all.breaches += r.breaches.size();
    for (const auto& [name, count] : r.frames) all.frames[name] += count;
    for (const auto& [name, count] : r.coverage) all.coverage[name] += count;
    if (!r.mix.empty()) ++all.mixes[r.mix];
  }
  return all;
}

std::vector<std::string> never_seen(const regress_totals& all) {
  std::vector<std::string> out;
  for (const coverage_kind& kind : coverage_kinds())
    if (const auto found = all.coverage.find(std::string(kind.name)); found == all.coverage.end() || found->second == 0)
      out.emplace_back(kind.name);
  return out;
}

std::string table(const regress_totals& all, const std::string& nic) {
  const auto frames = [&all](const char* what) {
    const auto found = all.frames.find(what);
    return found == all.frames.end() ? 0 : found->second;
  };
  std::string out = fmt::format("Ringside regress on the {} NIC\n", nic == "rtl" ? "RTL" : "behavioural");
  out += fmt::format("seeds     {}  passed {}  failed {}  contract breaches {}\n", all.seeds, all.seeds - all.failed,
                     all.failed, all.breaches);
  if (all.interrupted) out += fmt::format("interrupted by a signal: {} of {} seeds were run\n", all.seeds, all.asked);
  out += fmt::format("frames    offered {}  delivered {}  consumed {}  dropped {}  in flight {}\n", frames("offered"),
                     frames("delivered"), frames("consumed"), frames("dropped"), frames("in_flight"));
  out += "after    ";
  for (const auto& [mix, count] : all.mixes) out += fmt::format(" {} {} ", mix, count);
  out += "\nstimulus\n";
  for (const coverage_kind& kind : coverage_kinds())
    out += fmt::format("  {:<26}{:>10}  {}\n", kind.name, all.coverage.at(std::string(kind.name)), kind.meaning);
  const auto missing = never_seen(all);
  if (missing.empty()) return out + "every kind of stimulus occurred\n";
  out += "never occurred:";
  for (const std::string& kind : missing) out += " " + kind;
  return out + "\n";
}

std::string to_json(const std::vector<seed_result>& results, const regress_totals& all, const std::string& nic) {
  nlohmann::ordered_json out;
  out["nic"] = nic;
  out["seeds_asked"] = all.asked;
  out["seeds"] = all.seeds;
  out["interrupted"] = all.interrupted;
  out["failed"] = all.failed;
  out["contract_breaches"] = all.breaches;
  out["frames"] = all.frames;
  for (const coverage_kind& kind : coverage_kinds())
    out["stimulus"][std::string(kind.name)] = all.coverage.at(std::string(kind.name));
  out["never_occurred"] = never_seen(all);
  out["runs"] = nlohmann::ordered_json::array();
  for (const seed_result& r : results)
    out["runs"].push_back({{"seed", r.seed},
                           {"passed", r.passed()},
                           {"mix", r.mix},
                           {"event_hash", r.hash},
                           {"frames", r.frames},
                           {"breaches", r.breaches},
                           {"complaints", r.complaints}});
  return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

int exit_status_of(const std::vector<seed_result>& results) {
  if (std::any_of(results.begin(), results.end(), [](const seed_result& r) { return !r.breaches.empty(); }))
    return exit_breach;
  const bool all_passed = std::all_of(results.begin(), results.end(), [](const seed_result& r) { return r.passed(); });
  return all_passed ? exit_ok : exit_internal;
}

}  // namespace ringside::platform
