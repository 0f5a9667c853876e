// SPDX-License-Identifier: Apache-2.0
#include "platform/scenario/value_rule.h"

#include <fmt/format.h>

#include "platform/scenario/cable_config.h"
#include "platform/scenario/neighbour_list.h"
#include "platform/scenario/reconfigure_actions.h"
#include "platform/scenario/route_list.h"
#include "platform/scenario/value_parsers.h"

namespace ringside::platform {
namespace {

constexpr std::int64_t ps_per_ns = 1'000;

std::string_view grain_of(const value_rule& rule) {
  return rule.grain.empty() ? rule.unit : rule.grain;
}

/// The quantity in `grain` units, exactly.
std::optional<std::int64_t> in_grain(const value_rule& rule, std::string_view text) {
  const auto number = parse_quantity(text);
  if (!number) return std::nullopt;
  const std::string_view unit = number->unit.empty() ? rule.unit : std::string_view(number->unit);
  rational out = number->value;
  if (unit != grain_of(rule)) {
    const auto from = scale_of(unit);
    const auto to = scale_of(grain_of(rule));
    if (!from || !to || from->dimension != to->dimension) return std::nullopt;
    const auto converted = scaled(out, from->factor, to->factor);
    if (!converted) return std::nullopt;
    out = *converted;
  }
  if (out.den != 1) return std::nullopt;
  return out.num;
}

std::optional<value> parse_whole(const value_rule& rule, std::string_view text) {
  const auto number = in_grain(rule, text);
  if (!number || *number < rule.low || *number > rule.high || *number % rule.step != 0) return std::nullopt;
  if (rule.power_of_two && (*number & (*number - 1)) != 0) return std::nullopt;
  value out;
  out.number = *number;
  return out;
}

std::optional<value> parse_frequency(const value_rule& rule, std::string_view text) {
  const auto number = parse_quantity(text);
  if (!number) return std::nullopt;
  const auto scale = scale_of(number->unit.empty() ? "MHz" : number->unit);
  if (!scale || scale->dimension != 'f') return std::nullopt;
  const auto hz = scaled(number->value, scale->factor);
  if (!hz) return std::nullopt;
  const wide_int den = static_cast<wide_int>(hz->den) * 1'000'000;
  if (hz->num < rule.low * den || hz->num > rule.high * den) return std::nullopt;
  value out;
  out.ratio = *hz;
  return out;
}

std::optional<value> parse_choice(const value_rule& rule, std::string_view text) {
  value out;
  for (const auto word : split(rule.words, '|')) {
    if (word == trimmed(text)) return out;
    ++out.number;
  }
  return std::nullopt;
}

std::optional<value> parse_toggle(std::string_view text) {
  value out;
  text = trimmed(text);
  out.number = text == "on" || text == "true" ? 1 : 0;
  if (out.number == 0 && text != "off" && text != "false") return std::nullopt;
  return out;
}

std::optional<value> parse_or(const value_rule& rule, std::string_view text) {
  for (const auto word : split(rule.words, '|')) {
    if (trimmed(text) != word) continue;
    value out;
    out.number = rule.kind == value_kind::time_or ? -1 : 0;
    out.text = word;
    return out;
  }
  return parse_whole(rule, text);
}

std::string range_text(const value_rule& rule) {
  std::string out;
  const auto grain = grain_of(rule);
  const bool in_ps = grain == "ps";
  if (in_ps) {
    out = fmt::format("{} ns..{} ms", rule.low / ps_per_ns, rule.high / (ps_per_ns * 1'000'000));
  } else {
    out = fmt::format("{}..{}", rule.low, rule.high);
    if (!grain.empty()) out += fmt::format(" {}", grain);
  }
  if (rule.power_of_two) out += ", a power of two";
  if (rule.step > 1) out += fmt::format(" in steps of {}", rule.step);
  return out;
}

}  // namespace

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto end = text.find(separator);
    out.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

std::optional<value> parse(const value_rule& rule, std::string_view text) {
  switch (rule.kind) {
    case value_kind::whole:
      return parse_whole(rule, text);
    case value_kind::frequency:
      return parse_frequency(rule, text);
    case value_kind::choice:
      return parse_choice(rule, text);
    case value_kind::toggle:
      return parse_toggle(text);
    case value_kind::mac:
      return parse_mac(text);
    case value_kind::macs:
      return parse_macs(text, rule.words == "multicast", rule.low, rule.high);
    case value_kind::ipv4:
      return parse_ipv4(text, rule.words == "multicast");
    case value_kind::groups:
      return parse_groups(text);
    case value_kind::ports:
      return parse_number_list(text, 1, 65535);
    case value_kind::vids:
      return trimmed(text).empty() ? value{} : parse_number_list(text, rule.low, rule.high);
    case value_kind::cpus:
      return parse_cpus(text, rule.high);
    case value_kind::sizes:
      return parse_sizes(text, rule.low, rule.high);
    case value_kind::rate:
      return parse_rate(text);
    case value_kind::speed:
      return parse_speed(text);
    case value_kind::time_or:
    case value_kind::number_or:
      return parse_or(rule, text);
    case value_kind::identifiers:
      return parse_identifiers(text);
    case value_kind::actions:
      if (!parse_reconfigure_actions(text)) return std::nullopt;
      break;
    case value_kind::neighbours:
      if (!parse_neighbours(text)) return std::nullopt;
      break;
    case value_kind::routes:
      if (!parse_routes(text)) return std::nullopt;
      break;
    case value_kind::faults:
      if (!parse_cable_faults(text)) return std::nullopt;
      break;
    case value_kind::flaps:
      if (!parse_cable_flaps(text)) return std::nullopt;
      break;
    case value_kind::text:
      break;
  }
  value out;
  out.text = std::string(text);
  return out;
}

std::string allowed(const value_rule& rule) {
  switch (rule.kind) {
    case value_kind::whole:
      return range_text(rule);
    case value_kind::frequency:
      return fmt::format("{}..{} MHz, decimal or fraction such as 33.333 or 100/3", rule.low, rule.high);
    case value_kind::choice:
      return std::string(rule.words);
    case value_kind::toggle:
      return "on|off";
    case value_kind::text:
      return "any text";
    case value_kind::mac:
      return "unicast address such as 02:00:00:00:00:01";
    case value_kind::macs:
      return fmt::format("at most {} different {} Ethernet addresses such as {}, separated by commas", rule.high,
                         rule.words, rule.words == "multicast" ? "01:00:5e:01:02:03" : "02:00:00:00:00:03");
    case value_kind::ipv4:
      return rule.words == "multicast" ? "address such as 10.0.0.2 or 239.1.2.3" : "unicast address such as 10.0.0.2";
    case value_kind::groups:
      return "different multicast addresses such as 239.1.2.3, separated by commas";
    case value_kind::ports:
      return "different UDP ports 1..65535, separated by commas";
    case value_kind::vids:
      return fmt::format("different VLAN ids {}..{}, separated by commas", rule.low, rule.high);
    case value_kind::cpus:
      return fmt::format("all, or CPU numbers and ranges 0..{} such as 0-3,5", rule.high);
    case value_kind::sizes:
      return fmt::format("N, N,N,... or N..N with N = {}..{} bytes{}", rule.low, rule.high,
                         rule.words.empty() ? ", FCS included" : rule.words);
    case value_kind::rate:
      return "line, <N>pps, <N>Mb/s or <N>% (of line rate, at most 100%)";
    case value_kind::speed:
      return "original, line, <N>x, <N>pps or <N>Mb/s";
    case value_kind::time_or:
    case value_kind::number_or:
      return fmt::format("{}, or {}", rule.words, range_text(rule));
    case value_kind::identifiers:
      return "names separated by commas";
    case value_kind::actions:
      return allowed_reconfigure_actions();
    case value_kind::neighbours:
      return "ADDRESS=MAC separated by commas, each address once";
    case value_kind::routes:
      return allowed_routes();
    case value_kind::faults:
      return allowed_cable_faults();
    case value_kind::flaps:
      return allowed_cable_flaps();
  }
  return {};
}

}  // namespace ringside::platform
