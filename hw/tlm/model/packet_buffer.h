// SPDX-License-Identifier: Apache-2.0
// The packet buffer: whole frames in order, 16 bytes overhead each, rounded up to 8 bytes (FS 6.6, R-35).
//
// Owned by the card; the mac stores into it, the receiver takes from it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <utility>

#include "hw/tlm/model/received_frame.h"

namespace ringside::tlm::model {

class packet_buffer {
 public:
  static constexpr std::uint32_t kilobytes = 64;  // FS 6.6: RXA and TXA share it
  static constexpr std::uint32_t overhead_bytes = 16;
  static constexpr std::uint32_t grain_bytes = 8;

  static std::uint32_t room_for(std::size_t bytes) {
    return (static_cast<std::uint32_t>(bytes) + grain_bytes - 1) / grain_bytes * grain_bytes + overhead_bytes;
  }
  /// PBA.RXA in force, in KiB: 64 KiB is all there is, whatever it asks for.
  void set_share(std::uint32_t rxa) {
    constexpr std::uint32_t kilobyte = 1024;
    capacity_ = std::min(rxa, kilobytes) * kilobyte;
  }
  bool has_room(std::size_t bytes) const { return used_ + room_for(bytes) <= capacity_; }
  void store(stored_frame&& frame) {
    used_ += room_for(frame.bytes.size());
    frames_.push_back(std::move(frame));
  }
  bool empty() const { return frames_.empty(); }
  /// Takes the oldest frame off; its room is still occupied until release().
  stored_frame take() {
    stored_frame frame = std::move(frames_.front());
    frames_.pop_front();
    return frame;
  }
  void release(std::size_t bytes) {
    used_ -= room_for(bytes);
    if (when_released_) when_released_();
  }
  /// Called whenever room is given back.
  void on_release(std::function<void()> call) { when_released_ = std::move(call); }
  std::uint32_t used() const { return used_; }
  /// Empties it; the frames that were in it.
  std::deque<stored_frame> clear() {
    used_ = 0;
    return std::exchange(frames_, {});
  }

 private:
  std::deque<stored_frame> frames_;
  std::uint32_t capacity_ = 0;
  std::uint32_t used_ = 0;
  std::function<void()> when_released_;
};

}  // namespace ringside::tlm::model
