// SPDX-License-Identifier: Apache-2.0
// The transmit ring as both sides' events describe it: a row per descriptor, and how far each side has come.
//
// Positions only grow between two restarts; the ring index follows by wrapping.  Invariant:
//   cleaned <= written <= loaded <= tail, and reading <= loaded.
// Owned by the checker's transmit rules.
#pragma once

#include <cstdint>
#include <vector>

#include "common/event.h"
#include "contract/ring_ledger.h"

namespace ringside::contract {

/// Bytes 8..15 of a transmit descriptor (FS 9.1).
class transmit_command {
 public:
  enum class type : std::uint8_t { legacy, context, data, reserved };

  transmit_command() = default;
  explicit transmit_command(std::uint64_t bits) : bits_(bits) {}

  type kind() const {
    if ((bits_ >> 29 & 1) == 0) return type::legacy;
    const auto dtyp = bits_ >> 20 & 0xF;
    return dtyp == 0 ? type::context : dtyp == 1 ? type::data : type::reserved;
  }
  bool has_data() const { return kind() == type::legacy || kind() == type::data; }
  /// Bytes of its buffer.
  std::uint32_t length() const {
    if (kind() == type::legacy) return static_cast<std::uint32_t>(bits_ & 0xFFFF);
    return kind() == type::data ? static_cast<std::uint32_t>(bits_ & 0xF'FFFF) : 0;
  }
  bool end_of_packet() const { return (bits_ >> 24 & 1) != 0; }
  bool segmentation() const { return (bits_ >> 26 & 1) != 0; }  // TSE, of context and data descriptors
  bool report_status() const { return (bits_ >> 27 & 1) != 0; }
  bool delay_interrupt() const { return (bits_ >> 31 & 1) != 0; }
  std::uint8_t options() const { return kind() == type::data ? static_cast<std::uint8_t>(bits_ >> 40) : 0; }  // POPTS
  /// What is to stand in bytes 8..15 after the write-back, of which 12..15 are written (T-44).
  std::uint64_t status_written() const { return (bits_ >> 32 & 0xFFFF'FFF0) << 32 | std::uint64_t{1} << 32; }
  std::uint64_t bits() const { return bits_; }

 private:
  std::uint64_t bits_ = 0;
};

struct transmit_slot {
  std::uint64_t posted_buffer = 0;
  transmit_command posted_command;
  transmit_command command;  // as the card read it
  std::uint32_t read = 0;    // bytes of its buffer that the card has read
  bool posted = false;       // written by the driver, not handed over yet
  bool handed = false;       // TDT covers it, and its completion is not in memory
  bool loaded = false;       // on chip
  bool loose = false;        // of a packet the card may drop without reading all of it (T-17, T-34)
  bool known = false;        // the driver's events told the buffer
};

class transmit_ring {
 public:
  static constexpr std::uint32_t none = ring_ledger::none;

  /// Everything on chip is forgotten; what the driver has written stays written.
  void restart(std::uint64_t base, std::uint32_t count, std::uint32_t head, std::uint32_t new_tail) {
    if (count != count_ || base != base_) slots_.assign(count, {});
    base_ = base;
    count_ = count;
    usable_ = count != 0 && head < count && new_tail < count;  // T-40
    for (transmit_slot& slot : slots_) {
      slot.loaded = slot.loose = false;
      slot.read = 0;
    }
    const ring_cursor start{0, usable_ ? head : 0};
    loaded = reading = written = cleaned = start;
    tail = usable_ && count != 0 ? (new_tail + count - head) % count : 0;
  }
  /// TDT accepted; returns how many descriptors it adds.
  std::uint32_t ring_doorbell(std::uint32_t value) {
    const std::uint32_t now = index_at(tail);
    const std::uint32_t added = value >= now ? value - now : value + count_ - now;
    tail += added;
    return added;
  }

  bool usable() const { return usable_; }
  std::uint32_t count() const { return count_; }
  bool contains(std::uint64_t address) const { return address - base_ < std::uint64_t{count_} * 16; }
  std::uint32_t index_of(std::uint64_t address) const {
    return contains(address) && (address - base_) % 16 == 0 ? static_cast<std::uint32_t>((address - base_) / 16) : none;
  }
  std::uint64_t address_of(std::uint32_t index) const { return base_ + std::uint64_t{index} * 16; }
  std::uint32_t index_at(std::uint64_t position) const {
    return static_cast<std::uint32_t>((loaded.index + count_ + position % count_ - loaded.position % count_) % count_);
  }
  transmit_slot& slot(std::uint32_t index) { return slots_[index]; }
  transmit_slot& at(const ring_cursor& where) { return slots_[where.index]; }
  void step(ring_cursor& where) const { where.step(count_); }
  /// The position at or behind `from` that has this index.
  std::uint64_t position_of(std::uint32_t index, const ring_cursor& from) const {
    if (count_ == 0) return from.position;  // no ring has an index
    return from.position + (index + count_ - from.index) % count_;
  }

  std::uint64_t tail = 0;  // position TDT stands for
  ring_cursor loaded;      // next descriptor to fetch
  ring_cursor reading;     // next one whose bytes are read
  ring_cursor written;     // behind the last one written back
  ring_cursor cleaned;     // behind the last one whose completion is in memory

 private:
  std::vector<transmit_slot> slots_;
  std::uint64_t base_ = 0;
  std::uint32_t count_ = 0;
  bool usable_ = false;
};

}  // namespace ringside::contract
