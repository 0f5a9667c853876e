// SPDX-License-Identifier: Apache-2.0
// The flat table of mapped DMA addresses against std::map.
#include "contract/dma_map_table.h"

#include <gtest/gtest.h>

#include <map>

namespace ringside::contract {
namespace {

TEST(dma_map_table, finds_what_was_inserted_and_forgets_what_was_erased) {
  constexpr std::uint64_t seed = 20240607;
  SCOPED_TRACE(seed);
  std::uint64_t state = seed;
  const auto random = [&state] {  // xorshift64, Marsaglia 2003
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
  };
  dma_map_table table;
  std::map<std::uint64_t, std::uint32_t> reference;
  for (int i = 0; i < 200'000; ++i) {
    const std::uint64_t address = random() % 6000 * 64;
    const auto found = reference.find(address);
    dma_map_table::entry* row = table.find(address);
    ASSERT_EQ(row != nullptr, found != reference.end());
    if (row != nullptr) {
      ASSERT_EQ(row->bytes, found->second);
      table.erase(*row);
      reference.erase(found);
    } else {
      const auto bytes = static_cast<std::uint32_t>(1 + random() % 4096);
      table.insert(address, bytes);
      reference.emplace(address, bytes);
    }
  }
}

}  // namespace
}  // namespace ringside::contract
