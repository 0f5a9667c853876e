// The beats the card's master side will be answered with, each with the first clock edge that samples it.
//
// Owned by rtl_nic.cpp, filled from the bus, emptied by the edges.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <limits>

#include "hw/tlm/nic/nic.h"

namespace ringside::tlm {

class response_queue {
 public:
  struct beat {
    std::int64_t cycle;  // edge that samples it, at the earliest
    std::uint32_t data;
    std::uint8_t tag;
    dma_status status;
    bool last;
    dma_transfer* returned;  // goes back to the pool with this beat
  };

  /// Bytes [from, to) of a read, one dword an edge from `cycle` on; one beat without data for a transfer that failed.
  void add_data(dma_transfer& transfer, std::uint32_t from, std::uint32_t to, bool last, std::int64_t cycle) {
    if (transfer.status != dma_status::ok || from == to) {
      add_end(transfer, cycle);
      return;
    }
    cycle = behind_the_last(cycle);
    for (std::uint32_t offset = from; offset < to; offset += 4, ++cycle) {
      std::uint32_t word = 0;
      std::memcpy(&word, transfer.data.data() + offset, 4);
      const bool end = last && offset + 4 >= to;
      beats_.push_back({cycle, word, transfer.tag, transfer.status, end, end ? &transfer : nullptr});
    }
  }

  /// The one beat that ends a write or a transfer that failed.
  void add_end(dma_transfer& transfer, std::int64_t cycle) {
    beats_.push_back({behind_the_last(cycle), 0, transfer.tag, transfer.status, true, &transfer});
  }

  /// Edge of the first beat; the maximum when there is none.
  std::int64_t next_cycle() const {
    return beats_.empty() ? std::numeric_limits<std::int64_t>::max() : beats_.front().cycle;
  }
  const beat& front() const { return beats_.front(); }
  void pop() { beats_.pop_front(); }

 private:
  std::int64_t behind_the_last(std::int64_t cycle) const {
    return beats_.empty() ? cycle : std::max(cycle, beats_.back().cycle + 1);
  }

  std::deque<beat> beats_;
};

}  // namespace ringside::tlm
