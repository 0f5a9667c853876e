// SPDX-License-Identifier: Apache-2.0
// When the card asks its partner to pause: how full the receive FIFO is against FCRTH and FCRTL (F-6, F-8, F-10).
//
// Owned by the card; told by the receive MAC of frames on their way in and by whoever changes what the FIFO holds.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "hw/tlm/model/core.h"

namespace ringside::tlm::model {

class flow_control {
 public:
  struct neighbours {
    std::function<std::uint32_t()> stored;  // bytes of whole frames, as R-35 counts them
    std::function<void(std::uint16_t timer)> send_pause;
  };
  flow_control(core& c, sim_time byte_time, neighbours around)
      : core_(c), byte_time_(byte_time), around_(std::move(around)) {}

  /// A frame of `length` bytes that the address filter takes; its first byte comes at `first_byte`.
  void arriving(sim_time first_byte, std::size_t length);
  /// It is over: stored, or not.
  void arrived();
  /// What the FIFO holds, or a register, has changed.
  void changed();
  /// MPC's event.
  void overflow();
  void reset();

 private:
  std::uint32_t fill() const;
  void watch();

  core& core_;
  const sim_time byte_time_;
  const neighbours around_;
  bool arriving_ = false;
  sim_time first_byte_ = 0;
  std::size_t length_ = 0;
  bool above_ = false;            // FCRTH was reached, FCRTL not since
  bool overflow_told_ = false;    // one more XOFF is all an overflow gets
  std::uint64_t generation_ = 0;  // the date of an older watch is void
};

}  // namespace ringside::tlm::model
