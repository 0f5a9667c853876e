// SPDX-License-Identifier: Apache-2.0
#include "contract/cause_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/ethernet.h"
#include "hw/regs/e1000_regs.h"

namespace ringside::contract {

void cause_rules::restart() {
  open_ = 0;
  reported_frames_ = reported_small_ = 0;
  flushes_ = 0;
  armed_ = surely_armed_ = false;
  threshold_due_ = rxo_due_ = rnbc_due_ = time_never;
  used_position_ = ~0ULL;
  on_doorbell(doorbell_at_);  // RDT may have been written with EN = 0
}

void cause_rules::suspect_it(suspect which, sim_time t, frame_id frame, const char* what) {
  if ((open_ >> which & 1U) != 0) return;
  suspicions_[which] = {t, frame, what};
  open_ |= 1U << which;
  state_.due.ask(t + state_.limits.settle);
}

void cause_rules::on_ics_write(std::uint32_t bits) {
  if ((bits & icr::RXT0) != 0) explain(early_rxt0);
  if ((bits & icr::SRPD) != 0) explain(early_srpd);
  if ((bits & icr::RXDMT0) != 0) explain(wrong_rxdmt0);
  if ((bits & icr::RXO) != 0) explain(lone_rxo);
}

// RXT0 reports frames whose descriptors are written.  One RXT0 may report several; each frame is used up by one,
// or when nothing waits any more.
void cause_rules::judge_receive_timer(bool expiry, bool again, sim_time t) {
  if (reported_frames_ < frames_.frames_written()) {
    ++reported_frames_;
  } else if (flushes_ > 0) {
    --flushes_;
  } else if (frames_.frames_done() > frames_.frames_written() && !again) {
    // A timer that earlier frames started may expire when the card does not know yet that the bus is done with this
    // one.
    if (expiry && t - frames_.oldest_since() <= state_.limits.pointers) return;
    suspect_it(early_rxt0, t, frames_.oldest_waiting(), "RXT0 before the descriptor of its frame was written back");
  }
}

// SRPD is counted likewise: it may be gathered with later requests and come with their write-back.
bool cause_rules::judge_small_packet(bool again, sim_time t) {
  if (reported_small_ < frames_.small_written()) {
    ++reported_small_;
  } else if (frames_.small_done() > frames_.small_written() && !again) {
    suspect_it(early_srpd, t, frames_.oldest_waiting(),
               "SRPD before the descriptor of its small packet was written back");
    return false;
  }
  return true;
}

void cause_rules::judge_receive(std::uint32_t bits, bool expiry, sim_time t) {
  // One write-back may serve two requests, one clock apart; not three.
  const bool again = !repeated_ && t - receive_at_ <= state_.limits.settle;
  receive_at_ = t;
  repeated_ = again;
  const bool small_in_order = (bits & icr::SRPD) == 0 || judge_small_packet(again, t);
  if ((bits & icr::RXT0) != 0 && small_in_order) judge_receive_timer(expiry, again, t);
  if (frames_.frames_done() != frames_.frames_written()) return;
  reported_frames_ = frames_.frames_written();
  reported_small_ = frames_.small_written();
}

void cause_rules::judge_threshold(sim_time t) {
  const std::uint64_t threshold = state_.registers.minimum_threshold();
  if (state_.ring.free() > threshold + state_.limits.descriptors_in_flight && t - doorbell_at_ > state_.limits.pointers)
    suspect_it(wrong_rxdmt0, t, 0, "RXDMT0 with free descriptors above the threshold");
  else if (!armed_)
    suspect_it(wrong_rxdmt0, t, 0, "RXDMT0 again although free descriptors have not been above the threshold");
  // A doorbell just before may not have counted yet, so it arms for the next time.
  armed_ = t - doorbell_at_ <= state_.limits.pointers &&
           state_.ring.free() + state_.limits.descriptors_in_flight > threshold;
  surely_armed_ = false;
  rxdmt0_at_ = t;
  threshold_due_ = time_never;
}

void cause_rules::on_cause(std::uint32_t bits, std::uint32_t software, bool expiry, sim_time t) {
  const std::uint32_t hardware = bits & ~software;
  if ((hardware & (icr::RXT0 | icr::SRPD)) != 0) judge_receive(hardware, expiry, t);
  if ((hardware & icr::RXDMT0) != 0) judge_threshold(t);
  if ((bits & icr::RXO) != 0) {
    rxo_at_ = t;
    rxo_due_ = time_never;
    if ((hardware & icr::RXO) != 0 && t - overflow_at_ > state_.limits.settle)
      suspect_it(lone_rxo, t, 0, "RXO without a missed frame");
  }
}

void cause_rules::on_overflow(const event& e) {
  overflow_at_ = e.time;
  overflow_frame_ = e.frame;
  explain(lone_rxo);
  if (e.time - rxo_at_ <= state_.limits.settle) return;
  rxo_due_ = std::min(rxo_due_, e.time + state_.limits.settle);
  state_.due.ask(rxo_due_);
}

// R-12b: a buffer that is filled in part is still free.
bool cause_rules::surely_dry() const {
  const ring_ledger& ring = state_.ring;
  const std::uint64_t left = ring.left(ring.filling);
  return left == 0 || (left == 1 && ring.filling_used && used_position_ == ring.filling.position);
}

// R-12b: the card may still count as free what the bus has just seen filled, or not yet what RDT has just added.
void cause_rules::on_good_frame(const frame_record& row, sim_time t) {
  if (!surely_dry() || !state_.ring.usable() || !state_.registers.enabled()) return;
  // Stored by SBP alone, or a PAUSE frame that may not count.
  if ((row.marks & (wire_mark::damaged | wire_mark::mac_control)) != 0 || row.bytes < ethernet::least_frame ||
      row.bytes > state_.registers.longest_frame())
    return;
  if (t - doorbell_at_ <= state_.limits.pointers || t - used_at_ <= state_.limits.pointers) return;
  if (t - state_.restarted_at <= state_.limits.pointers || t - rnbc_at_ <= state_.limits.settle) return;
  rnbc_due_ = t + state_.limits.settle;
  rnbc_frame_ = row.id;
  state_.due.ask(rnbc_due_);
}

void cause_rules::on_rnbc(const event& e) {
  rnbc_at_ = e.time;
  rnbc_due_ = time_never;
  if (!state_.registers.enabled() || !state_.ring.usable() || e.time - doorbell_at_ <= state_.limits.pointers) return;
  if (state_.ring.free() > state_.limits.descriptors_in_flight)
    state_.log.trip(rule::R_32, e.time, fmt::format("RNBC with {} free descriptors", state_.ring.free()),
                    {e.frame, state_.ring.filling.index, 0});
}

void cause_rules::on_doorbell(sim_time t) {
  const std::uint64_t threshold = state_.registers.minimum_threshold();
  const std::uint64_t free = state_.ring.free();
  doorbell_at_ = t;
  // The card may still count as free what the bus has already seen filled.
  if (free + state_.limits.descriptors_in_flight > threshold && free != 0) armed_ = true;
  if (free > threshold + state_.limits.descriptors_in_flight) surely_armed_ = true;
  if (threshold_due_ != time_never && t - crossed_at_ <= state_.limits.pointers) threshold_due_ = time_never;
}

void cause_rules::on_use(sim_time t) {
  used_at_ = t;
  used_position_ = state_.ring.filling.position;
  const std::uint64_t threshold = state_.registers.minimum_threshold();
  if (state_.ring.free() > threshold) {
    armed_ = true;
    return;
  }
  if (!surely_armed_ || t - doorbell_at_ <= state_.limits.pointers) return;
  surely_armed_ = false;
  if (t - rxdmt0_at_ <= state_.limits.pointers) return;
  crossed_at_ = t;
  threshold_due_ = t + state_.limits.threshold_cause;
  state_.due.ask(threshold_due_);
}

void cause_rules::judge(sim_time now) {
  constexpr std::array<rule, suspects> rules = {rule::R_21, rule::R_21, rule::I_40, rule::I_41};
  for (std::size_t i = 0; i < suspects; ++i) {
    const suspicion& s = suspicions_[i];
    if ((open_ >> i & 1U) == 0) continue;
    if (now < s.at + state_.limits.settle) {
      state_.due.ask(s.at + state_.limits.settle);
      continue;
    }
    explain(static_cast<suspect>(i));
    state_.log.trip(rules[i], s.at, s.what, {s.frame, state_.ring.written.index, 0});
  }
  if (now >= threshold_due_) {
    threshold_due_ = time_never;
    state_.log.trip(rule::I_40, crossed_at_,
                    fmt::format("free descriptors fell to {} and RXDMT0 did not come", state_.ring.free()),
                    {0, state_.ring.filling.index, 0});
  } else if (threshold_due_ != time_never) {
    state_.due.ask(threshold_due_);
  }
  if (now >= rxo_due_) {
    rxo_due_ = time_never;
    state_.log.trip(rule::I_41, overflow_at_, "a missed frame without RXO",
                    {overflow_frame_, breach::no_descriptor, 0});
  } else if (rxo_due_ != time_never) {
    state_.due.ask(rxo_due_);
  }
  if (rnbc_due_ == time_never) return;
  if (now < rnbc_due_) return state_.due.ask(rnbc_due_);
  rnbc_due_ = time_never;
  state_.log.trip(rule::R_32, now, "a good frame found no free descriptor and RNBC did not count",
                  {rnbc_frame_, state_.ring.filling.index, 0});
}

}  // namespace ringside::contract
