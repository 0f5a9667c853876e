// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/link.h"

namespace ringside::tlm::model {
namespace {
constexpr std::uint32_t speed_1000 = 2;  // STATUS.SPEED and CTRL.SPEED
constexpr std::uint32_t asdv_1000 = 3;   // FS 2.3

// STATUS.SPEED: 00 10, 01 100, 10 1000.
std::uint32_t speed_code(std::uint32_t mbps) {
  if (mbps == 1000) return speed_1000;
  return mbps == 100 ? 1 : 0;
}
}  // namespace

// L-1.
bool link::wanted() const {
  return phy_.link() && core_.regs.has(reg::CTRL, ctrl::SLU);
}

void link::judge() {
  const bool now_up = wanted();
  if (now_up) latch_mode();  // L-3: before LU
  if (now_up == up_) return;
  up_ = now_up;
  core_.emit(stage::link_change, 0, up_ ? 1 : 0);
  set_cause_(icr::LSC);
}

void link::reset() {
  const bool was_up = up_;
  up_ = wanted();
  if (up_) latch_mode();
  if (up_ != was_up) core_.emit(stage::link_change, 0, up_ ? 1 : 0);
}

// The PHY resolves the wire's speed and full duplex; CTRL can force something else.
void link::latch_mode() {
  const std::uint32_t control = core_.regs.get(reg::CTRL);
  const bool full = (control & ctrl::FRCDPX) == 0 || (control & ctrl::FD) != 0;
  std::uint32_t speed =
      (control & ctrl::FRCSPD) == 0 ? speed_code(core_.params.link_mbps) : (control & ctrl::SPEED) >> ctrl::SPEED_SHIFT;
  if (speed > speed_1000) speed = speed_1000;  // 11 means 1000 but is never shown
  mode_ = (full ? status::FD : 0) | speed << status::SPEED_SHIFT |
          (speed == speed_1000 ? asdv_1000 : speed) << status::ASDV_SHIFT;
}

std::uint32_t link::status(bool transmit_paused) const {
  return mode_ | (up_ ? status::LU : 0) | (transmit_paused ? status::TXOFF : 0) |
         (core_.params.bus_66mhz ? status::PCI66 : 0);
}

}  // namespace ringside::tlm::model
