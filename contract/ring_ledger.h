// SPDX-License-Identifier: Apache-2.0
// The receive ring as both sides' events describe it: a dense row per descriptor and six positions.
//
// Positions only grow between two restarts; the ring index follows by wrapping.  Invariant:
//   taken <= seen <= written <= fetched <= tail, and written <= filling.
// Owned by the checker; the fetch, payload, write-back and driver rules share it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "common/event.h"

namespace ringside::contract {

/// A place in the ring that counts on when it wraps.
struct ring_cursor {
  std::uint64_t position = 0;
  std::uint32_t index = 0;
  void step(std::uint32_t count) {
    ++position;
    if (++index == count) index = 0;
  }
};

struct ring_slot {
  std::uint64_t loaded_buffer = 0;  // buffer address the card read
  std::uint64_t posted_buffer = 0;  // buffer address the driver wrote
  std::uint64_t stale_buffer = 0;   // what the card held before the last restart or load
  std::uint64_t written = 0;        // bytes 8..15 of the last write-back
  frame_id frame = 0;
  sim_time posted_at = 0;
  sim_time visible_at = 0;
  std::uint32_t filled = 0;  // payload bytes that reached the buffer
  std::uint32_t extent = 0;  // end of the furthest of them
  std::uint32_t mapped = 0;  // bytes mapped at posted_buffer, 0 unknown
  bool loaded = false;       // on chip since the last restart, not written back
  bool stale = false;        // ... and since before RDT was written with EN = 0: nothing begins in it any more
  bool posted = false;       // driver wrote it, not handed over yet
  bool handed = false;       // RDT covers it, driver has not taken it
  bool visible = false;      // write-back is in memory
  bool unmapped = false;     // the driver unmapped its buffer while it was handed over
  bool suspect = false;      // a breach was reported: judge it no further
};

class ring_ledger {
 public:
  static constexpr std::uint32_t none = ~0U;

  /// The ring was rewritten or reset: everything on chip is forgotten.
  void restart(std::uint64_t base, std::uint32_t count, std::uint32_t head, std::uint32_t tail);
  /// RDT was written with RCTL.EN = 0: what no frame uses is fetched again.
  void refetch(std::uint32_t tail);
  /// Position behind which nothing on chip stands.
  std::uint64_t on_chip_until() const { return std::max(fetched.position, stale_until_); }
  /// A descriptor is fetched that is not the next one: the card had used those before it when RDT was written.
  void skip_to(std::uint32_t index);
  /// RDT accepted; returns how many descriptors it adds.
  std::uint32_t ring_doorbell(std::uint32_t value);

  bool usable() const { return usable_; }
  std::uint32_t count() const { return count_; }
  std::uint64_t base() const { return base_; }
  bool contains(std::uint64_t address) const { return address - base_ < static_cast<std::uint64_t>(count_) * 16; }
  /// Index of the descriptor at `address`, or none.
  std::uint32_t index_of(std::uint64_t address) const {
    return contains(address) && (address - base_) % 16 == 0 ? static_cast<std::uint32_t>((address - base_) / 16) : none;
  }
  ring_slot& slot(std::uint32_t index) { return slots_[index]; }
  ring_slot& at(const ring_cursor& where) { return slots_[where.index]; }
  void step(ring_cursor& where) const { where.step(count_); }
  /// Descriptors from `where` to RDT.
  std::uint64_t left(const ring_cursor& where) const { return tail > where.position ? tail - where.position : 0; }
  /// Descriptors whose buffer has not been used yet, R-12b as the bus sees it.
  std::uint64_t free() const { return left(filling) - (filling_used && left(filling) > 0 ? 1 : 0); }

  std::uint64_t tail = 0;     // position RDT stands for
  ring_cursor tail_at;        // the same, with index
  ring_cursor fetched;        // next descriptor to fetch
  ring_cursor filling;        // descriptor that takes payload
  bool filling_used = false;  // ... and has taken some, or its frame is complete
  ring_cursor written;        // next descriptor to write back
  ring_cursor seen;           // next descriptor whose write-back becomes visible
  ring_cursor taken;          // next descriptor the driver takes

 private:
  std::vector<ring_slot> slots_;
  std::uint64_t stale_until_ = 0;  // behind the last stale slot
  std::uint64_t base_ = 0;
  std::uint32_t count_ = 0;
  bool usable_ = false;
};

}  // namespace ringside::contract
