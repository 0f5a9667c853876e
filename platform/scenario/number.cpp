// SPDX-License-Identifier: Apache-2.0
#include "platform/scenario/number.h"

#include <array>
#include <limits>
#include <numeric>

namespace ringside::platform {
namespace {

constexpr wide_int int64_limit = std::numeric_limits<std::int64_t>::max();

wide_int gcd(wide_int a, wide_int b) {
  while (b != 0) {
    const wide_int rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

int digit_value(char c, int base) {
  int value = -1;
  if (c >= '0' && c <= '9') value = c - '0';
  if (c >= 'a' && c <= 'f') value = c - 'a' + 10;
  if (c >= 'A' && c <= 'F') value = c - 'A' + 10;
  return value < base ? value : -1;
}

/// Digits with single underscores between them, as TOML allows; moves `text` past them.
struct digits {
  wide_int value = 0;
  int count = 0;
};
std::optional<digits> take_digits(std::string_view& text, int base) {
  digits out;
  bool after_underscore = true;
  while (!text.empty()) {
    if (text.front() == '_' && !after_underscore) {
      after_underscore = true;
      text.remove_prefix(1);
      continue;
    }
    const int value = digit_value(text.front(), base);
    if (value < 0) break;
    out.value = out.value * base + value;
    ++out.count;
    if (out.value > int64_limit) return std::nullopt;
    after_underscore = false;
    text.remove_prefix(1);
  }
  if (out.count == 0 || after_underscore) return std::nullopt;
  return out;
}

std::optional<rational> take_fraction(std::string_view& text, const digits& whole) {
  text.remove_prefix(1);
  const auto part = take_digits(text, 10);
  if (!part || part->count > 15) return std::nullopt;
  wide_int den = 1;
  for (int i = 0; i < part->count; ++i) den *= 10;
  return reduced(whole.value * den + part->value, den);
}

bool is_unit(std::string_view text) {
  if (text == "%") return true;
  for (const char c : text)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/')) return false;
  return true;
}

}  // namespace

std::optional<rational> reduced(wide_int num, wide_int den) {
  const wide_int divisor = gcd(num, den);
  if (divisor > 1) {
    num /= divisor;
    den /= divisor;
  }
  if (num > int64_limit || den > int64_limit) return std::nullopt;
  return rational{static_cast<std::int64_t>(num), static_cast<std::int64_t>(den)};
}

std::optional<rational> scaled(const rational& value, std::int64_t num, std::int64_t den) {
  // 63 x 63 bits fit 126: neither product can overflow.
  return reduced(static_cast<wide_int>(value.num) * num, static_cast<wide_int>(value.den) * den);
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<quantity> parse_quantity(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  rational value;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    text.remove_prefix(2);
    const auto number = take_digits(text, 16);
    if (!number || !text.empty()) return std::nullopt;
    return quantity{{static_cast<std::int64_t>(number->value), 1}, {}};
  }
  const auto whole = take_digits(text, 10);
  if (!whole) return std::nullopt;
  value.num = static_cast<std::int64_t>(whole->value);
  if (text.starts_with('.')) {
    const auto fraction = take_fraction(text, *whole);
    if (!fraction) return std::nullopt;
    value = *fraction;
  } else if (text.size() > 1 && text.front() == '/' && digit_value(text[1], 10) >= 0) {
    text.remove_prefix(1);
    const auto divisor = take_digits(text, 10);
    if (!divisor || divisor->value == 0) return std::nullopt;
    value = *reduced(whole->value, divisor->value);
  }
  text = trimmed(text);
  if (!is_unit(text)) return std::nullopt;
  return quantity{value, std::string(text)};
}

std::optional<unit_scale> scale_of(std::string_view unit) {
  struct row {
    std::string_view name;
    unit_scale scale;
  };
  static constexpr std::array<row, 14> rows{{{"ps", {'t', 1}},
                                             {"ns", {'t', 1'000}},
                                             {"us", {'t', 1'000'000}},
                                             {"ms", {'t', 1'000'000'000}},
                                             {"s", {'t', 1'000'000'000'000}},
                                             {"B", {'b', 1}},
                                             {"KB", {'b', 1024}},
                                             {"KiB", {'b', 1024}},
                                             {"MB", {'b', 1024 * 1024}},
                                             {"MiB", {'b', 1024 * 1024}},
                                             {"Hz", {'f', 1}},
                                             {"kHz", {'f', 1'000}},
                                             {"MHz", {'f', 1'000'000}},
                                             {"GHz", {'f', 1'000'000'000}}}};
  for (const row& r : rows)
    if (r.name == unit) return r.scale;
  return std::nullopt;
}

}  // namespace ringside::platform
