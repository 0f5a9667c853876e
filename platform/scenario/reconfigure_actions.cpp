// SPDX-License-Identifier: Apache-2.0
#include "platform/scenario/reconfigure_actions.h"

#include <fmt/format.h>

#include <algorithm>

#include "platform/scenario/number.h"
#include "platform/scenario/value_parsers.h"
#include "platform/scenario/value_rule.h"

namespace ringside::platform {
namespace {

constexpr std::int64_t latest = 3600 * second;
constexpr std::int64_t highest_vid = 4094;  // IEEE 802.1Q 9.6: 4095 is reserved

using operand = reconfiguration_operand;

/// The limits of the key that sets the same thing at the start.
value_rule rule_of(operand kind) {
  switch (kind) {
    case operand::descriptors:
      return {.kind = value_kind::whole, .low = 8, .high = 4096};
    case operand::bytes:
      return {.kind = value_kind::whole, .low = 68, .high = 16110, .unit = "B"};
    case operand::vid:
      return {.kind = value_kind::whole, .low = 0, .high = highest_vid};
    case operand::threshold:
      return {.kind = value_kind::whole, .low = 0, .high = 63};
    case operand::multicast:
      return {.kind = value_kind::macs, .low = 1, .high = 1, .words = "multicast"};
    case operand::unicast:
      return {.kind = value_kind::macs, .low = 1, .high = 1, .words = "unicast"};
    case operand::toggle:
      break;
  }
  return {.kind = value_kind::toggle};
}

bool is_address(operand kind) {
  return kind == operand::multicast || kind == operand::unicast;
}

std::optional<std::uint64_t> value_of(reconfiguration what, std::string_view text) {
  const operand kind = operand_of(what);
  const auto parsed = parse(rule_of(kind), text);
  if (!parsed) return std::nullopt;
  if (!is_address(kind)) return static_cast<std::uint64_t>(parsed->number);
  std::uint64_t address = 0;
  for (std::size_t i = 0; i < parsed->list.size(); ++i)
    address |= static_cast<std::uint64_t>(parsed->list[i]) << (8 * i);
  return address;
}

/// "ring=" from name() "ring", "vlan+" from "vlan+".
std::string word_of(reconfiguration what) {
  std::string word(name(what));
  if (word.back() != '+' && word.back() != '-') word += '=';
  return word;
}

constexpr auto kinds = static_cast<std::size_t>(reconfiguration::count);

}  // namespace

std::optional<reconfigure_action> parse_reconfigure_action(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const value_rule time{.kind = value_kind::whole, .low = 0, .high = latest, .unit = "us", .grain = "ps"};
  const auto at = parse(time, text.substr(0, colon));
  if (!at) return std::nullopt;
  const std::string_view change = trimmed(text.substr(colon + 1));
  for (std::size_t i = 0; i < kinds; ++i) {
    const auto what = static_cast<reconfiguration>(i);
    const std::string word = word_of(what);
    if (!change.starts_with(word)) continue;
    const auto value = value_of(what, change.substr(word.size()));
    if (!value) return std::nullopt;
    return reconfigure_action{at->number, what, *value};
  }
  return std::nullopt;
}

std::optional<std::vector<reconfigure_action>> parse_reconfigure_actions(std::string_view text) {
  std::vector<reconfigure_action> actions;
  if (trimmed(text).empty()) return actions;
  for (const std::string_view item : split(text, ',')) {
    const auto action = parse_reconfigure_action(item);
    if (!action) return std::nullopt;
    actions.push_back(*action);
  }
  std::stable_sort(actions.begin(), actions.end(),
                   [](const reconfigure_action& x, const reconfigure_action& y) { return x.at < y.at; });
  return actions;
}

std::string_view first_bad_action(std::string_view text) {
  if (trimmed(text).empty()) return {};
  for (const std::string_view item : split(text, ','))
    if (!parse_reconfigure_action(item)) return trimmed(item).empty() ? text : trimmed(item);
  return {};
}

std::string allowed_reconfigure_actions() {
  std::string out;
  for (const auto& [kind, values] : {std::pair{operand::descriptors, "8..4096"},
                                     {operand::bytes, "68..16110"},
                                     {operand::toggle, "on|off"},
                                     {operand::threshold, "0..63"},
                                     {operand::multicast, "MAC"},
                                     {operand::unicast, "MAC"},
                                     {operand::vid, "VID"}}) {
    std::string words;
    bool assigned = false;  // "ring=VALUE", else "vlan+VALUE"
    for (std::size_t i = 0; i < kinds; ++i) {
      const auto what = static_cast<reconfiguration>(i);
      if (operand_of(what) != kind) continue;
      assigned = word_of(what).back() == '=';
      words += fmt::format("{}{}{}", words.empty() ? "" : "|", name(what), assigned ? "" : values);
    }
    out += fmt::format("TIME:{}{}{}, ", words, assigned ? "=" : "", assigned ? values : "");
  }
  return out + "separated by commas";
}

std::string to_text(reconfiguration what, std::uint64_t value) {
  std::string out = word_of(what);
  const operand kind = operand_of(what);
  if (kind == operand::toggle) return out + (value != 0 ? "on" : "off");
  if (!is_address(kind)) return out + std::to_string(value);
  for (unsigned i = 0; i < 6; ++i) out += fmt::format("{}{:02x}", i == 0 ? "" : ":", value >> (8 * i) & 0xFF);
  return out;
}

std::string to_text(const reconfigure_action& action) {
  const std::string at = action.at % us == 0 ? fmt::format("{}us", action.at / us) : fmt::format("{}ps", action.at);
  return at + ":" + to_text(action.what, action.value);
}

}  // namespace ringside::platform
