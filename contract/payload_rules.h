// SPDX-License-Identifier: Apache-2.0
// Judges where the bytes of frames go: N-3, R-11, R-23, R-40, N-1 (data after DD), N-8, N-10, D-6, S-8.
//
// Part of the checker.  Payload bursts are matched to descriptors in ring order, so no address is ever looked up.
#pragma once

#include "contract/checker_state.h"

namespace ringside::contract {

class payload_rules {
 public:
  explicit payload_rules(checker_state& w) : state_(w) {}
  /// A payload burst completed on the bus; true when it is the last of its frame, as the wire's length tells.
  bool on_write(const event& e);
  /// The last payload byte of a frame is on the bus; false when that is known already or not to be counted.
  bool on_done(const event& e);
  void restart();
  /// Bytes of the frame placed last.
  std::uint32_t placed() const { return placed_; }

 private:
  void begin_frame(const event& e);
  void skip_null();
  void place(const event& e);
  void refuse(rule broken, const event& e, const char* what);

  checker_state& state_;
  frame_id frame_ = 0;
  bool in_frame_ = false;
  bool frame_over_ = false;     // all bytes of frame_ are placed
  std::uint32_t placed_ = 0;    // bytes of the frame so far
  std::uint32_t expected_ = 0;  // bytes of the whole frame, 0 unknown
  bool muted_ = false;          // a breach of this frame was reported
  bool long_buffers_ = false;   // the frame was begun with LPE or SBP, or may have been
};

}  // namespace ringside::contract
