// SPDX-License-Identifier: Apache-2.0
// Causes, mask, throttle and INTA#: FS 7.1 to FS 7.3.
//
// Owned by the card.  Blocks set causes; register_access reads and writes ICR, ICS, IMS, IMC and ITR through it.
#pragma once

#include <cstdint>
#include <functional>

#include "hw/tlm/model/core.h"

namespace ringside::tlm::model {

class interrupt_unit {
 public:
  /// `drive` changes INTA#.
  interrupt_unit(core& c, std::function<void(bool)> drive) : core_(c), drive_(std::move(drive)) {}

  /// An event sets ICR bits, masked or not (I-1).
  void set_cause(std::uint32_t bits);
  /// I-2: returns all bits and clears all of them.
  std::uint32_t read_icr();
  /// I-3.
  void write_icr(std::uint32_t bits);
  void write_ims(std::uint32_t bits);
  void write_imc(std::uint32_t bits);
  std::uint32_t icr() const { return icr_; }
  std::uint32_t ims() const { return ims_; }
  /// Command bit 10 or the power state may have changed (P-4).
  void config_changed() { judge_soon(); }
  ///
  void reset();

 private:
  void judge_soon();
  void judge();

  core& core_;
  std::function<void(bool)> drive_;
  std::uint32_t icr_ = 0;
  std::uint32_t ims_ = 0;
  bool asserted_ = false;
  bool holding_ = false;  // a cause waits for the throttle
  sim_time throttled_until_ = 0;
};

}  // namespace ringside::tlm::model
