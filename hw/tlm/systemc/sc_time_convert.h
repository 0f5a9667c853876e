// SPDX-License-Identifier: Apache-2.0
// Between the project's picoseconds and SystemC's time; the kernel's resolution is 1 ps.
#pragma once

#include <systemc>

#include "common/time.h"

namespace ringside::tlm {

inline sc_core::sc_time to_sc_time(sim_time t) {
  return sc_core::sc_time::from_value(static_cast<sc_core::sc_time::value_type>(t));
}

inline sim_time from_sc_time(const sc_core::sc_time& t) {
  return static_cast<sim_time>(t.value());
}

}  // namespace ringside::tlm
