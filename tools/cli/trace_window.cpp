// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/trace_window.h"

#include <fmt/format.h>

#include <cctype>
#include <utility>

#include "platform/scenario/loader.h"
#include "platform/scenario/value_rule.h"

namespace ringside::platform {
namespace {

std::optional<sim_time> time_of(std::string_view text) {
  const value_rule rule{.kind = value_kind::whole, .low = 0, .high = 86'400 * second, .unit = "ps"};
  // A time without a unit could be meant in any: only 0 needs none.
  const auto quantity = parse_quantity(text);
  if (!quantity || (quantity->unit.empty() && quantity->value.num != 0)) return std::nullopt;
  const auto parsed = parse(rule, text);
  if (!parsed) return std::nullopt;
  return parsed->number;
}

std::optional<std::pair<sim_time, sim_time>> range_of(std::string_view text) {
  const auto dots = text.find("..");
  if (dots == std::string_view::npos) return std::nullopt;
  const auto first = time_of(text.substr(0, dots));
  const auto last = time_of(text.substr(dots + 2));
  if (!first || !last) return std::nullopt;
  return std::pair{*first, *last};
}

}  // namespace

std::optional<trace_window> parse_trace_window(std::string_view text) {
  text = trimmed(text);
  trace_window out;
  const auto colon = text.find(':');
  const stage trigger = stage_by_name(text.substr(0, colon));
  if (trigger != stage::count) {
    out = {trigger, 1 * us, 10 * us};
    if (colon == std::string_view::npos) return out;
    text.remove_prefix(colon + 1);
  }
  const auto range = range_of(text);
  if (!range) return std::nullopt;
  out.from = range->first;
  out.to = range->second;
  if (trigger == stage::count && out.from >= out.to) return std::nullopt;
  return out;
}

std::string trace_window_refusal(std::string_view text) {
  const std::string_view name = trimmed(text.substr(0, text.find(':')));
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) != 0 || name.find("..") != name.npos ||
      stage_by_name(name) != stage::count)
    return fmt_error("--trace-window", 0, "window", fmt::format("'{}' is not allowed", text),
                     "START..END or STAGE[:BEFORE..AFTER], times such as 10us, START below END");
  std::string all;
  for (std::size_t i = 0; i < static_cast<std::size_t>(stage::count); ++i)
    all += fmt::format("{}{}", i == 0 ? "" : ", ", info(static_cast<stage>(i)).name);
  return fmt_error("--trace-window", 0, "stage", fmt::format("there is none of the name '{}'", name), all);
}

}  // namespace ringside::platform
