// SPDX-License-Identifier: Apache-2.0
// Moves the arrival of the last frame, RTL clock by RTL clock, across the end of the poll that took the one before it.
//
// Owned by the lost-wakeup tests.  One machine boots and receives; when the wire asks for the last frame the process
// forks, and every child receives that frame at another clock.  A first child learns where the poll ends, and so which
// clocks to try.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/time.h"
#include "tests/system/run_machine.h"

namespace ringside::test {

inline constexpr sim_time rtl_clock = 8 * ns;  // 125 MHz

struct sweep_range {
  unsigned frames = 3;        // with the last
  std::int64_t before = 150;  // clocks the last frame is in memory before the ring is looked at for the last time
  std::int64_t after = 150;   // clocks its cause comes after the unmask reached the card
  std::int64_t step = 1;      // clocks
};

/// One position.  Times are those of the machine; -1: did not happen.
struct wakeup {
  sim_time asked = -1;     // where the last frame was to start
  sim_time sof = -1;       // ... and started
  sim_time visible = -1;   // its DD is in memory
  sim_time cause = -1;     // RXT0 for it latched in ICR
  sim_time taken = -1;     // the driver took it
  sim_time read = -1;      // the application read it
  sim_time checked = -1;   // the poll before it looked at the ring for the last time and did not find it
  sim_time complete = -1;  // napi_complete of that poll
  sim_time ack = -1;       // the card took a write of ICR (planted bug)
  sim_time unmask = -1;    // the card took the write of IMS
  std::string breaches;
};

/// Children that crash and positions that were not met throw std::runtime_error.
std::vector<wakeup> sweep_wakeup(const settings& s, const sweep_range& range);

}  // namespace ringside::test
