// Drawn frames and the fates each may have: decided before the run, from the sheet and the stack's rules alone.
//
// Made for the wire where wire.source is drawn; the scoreboard of a regression judges the run by them.
#pragma once

#include <bitset>
#include <cstdint>
#include <utility>
#include <vector>

#include "common/drop_reason.h"
#include "common/wire_frame.h"
#include "platform/scenario/scenario.h"

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

/// The frames of run.seed; driver, stack and wire keys say what the machine will do with them.
std::vector<planned_frame> make_stimulus(const scenario& s);

/// The stimulus as the wire's source.
class planned_source final : public frame_source {
 public:
  explicit planned_source(std::vector<planned_frame> frames) : frames_(std::move(frames)) {}
  std::optional<offered_frame> next() override {
    if (next_ == frames_.size()) return std::nullopt;
    return frames_[next_++].offer;
  }
  std::uint64_t count() const { return frames_.size(); }

 private:
  std::vector<planned_frame> frames_;
  std::size_t next_ = 0;
};

}  // namespace ringside::platform
