// SPDX-License-Identifier: Apache-2.0
// One row per stage of a frame's journey, named as in the journey.
//
// A stage that belongs to one frame shows the number of the last frame that passed it, so a frame steps down the rows;
// any other stage shows moments.  Owned by the waveform writer.
#pragma once

#include <array>

#include "common/event_stream.h"
#include "platform/waves/vcd_signals.h"

namespace ringside::platform {

class stage_signals {
 public:
  explicit stage_signals(vcd_signals& signals);
  void on_event(const event& e);

 private:
  static constexpr std::size_t count = static_cast<std::size_t>(stage::count);
  struct row {
    bool shown = false;
    bool of_frame = false;
    vcd_signals::id signal = 0;
  };

  vcd_signals& signals_;
  std::array<row, count> rows_{};
};

/// Frame number as waves show it, in 32 bits: the count without who counts; frame_kind in the upper two.
std::uint64_t frame_number(frame_id frame);

}  // namespace ringside::platform
