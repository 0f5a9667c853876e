// The transfers a Verilated card's master side has under way, and the write data that stream into them beat by beat.
//
// Owned by rtl_nic.cpp.  What the RTL must not do here ends the run with one line.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "common/ring_queue.h"
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
    if (r.write) filling_.push(&transfer);
    return transfer;
  }
  void give_back(dma_transfer& transfer) { free_.push_back(&transfer); }

  /// Where a beat comes from: local time of the card, and the frame its payload or descriptor belongs to.
  struct origin {
    sim_time time;
    frame_id frame;
  };

  /// Four bytes of the oldest write that is not complete, those of them that `enables` names; from() gives the origin.
  template <typename From>
  void add_beat(std::uint32_t word, unsigned enables, bool last, const From& from) {
    // Most beats only go to their place; the rest is kept away from the code between two cycles of the card.
    if (const std::uint32_t at = filled_; enables == all_lanes && !last && at < plain_until_) [[likely]] {
      std::memcpy(oldest_->data.data() + at, &word, sizeof word);
      oldest_->filled = filled_ = at + sizeof word;
      return;
    }
    add_special_beat(word, enables, last, from());
  }

 private:
  static constexpr std::size_t pool = 8;  // more than the RTL keeps under way (4 writes, 1 read)
  static constexpr std::uint32_t descriptor_bytes = 16;
  static constexpr unsigned all_lanes = 0xF;

  // The first of a burst or of a descriptor, the last, or one with bytes that do not count.
  [[gnu::hot, gnu::noinline]] void add_special_beat(std::uint32_t word, unsigned enables, bool last, origin from) {
    if (oldest_ == nullptr) {
      if (filling_.empty()) throw std::runtime_error("the RTL sent write data without a request");
      oldest_ = filling_.take();
      oldest_->first_data = from.time;
    }
    dma_transfer& transfer = *oldest_;
    const bool writeback = transfer.kind == dma_kind::writeback;
    if (filled_ == 0 || (writeback && filled_ % descriptor_bytes == 0)) transfer.frames.push_back(from.frame);
    if (enables == all_lanes && transfer.length - filled_ >= sizeof word) {
      std::memcpy(transfer.data.data() + filled_, &word, sizeof word);
      filled_ += sizeof word;
    } else {
      add_bytes(word, enables);
    }
    transfer.filled = filled_;
    const std::uint32_t next_descriptor = (filled_ / descriptor_bytes + 1) * descriptor_bytes;
    plain_until_ = std::max(transfer.length, 3U) - 3;
    if (writeback) plain_until_ = filled_ % descriptor_bytes == 0 ? 0 : std::min(plain_until_, next_descriptor - 3);
    if (last) end_burst();
  }

  void add_bytes(std::uint32_t word, unsigned enables) {
    for (unsigned lane = 0; lane < 4; ++lane) {
      if ((enables >> lane & 1U) == 0) continue;
      if (filled_ == oldest_->length) throw std::runtime_error("the RTL sent more write data than it asked for");
      oldest_->data[filled_++] = static_cast<std::uint8_t>(word >> (8 * lane));
    }
  }

  void end_burst() {
    if (filled_ != oldest_->length) throw std::runtime_error("the RTL ended a write burst early");
    oldest_ = nullptr;
    filled_ = plain_until_ = 0;
  }

  std::array<dma_transfer, pool> transfers_;
  std::vector<dma_transfer*> free_;
  ring_queue<dma_transfer*> filling_;  // writes whose beats have not begun, in request order
  dma_transfer* oldest_ = nullptr;     // the write whose beats come now,
  std::uint32_t filled_ = 0;           // bytes of it,
  std::uint32_t plain_until_ = 0;      // and below here a beat of four bytes needs nothing but its place
};

}  // namespace ringside::tlm
