// SPDX-License-Identifier: Apache-2.0
// The wire a card sends on: takes the bytes of a frame as the card makes them and tells those at its other end.
//
// Owned beside the card. Preamble and gap are the card's; here a frame is DA..FCS with the times of its first preamble
// byte and of its end.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "common/event.h"
#include "common/time.h"

namespace ringside::tlm {

/// A frame as it left the card.
struct sent_frame {
  frame_id id = 0;                  // 0: of the card's own (PAUSE)
  sim_time start = 0;               // first preamble byte
  sim_time end = 0;                 // behind the last byte
  std::vector<std::uint8_t> bytes;  // DA .. FCS
  std::uint64_t marks = 0;          // wire_mark bits, as a receiver would find it
};

class tx_wire {
 public:
  /// Hears of each frame at its end, from within the card's run(): what it does to the card is for times from
  /// sent_frame::end on.
  using listener = std::function<void(const sent_frame&)>;

  void listen(listener to) { listeners_.push_back(std::move(to)); }

  // ---- the card
  void begin(sim_time start, frame_id id) {
    frame_.id = id;
    frame_.start = start;
    frame_.bytes.clear();
    frame_.marks = 0;
    sending_ = true;
  }
  void add(std::uint8_t byte) { frame_.bytes.push_back(byte); }
  void add(std::span<const std::uint8_t> bytes) { frame_.bytes.insert(frame_.bytes.end(), bytes.begin(), bytes.end()); }
  /// TX_ER is up: receivers are to drop the frame.
  void spoil() { frame_.marks |= wire_mark::rx_er; }
  /// The frame under way has ended, whole or cut off by a reset.
  void end(sim_time t);

  bool sending() const { return sending_; }
  /// Of the frame under way, else of the last one.
  const sent_frame& frame() const { return frame_; }
  std::uint64_t sent() const { return sent_; }

 private:
  sent_frame frame_;
  bool sending_ = false;
  std::uint64_t sent_ = 0;
  std::vector<listener> listeners_;
};

}  // namespace ringside::tlm
