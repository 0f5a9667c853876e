// SPDX-License-Identifier: Apache-2.0
// Link state: STATUS and LSC (FS 2.3, FS 3.4 L-1, L-7).
//
// Owned by the card; the PHY says whether there is a link, CTRL what to make of it.
#pragma once

#include <cstdint>
#include <functional>

#include "hw/tlm/model/core.h"
#include "hw/tlm/model/phy.h"

namespace ringside::tlm::model {

class link {
 public:
  link(core& c, const phy& from, std::function<void(std::uint32_t)> set_cause)
      : core_(c), phy_(from), set_cause_(std::move(set_cause)) {}

  bool up() const { return up_; }
  bool full_duplex() const { return (mode_ & status::FD) != 0; }
  /// The PHY's link or CTRL may have changed: SLU, the forced modes.
  void judge();
  /// L-7: the link as it stands is the new reference, no cause.
  void reset();
  std::uint32_t status(bool transmit_paused) const;

 private:
  void latch_mode();

  bool wanted() const;

  core& core_;
  const phy& phy_;
  std::function<void(std::uint32_t)> set_cause_;
  bool up_ = false;
  // FD, SPEED, ASDV: the last while the link was up (FS 2.3), those of 1000 Mb/s before.
  std::uint32_t mode_ = status::FD | 2U << status::SPEED_SHIFT | 3U << status::ASDV_SHIFT;
};

}  // namespace ringside::tlm::model
