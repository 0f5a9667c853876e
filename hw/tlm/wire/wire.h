// SPDX-License-Identifier: Apache-2.0
// The wire into a card's receiver: whole frames with a start time.  Only the card's adapter makes bytes of them.
//
// It does what a sender's MAC and the medium do: pads, appends the FCS (or spoils it on request), keeps the minimum
// gap, starts frames on byte times, and owns the 64-bit frame id.  Pulled a frame ahead, or as many
// as the source allows, so the next start is always known; who answers to what the card sends puts frames on it while
// the run goes on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <vector>

#include "common/ethernet.h"
#include "common/ring_queue.h"
#include "common/wire_frame.h"

namespace ringside::tlm {

struct wire_params {
  sim_time byte_time = 8 * ns;                              // 1000 Mb/s
  std::uint32_t gap_bytes = 12;                             // IEEE 802.3 4.4.2, interPacketGap
  std::uint32_t preamble_bytes = 8;                         // with SFD, IEEE 802.3 3.2.1
  std::uint32_t max_frame_bytes = ethernet::longest_frame;  // longer frames are marked oversize
};

/// What a wire hangs on instead of a source: a cable to another card.  It says itself when frames begin.
class wire_line {
 public:
  virtual ~wire_line() = default;
  /// The next frame to begin, of which start, length and feed are known; null when there is none.
  virtual const wire_frame* peek() = 0;
  /// Fills in the frame of peek(), whose id is set.
  virtual void pop(wire_frame& frame) = 0;
  /// Nothing is on it.
  virtual bool idle() const = 0;
};

class wire {
 public:
  /// `number` tells wires apart in frame ids; `source` is pulled, not owned.
  wire(std::uint16_t number, frame_source& source, const wire_params& params = {});
  /// Held, and without a source until connect().
  wire(std::uint16_t number, const wire_params& params) : number_(number), params_(params), held_(true) {}

  /// Gives the wire its source, and other figures than the constructor's except for the byte time, which cards know;
  /// before release().
  void connect(frame_source& source, const wire_params& params);

  /// The same to a cable; it is not held.
  void connect(wire_line& line, const wire_params& params);

  /// Keeps every frame back until release(); before the first peek().
  void hold() { held_ = true; }
  /// Source time 0 is simulated time `t`, or `origin`: frames may start from `t` on.
  void release(sim_time t) { release(t, t); }
  void release(sim_time t, sim_time origin);
  /// A frame beside those of the source, at simulated time `offer.earliest` or later, in the order they are put; the
  /// card is to be told (nic::wire_changed).  The time must not lie before the card's.
  void put(offered_frame&& offer);
  /// Hears of each frame when it starts, or when all of it is known.
  void listen(std::function<void(const wire_frame&)> to) { listeners_.push_back(std::move(to)); }
  /// The next frame to start; null when there is none or the wire is held.
  const wire_frame* peek();
  /// Takes the frame of peek() off; its start is final.
  wire_frame pop() {
    wire_frame frame;
    pop(frame);
    return frame;
  }
  /// The same into `frame`, whose memory goes back to the source.
  void pop(wire_frame& frame);
  /// True when the source has ended and every frame was taken, those put on it as well.
  bool ended() const { return (line_ != nullptr ? line_->idle() : ended_ && first_ == made_ahead_) && put_.empty(); }
  /// Frames taken so far.
  std::uint64_t offered() const { return offered_; }
  std::uint16_t number() const { return number_; }
  /// All of a frame is known that had begun before: its listeners hear of it.
  void heard(const wire_frame& frame) {
    for (const auto& to : listeners_) to(frame);
  }
  const wire_params& params() const { return params_; }

 private:
  void read_ahead();
  void make(offered_frame&& offer, sim_time earliest, wire_frame& frame) const;
  sim_time start_of(const wire_frame& frame) const;
  bool put_is_next() const;

  const std::uint16_t number_;
  frame_source* source_ = nullptr;
  wire_line* line_ = nullptr;
  wire_params params_;
  std::vector<wire_frame> ahead_;  // made and not taken: [first_, made_ahead_); the others are memory to be used again
  std::size_t first_ = 0;
  std::size_t made_ahead_ = 0;
  std::exception_ptr failure_;  // of the source, behind the frames of ahead_
  bool ended_ = false;
  bool held_ = false;
  sim_time origin_ = 0;  // simulated time of source time 0
  ring_queue<wire_frame> put_;
  bool last_was_put_ = false;
  std::vector<std::function<void(const wire_frame&)>> listeners_;
  std::uint64_t offered_ = 0;
  sim_time free_ = 0;  // earliest start of the next frame
};

}  // namespace ringside::tlm
