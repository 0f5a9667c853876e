// SPDX-License-Identifier: Apache-2.0
// What rows of the key table are written with: limits of a value, and its number as a scenario holds it.
#pragma once

#include <cstdint>
#include <string_view>

#include "platform/scenario/value_rule.h"

namespace ringside::platform::key_rules {

using kind = value_kind;

inline std::uint32_t u32(const value& v) {
  return static_cast<std::uint32_t>(v.number);
}

/// A whole number within limits, with the unit it is given in.
constexpr value_rule whole(std::int64_t low, std::int64_t high, std::string_view unit = {}) {
  return {.kind = kind::whole, .low = low, .high = high, .unit = unit};
}
/// A time that becomes picoseconds.
constexpr value_rule time_up_to(std::int64_t high) {
  return {.kind = kind::whole, .low = 0, .high = high, .unit = "ms", .grain = "ps"};
}
/// One of several words, "a|b|c"; its number is the word's place.
constexpr value_rule choice(std::string_view words) {
  return {.kind = kind::choice, .words = words};
}
/// on or off.
inline constexpr value_rule toggle{.kind = kind::toggle};

}  // namespace ringside::platform::key_rules
