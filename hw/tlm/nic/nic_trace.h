// SPDX-License-Identifier: Apache-2.0
// Where a card's waveform goes: VCD text, handed on as it is made.
//
// Given to nic::trace() by the machine; the sink is the waveform writer (platform/waves), which joins it with the
// software's state.
#pragma once

#include <string_view>

#include "common/time.h"

namespace ringside::tlm {

class vcd_sink {
 public:
  virtual ~vcd_sink() = default;
  /// The next piece of one card's VCD file: header, then sections in time order.  Pieces may end anywhere.
  virtual void on_vcd_text(std::string_view text) = 0;
};

struct nic_trace {
  vcd_sink* sink = nullptr;   // outlives the run
  sim_time start = 0;         // first instant shown
  sim_time end = time_never;  // last instant shown
};

}  // namespace ringside::tlm
