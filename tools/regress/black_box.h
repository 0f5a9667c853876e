// SPDX-License-Identifier: Apache-2.0
// How far a run has come, in memory that outlives the process: what is known of a run that crashed.
//
// Written by flight_recorder in the process of the run, read by child_pool when the process has ended.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "common/event_stream.h"

namespace ringside::platform {

struct black_box {
  std::uint64_t events = 0;          // delivered; 0: none yet
  sim_time time = 0;                 // of the last one
  std::array<frame_id, 3> frames{};  // the last that was named, by each origin: CPU, bus, card
};

class flight_recorder final : public event_consumer {
 public:
  explicit flight_recorder(black_box& into) : into_(into) {}
  void on_event(const event& e) override {
    ++into_.events;
    into_.time = e.time;
    if (e.frame != 0) into_.frames.at(static_cast<std::size_t>(e.from)) = e.frame;
  }

 private:
  black_box& into_;
};

}  // namespace ringside::platform
