// SPDX-License-Identifier: Apache-2.0
// The DMA addresses that are mapped now: a flat open-addressing table keyed by bus address.
//
// Only looked up by key, never iterated, so its order decides nothing.
#pragma once

#include <cstdint>
#include <vector>

namespace ringside::contract {

class dma_map_table {
 public:
  struct entry {
    std::uint64_t address = 0;
    std::uint32_t bytes = 0;       // 0: row is free
    std::uint32_t descriptor = 0;  // ring index it was last posted at; meaningful with `posted`
    bool posted = false;
    bool sends = false;  // ... of the transmit ring instead
  };

  dma_map_table() : rows_(1024) {}
  entry* find(std::uint64_t address);
  /// Adds an address that is not in the table.
  void insert(std::uint64_t address, std::uint32_t bytes);
  void erase(entry& row);
  std::size_t size() const { return used_; }

 private:
  std::size_t home(std::uint64_t address) const {
    return static_cast<std::size_t>((address * 0x9E37'79B9'7F4A'7C15ULL) >> 32) & (rows_.size() - 1);
  }
  std::vector<entry> rows_;
  std::size_t used_ = 0;
};

}  // namespace ringside::contract
