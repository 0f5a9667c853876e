// SPDX-License-Identifier: Apache-2.0
#include "tools/oracle/oracle_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tools/oracle/compare.h"

namespace ringside::oracle {
namespace {

constexpr std::size_t bar_cells = 24;

std::string_view topic_of(const std::string& id) {
  for (const known_difference& known : known_differences())
    if (known.id == id) return known.topic;
  return "";
}

std::uint32_t number_of(std::string_view id) {
  std::uint32_t number = 0;
  for (const char c : id)
    if (c >= '0' && c <= '9') number = number * 10 + static_cast<std::uint32_t>(c - '0');
  return number;
}

std::vector<std::pair<std::string, std::uint64_t>> by_number(const std::map<std::string, std::uint64_t>& forgiven) {
  std::vector<std::pair<std::string, std::uint64_t>> rows(forgiven.begin(), forgiven.end());
  std::sort(rows.begin(), rows.end(),
            [](const auto& a, const auto& b) { return number_of(a.first) < number_of(b.first); });
  return rows;
}

// A cell for each doubling: uses reach from one to many thousands.
std::string bar(std::uint64_t uses) {
  std::string cells;
  for (std::size_t n = 0; uses != 0 && n < bar_cells; ++n, uses /= 2) cells += "▪";
  return cells;
}

}  // namespace

void add(oracle_totals& all, const seed_outcome& o) {
  ++all.seeds;
  all.differed += o.agreed() ? 0 : 1;
  all.offered += o.offered;
  all.received += o.received;
  all.sent += o.sent;
  for (const auto& [card, count] : o.accesses) all.accesses[card] += count;
  for (const auto& [id, uses] : o.forgiven) all.forgiven[id] += uses;
}

std::string report_text(const oracle_totals& all) {
  std::string cards;
  for (const std::string& card : all.cards) cards += (cards.empty() ? "" : " and ") + card;
  std::string out = fmt::format("Ringside oracle: {} against {}\n\n", cards, all.qemu);
  out += fmt::format("seeds     {}  agreed {}  differed {}\n", all.seeds, all.seeds - all.differed, all.differed);
  if (all.interrupted) out += fmt::format("interrupted by a signal: {} of {} seeds were run\n", all.seeds, all.asked);
  out += fmt::format("frames    in {} offered, {} stored by QEMU;  out {}\n", all.offered, all.received, all.sent);
  out += "accesses ";
  for (const auto& [card, count] : all.accesses) out += fmt::format(" {} {} ", card, count);
  out += "\n\ndifferences that section 13 of docs/fact_sheet.md names, and how often each was met\n";
  for (const auto& [id, uses] : by_number(all.forgiven))
    out += fmt::format("  {:<5}{:>9}  {:<68}{}\n", id, uses, topic_of(id), bar(uses));
  out += "\nnot compared\n";
  for (const std::string_view what : not_compared()) out += fmt::format("  {}\n", what);
  if (all.seeds == 0) return out + "\nnothing was compared\n";
  return out + (all.differed == 0 ? "\nno difference without an explanation\n"
                                  : fmt::format("\n{} seeds differ without an explanation\n", all.differed));
}

std::string report_json(const oracle_totals& all, const std::vector<seed_outcome>& outcomes) {
  nlohmann::ordered_json out;
  out["qemu"] = all.qemu;
  out["cards"] = all.cards;
  out["seeds_asked"] = all.asked;
  out["seeds"] = all.seeds;
  out["interrupted"] = all.interrupted;
  out["differed"] = all.differed;
  out["frames"] = {{"offered", all.offered}, {"received", all.received}, {"sent", all.sent}};
  out["accesses"] = all.accesses;
  out["forgiven"] = nlohmann::ordered_json::array();
  for (const auto& [id, uses] : by_number(all.forgiven))
    out["forgiven"].push_back({{"id", id}, {"topic", topic_of(id)}, {"uses", uses}});
  out["not_compared"] = not_compared();
  out["runs"] = nlohmann::ordered_json::array();
  for (const seed_outcome& o : outcomes)
    out["runs"].push_back({{"seed", o.seed},
                           {"agreed", o.agreed()},
                           {"received", o.received},
                           {"sent", o.sent},
                           {"differences", o.differences}});
  return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace ringside::oracle
