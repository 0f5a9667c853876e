// SPDX-License-Identifier: Apache-2.0
// Judges why causes were set: R-21 (RXT0 after the write-back), I-40 (RXDMT0), I-41 (RXO), R-32 (RNBC).
//
// Part of the checker.  A cause that looks wrong waits `settle` before it is reported: an ICS write that explains it
// may carry the later event time.
#pragma once

#include <algorithm>
#include <array>
#include <string>

#include "contract/checker_state.h"
#include "contract/writeback_rules.h"

namespace ringside::contract {

class cause_rules {
 public:
  cause_rules(checker_state& w, const writeback_rules& frames) : state_(w), frames_(frames) {}
  /// ICR bits set; `software` = those an ICS write explains; `expiry` = a receive timer may just have expired.
  void on_cause(std::uint32_t bits, std::uint32_t software, bool expiry, sim_time t);
  void on_ics_write(std::uint32_t bits);
  /// RDTR.FPD was written: one RXT0 without a frame.
  void on_flush_write() { ++flushes_; }
  void on_overflow(const event& e);
  void on_rnbc(const event& e);
  /// A whole frame is in the FIFO.
  void on_good_frame(const frame_record& row, sim_time t);
  /// Free descriptors may have changed: by use, or by RDT.
  void on_use(sim_time t);
  void on_doorbell(sim_time t);
  void check(sim_time now) {
    if (waiting()) judge(now);
  }
  void restart();

 private:
  /// A judgement that waits for an explanation.
  struct suspicion {
    sim_time at = 0;
    frame_id frame = 0;
    const char* what = "";
  };
  enum suspect : std::size_t { early_rxt0, early_srpd, wrong_rxdmt0, lone_rxo, suspects };

  bool waiting() const { return open_ != 0 || std::min({threshold_due_, rxo_due_, rnbc_due_}) != time_never; }
  void judge(sim_time now);
  void explain(suspect which) { open_ &= ~(1U << which); }
  void suspect_it(suspect which, sim_time t, frame_id frame, const char* what);
  void judge_receive(std::uint32_t bits, bool expiry, sim_time t);
  void judge_receive_timer(bool expiry, bool again, sim_time t);
  bool judge_small_packet(bool again, sim_time t);
  void judge_threshold(sim_time t);
  bool surely_dry() const;

  checker_state& state_;
  const writeback_rules& frames_;
  std::array<suspicion, suspects> suspicions_{};
  unsigned open_ = 0;                      // of them, a bit for each
  std::uint64_t reported_frames_ = 0;      // frames written back that RXT0 causes have used up
  std::uint64_t reported_small_ = 0;       // ... and SRPD
  sim_time receive_at_ = -time_never / 2;  // RXT0 or SRPD
  bool repeated_ = false;                  // ... the second of a pair
  unsigned flushes_ = 0;
  // I-40
  bool armed_ = false;         // free descriptors were above the threshold since the last RXDMT0
  bool surely_armed_ = false;  // ... by a margin no pointer lag explains
  sim_time threshold_due_ = time_never;
  sim_time crossed_at_ = 0;
  sim_time rxdmt0_at_ = -time_never / 2;
  // I-41
  sim_time rxo_at_ = -time_never / 2;
  sim_time overflow_at_ = -time_never / 2;
  sim_time rxo_due_ = time_never;
  frame_id overflow_frame_ = 0;
  sim_time doorbell_at_ = -time_never / 2;
  //
  sim_time used_at_ = -time_never / 2;  // a frame was placed
  std::uint64_t used_position_ = 0;     // ... and its last descriptor
  sim_time rnbc_at_ = -time_never / 2;
  sim_time rnbc_due_ = time_never;
  frame_id rnbc_frame_ = 0;
};

}  // namespace ringside::contract
