// SPDX-License-Identifier: Apache-2.0
#include "contract/interrupt_rules.h"

#include <fmt/format.h>

namespace ringside::contract {
namespace {
constexpr sim_time itr_unit = 256 * ns;
constexpr std::uint32_t icr_bits = 0x1FFFF;  // I-54
}  // namespace

void interrupt_rules::changed(sim_time t) {
  changed_at_ = t;
  level_open_ = true;
  state_.due.ask(t + state_.limits.settle);
  if ((must_ & ims_) == 0) fell_due_ = time_never;
  if ((may_ & ims_) != 0) {
    possible_until_ = time_never / 2;
    early_due_ = time_never;
  } else if (possible_until_ == time_never / 2) {
    possible_until_ = t;
  }
}

void interrupt_rules::on_cause(std::uint32_t bits, sim_time t) {
  // A read just answered with this bit although it was not known to be set: the event explains it, and whether the bit
  // was cleared with it or set in the same cycle (I-4) is open.
  const std::uint32_t explained = phantom_ & bits;
  phantom_ &= ~bits;
  if (phantom_ == 0) phantom_due_ = time_never;
  must_ |= bits & ~explained;
  may_ |= bits;
  near_ = near(t) | bits;
  near_at_ = t;
  ics_missing_ &= ~bits;
  changed(t);
}

void interrupt_rules::clear(std::uint32_t bits, sim_time t) {
  const std::uint32_t open = near(t) & bits;  // I-4: set may have won
  may_ &= ~bits | open;
  must_ &= ~bits;
  changed(t);
}

void interrupt_rules::on_icr_read(std::uint32_t value, sim_time t) {
  const std::uint32_t open = near(t);
  const std::uint32_t lost = must_ & ~value & ~open;
  if (value > icr_bits && value != ~0U)  // all ones is N-13
    state_.log.trip(rule::I_54, t, fmt::format("ICR reads {:#x}, beyond bit 16", value), {});
  if (value == 0 && asserted_ && (must_ & ims_) != 0 && t - asserted_at_ > state_.limits.settle)
    state_.log.trip(rule::I_7, t, "ICR reads 0 while INTx is asserted", {});
  else if (lost != 0)
    state_.log.trip(rule::N_6, t, fmt::format("ICR read {:#x}, causes {:#x} are missing", value, lost), {});
  const std::uint32_t extra = value & ~may_ & icr_bits;
  if (extra != 0) {
    phantom_ = extra;
    phantom_due_ = t + state_.limits.settle;
    state_.due.ask(phantom_due_);
  }
  const std::uint32_t unseen = must_ & ~value & open;  // set too late for this read: must stay
  clear(icr_bits, t);
  must_ |= unseen;
}

void interrupt_rules::on_icr_write(std::uint32_t bits, sim_time t) {
  clear(bits & icr_bits, t);
}

void interrupt_rules::on_ics_write(std::uint32_t bits, sim_time t) {
  ics_bits_ = by_software(t) | bits;
  ics_at_ = t;
  const std::uint32_t missing = bits & icr_bits & ~near(t);
  if (missing == 0) return;
  ics_missing_ |= missing;
  ics_due_ = t + state_.limits.settle;
  state_.due.ask(ics_due_);
}

void interrupt_rules::on_ims_write(std::uint32_t bits, sim_time t) {
  ims_ |= bits & icr_bits;
  changed(t);
}

void interrupt_rules::on_imc_write(std::uint32_t bits, sim_time t) {
  ims_ &= ~bits;
  changed(t);
}

void interrupt_rules::on_intx(bool asserted, sim_time t) {
  if (asserted == asserted_) return;
  asserted_ = asserted;
  if (!asserted) {
    if ((must_ & ims_) != 0 && t - changed_at_ > state_.limits.settle && !state_.registers.intx_disabled()) {
      fell_at_ = t;
      fell_due_ = t + state_.limits.early;
      state_.due.ask(fell_due_);
    }
    return;
  }
  if (t - asserted_at_ < hold_)
    state_.log.trip(
        rule::I_20, t,
        fmt::format("asserted {} ns after the last assertion, ITR asks for {} ns", (t - asserted_at_) / ns, hold_ / ns),
        {});
  asserted_at_ = t;
  hold_ = static_cast<sim_time>(state_.registers.itr()) * itr_unit;
  if ((may_ & ims_) == 0 && t - possible_until_ > state_.limits.settle) {
    early_at_ = t;
    early_due_ = t + state_.limits.early;
    state_.due.ask(early_due_);
  }
  level_open_ = true;
  state_.due.ask(t + state_.limits.settle);
}

void interrupt_rules::on_reset(sim_time t) {
  must_ = may_ = ims_ = 0;
  near_ = ics_missing_ = phantom_ = ics_bits_ = 0;
  ics_due_ = phantom_due_ = early_due_ = fell_due_ = time_never;
  hold_ = 0;
  changed(t);
}

void interrupt_rules::judge_level(sim_time now) {
  const sim_time settled = changed_at_ + state_.limits.settle;
  if (now < settled) return state_.due.ask(settled);
  if (asserted_ && state_.registers.intx_disabled()) {
    level_open_ = false;
    return state_.log.trip(rule::P_4, now, "INTx is asserted although it is disabled", {});
  }
  if (asserted_ && (may_ & ims_) == 0 && early_due_ == time_never) {
    level_open_ = false;
    // Explained at its start, so it should have fallen since; an unexplained start was reported as N-7 or I-5.
    if (possible_until_ >= asserted_at_ - state_.limits.settle)
      state_.log.trip(rule::N_6, now, fmt::format("INTx stays asserted with ICR & IMS = 0, IMS = {:#x}", ims_), {});
    return;
  }
  if (!asserted_ && (must_ & ims_) != 0 && !state_.registers.intx_disabled()) {
    const sim_time allowed = asserted_at_ + hold_ + state_.limits.settle;  // I-20
    if (now < allowed) return state_.due.ask(allowed);
    state_.log.trip(rule::I_5, now, fmt::format("INTx is not asserted with ICR & IMS = {:#x}", must_ & ims_), {});
  }
  level_open_ = false;
}

void interrupt_rules::judge(sim_time now) {
  if (now >= fell_due_) {
    fell_due_ = time_never;
    level_open_ = false;
    state_.log.trip(rule::I_5, fell_at_, fmt::format("INTx fell with ICR & IMS = {:#x}", must_ & ims_), {});
  } else if (fell_due_ != time_never) {
    state_.due.ask(fell_due_);
  }
  if (now >= early_due_) {
    early_due_ = time_never;
    state_.log.trip(ims_ == 0 ? rule::N_7 : rule::I_5, early_at_,
                    fmt::format("INTx asserted with ICR & IMS = 0, IMS = {:#x}", ims_), {});
  } else if (early_due_ != time_never) {
    state_.due.ask(early_due_);
  }
  if (now >= phantom_due_) {
    phantom_due_ = time_never;
    state_.log.trip(rule::I_2, now,
                    fmt::format("ICR returned {:#x} that no event has set since the last read", phantom_), {});
    phantom_ = 0;
  } else if (phantom_due_ != time_never) {
    state_.due.ask(phantom_due_);
  }
  if (now >= ics_due_) {
    ics_due_ = time_never;
    if (ics_missing_ != 0)
      state_.log.trip(rule::I_6, now, fmt::format("ICS bits {:#x} were not set", ics_missing_), {});
    ics_missing_ = 0;
  } else if (ics_due_ != time_never) {
    state_.due.ask(ics_due_);
  }
  if (level_open_) judge_level(now);
}

}  // namespace ringside::contract
