// SPDX-License-Identifier: Apache-2.0
// Exact numbers from text: no scenario value passes through floating point on its way into the simulation.
//
// Used by value_rule.cpp for every number a user types.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ringside::platform {

/// An exact non-negative fraction in lowest terms; den > 0.
struct rational {
  std::int64_t num = 0;
  std::int64_t den = 1;
  friend bool operator==(const rational&, const rational&) = default;
};

/// Lowest terms, or nothing when it does not fit 63 bits; den must be above 0.
__extension__ using wide_int = __int128;
std::optional<rational> reduced(wide_int num, wide_int den);

/// value * num / den, exactly, or nothing when it does not fit.
std::optional<rational> scaled(const rational& value, std::int64_t num, std::int64_t den = 1);

/// A number and the unit that follows it.
struct quantity {
  rational value;
  std::string unit;  // as typed, empty when absent
};

/// Reads "1514", "1_000", "0x40", "33.333", "100/3", each with an optional unit ("10 us", "66MHz", "50%").  Nothing
/// when the text is no such number, is negative or does not fit.
std::optional<quantity> parse_quantity(std::string_view text);

/// Text without spaces and tabs around it.
std::string_view trimmed(std::string_view text);

/// How many ps (time), bytes or Hz one `unit` is; nothing for an unknown unit.
/// ps ns us ms s; B KB KiB MB MiB (powers of 1024); Hz kHz MHz GHz.
struct unit_scale {
  char dimension;  // 't' time, 'b' bytes, 'f' frequency
  std::int64_t factor;
};
std::optional<unit_scale> scale_of(std::string_view unit);

}  // namespace ringside::platform
