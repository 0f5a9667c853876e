// SPDX-License-Identifier: Apache-2.0
// Parsers of the values that are no plain number: addresses, lists, rates.  Private to value_rule.cpp and its tests.
#pragma once

#include <optional>
#include <string_view>

#include "platform/scenario/value_rule.h"

namespace ringside::platform {

std::optional<value> parse_mac(std::string_view text);
std::optional<value> parse_macs(std::string_view text, bool multicast, std::int64_t least, std::int64_t most);
std::optional<value> parse_ipv4(std::string_view text, bool groups = false);
/// Any dotted quad, as a number.
std::optional<std::int64_t> parse_ipv4_any(std::string_view text);
std::optional<value> parse_groups(std::string_view text);
std::optional<value> parse_number_list(std::string_view text, std::int64_t low, std::int64_t high);
std::optional<value> parse_cpus(std::string_view text, std::int64_t high);
std::optional<value> parse_sizes(std::string_view text, std::int64_t low, std::int64_t high);
std::optional<value> parse_rate(std::string_view text);
std::optional<value> parse_speed(std::string_view text);
std::optional<value> parse_identifiers(std::string_view text);

}  // namespace ringside::platform
