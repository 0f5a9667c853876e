// SPDX-License-Identifier: Apache-2.0
#include "contract/link_rules.h"

#include "hw/regs/e1000_regs.h"

namespace ringside::contract {
namespace {
constexpr std::uint32_t bmcr = 0, pscr = 16;                         // FS 3.3
constexpr std::uint32_t loopback = 1U << 14, power_down = 1U << 11;  // BMCR
constexpr std::uint32_t force_link = 1U << 10;                       // PSCR
}  // namespace

link_rules::level link_rules::lu() const {
  level phy = forced_ ? level::up : wire_;
  if ((phy_control_ & power_down) != 0) phy = level::down;
  if ((phy_control_ & loopback) != 0) phy = level::up;
  if (phy == level::down || slu_ == level::down) return level::down;
  return phy == level::up && slu_ == level::up ? level::up : level::unknown;
}

void link_rules::moved(level before, sim_time t) {
  const level after = lu();
  if (after == before && after != level::unknown) return;
  moved_at_ = t;
  if (before == level::unknown || after == level::unknown) return;
  // Down and up again before LSC was seen: one LSC may stand for both.
  due_ = t + state_.limits.pointers;
  state_.due.ask(due_);
}

void link_rules::on_phy(bool up, sim_time t) {
  const level before = lu();
  wire_ = up ? level::up : level::down;
  moved(before, t);
}

void link_rules::set_phy_control(std::uint32_t value, bool forced, sim_time t) {
  if (value == phy_control_ && forced == forced_) return;
  const level before = lu();
  phy_control_ = value;
  forced_ = forced;
  moved(before, t);
}

void link_rules::on_mdic_write(std::uint32_t value, sim_time t) {
  constexpr std::uint32_t internal_phy = 1, op_write = 1;
  if ((value & mdic::OP) >> mdic::OP_SHIFT != op_write || (value & mdic::PHYADD) >> mdic::PHYADD_SHIFT != internal_phy)
    return;
  const std::uint32_t number = (value & mdic::REGADD) >> mdic::REGADD_SHIFT;
  if (number == bmcr) set_phy_control(value & (power_down | loopback), forced_, t);
  if (number == pscr) set_phy_control(phy_control_, (value & force_link) != 0, t);
}

void link_rules::on_wake(sim_time t) {
  set_phy_control(0, false, t);
}

void link_rules::on_ctrl_write(std::uint32_t value, sim_time t) {
  // the end of the pulse resets the PHY; CTRL.RST ends one too.
  const bool reset = (value & ctrl::RST) != 0;
  const bool pulse = phy_reset_ || (value & ctrl::PHY_RST) != 0;
  phy_reset_ = (value & ctrl::PHY_RST) != 0 && !reset;
  if (pulse && !phy_reset_) set_phy_control(0, false, t);
  if (reset) return;
  const level before = lu();
  slu_ = (value & ctrl::SLU) != 0 ? level::up : level::down;
  moved(before, t);
}

void link_rules::on_lsc(bool software, sim_time t) {
  due_ = time_never;
  if (software || t - moved_at_ <= state_.limits.pointers) return;
  lone_at_ = t;
  state_.due.ask(t + state_.limits.settle);
}

void link_rules::on_ics_write(std::uint32_t bits) {
  if ((bits & icr::LSC) != 0) lone_at_ = -1;
}

void link_rules::on_reset(sim_time t) {
  slu_ = level::unknown;
  due_ = time_never;
  lone_at_ = -1;
  moved_at_ = -time_never / 2;  // L-7: LU as it stands now is the new reference
  reset_at_ = t;
}

void link_rules::judge(sim_time now) {
  if (now >= due_) {
    due_ = time_never;
    state_.log.trip(rule::L_1, moved_at_, "LU changed and LSC did not come", {});
  } else if (due_ != time_never) {
    state_.due.ask(due_);
  }
  if (lone_at_ < 0) return;
  if (now < lone_at_ + state_.limits.settle) return state_.due.ask(lone_at_ + state_.limits.settle);
  const bool by_reset = lone_at_ - reset_at_ <= state_.limits.pointers;
  state_.log.trip(by_reset ? rule::L_7 : rule::L_1, lone_at_,
                  by_reset ? "LSC by CTRL.RST itself" : "LSC although LU did not change", {});
  lone_at_ = -1;
}

}  // namespace ringside::contract
