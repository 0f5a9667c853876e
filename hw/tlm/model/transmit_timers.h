// SPDX-License-Identifier: Apache-2.0
// TIDV and TADV: when packets sent with IDE are reported (FS 7.6, T-61, T-64).
//
// Owned by the card; told by the write-back of descriptors with RS.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "hw/tlm/model/core.h"

namespace ringside::tlm::model {

class transmit_timers {
 public:
  /// `expire` writes back what waits and raises TXDW behind it.
  transmit_timers(core& c, std::function<void()> expire) : core_(c), expire_(std::move(expire)) {}

  /// A descriptor with RS and IDE is complete; TIDV is not 0.
  void start();
  void stop();

 private:
  struct timer {
    bool running = false;
    std::uint64_t run = 0;  // counts starts and stops: an older date is void
    sim_time ends = 0;
    bool expires(sim_time now) const { return running && ends <= now; }
  };
  void load(timer& which, std::uint32_t units);

  core& core_;
  std::function<void()> expire_;
  timer delay_;     // TIDV: loaded anew by each
  timer absolute_;  // TADV: from the first on
};

}  // namespace ringside::tlm::model
