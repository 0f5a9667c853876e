// SPDX-License-Identifier: Apache-2.0
#include "contract/dma_map_table.h"

#include <utility>

namespace ringside::contract {

dma_map_table::entry* dma_map_table::find(std::uint64_t address) {
  const std::size_t mask = rows_.size() - 1;
  for (std::size_t i = home(address); rows_[i].bytes != 0; i = (i + 1) & mask)
    if (rows_[i].address == address) return &rows_[i];
  return nullptr;
}

void dma_map_table::insert(std::uint64_t address, std::uint32_t bytes) {
  if (2 * (used_ + 1) > rows_.size()) {
    std::vector<entry> old(rows_.size() * 2);
    std::swap(old, rows_);
    const std::size_t grown = rows_.size() - 1;
    for (const entry& row : old) {
      if (row.bytes == 0) continue;
      std::size_t i = home(row.address);
      while (rows_[i].bytes != 0) i = (i + 1) & grown;
      rows_[i] = row;
    }
  }
  const std::size_t mask = rows_.size() - 1;
  std::size_t i = home(address);
  while (rows_[i].bytes != 0) i = (i + 1) & mask;
  rows_[i] = {address, bytes, 0, false, false};
  ++used_;
}

// Closes the gap, so that later rows of the same run stay reachable.
void dma_map_table::erase(entry& row) {
  const std::size_t mask = rows_.size() - 1;
  auto hole = static_cast<std::size_t>(&row - rows_.data());
  for (std::size_t i = (hole + 1) & mask; rows_[i].bytes != 0; i = (i + 1) & mask) {
    const std::size_t wanted = home(rows_[i].address);
    if (((i - wanted) & mask) < ((i - hole) & mask)) continue;
    rows_[hole] = rows_[i];
    hole = i;
  }
  rows_[hole] = {};
  --used_;
}

}  // namespace ringside::contract
