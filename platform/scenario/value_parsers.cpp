// SPDX-License-Identifier: Apache-2.0
#include "platform/scenario/value_parsers.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "platform/scenario/scenario.h"

namespace ringside::platform {
namespace {

/// A bare integer in [low, high].
std::optional<std::int64_t> whole_in(std::string_view text, std::int64_t low, std::int64_t high) {
  const auto number = parse_quantity(text);
  if (!number || !number->unit.empty() || number->value.den != 1) return std::nullopt;
  if (number->value.num < low || number->value.num > high) return std::nullopt;
  return number->value.num;
}

std::optional<int> hex_byte(std::string_view text) {
  if (text.size() != 2) return std::nullopt;
  int out = 0;
  for (const char c : text) {
    const auto digit = std::string_view("0123456789abcdef").find(static_cast<char>(c >= 'A' && c <= 'F' ? c + 32 : c));
    if (digit == std::string_view::npos) return std::nullopt;
    out = out * 16 + static_cast<int>(digit);
  }
  return out;
}

std::optional<std::vector<std::int64_t>> ethernet_address(std::string_view text) {
  const auto parts = split(trimmed(text), ':');
  if (parts.size() != 6) return std::nullopt;
  std::vector<std::int64_t> bytes;
  for (const auto part : parts) {
    const auto byte = hex_byte(part);
    if (!byte) return std::nullopt;
    bytes.push_back(*byte);
  }
  return bytes;
}

bool is_zero(const std::vector<std::int64_t>& bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::int64_t byte) { return byte == 0; });
}

/// A dotted quad.
std::optional<std::int64_t> ipv4_number(std::string_view text) {
  const auto parts = split(trimmed(text), '.');
  if (parts.size() != 4) return std::nullopt;
  std::int64_t number = 0;
  for (const auto part : parts) {
    if (part.empty() || part.size() > 3 || part.find_first_not_of("0123456789") != std::string_view::npos)
      return std::nullopt;
    const auto byte = whole_in(part, 0, 255);
    if (!byte) return std::nullopt;
    number = number * 256 + *byte;
  }
  return number;
}

value with_ratio(std::int64_t kind, rational ratio) {
  value out;
  out.number = kind;
  out.ratio = ratio;
  return out;
}

// 1e9 of any unit is beyond what a gigabit wire can do and keeps products of times inside 128 bits.
bool usable(const rational& ratio) {
  return ratio.num > 0 && ratio.num <= 1'000'000'000 && ratio.den <= 1'000'000'000;
}

bool is_megabits(std::string_view unit) {
  return unit == "Mb/s" || unit == "Mbps";
}

}  // namespace

std::optional<value> parse_mac(std::string_view text) {
  const auto address = ethernet_address(text);
  if (!address || is_zero(*address) || (address->front() & 1) != 0) return std::nullopt;  // a station's own is unicast
  value out;
  out.list = *address;
  return out;
}

std::optional<value> parse_macs(std::string_view text, bool multicast, std::int64_t least, std::int64_t most) {
  value out;
  if (trimmed(text).empty() && least == 0) return out;
  std::vector<std::vector<std::int64_t>> seen;
  for (const auto part : split(text, ',')) {
    const auto address = ethernet_address(part);
    if (!address || is_zero(*address) || ((address->front() & 1) != 0) != multicast) return std::nullopt;
    if (std::find(seen.begin(), seen.end(), *address) != seen.end()) return std::nullopt;
    if (std::cmp_equal(seen.size(), most)) return std::nullopt;
    seen.push_back(*address);
    out.list.insert(out.list.end(), address->begin(), address->end());
  }
  return out;
}

std::optional<value> parse_ipv4(std::string_view text, bool groups) {
  const auto address = ipv4_number(text);
  const std::int64_t top = address.value_or(0) >> 28;
  if (!address || top == 15 || (top == 14 && !groups) || *address >> 24 == 0)  // reserved, a group, "this network"
    return std::nullopt;
  value out;
  out.number = *address;
  return out;
}

std::optional<std::int64_t> parse_ipv4_any(std::string_view text) {
  return ipv4_number(text);
}

std::optional<value> parse_groups(std::string_view text) {
  value out;
  if (trimmed(text).empty()) return out;
  for (const auto part : split(text, ',')) {
    const auto address = ipv4_number(part);
    if (!address || *address >> 28 != 14) return std::nullopt;  // RFC 1112: class D
    if (std::find(out.list.begin(), out.list.end(), *address) != out.list.end()) return std::nullopt;
    out.list.push_back(*address);
  }
  return out;
}

std::optional<value> parse_number_list(std::string_view text, std::int64_t low, std::int64_t high) {
  value out;
  for (const auto part : split(text, ',')) {
    const auto number = whole_in(part, low, high);
    if (!number) return std::nullopt;
    for (const auto earlier : out.list)
      if (earlier == *number) return std::nullopt;
    out.list.push_back(*number);
  }
  return out;
}

std::optional<value> parse_cpus(std::string_view text, std::int64_t high) {
  value out;
  if (trimmed(text) == "all") {
    out.number = (std::int64_t{1} << (high + 1)) - 1;
    return out;
  }
  for (const auto part : split(text, ',')) {
    const auto dash = part.find('-');
    const auto first = whole_in(part.substr(0, dash), 0, high);
    const auto last = dash == std::string_view::npos ? first : whole_in(part.substr(dash + 1), 0, high);
    if (!first || !last || *first > *last) return std::nullopt;
    for (auto cpu = *first; cpu <= *last; ++cpu) out.number |= std::int64_t{1} << cpu;
  }
  return out;
}

std::optional<value> parse_sizes(std::string_view text, std::int64_t low, std::int64_t high) {
  value out;
  if (const auto dots = text.find(".."); dots != std::string_view::npos) {
    const auto first = whole_in(text.substr(0, dots), low, high);
    const auto last = whole_in(text.substr(dots + 2), low, high);
    if (!first || !last || *first > *last) return std::nullopt;
    out.number = 1;
    out.list = {*first, *last};
    return out;
  }
  for (const auto part : split(text, ',')) {
    const auto size = whole_in(part, low, high);
    if (!size) return std::nullopt;
    out.list.push_back(*size);
  }
  return out;
}

std::optional<value> parse_rate(std::string_view text) {
  if (trimmed(text) == "line") return with_ratio(static_cast<std::int64_t>(rate_kind::line), {1, 1});
  const auto number = parse_quantity(text);
  if (!number || !usable(number->value)) return std::nullopt;
  if (number->unit == "pps") return with_ratio(static_cast<std::int64_t>(rate_kind::frames_per_second), number->value);
  if (is_megabits(number->unit))
    return with_ratio(static_cast<std::int64_t>(rate_kind::megabits_per_second), number->value);
  if (number->unit != "%" || number->value.num > 100 * number->value.den) return std::nullopt;
  return with_ratio(static_cast<std::int64_t>(rate_kind::percent), number->value);
}

std::optional<value> parse_speed(std::string_view text) {
  if (trimmed(text) == "original") return with_ratio(static_cast<std::int64_t>(speed_kind::original), {1, 1});
  if (trimmed(text) == "line") return with_ratio(static_cast<std::int64_t>(speed_kind::line), {1, 1});
  const auto number = parse_quantity(text);
  if (!number || !usable(number->value)) return std::nullopt;
  if (number->unit == "x") return with_ratio(static_cast<std::int64_t>(speed_kind::times), number->value);
  if (number->unit == "pps") return with_ratio(static_cast<std::int64_t>(speed_kind::frames_per_second), number->value);
  if (is_megabits(number->unit))
    return with_ratio(static_cast<std::int64_t>(speed_kind::megabits_per_second), number->value);
  return std::nullopt;
}

std::optional<value> parse_identifiers(std::string_view text) {
  value out;
  if (trimmed(text).empty()) return out;
  for (const auto part : split(text, ',')) {
    const auto word = trimmed(part);
    if (word.empty() || word.find_first_of(" \t") != std::string_view::npos) return std::nullopt;
    out.names.emplace_back(word);
  }
  return out;
}

}  // namespace ringside::platform
