// Link state: STATUS and LSC (fact sheet 2.3, 3.4 L-1, L-7).
//
// Owned by the card; the PHY's link comes from outside, CTRL from software.
#pragma once

#include <cstdint>
#include <functional>

#include "hw/tlm/model/core.h"

namespace ringside::tlm::model {

class link {
 public:
  link(core& c, std::function<void(std::uint32_t)> set_cause) : core_(c), set_cause_(std::move(set_cause)) {}

  bool up() const { return up_; }
  void phy_changed(bool up) {
    phy_up_ = up;
    judge();
  }
  /// CTRL was written: SLU or the forced modes may differ.
  void judge();
  /// L-7: the link as it stands is the new reference, no cause.
  void reset();
  std::uint32_t status(bool transmit_paused) const;

 private:
  void latch_mode();

  core& core_;
  std::function<void(std::uint32_t)> set_cause_;
  bool phy_up_ = false;
  bool up_ = false;
  std::uint32_t mode_ = 0;  // FD, SPEED, ASDV: the last while the link was up (2.3)
};

}  // namespace ringside::tlm::model
