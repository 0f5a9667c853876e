// SPDX-License-Identifier: Apache-2.0
// Judges descriptor fetches: N-9, R-6, R-10, R-11, R-13, R-14, R-18, N-2 (a skipped descriptor).
//
// Part of the checker.  stage::desc_load is each descriptor as it arrives, stage::desc_fetch the whole burst after the
// last of them, which a slow bus may deliver in pieces far apart; so loads and bursts advance separately.
#pragma once

#include "contract/checker_state.h"

namespace ringside::contract {

class fetch_rules {
 public:
  explicit fetch_rules(checker_state& w) : state_(w) {}
  void on_fetch(const event& e);
  void on_load(const event& e);
  void restart() {
    burst_ = state_.ring.fetched;
    loading_since_ = -1;
    refetch();
  }
  /// RDT with EN = 0.  The next burst begins no later than the last one ended.
  void refetch() {
    due_ = time_never;
    look(state_.restarted_at);
  }
  /// Something has happened that may ask for a fetch: RDT, RCTL, a descriptor used, a fetch done.
  void look(sim_time t) {
    if (!starved()) {
      due_ = time_never;
    } else if (due_ == time_never) {
      due_ = t + state_.limits.write_back;
      state_.due.ask(due_);
    }
  }
  void check(sim_time now) {
    if (due_ != time_never) judge(now);
  }

 private:
  void judge(sim_time now);
  /// A read the bus had taken before the ring was rewritten: the card drops it (N-8).
  bool overtaken() const {
    return !state_.registers.enabled() && state_.restarted_at >= state_.registers.enable_fell();
  }
  bool in_flight(sim_time t) const;
  bool starved() const;

  checker_state& state_;
  ring_cursor burst_;            // next descriptor a burst should begin at
  sim_time loading_since_ = -1;  // first data of the burst under way; -1: none
  sim_time due_ = time_never;
};

}  // namespace ringside::contract
