// SPDX-License-Identifier: Apache-2.0
// What GMII does from one edge to the next change that is more than another byte: the adapter's loop puts a byte on the
// pins and goes on by a stride, and comes here when the stretch is over (a frame begins or ends, RX_ER, a slow link).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "hw/tlm/nic/gmii_driver.h"

namespace ringside::tlm {

class gmii_stretch {
 public:
  gmii_stretch(wire& from, const clock_domain& clock) : driver_(from, clock) {}

  const std::uint8_t* byte = &no_byte;  // on GMII at the next edge,
  std::ptrdiff_t stride = 0;            // and so much further on at the edge after it

  /// First edge at which GMII changes by more than that.
  std::int64_t due() const { return due_; }

  /// The pins but the byte as they are from edge `cycle` = due() on, and what happens at it.  `Pins` has the top's
  /// GMII inputs as members.
  template <class Pins>
  gmii_driver::edge_kind begin(std::int64_t cycle, Pins& pins) {
    stride = 0;
    gmii_driver::pins now;
    if (!driver_.active(cycle)) {
      set(pins, now);
      byte = &no_byte;
      due_ = driver_.next_start();
      return gmii_driver::edge_kind::idle;
    }
    const auto kind = driver_.drive(cycle, now);
    set(pins, now);
    held_ = now.data;
    byte = &held_;
    due_ = cycle + 1;
    if (kind == gmii_driver::edge_kind::idle) return kind;
    if (!now.ce) due_ = driver_.next_byte();  // a slow link: the byte stays on the pins till then
    if (const auto rest = driver_.plain_bytes(); !rest.empty()) {
      byte = rest.data() - 1;  // this edge's byte stands before them
      stride = 1;
      due_ += static_cast<std::int64_t>(rest.size());
      driver_.skip(rest.size());
    }
    return kind;
  }

  /// The wire has another next frame than it had.
  void look_ahead() {
    driver_.look_ahead();
    due_ = std::min(due_, driver_.next_start());
  }

  const wire_frame& current() const { return driver_.current(); }
  /// What is told of the current frame at its start, when nobody may know yet what comes over a cable, and at its end.
  std::uint64_t length_told(gmii_driver::edge_kind at) const {
    return at == gmii_driver::edge_kind::sof ? current().length_told() : current().bytes.size();
  }
  std::uint64_t marks_told(gmii_driver::edge_kind at) const {
    return at == gmii_driver::edge_kind::sof && current().announced != 0 ? 0 : current().marks;
  }
  std::uint64_t started() const { return driver_.started(); }

 private:
  template <class Pins>
  static void set(Pins& pins, const gmii_driver::pins& now) {
    pins.gmii_ce_i = now.ce;
    pins.gmii_rx_dv_i = now.dv;
    pins.gmii_rx_er_i = now.er;
  }

  static constexpr std::uint8_t no_byte = 0;

  gmii_driver driver_;
  std::uint8_t held_ = 0;  // what `byte` points to where it is not one of a frame laid out
  std::int64_t due_ = 0;
};

}  // namespace ringside::tlm
