// SPDX-License-Identifier: Apache-2.0
// What the card's master side will be answered with, a beat at a time, each with the first clock edge that samples it.
//
// Owned by rtl_nic.cpp, filled from the bus by the stretch, emptied by the edges.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>

#include "common/ring_queue.h"
#include "hw/tlm/nic/nic.h"

namespace ringside::tlm {

class response_queue {
 public:
  struct beat {
    std::uint32_t data;
    std::uint8_t tag;
    dma_status status;
    bool last;
    dma_transfer* returned;  // goes back to the pool with this beat
  };

  /// Bytes [from, to) of a read, one dword of the bus an edge from `cycle` on, each byte at its lane; one beat without
  /// data for a transfer that failed.
  /// The bytes stay where they are until they were taken.
  void add_data(dma_transfer& transfer, std::uint32_t from, std::uint32_t to, bool last, std::int64_t cycle) {
    if (transfer.status != dma_status::ok || from == to)
      add_end(transfer, cycle);
    else
      add({std::max(cycle, free_), &transfer, from, to, last});
  }

  /// The one beat that ends a write or a transfer that failed.  What was withdrawn is no error of the bus: a read ends
  /// with a beat whose data mean nothing, and of a write only the count goes down (docs/rtl/mst_arb.md).
  void add_end(dma_transfer& transfer, std::int64_t cycle) {
    if (transfer.status == dma_status::withdrawn) {
      transfer.status = dma_status::ok;
      if (transfer.write) transfer.tag |= withdrawn_kind << 2;
    }
    add({std::max(cycle, free_), &transfer, 0, 0, true});
  }

  /// Edge of the first beat; the maximum when there is none.
  std::int64_t next_cycle() const { return next_; }

  /// Takes the first beat off.
  beat take() {
    stretch& s = stretches_.front();
    const dma_transfer& t = *s.transfer;
    beat out{0, t.tag, t.status, s.last, nullptr};
    const std::uint32_t lane = static_cast<std::uint32_t>(t.address + s.from) % sizeof out.data;
    if (lane == 0 && s.to - s.from >= sizeof out.data) [[likely]] {
      std::memcpy(&out.data, t.data.data() + s.from, sizeof out.data);
      s.from += sizeof out.data;
    } else if (s.from != s.to) {
      const std::uint32_t bytes = std::min<std::uint32_t>(sizeof out.data - lane, s.to - s.from);
      std::memcpy(&out.data, t.data.data() + s.from, bytes);
      out.data <<= 8 * lane;
      s.from += bytes;
    }
    ++s.cycle;
    ++next_;
    if (s.from < s.to) {
      out.last = false;
      return out;
    }
    if (s.last) out.returned = s.transfer;
    stretches_.take();
    next_ = stretches_.empty() ? never : stretches_.front().cycle;
    return out;
  }

 private:
  static constexpr std::uint8_t withdrawn_kind = 3;  // in a response's tag
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  struct stretch {
    std::int64_t cycle = 0;  // edge that samples its first beat, at the earliest
    dma_transfer* transfer = nullptr;
    std::uint32_t from = 0;  // of the transfer's data; from == to: one beat without data
    std::uint32_t to = 0;
    bool last = false;  // ends the transfer
  };

  void add(const stretch& s) {
    const auto lane = static_cast<std::uint32_t>(s.transfer->address + s.from) % 4;
    const std::uint32_t beats = s.from == s.to ? 1 : (lane + s.to - s.from + 3) / 4;
    free_ = s.cycle + beats;
    if (stretches_.empty()) next_ = s.cycle;
    stretches_.push(s);
  }

  ring_queue<stretch> stretches_;
  std::int64_t next_ = never;
  std::int64_t free_ = 0;  // first edge behind all beats
};

}  // namespace ringside::tlm
