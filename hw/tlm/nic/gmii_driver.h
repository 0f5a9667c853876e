// Makes GMII bytes of the wire's frames, one clock at a time: preamble, SFD, frame, FCS, RX_ER on request.
#pragma once

#include <cstdint>

#include "common/wire_frame.h"
#include "hw/tlm/wire/wire.h"

namespace ringside::tlm {

class gmii_driver {
 public:
  gmii_driver(wire& from, const clock_domain& clock) : wire_(from), clock_(clock) { look_ahead(); }

  struct pins {
    bool dv = false;
    bool er = false;
    std::uint8_t data = 0;
  };
  enum class edge_kind : std::uint8_t { idle, sof, data, eof };

  /// True when the pins of `cycle` carry a byte.
  bool active(std::int64_t cycle) const { return position_ >= 0 || cycle >= next_start_; }
  /// Cycle of the next first preamble byte; the maximum when the wire has ended.
  std::int64_t next_start() const { return next_start_; }
  /// Fills in the pins of `cycle`; call once per cycle while active() (cycles without a byte may be left out).
  edge_kind drive(std::int64_t cycle, pins& out);
  /// The frame on the pins (valid after sof, up to and with eof).
  const wire_frame& current() const { return frame_; }
  /// Frames begun so far.
  std::uint64_t started() const { return started_; }

  /// Learns of the next frame; called by itself at each start, from outside when a held wire is released.
  void look_ahead();

 private:

  wire& wire_;
  const clock_domain clock_;
  wire_frame frame_;
  std::int64_t position_ = -1;    // byte on the pins next, preamble included; -1 = none
  std::int64_t next_start_ = 0;
  std::uint64_t started_ = 0;
};

}  // namespace ringside::tlm
