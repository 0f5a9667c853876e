// SPDX-License-Identifier: Apache-2.0
#include "platform/scenario/cable_config.h"

#include <algorithm>
#include <charconv>

#include "platform/scenario/value_parsers.h"
#include "platform/scenario/value_rule.h"

namespace ringside::platform {
namespace {

constexpr sim_time per_metre = 5 * ns;  // two thirds of the speed of light: twisted pair and fibre

std::optional<tlm::cable_faults::single> parse_one(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view word = text.substr(0, at);
  const auto what = std::find(cable_fault_names.begin(), cable_fault_names.end(), word);
  tlm::cable_faults::single one;
  one.what = static_cast<cable_fault>(what - cable_fault_names.begin());
  if (one.what >= cable_fault::cut) return std::nullopt;  // or no fault at all
  const std::string_view digits = text.substr(at + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), one.frame);
  if (error != std::errc() || end != digits.data() + digits.size() || one.frame == 0) return std::nullopt;
  return one;
}

}  // namespace

sim_time cable_delay(const cable_config& cable, std::uint32_t link_mbps) {
  const sim_time byte_time = 8 * ns * (1000 / static_cast<sim_time>(link_mbps));
  const sim_time wanted = cable.length_m * per_metre + cable.phy_ns * ns;
  return std::max((wanted + byte_time - 1) / byte_time * byte_time, tlm::least_cable_delay(byte_time));
}

std::optional<std::vector<tlm::cable_faults::single>> parse_cable_faults(std::string_view text) {
  std::vector<tlm::cable_faults::single> out;
  if (trimmed(text).empty()) return out;
  for (const std::string_view part : split(text, ',')) {
    const auto one = parse_one(trimmed(part));
    if (!one) return std::nullopt;
    out.push_back(*one);
  }
  return out;
}

std::optional<std::vector<tlm::cable_flap>> parse_cable_flaps(std::string_view text) {
  const value_rule time{.kind = value_kind::whole, .low = 0, .high = 3600 * second, .unit = "ms", .grain = "ps"};
  std::vector<tlm::cable_flap> out;
  if (trimmed(text).empty()) return out;
  sim_time before = -1;
  for (const std::string_view part : split(text, ',')) {
    const auto dots = part.find("..");
    if (dots == std::string_view::npos) return std::nullopt;
    const auto from = parse(time, trimmed(part.substr(0, dots)));
    const auto to = parse(time, trimmed(part.substr(dots + 2)));
    if (!from || !to || from->number <= before || to->number <= from->number) return std::nullopt;
    out.push_back({from->number, to->number});
    before = to->number;
  }
  return out;
}

std::string allowed_cable_flaps() {
  return "TIME..TIME,... in simulated time, one after the other, or empty";
}

std::string allowed_cable_faults() {
  return "FAULT@FRAME,... with loss, duplicate, corrupt, reorder or delay, and frames from 1, or empty";
}

}  // namespace ringside::platform
