// The transfers a Verilated card's master side has under way, and the write data that stream into them beat by beat.
//
// Owned by rtl_nic.cpp.  What the RTL must not do here ends the run with one line.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <stdexcept>
#include <vector>

#include "hw/tlm/nic/nic.h"

namespace ringside::tlm {

class burst_pool {
 public:
  struct request {
    dma_kind kind;
    bool write;
    std::uint8_t tag;
    std::uint64_t address;
    std::uint32_t length;  // bytes
  };

  burst_pool() {
    for (dma_transfer& transfer : transfers_) free_.push_back(&transfer);
  }
  burst_pool(const burst_pool&) = delete;
  burst_pool& operator=(const burst_pool&) = delete;

  bool ready() const { return !free_.empty(); }

  /// A free transfer for a request; of a write the beats follow.
  dma_transfer& take(const request& r) {
    if (r.length == 0 || r.length > dma_transfer::max_bytes)
      throw std::runtime_error("the RTL asked for a burst of an impossible length");
    dma_transfer& transfer = *free_.back();
    free_.pop_back();
    transfer.kind = r.kind;
    transfer.write = r.write;
    transfer.tag = r.tag;
    transfer.status = dma_status::ok;
    transfer.address = r.address;
    transfer.length = r.length;
    transfer.filled = 0;
    transfer.frames.clear();
    if (r.write) filling_.push_back(&transfer);
    return transfer;
  }
  void give_back(dma_transfer& transfer) { free_.push_back(&transfer); }

  /// Four bytes of the oldest write that is not complete, those of them that `enables` names; frame() gives the frame
  /// a payload or a descriptor belongs to.
  template <typename Frame>
  void add_beat(std::uint32_t word, unsigned enables, bool last, const Frame& frame) {
    if (filling_.empty()) throw std::runtime_error("the RTL sent write data without a request");
    dma_transfer& transfer = *filling_.front();
    const std::uint32_t filled = transfer.filled;
    if (filled == 0 || (filled % descriptor_bytes == 0 && transfer.kind == dma_kind::writeback))
      transfer.frames.push_back(frame());
    if (enables == all_lanes && filled + 4 <= transfer.length) {
      std::memcpy(transfer.data.data() + filled, &word, 4);
      transfer.filled = filled + 4;
    } else {
      add_lanes(transfer, word, enables);
    }
    if (!last) return;
    if (transfer.filled != transfer.length) throw std::runtime_error("the RTL ended a write burst early");
    filling_.pop_front();
  }

 private:
  static constexpr std::size_t pool = 8;  // more than the RTL keeps under way (4 writes, 1 read)
  static constexpr std::uint32_t descriptor_bytes = 16;
  static constexpr unsigned all_lanes = 0xF;

  // At either end of a burst that is not aligned.
  static void add_lanes(dma_transfer& transfer, std::uint32_t word, unsigned enables) {
    for (unsigned lane = 0; lane < 4; ++lane) {
      if ((enables >> lane & 1U) == 0) continue;
      if (transfer.filled == transfer.length)
        throw std::runtime_error("the RTL sent more write data than it asked for");
      transfer.data[transfer.filled++] = static_cast<std::uint8_t>(word >> (8 * lane));
    }
  }

  std::array<dma_transfer, pool> transfers_;
  std::vector<dma_transfer*> free_;
  std::deque<dma_transfer*> filling_;  // writes whose beats still come, in request order
};

}  // namespace ringside::tlm
