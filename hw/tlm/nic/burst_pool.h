// SPDX-License-Identifier: Apache-2.0
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
    for (dma_transfer& transfer : transfers_) free(transfer);
  }
  burst_pool(const burst_pool&) = delete;
  burst_pool& operator=(const burst_pool&) = delete;

  bool ready() const { return free_count_ != 0; }

  /// A free transfer for a request; of a write the beats follow.
  dma_transfer& take(const request& r) {
    if (r.length == 0 || r.length > dma_transfer::max_bytes)
      throw std::runtime_error("the RTL asked for a burst of an impossible length");
    dma_transfer& transfer = *free_[--free_count_];
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
  /// The bus is done with it.  A write that it aborted may have beats to come yet: they still go into the buffer, which
  /// is free behind the last of them.
  void give_back(dma_transfer& transfer) {
    if (transfer.write && transfer.filled != transfer.length) [[unlikely]]
      return end_early(transfer);
    free(transfer);
  }

  /// Where a beat comes from: local time of the card, and the frame its payload or descriptor belongs to.
  struct origin {
    sim_time time;
    frame_id frame;
  };

  /// Four bytes of the oldest write that is not complete, those of them that `enables` names; from() gives the origin.
  template <typename From>
  void add_beat(std::uint32_t word, unsigned enables, bool last, const From& from) {
    // Most beats only go to their place; the rest is kept away from the code between two cycles of the card.
    dma_transfer& transfer = *oldest_;
    if (enables == all_lanes && !last && transfer.filled < plain_until_) [[likely]] {
      std::memcpy(transfer.data.data() + transfer.filled, &word, sizeof word);
      transfer.filled += sizeof word;
      return;
    }
    add_special_beat(word, enables, last, from());
  }

 private:
  static constexpr std::size_t pool = 12;  // more than the RTL keeps under way (4 writes, 2 fetches, 4 reads)
  static constexpr std::uint32_t descriptor_bytes = 16;
  static constexpr unsigned all_lanes = 0xF;

  // The first of a burst or of a descriptor, the last, or one with bytes that do not count.
  [[gnu::hot, gnu::noinline]] void add_special_beat(std::uint32_t word, unsigned enables, bool last, origin from) {
    if (oldest_ == &none_) {
      if (filling_.empty()) throw std::runtime_error("the RTL sent write data without a request");
      oldest_ = filling_.take();
      oldest_->first_data = from.time;
    }
    dma_transfer& transfer = *oldest_;
    const bool writeback = transfer.kind == dma_kind::writeback;
    // Whose a transmit descriptor is was known with the request.
    const bool known = transfer.kind == dma_kind::tx_writeback;
    if (!known && (transfer.filled == 0 || (writeback && transfer.filled % descriptor_bytes == 0)))
      transfer.frames.push_back(from.frame);
    add_bytes(transfer, word, enables);
    if (last) return end_burst();
    plain_until_ = std::max(transfer.length, 3U) - 3;
    if (!writeback) return;
    const std::uint32_t next_descriptor = (transfer.filled / descriptor_bytes + 1) * descriptor_bytes;
    plain_until_ = transfer.filled % descriptor_bytes == 0 ? 0 : std::min(plain_until_, next_descriptor - 3);
  }

  void free(dma_transfer& transfer) { free_[free_count_++] = &transfer; }
  [[gnu::noinline]] void end_early(dma_transfer& transfer) { ended_early_.push_back(&transfer); }

  static void add_bytes(dma_transfer& transfer, std::uint32_t word, unsigned enables) {
    const std::uint32_t room = transfer.length - transfer.filled;
    std::uint8_t* const to = transfer.data.data() + transfer.filled;
    if (enables == all_lanes && room >= sizeof word) {
      std::memcpy(to, &word, sizeof word);
      transfer.filled += sizeof word;
      return;
    }
    std::uint32_t count = 0;
    for (; enables != 0; enables >>= 1, word >>= 8) {
      if ((enables & 1U) == 0) continue;
      if (count == room) throw std::runtime_error("the RTL sent more write data than it asked for");
      to[count++] = static_cast<std::uint8_t>(word);
    }
    transfer.filled += count;
  }

  void end_burst() {
    if (oldest_->filled != oldest_->length) throw std::runtime_error("the RTL ended a write burst early");
    if (!ended_early_.empty()) [[unlikely]]
      if (std::erase(ended_early_, oldest_) != 0) free(*oldest_);
    oldest_ = &none_;
    plain_until_ = 0;
  }

  std::array<dma_transfer, pool> transfers_;
  std::array<dma_transfer*, pool> free_{};  // the first free_count_ of them
  std::size_t free_count_ = 0;
  std::vector<dma_transfer*> ended_early_;  // given back before their last beat
  ring_queue<dma_transfer*> filling_;       // writes whose beats have not begun, in request order
  dma_transfer none_;
  dma_transfer* oldest_ = &none_;  // the write whose beats come now; none_ between two,
  std::uint32_t plain_until_ = 0;  // and below that many bytes of it a beat of four needs nothing but its place
};

}  // namespace ringside::tlm
