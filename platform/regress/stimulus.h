// The frames of a seed and the fates each may have: decided before the run, from the sheet and the stack's rules alone.
//
// Made by seed_run.cpp for the machine's wire; scoreboard.h judges the run by it.
#pragma once

#include <bitset>
#include <cstdint>
#include <vector>

#include "common/drop_reason.h"
#include "common/wire_frame.h"
#include "platform/regress/draw.h"

namespace ringside::platform {

/// Fates a frame may have: bit drop_reason::none is delivered to a socket.
using fate_set = std::bitset<static_cast<std::size_t>(drop_reason::count)>;

struct planned_frame {
  offered_frame offer;
  fate_set allowed;
  std::uint32_t flow = 0;
  std::uint32_t wire_bytes = 0;       // DA..FCS
  std::vector<std::uint8_t> payload;  // of the datagram
};

std::vector<planned_frame> make_stimulus(const drawn_run& run);

/// The stimulus as the wire's source.
class planned_source final : public frame_source {
 public:
  explicit planned_source(const std::vector<planned_frame>& frames) : frames_(frames) {}
  std::optional<offered_frame> next() override {
    if (next_ == frames_.size()) return std::nullopt;
    return frames_[next_++].offer;
  }

 private:
  const std::vector<planned_frame>& frames_;
  std::size_t next_ = 0;
};

}  // namespace ringside::platform
