// SPDX-License-Identifier: Apache-2.0
// A card as the oracle drives it: registers, memory, both ends of the wire, and waiting.  No time: cards differ in it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "common/wire_frame.h"

namespace ringside::oracle {

using byte_vector = std::vector<std::uint8_t>;

class oracle_card {
 public:
  virtual ~oracle_card() = default;

  virtual std::string_view name() const = 0;
  virtual std::uint32_t read(std::uint32_t offset) = 0;
  virtual void write(std::uint32_t offset, std::uint32_t value) = 0;
  virtual byte_vector memory(std::uint64_t address, std::size_t bytes) = 0;
  virtual void put(std::uint64_t address, std::span<const std::uint8_t> bytes) = 0;
  virtual void fill(std::uint64_t address, std::size_t bytes, std::uint8_t value) = 0;
  /// Frames towards the card, one behind the other.
  virtual void offer(const std::vector<offered_frame>& frames) = 0;
  /// Frames it has sent since the last call, as they are on this card's wire.
  virtual std::vector<byte_vector> take_sent() = 0;
  /// Lets the card work until `done`, which may access it; false when it has not come to that in long.
  virtual bool work_until(const std::function<bool()>& done) = 0;
  /// Lets timers of the card run out that are still under way.
  virtual void settle() = 0;
  /// Register and memory accesses so far.
  virtual std::uint64_t accesses() const = 0;
};

}  // namespace ringside::oracle
