// SPDX-License-Identifier: Apache-2.0
#include "sw/driver/rx_ring.h"

#include <bit>
#include <cstring>

#include "hw/regs/e1000_regs.h"

namespace ringside::driver {

// Descriptors are little-endian and so is every host we build on; a big-endian one would swap here.
static_assert(std::endian::native == std::endian::little);
static_assert(rxd::SIZE == 16 && rxd::BUFFER_ADDRESS == 0 && rxd::LENGTH == 8 && rxd::STATUS == 12 &&
              rxd::ERRORS == 13 && rxd::SPECIAL == 14);

bool rx_ring::allocate(std::uint32_t count) {
  base_ = kernel_.dma().alloc_coherent(count * rxd::SIZE);
  if (base_ == 0) return false;
  at.count = count;
  rewind();
  return true;
}

bool rx_ring::reallocate(std::uint32_t count) {
  // The new one is there before the old one goes (e1000_set_ringparam).
  const kernel::bus_address old = base_;
  if (!allocate(count)) {
    base_ = old;
    return false;
  }
  kernel_.dma().free_coherent(old);
  return true;
}

void rx_ring::rewind() {
  at = {at.count, 0, 0};
  buffers_.assign(at.count, {});
  std::memset(kernel_.memory().at(base_), 0, bytes());
}

void rx_ring::release() {
  kernel_.dma().free_coherent(base_);
  base_ = 0;
  at = {};
  buffers_.clear();
}

rx_descriptor rx_ring::read(std::uint32_t index) {
  std::uint64_t raw = 0;
  std::memcpy(&raw, kernel_.memory().at(address(index)) + rxd::LENGTH, sizeof raw);
  return {raw, static_cast<std::uint16_t>(raw), static_cast<std::uint8_t>(raw >> 32),
          static_cast<std::uint8_t>(raw >> 40), static_cast<std::uint16_t>(raw >> 48)};
}

void rx_ring::clear_status(std::uint32_t index) {
  kernel_.memory().at(address(index))[rxd::STATUS] = std::byte{0};
}

void rx_ring::post(std::uint32_t index, kernel::bus_address dma) {
  const std::array<std::uint64_t, 2> words{dma, 0};
  std::memcpy(kernel_.memory().at(address(index)), words.data(), sizeof words);
}

}  // namespace ringside::driver
