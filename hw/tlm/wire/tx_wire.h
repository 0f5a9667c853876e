// SPDX-License-Identifier: Apache-2.0
// The wire a card sends on: takes the bytes of a frame as the card makes them and tells those at its other end.
//
// Owned beside the card. Preamble and gap are the card's; here a frame is DA..FCS with the times of its first preamble
// byte and of its end.
#pragma once

#include <cstddef>
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
  /// Who is at the other end of a cable: hears of a frame when it begins, and looks at frame() for its bytes.
  class far_end {
   public:
    virtual ~far_end() = default;
    /// `announced`: bytes DA .. FCS it will have unless it is cut off.
    virtual void frame_begins(const sent_frame& frame, std::size_t announced) = 0;
    /// At its end, from within the card's run().
    virtual void frame_ends(const sent_frame& frame) = 0;
  };

  /// Hears of each frame at its end, from within the card's run(): what it does to the card is for times from
  /// sent_frame::end on.
  using listener = std::function<void(const sent_frame&)>;

  void listen(listener to) { listeners_.push_back(std::move(to)); }
  void connect(far_end& to) { far_ = &to; }

  // ---- the card
  /// `announced`: bytes DA .. FCS it will have.
  void begin(sim_time start, frame_id id, std::size_t announced) {
    frame_.id = id;
    frame_.start = start;
    frame_.bytes.clear();
    frame_.marks = 0;
    sending_ = true;
    whole_ = false;
    if (far_ != nullptr) far_->frame_begins(frame_, announced);
  }
  /// Bytes may be told before they are on the wire; what was told in vain is cut().
  void add(std::uint8_t byte) { frame_.bytes.push_back(byte); }
  void add(std::span<const std::uint8_t> bytes) { frame_.bytes.insert(frame_.bytes.end(), bytes.begin(), bytes.end()); }
  /// The bytes told are all of the frame.
  void complete() { whole_ = true; }
  /// A reset has cut the frame off behind so many bytes.
  void cut(std::size_t bytes) { frame_.bytes.resize(bytes); }
  /// TX_ER is up: receivers are to drop the frame.
  void spoil() { frame_.marks |= wire_mark::rx_er; }
  /// The frame under way has ended, whole or cut off by a reset.
  void end(sim_time t);

  bool sending() const { return sending_; }
  /// All bytes of the frame under way are known.
  bool whole() const { return whole_; }
  /// Of the frame under way, else of the last one.
  const sent_frame& frame() const { return frame_; }
  std::uint64_t sent() const { return sent_; }

 private:
  sent_frame frame_;
  bool sending_ = false;
  bool whole_ = false;
  far_end* far_ = nullptr;
  std::uint64_t sent_ = 0;
  std::vector<listener> listeners_;
};

}  // namespace ringside::tlm
