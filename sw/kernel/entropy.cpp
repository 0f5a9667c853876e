// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/entropy.h"

#include <algorithm>
#include <array>

namespace ringside::kernel {
namespace {

void store_little_endian(std::uint64_t value, std::span<std::byte> bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(value >> (8 * i));
}

}  // namespace

std::uint64_t entropy_stream::u64() {
  std::array<std::byte, 8> number{};
  store_little_endian(drawn_++, number);
  return siphash24(key_, number);
}

std::uint32_t entropy_stream::below(std::uint32_t bound) {
  std::uint64_t product = std::uint64_t{u32()} * bound;
  if (static_cast<std::uint32_t>(product) < bound) {
    const std::uint32_t unfair = (0U - bound) % bound;
    while (static_cast<std::uint32_t>(product) < unfair) product = std::uint64_t{u32()} * bound;
  }
  return static_cast<std::uint32_t>(product >> 32);
}

void entropy_stream::fill(std::span<std::byte> bytes) {
  for (std::size_t done = 0; done < bytes.size(); done += 8)
    store_little_endian(u64(), bytes.subspan(done, std::min<std::size_t>(8, bytes.size() - done)));
}

entropy_stream& entropy::stream(std::string_view name) {
  const auto found = streams_.find(name);
  if (found != streams_.end()) return found->second;
  std::string text = '\0' + std::string(name);
  const siphash_key master{seed_, 0};
  siphash_key key{};
  for (std::size_t half = 0; half < key.size(); ++half) {
    text.front() = static_cast<char>(half);
    key[half] = siphash24(master, std::as_bytes(std::span(text)));
  }
  return streams_.emplace(name, entropy_stream(key)).first->second;
}

}  // namespace ringside::kernel
