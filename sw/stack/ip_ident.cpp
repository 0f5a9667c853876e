// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/ip_ident.h"

#include <array>

namespace ringside::stack {

namespace {
std::uint64_t hash(const kernel::siphash_key& key, std::span<const std::uint32_t> words) {
  std::array<std::byte, 12> bytes{};
  for (std::size_t i = 0; i < words.size() * 4; ++i) bytes[i] = static_cast<std::byte>(words[i / 4] >> (i % 4 * 8));
  return kernel::siphash24(key, std::span(bytes).first(words.size() * 4));
}
}  // namespace

// ip_idents_reserve; in Linux all buckets are filled with random numbers at boot.
std::uint16_t ip_ident::next(ipv4_address destination, ipv4_address source, std::uint8_t protocol,
                             std::uint64_t jiffies) {
  const std::array<std::uint32_t, 3> flow{destination, source, protocol};
  const auto number = static_cast<std::uint32_t>(hash(key_, flow)) % buckets;
  auto it = used_.find(number);
  if (it == used_.end()) {
    const std::array<std::uint32_t, 1> place{number};
    it = used_.emplace(number, bucket{static_cast<std::uint32_t>(hash(contents_, place))}).first;
  }
  bucket& b = it->second;
  const auto now = static_cast<std::uint32_t>(jiffies);
  if (now != b.stamp) b.id += numbers_.below(now - b.stamp);
  b.stamp = now;
  return static_cast<std::uint16_t>(b.id++);
}

}  // namespace ringside::stack
