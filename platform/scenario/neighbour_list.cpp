// SPDX-License-Identifier: Apache-2.0
#include "platform/scenario/neighbour_list.h"

#include <algorithm>

#include "platform/scenario/number.h"
#include "platform/scenario/value_parsers.h"
#include "platform/scenario/value_rule.h"

namespace ringside::platform {

std::optional<std::vector<stack::neighbour_entry>> parse_neighbours(std::string_view text) {
  std::vector<stack::neighbour_entry> entries;
  if (trimmed(text).empty()) return entries;
  for (const std::string_view item : split(text, ',')) {
    const auto equals = item.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const auto address = parse_ipv4(trimmed(item.substr(0, equals)));
    const auto hardware = parse_mac(trimmed(item.substr(equals + 1)));
    if (!address || !hardware) return std::nullopt;
    stack::neighbour_entry entry;
    entry.address = static_cast<stack::ipv4_address>(address->number);
    for (std::size_t i = 0; i < entry.hardware.size(); ++i)
      entry.hardware[i] = static_cast<std::uint8_t>(hardware->list[i]);
    const auto same = [&entry](const stack::neighbour_entry& other) { return other.address == entry.address; };
    if (std::any_of(entries.begin(), entries.end(), same)) return std::nullopt;
    entries.push_back(entry);
  }
  return entries;
}

}  // namespace ringside::platform
