// SPDX-License-Identifier: Apache-2.0
// Waveforms of a Verilated card: what to dump when, inside the window.
//
// Owned by rtl_nic, which calls it around every edge it evaluates.  Time unit is 1 ps.  Inputs are drawn at the edge
// that samples them, outputs at the edge that makes them; over a skipped stretch nothing changes and the clock lies
// flat.
#pragma once

#include <memory>

#include "hw/tlm/nic/nic_trace.h"

class VerilatedVcdC;

namespace ringside::tlm {

class rtl_trace {
 public:
  explicit rtl_trace(const nic_trace& waves);
  ~rtl_trace();

  /// For the model's trace(), before open().
  VerilatedVcdC& vcd();
  /// Writes the header.
  void open();
  /// The edge at `t` comes next and no input has been driven for it: the model still stands as it did before.
  void before_edge(sim_time t) {
    if (!begun_ && t >= waves_.start) begin(t);
  }
  /// The model was evaluated for `t`.
  void dump(sim_time t) {
    if (begun_ && t <= waves_.end) write(t);
  }
  void flush();

 private:
  class text_file;
  void begin(sim_time t);
  void write(sim_time t);

  const nic_trace waves_;
  std::unique_ptr<text_file> file_;
  std::unique_ptr<VerilatedVcdC> vcd_;
  bool begun_ = false;
};

}  // namespace ringside::tlm
