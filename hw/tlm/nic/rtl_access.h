// What rtl_nic.cpp remembers of register accesses on their way through the card's target side, and what it collects of
// a write burst.
#pragma once

#include <cstdint>

#include "hw/tlm/nic/nic.h"

namespace ringside::tlm {

/// Not on the pins yet.
struct queued_access {
  std::int64_t cycle;  // edge from which on the card may take it
  target_access access;
};

/// Taken by the card and not answered yet.
struct answer_due {
  bool awaited;              // the bus waits for it
  std::int64_t read_offset;  // register read, or -1
};

/// Appends the enabled bytes of a beat at either end of an unaligned burst; false when they are more than asked for.
inline bool append_lanes(dma_transfer& transfer, std::uint32_t word, unsigned enables) {
  for (unsigned lane = 0; lane < 4; ++lane) {
    if ((enables >> lane & 1U) == 0) continue;
    if (transfer.filled == transfer.length) return false;
    transfer.data[transfer.filled++] = static_cast<std::uint8_t>(word >> (8 * lane));
  }
  return true;
}

}  // namespace ringside::tlm
