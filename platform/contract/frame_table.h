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
  std::uint32_t bytes = 0;  // DA..FCS
  std::uint8_t marks = 0;   // wire_mark bits
  bool here = false;        // this card's filter or FIFO saw it
  bool refused = false;     // filter_reject or fifo_drop
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
