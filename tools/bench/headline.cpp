// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/headline.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

namespace ringside::platform {
namespace {

using nlohmann::ordered_json;

struct row {
  std::string_view what;
  std::string_view where;  // JSON pointer below a size; empty: a heading
  double unit;
  int digits;
};

constexpr row rows[]{
    {"instructions a clock of 125 MHz", "", 1, 0},
    {"  whole co-simulation, reports and checker on", "/instructions/per_cycle_cosim", 1, 1},
    {"  Verilated card alone", "/instructions/per_cycle_model_alone", 1, 1},
    {"  Verilated card alone, idle, not skipped", "/instructions/per_cycle_idle", 1, 1},
    {"  sending: whole co-simulation", "/transmit/instructions/per_cycle_cosim", 1, 1},
    {"  sending: Verilated card alone", "/transmit/instructions/per_cycle_model_alone", 1, 1},
    {"  full duplex: whole co-simulation", "/duplex/instructions/per_cycle_cosim", 1, 1},
    {"  full duplex: Verilated card alone", "/duplex/instructions/per_cycle_model_alone", 1, 1},
    {"instructions a frame around the card", "/instructions/per_frame_around_the_card", 1, 0},
    {"million clocks a second (median)", "", 1, 0},
    {"  whole co-simulation", "/cosim_cycles_per_s", 1e6, 2},
    {"  Verilated card alone", "/model_alone_cycles_per_s", 1e6, 2},
    {"card alone over whole, seconds (median)", "/ratio/median", 1, 3},
    {"gain of skipping at 1 % load", "/skipping/load_1_percent/gain", 1, 1},
    {"gain of skipping at 10 % load", "/skipping/load_10_percent/gain", 1, 1},
};

std::string cell(const ordered_json& size, const row& r) {
  const ordered_json::json_pointer at{std::string(r.where)};
  if (!size.contains(at) || !size.at(at).is_number()) return "-";
  return fmt::format("{:.{}f}", size.at(at).get<double>() / r.unit, r.digits);
}

}  // namespace

std::string headline(const ordered_json& results) {
  const std::vector<std::string> sizes{"64", "1514"};
  std::string text = fmt::format("{:<48}", "");
  for (const std::string& size : sizes) text += fmt::format("{:>10}", size + " B");
  text += '\n';
  for (const row& r : rows) {
    text += r.where.empty() ? std::string(r.what) : fmt::format("{:<48}", r.what);
    for (const std::string& size : sizes)
      if (!r.where.empty()) text += fmt::format("{:>10}", cell(results.at("size_" + size), r));
    text += '\n';
  }
  return text;
}

}  // namespace ringside::platform
