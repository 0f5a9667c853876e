// SPDX-License-Identifier: Apache-2.0
// Drawn frames and the fates each may have: decided before the run, from the sheet and the stack's rules alone.
//
// Made for the wire where wire.source is drawn; the scoreboard of a regression judges the run by them.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
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
  fate_set meant;  // what becomes of it in a stack that it reaches (tools/regress/expected_interface.h: does it?)
  std::int32_t vid = -1;  // of its VLAN tag; -1: none
  std::uint32_t flow = 0;
  std::uint32_t wire_bytes = 0;       // DA..FCS
  std::vector<std::uint8_t> payload;  // of the datagram
  planned_piece piece;
};

/// Addresses and VLANs that both drawn frames and drawn driver keys use: numbers from 0 on.
inline constexpr std::uint32_t drawn_groups = 24;
inline constexpr std::uint32_t drawn_stations = 16;
inline constexpr std::uint32_t drawn_vids = 12;  // 0 is the priority tag
std::array<std::uint8_t, 6> drawn_group(std::uint32_t number);
std::array<std::uint8_t, 6> drawn_station(std::uint32_t number);

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
  std::size_t read_ahead() const override { return frames_read_ahead; }
  std::optional<std::uint64_t> planned() const override { return frames_.size(); }

 private:
  std::vector<planned_frame> frames_;
  std::size_t next_ = 0;
};

}  // namespace ringside::platform
