// SPDX-License-Identifier: Apache-2.0
// Judges ICR, IMS and INTA#: N-6, N-7, I-2, I-5, I-6, I-7, I-20, I-54, P-4.
//
// Part of the checker.  ICR is kept as two sets: bits that are certainly set and bits that may be, because a cause
// stood within a few clocks of a clearing read and I-4 lets either be seen.  Levels are judged when nothing has changed
// for `settle`.
#pragma once

#include <algorithm>

#include "contract/checker_state.h"

namespace ringside::contract {

class interrupt_rules {
 public:
  explicit interrupt_rules(checker_state& w) : state_(w) {}
  void on_cause(std::uint32_t bits, sim_time t);
  void on_icr_read(std::uint32_t value, sim_time t);
  void on_icr_write(std::uint32_t bits, sim_time t);
  void on_ics_write(std::uint32_t bits, sim_time t);
  void on_ims_write(std::uint32_t bits, sim_time t);
  void on_imc_write(std::uint32_t bits, sim_time t);
  void on_intx(bool asserted, sim_time t);
  void on_reset(sim_time t);
  /// Command or power state was written.
  void on_config_write(sim_time t) { changed(t); }
  void check(sim_time now) {
    if (level_open_ || std::min({fell_due_, early_due_, phantom_due_, ics_due_}) != time_never) judge(now);
  }

  bool asserted() const { return asserted_; }
  /// Bits of an ICS write within `settle` of now.
  std::uint32_t by_software(sim_time t) const { return t - ics_at_ <= state_.limits.settle ? ics_bits_ : 0; }

 private:
  void changed(sim_time t);
  void clear(std::uint32_t bits, sim_time t);
  std::uint32_t near(sim_time t) const { return t - near_at_ <= state_.limits.settle ? near_ : 0; }
  void judge(sim_time now);
  void judge_level(sim_time now);

  checker_state& state_;
  std::uint32_t must_ = 0;  // certainly in ICR
  std::uint32_t may_ = 0;   // possibly in ICR; contains must_
  std::uint32_t ims_ = 0;
  bool asserted_ = false;
  std::uint32_t near_ = 0;  // bits set around near_at_
  sim_time near_at_ = -time_never / 2;
  std::uint32_t ics_bits_ = 0;
  sim_time ics_at_ = -time_never / 2;
  std::uint32_t ics_missing_ = 0;  // I-6
  sim_time ics_due_ = time_never;
  std::uint32_t phantom_ = 0;  // I-2: returned although never set; a cause event may still come
  sim_time phantom_due_ = time_never;
  sim_time possible_until_ = -time_never / 2;  // last time may_ & ims_ was not 0 (while it is 0)
  sim_time early_due_ = time_never;            // an assertion that nothing explains yet
  sim_time early_at_ = 0;
  sim_time fell_due_ = time_never;  // a deassertion that nothing explains yet
  sim_time fell_at_ = 0;
  sim_time changed_at_ = 0;
  bool level_open_ = false;  // changed since the level was judged
  sim_time asserted_at_ = -time_never / 2;
  sim_time hold_ = 0;  // ITR interval loaded at that assertion
};

}  // namespace ringside::contract
