// SPDX-License-Identifier: Apache-2.0
#include "platform/scenario/key_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace ringside::platform {
namespace {

/// Edit distance (Levenshtein 1966): insertions, deletions and replacements.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

std::string_view leaf(std::string_view path) {
  return path.substr(path.rfind('.') + 1);
}

void add_entry(std::string& out, std::string_view path, std::string_view unit, std::string_view default_text,
               std::string_view allowed_text, std::string_view doc, std::string_view source) {
  out += fmt::format("{:<28} {:<13} default {:<18} allowed {}\n", path, unit.empty() ? "-" : unit,
                     default_text.empty() ? "(empty)" : default_text, allowed_text);
  out += fmt::format("    {} [{}]\n", doc, source);
}

}  // namespace

const value_rule& cost_rule() {
  static const value_rule rule{.kind = value_kind::whole, .low = 0, .high = 1'000'000'000};
  return rule;
}

const key_row* find_key(std::string_view path) {
  for (const auto rows : {hardware_rows(), cable_rows(), sysctl_rows(), software_rows()})
    for (const key_row& row : rows)
      if (row.path == path) return &row;
  return nullptr;
}

std::vector<std::string> all_paths(std::span<const cost_key> costs) {
  std::vector<std::string> out;
  for (const auto rows : {hardware_rows(), cable_rows(), sysctl_rows(), software_rows()})
    for (const key_row& row : rows) out.emplace_back(row.path);
  for (const cost_key& cost : costs) out.push_back("cost." + cost.name);
  return out;
}

std::string nearest_path(std::string_view path, std::span<const cost_key> costs) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, path.size() / 4) + 1;
  for (const std::string& candidate : all_paths(costs)) {
    // A right key under the wrong table ("nic.ring_size") is as near as one slip of the finger.
    const std::size_t away = leaf(candidate) == leaf(path) ? 1 : distance(path, candidate);
    if (away >= best_distance) continue;
    best_distance = away;
    best = candidate;
  }
  return best;
}

std::string list_keys(std::span<const cost_key> costs) {
  std::string out;
  for (const auto rows : {hardware_rows(), cable_rows(), sysctl_rows(), software_rows()})
    for (const key_row& row : rows)
      add_entry(out, row.path, row.rule.unit, row.default_text, allowed(row.rule), row.doc, row.source);
  for (const cost_key& cost : costs)
    add_entry(out, "cost." + cost.name, cost.unit, std::to_string(cost.default_cycles), allowed(cost_rule()),
              "cost of the operation on the virtual CPU", cost.source);
  return out;
}

}  // namespace ringside::platform
