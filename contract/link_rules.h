// SPDX-License-Identifier: Apache-2.0
// Judges LSC against the link: L-1, L-2, L-7.
//
// Part of the checker.  LU = CTRL.SLU & the PHY's link (L-1), and the PHY's link is that of the wire unless software
// forces one (PSCR.10), takes it (BMCR.11, M-9) or closes a loop (BMCR.14, B-2).  After power-on and reset SLU depends
// on the EEPROM, so until CTRL is written a change may or may not be one of LU: nothing is demanded then.
#pragma once

#include "contract/checker_state.h"

namespace ringside::contract {

class link_rules {
 public:
  explicit link_rules(checker_state& w) : state_(w) {}
  void on_phy(bool up, sim_time t);
  void on_ctrl_write(std::uint32_t value, sim_time t);
  void on_mdic_write(std::uint32_t value, sim_time t);
  /// The function left D3: the PHY is reset.
  void on_wake(sim_time t);
  /// ICR got LSC; `software` when an ICS write explains it.
  void on_lsc(bool software, sim_time t);
  void on_ics_write(std::uint32_t bits);
  void on_reset(sim_time t);
  void check(sim_time now) {
    if (due_ != time_never || lone_at_ >= 0) judge(now);
  }

 private:
  enum class level : std::uint8_t { unknown, down, up };
  void judge(sim_time now);
  level lu() const;
  void set_phy_control(std::uint32_t value, bool forced, sim_time t);
  void moved(level before, sim_time t);

  checker_state& state_;
  level wire_ = level::unknown;
  std::uint32_t phy_control_ = 0;  // BMCR.14 and BMCR.11
  bool forced_ = false;            // PSCR.10
  bool phy_reset_ = false;         // CTRL.PHY_RST
  level slu_ = level::unknown;
  sim_time moved_at_ = -time_never / 2;  // last possible change of LU
  sim_time due_ = time_never;            // a certain change waits for LSC until then
  sim_time lone_at_ = -1;                // an LSC that nothing explains yet
  sim_time reset_at_ = -time_never / 2;
};

}  // namespace ringside::contract
