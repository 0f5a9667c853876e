// SPDX-License-Identifier: Apache-2.0
// RDTR, RADV and RSRPD: when a frame in memory is reported (FS 7.4).
//
// Owned by the card; told by the receiver of each frame whose last byte is in memory.
#pragma once

#include <cstdint>
#include <functional>

#include "hw/tlm/model/core.h"

namespace ringside::tlm::model {

class receive_timers {
 public:
  /// `expire` flushes the write-backs and raises the causes given.
  receive_timers(core& c, std::function<void(std::uint32_t causes)> expire) : core_(c), expire_(std::move(expire)) {}

  /// A frame of `length` stored bytes is in memory (I-32).
  void frame_in_memory(std::size_t length);
  /// RDTR.FPD.
  void force();
  void stop();

 private:
  struct timer {
    bool running = false;
    std::uint64_t run = 0;  // counts starts and stops: an older date is void
  };
  void start(timer& which, std::uint32_t units);
  void end(std::uint32_t causes);

  core& core_;
  std::function<void(std::uint32_t)> expire_;
  timer packet_;
  timer absolute_;
};

}  // namespace ringside::tlm::model
