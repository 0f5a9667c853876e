// SPDX-License-Identifier: Apache-2.0
// The transmit FIFO: whole frames in ring order, and room taken for those still being read (T-70, T-71).
//
// Owned by the card; the packet reader takes room and stores frames, the transmit MAC takes them and gives room back.
#pragma once

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "common/event.h"
#include "hw/tlm/model/packet_buffer.h"

namespace ringside::tlm::model {

struct outgoing_frame {
  frame_id id = 0;
  std::vector<std::uint8_t> bytes;  // with its tag, without padding and FCS
  bool append_fcs = false;
};

class transmit_fifo {
 public:
  /// FS 6.6's granularity and overhead hold on this side too.
  static std::uint32_t room_for(std::size_t bytes) { return packet_buffer::room_for(bytes); }

  /// PBA.RXA of the last reset, in KiB: what it leaves is this side's.
  void set_receive_share(std::uint32_t kilobytes) {
    constexpr std::uint32_t kilobyte = 1024;
    capacity_ = kilobytes < packet_buffer::kilobytes ? (packet_buffer::kilobytes - kilobytes) * kilobyte : 0;
  }
  std::uint32_t capacity() const { return capacity_; }
  /// False when so much is not free now.
  bool take_room(std::uint32_t bytes) {
    if (used_ + bytes > capacity_) return false;
    used_ += bytes;
    return true;
  }
  void give_room(std::uint32_t bytes) { used_ -= bytes; }
  /// Its room was taken before.
  void store(outgoing_frame&& frame) { frames_.push_back(std::move(frame)); }
  bool empty() const { return frames_.empty(); }
  /// Takes the oldest frame; its room stays taken until give_room().
  outgoing_frame take() {
    outgoing_frame frame = std::move(frames_.front());
    frames_.pop_front();
    return frame;
  }
  /// Empties it; the frames that were in it.
  std::deque<outgoing_frame> clear() {
    used_ = 0;
    return std::exchange(frames_, {});
  }

 private:
  std::deque<outgoing_frame> frames_;
  std::uint32_t capacity_ = 0;
  std::uint32_t used_ = 0;
};

}  // namespace ringside::tlm::model
