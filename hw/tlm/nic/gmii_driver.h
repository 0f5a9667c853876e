// SPDX-License-Identifier: Apache-2.0
// Makes GMII bytes of the wire's frames, one clock at a time: preamble, SFD, frame, FCS, RX_ER on request.
//
// At 1000 Mb/s a byte takes one clock; at 100 and 10 Mb/s it stays on the pins for 10 and 100 clocks, and the clock
// enable is up in the first of them only.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/wire_frame.h"
#include "hw/tlm/wire/wire.h"

namespace ringside::tlm {

class gmii_driver {
 public:
  gmii_driver(wire& from, const clock_domain& clock);

  struct pins {
    bool ce = true;
    bool dv = false;
    bool er = false;
    std::uint8_t data = 0;
  };
  enum class edge_kind : std::uint8_t { idle, sof, data, eof };

  /// True when the pins of `cycle` carry a byte.
  bool active(std::int64_t cycle) const { return position_ >= 0 || cycle >= next_start_ || cycle < next_byte_; }
  /// Cycle of the next first preamble byte; the maximum when the wire has ended.
  std::int64_t next_start() const { return next_start_; }
  /// At 100 and 10 Mb/s the cycle of the next clock enable: until then the pins stay as they are.
  std::int64_t next_byte() const { return next_byte_; }
  /// Fills in the pins of `cycle`; call once per cycle while active() (cycles without a byte may be left out).
  edge_kind drive(std::int64_t cycle, pins& out);
  /// The short way for most bytes of a frame at 1000 Mb/s: those to come that neither begin nor end the frame and see
  /// no RX_ER.  All other pins stay as they are.  Whoever puts n of them on the pins says so by skip(n).
  std::span<const std::uint8_t> plain_bytes() const {
    if (position_ >= plain_end_) return {};
    return {line_.data() + position_, static_cast<std::size_t>(plain_end_ - position_)};
  }
  void skip(std::size_t bytes) { position_ += static_cast<std::int64_t>(bytes); }
  /// The frame on the pins (valid after sof, up to and with eof).
  const wire_frame& current() const { return frame_; }
  /// Frames begun so far.
  std::uint64_t started() const { return started_; }

  /// Learns of the next frame; called by itself at each start, from outside when the wire has another next frame.
  void look_ahead();

 private:
  edge_kind drive_byte(std::int64_t cycle, pins& out);
  void lay_out();
  void take_more();

  wire& wire_;
  const clock_domain clock_;
  wire_frame frame_;
  const std::int64_t cycles_per_byte_;
  pins held_;                       // the byte on the pins
  std::int64_t next_byte_ = 0;      // cycle of the next byte
  std::vector<std::uint8_t> line_;  // preamble, SFD and frame
  std::int64_t er_at_ = -1;         // of line_, where RX_ER is raised
  std::int64_t position_ = -1;      // of line_, on the pins next; -1 = none
  std::int64_t plain_end_ = -1;     // below it are plain_bytes(); -1 between frames
  std::int64_t next_start_ = 0;
  std::uint64_t started_ = 0;
};

}  // namespace ringside::tlm
