// SPDX-License-Identifier: Apache-2.0
// Judges what the card does with frames between wire and memory, L-6, N-15.
//
// Part of the checker.  The FIFO is watched by two running sums, bytes stored and bytes given back; what a frame takes
// is rounded up to whole words with 16 bytes of status, and it is given back when its last byte is on the bus,
// which is later than in the card: the checker never sees more room than there is.
#pragma once

#include "contract/checker_state.h"

namespace ringside::contract {

class front_rules {
 public:
  explicit front_rules(checker_state& w) : state_(w) {}
  void on_start(frame_record& row, sim_time t);
  void on_commit(frame_record& row, sim_time t);
  void on_overflow(const frame_record& row, sim_time t);
  /// The first payload byte of the frame reached the bus.
  void on_first_payload(const frame_record& row, const event& e);
  /// Its last did.
  void on_frame_placed(frame_id frame);
  /// It is discarded although it had been stored: too long for the buffers, or its ring was rewritten.
  void on_discard(const frame_record& row, bool too_long, sim_time t);
  /// Payload moved, or RDT or RCTL: nothing has stood still.
  void on_progress(sim_time t) { progress_at_ = t; }
  void check(sim_time now);
  void on_link(bool up, sim_time t);
  void on_reset();

 private:
  checker_state& state_;
  std::uint64_t stored_ = 0;  // FIFO bytes since reset
  std::uint64_t freed_ = 0;
  sim_time progress_at_ = 0;
  sim_time due_ = time_never;  // N-15
  bool link_down_ = false;     // known to be down
  sim_time link_changed_at_ = 0;
};

}  // namespace ringside::contract
