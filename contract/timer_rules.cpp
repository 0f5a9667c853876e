// SPDX-License-Identifier: Apache-2.0
#include "contract/timer_rules.h"

#include <algorithm>

#include "hw/regs/e1000_regs.h"

namespace ringside::contract {
namespace {
constexpr sim_time unit = 1024 * ns;      // FS 7.4
constexpr sim_time same_time = 500 * ns;  // between the bus' last data phase and the card's timers
}  // namespace

void timer_rules::reset() {
  announce_due_ = time_never;
  unannounced_ = 0;
  at_once_ = false;
  packet_ = absolute_ = absolute_late_ = time_never;
  expired_from_ = expired_to_ = -time_never / 2;
  credits_ = 0;
  early_at_ = -1;
}

void timer_rules::ask_announcement(sim_time from, frame_id frame) {
  const sim_time due = from + 2 * state_.limits.write_back;
  if (due >= announce_due_) return;
  announce_due_ = due;
  announce_frame_ = frame;
  state_.due.ask(due);
}

// Expiries up to t: both timers stop (I-31), RXT0 is owed.
void timer_rules::advance(sim_time t) {
  if (std::min(packet_, absolute_) > t) return;
  note_expiry(std::min(packet_, absolute_));
  ++credits_;
  absolute_ = absolute_late_;
  const sim_time latest = std::min(packet_, absolute_late_);
  if (latest > t) return;
  if (!blind(t)) ask_announcement(latest, last_frame_);
  packet_ = absolute_ = absolute_late_ = time_never;
}

void timer_rules::note_expiry(sim_time deadline) {
  if (deadline - expired_to_ > same_time + state_.limits.settle) expired_from_ = deadline;
  expired_from_ = std::min(expired_from_, deadline);
  expired_to_ = std::max(expired_to_, deadline);
}

bool timer_rules::may_have_expired(sim_time t) const {
  return blind(t) || (t + state_.limits.early >= expired_from_ && t <= expired_to_ + same_time + state_.limits.settle);
}

void timer_rules::on_frame(std::uint32_t bytes, frame_id frame, sim_time t) {
  const nic_registers& r = state_.registers;
  advance(t - same_time);
  if (t - delays_written_at_ <= same_time) on_delay_write(t);
  last_frame_at_ = t;
  last_frame_ = frame;
  at_once_ = r.delay() == 0 || bytes <= r.small_packet();
  // A timer may have expired just before this frame, or be stopped or restarted by it.
  const bool beside = std::min(packet_, absolute_) <= t + same_time;
  if (beside) {
    ++credits_;
    for (const sim_time deadline : {packet_, absolute_})
      if (deadline <= t + same_time) note_expiry(deadline);
  }
  if (at_once_) {  // RXT0 at once, both timers stop (I-50)
    ++credits_;
    packet_ = absolute_ = absolute_late_ = time_never;
    return;
  }
  const sim_time packet = t + static_cast<sim_time>(r.delay()) * unit;
  const sim_time absolute = r.absolute_delay() == 0 ? time_never : t + static_cast<sim_time>(r.absolute_delay()) * unit;
  if (beside) {
    absolute_late_ = absolute;
    absolute_ = std::min(absolute_, absolute);
  } else if (absolute_ == time_never) {
    absolute_ = absolute_late_ = absolute;
  }
  packet_ = packet;
  state_.due.ask(std::min(packet_, absolute_late_) + same_time);
}

void timer_rules::on_written(frame_id frame, sim_time t) {
  ++unannounced_;
  if (at_once_ && state_.registers.delay() == 0 && !blind(t)) ask_announcement(t, frame);
}

void timer_rules::on_rxt0(sim_time t) {
  advance(t + state_.limits.early);
  unannounced_ = 0;
  announce_due_ = time_never;
  // Several requests may share one RXT0, so credits can be left over; frames far apart start anew.
  if (credits_ > 0 || blind(t) || state_.registers.delay() == 0) {
    credits_ = credits_ > 0 && t - last_frame_at_ <= 2 * state_.limits.write_back ? credits_ - 1 : 0;
    return;
  }
  early_at_ = t;
  state_.due.ask(t + state_.limits.settle);
}

void timer_rules::on_ics_write(std::uint32_t bits) {
  if ((bits & icr::RXT0) != 0) early_at_ = -1;
}

void timer_rules::on_delay_write(sim_time t) {
  delays_written_at_ = t;
  if (t - last_frame_at_ > same_time) return;
  // The frame may have been timed with either value; both are over by then.
  blind_until_ = std::max(blind_until_, t + 2 * 65536 * unit);
}

void timer_rules::check(sim_time now) {
  advance(now - same_time);
  if (packet_ != time_never) state_.due.ask(std::min(packet_, absolute_late_) + same_time);
  if (early_at_ >= 0) {
    if (now < early_at_ + state_.limits.settle) {
      state_.due.ask(early_at_ + state_.limits.settle);
    } else {
      state_.log.trip(rule::I_32, early_at_, "RXT0 before the packet or the absolute timer can have expired",
                      {last_frame_, breach::no_descriptor, 0});
      early_at_ = -1;
    }
  }
  if (announce_due_ == time_never) return;
  if (now < announce_due_) return state_.due.ask(announce_due_);
  announce_due_ = time_never;
  if (unannounced_ == 0 || !state_.registers.bus_master()) return;
  state_.log.trip(rule::I_1, now, "a frame is written back and RXT0 does not come",
                  {announce_frame_, breach::no_descriptor, 0});
}

}  // namespace ringside::contract
