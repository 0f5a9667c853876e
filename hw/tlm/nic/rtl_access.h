// What rtl_nic.cpp remembers of register accesses on their way through the card's target side.
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

}  // namespace ringside::tlm
