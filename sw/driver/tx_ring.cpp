// SPDX-License-Identifier: Apache-2.0
#include "sw/driver/tx_ring.h"

#include <array>
#include <cstring>

namespace ringside::driver {
namespace {
constexpr std::size_t status_offset = 12;
}

bool tx_ring::allocate(std::uint32_t count) {
  base_ = kernel_.dma().alloc_coherent(std::size_t{count} * txd::bytes);
  if (base_ == 0) return false;
  at.count = count;
  rewind();
  return true;
}

bool tx_ring::reallocate(std::uint32_t count) {
  const kernel::bus_address old = base_;
  if (!allocate(count)) {
    base_ = old;
    return false;
  }
  kernel_.dma().free_coherent(old);
  return true;
}

void tx_ring::rewind() {
  at = {at.count, 0, 0};
  last_was_tso = false;
  buffers_.clear();
  buffers_.resize(at.count);
  std::memset(kernel_.memory().at(base_), 0, bytes());
}

void tx_ring::release() {
  kernel_.dma().free_coherent(base_);
  base_ = 0;
  at = {};
  buffers_.clear();
}

std::uint32_t tx_ring::status(std::uint32_t index) {
  std::uint32_t raw = 0;
  std::memcpy(&raw, kernel_.memory().at(address(index)) + status_offset, sizeof raw);
  return raw;
}

void tx_ring::clear_status(std::uint32_t index) {
  constexpr std::uint32_t none = 0;
  std::memcpy(kernel_.memory().at(address(index)) + status_offset, &none, sizeof none);
}

void tx_ring::write(std::uint32_t index, const tx_descriptor& d) {
  const std::array<std::uint64_t, 2> words{d.low, d.high};
  std::memcpy(kernel_.memory().at(address(index)), words.data(), sizeof words);
}

}  // namespace ringside::driver
