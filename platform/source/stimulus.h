// Drawn frames and the fates each may have: decided before the run, from the sheet and the stack's rules alone.
//
// Made for the wire where wire.source is drawn; the scoreboard of a regression judges the run by them.
#pragma once

#include <bitset>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "common/drop_reason.h"
#include "common/wire_frame.h"
#include "platform/scenario/scenario.h"

namespace ringside::platform {

/// Fates a frame may have, bits by drop_reason: none is delivered to a socket, consumed_fate is taken by a protocol.
using fate_set = std::bitset<static_cast<std::size_t>(drop_reason::count) + 1>;
inline constexpr std::size_t consumed_fate = static_cast<std::size_t>(drop_reason::count);

/// Which part of a datagram a frame carries.
struct planned_piece {
  std::uint32_t group = 0;  // of the frames of one datagram, from 1; 0: no fragment
  std::uint32_t begin = 0;  // bytes of the datagram
  std::uint32_t end = 0;
  std::uint32_t whole = 0;  // the datagram's length
};

struct planned_frame {
  offered_frame offer;
  std::string_view kind;  // of its meaning to the stack, the wire's faults aside
  fate_set meant;         // what becomes of it unless room runs out
  fate_set allowed;       // ... or does
  std::uint32_t flow = 0;
  std::uint32_t wire_bytes = 0;       // DA..FCS
  std::vector<std::uint8_t> payload;  // of the datagram
  planned_piece piece;
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
