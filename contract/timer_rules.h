// SPDX-License-Identifier: Apache-2.0
// Judges when RXT0 comes: I-32 (not before a receive timer may expire) and I-1 (not never).
//
// Part of the checker.  RDTR and RADV run from frames' last bytes on the bus, which the card sees some clocks later:
// its timers never expire earlier than these.  Where a frame and an expiry fall together, either order is taken.
#pragma once

#include "contract/checker_state.h"

namespace ringside::contract {

class timer_rules {
 public:
  explicit timer_rules(checker_state& w) : state_(w) {}
  /// The last byte of a frame of that stored length is on the bus.
  void on_frame(std::uint32_t bytes, frame_id frame, sim_time t);
  /// The last descriptor of a frame is written back.
  void on_written(frame_id frame, sim_time t);
  /// ICR got RXT0 from the card itself.
  void on_rxt0(sim_time t);
  void on_ics_write(std::uint32_t bits);
  /// An RXT0 at `t` may be that of a timer which earlier frames than the last one started.
  bool may_have_expired(sim_time t) const;
  /// RDTR.FPD.
  void on_flush_write() { ++credits_; }
  /// RDTR, RADV or RSRPD takes another value (I-52).
  void on_delay_write(sim_time t);
  /// CTRL.RST.  A rewritten ring changes nothing here: its timers run on and its causes follow.
  void reset();
  void check(sim_time now);

 private:
  void advance(sim_time t);
  void note_expiry(sim_time deadline);
  void ask_announcement(sim_time from, frame_id frame);
  bool blind(sim_time t) const { return t < blind_until_; }

  checker_state& state_;
  sim_time packet_ = time_never;             // deadline of the packet timer
  sim_time absolute_ = time_never;           // of the absolute timer, at the earliest
  sim_time absolute_late_ = time_never;      // ... and at the latest
  sim_time expired_from_ = -time_never / 2;  // deadlines that lie together
  sim_time expired_to_ = -time_never / 2;
  unsigned credits_ = 0;      // things that raise RXT0 and have not yet
  sim_time blind_until_ = 0;  // a register changed beside a frame: nothing is known till then
  sim_time last_frame_at_ = -time_never / 2;
  sim_time delays_written_at_ = -time_never / 2;
  frame_id last_frame_ = 0;
  std::uint64_t unannounced_ = 0;  // frames written back since the last RXT0
  bool at_once_ = false;           // the last frame placed is announced without a timer
  sim_time announce_due_ = time_never;
  frame_id announce_frame_ = 0;
  sim_time early_at_ = -1;  // an RXT0 that nothing explains yet
};

}  // namespace ringside::contract
