// SPDX-License-Identifier: Apache-2.0
#include "platform/scenario/route_list.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "platform/scenario/value_parsers.h"

namespace ringside::platform {
namespace {

using route_kind = stack::ipv4_route::kind;

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (const std::string_view word : split(text, ' '))
    if (!word.empty()) words.push_back(word);
  return words;
}

std::optional<std::uint32_t> number_of(std::string_view text, std::int64_t low, std::int64_t high) {
  const auto list = parse_number_list(text, low, high);
  if (!list || list->list.size() != 1) return std::nullopt;
  return static_cast<std::uint32_t>(list->list.front());
}

std::optional<std::uint32_t> address_of(std::string_view text) {
  const auto parsed = parse_ipv4_any(text);
  if (!parsed) return std::nullopt;
  return static_cast<std::uint32_t>(*parsed);
}

bool store_prefix(stack::ipv4_route& r, std::string_view text) {
  if (text == "default") return true;
  const std::size_t slash = text.find('/');
  const auto address = address_of(text.substr(0, slash));
  if (!address) return false;
  r.prefix = *address;
  r.prefix_bits = 32;
  if (slash != std::string_view::npos) {
    const auto bits = number_of(text.substr(slash + 1), 0, 32);
    if (!bits) return false;
    r.prefix_bits = *bits;
  }
  const std::uint32_t mask = r.prefix_bits == 0 ? 0 : 0xFFFFFFFFU << (32 - r.prefix_bits);
  return (r.prefix & ~mask) == 0;
}

}  // namespace

std::optional<stack::ipv4_route> parse_route(std::string_view text) {
  const std::vector<std::string_view> words = words_of(text);
  stack::ipv4_route r;
  std::size_t at = 0;
  constexpr std::pair<std::string_view, route_kind> kinds[] = {{"unicast", route_kind::unicast},
                                                               {"blackhole", route_kind::blackhole},
                                                               {"unreachable", route_kind::unreachable},
                                                               {"prohibit", route_kind::prohibit}};
  for (const auto& [word, what] : kinds)
    if (at == 0 && !words.empty() && words.front() == word) {
      r.what = what;
      at = 1;
    }
  if (at >= words.size() || !store_prefix(r, words[at++])) return std::nullopt;
  std::vector<std::string_view> seen;
  while (at < words.size()) {
    const std::string_view word = words[at++];
    if (word == "mtu" && at < words.size() && words[at] == "lock") {
      r.mtu_locked = true;
      ++at;
    }
    if (at >= words.size() || std::find(seen.begin(), seen.end(), word) != seen.end()) return std::nullopt;
    seen.push_back(word);
    const std::string_view value = words[at++];
    std::optional<std::uint32_t> number;
    if (word == "dev") {
      r.device = std::string(value);
      continue;
    }
    if (word == "via" || word == "src") number = address_of(value);
    if (word == "metric") number = number_of(value, 0, 0xFFFFFFFF);
    if (word == "mtu") number = number_of(value, 68, 65535);
    if (!number) return std::nullopt;
    if (word == "via") r.gateway = *number;
    if (word == "src") r.source = *number;
    if (word == "metric") r.metric = *number;
    if (word == "mtu") r.mtu = *number;
  }
  // What refuses leads nowhere.
  const bool leads = r.gateway != 0 || !r.device.empty();
  if (r.what != route_kind::unicast && leads) return std::nullopt;
  if (r.what == route_kind::unicast && !leads) return std::nullopt;
  return r;
}

std::optional<std::vector<stack::ipv4_route>> parse_routes(std::string_view text) {
  std::vector<stack::ipv4_route> routes;
  if (words_of(text).empty()) return routes;
  for (const std::string_view one : split(text, ',')) {
    auto route = parse_route(one);
    if (!route) return std::nullopt;
    routes.push_back(std::move(*route));
  }
  return routes;
}

std::string allowed_routes() {
  return "routes as of ip route, separated by commas: default via 10.0.0.1, 10.2.0.0/16 via 10.0.0.9 metric 5 mtu "
         "1400, "
         "192.0.2.0/24 dev eth1 src 10.0.0.2, unreachable 10.3.0.0/16";
}

}  // namespace ringside::platform
