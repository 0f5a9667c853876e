// SPDX-License-Identifier: Apache-2.0
// What the checker knows of recent frames: wire length and verdict.  Dense, indexed by the low bits of the frame id.
//
// The FIFO holds at most 819 frames (64 KiB of 80 bytes), so 2048 entries outlive every frame on its way to memory.
#pragma once

#include <array>
#include <cstdint>

#include "common/event.h"

namespace ringside::contract {

struct frame_record {
  frame_id id = 0;
  sim_time start = 0;
  std::uint32_t bytes = 0;           // DA..FCS
  std::uint8_t marks = 0;            // wire_mark bits
  bool here = false;                 // this card's filter or FIFO saw it
  bool refused = false;              // filter_reject or fifo_drop
  bool silent = false;               // not seen by the receiver: off, link down or cut off
  bool ended = false;                // its last byte is on the wire
  bool committed = false;            // whole in the FIFO
  bool off = false;                  // RCTL.EN was 0 at its first byte
  bool down = false;                 // the link was down at its first byte
  std::uint64_t freed_before = 0;    // FIFO bytes given back up to its first byte (front_rules)
  std::uint64_t stored_through = 0;  // FIFO bytes taken up to its commit
};

class frame_table {
 public:
  static constexpr std::size_t size = 2048;

  frame_record& start(frame_id id) {
    frame_record& row = rows_[id % size];
    row = {};
    row.id = id;
    return row;
  }
  /// The frame's record, or nullptr when it is unknown or forgotten.
  frame_record* find(frame_id id) {
    frame_record& row = rows_[id % size];
    return id != 0 && row.id == id ? &row : nullptr;
  }

 private:
  std::array<frame_record, size> rows_{};
};

}  // namespace ringside::contract
