// SPDX-License-Identifier: Apache-2.0
// One measured run: the co-simulation, or the Verilated card alone replaying what the co-simulation drove into it.
//
// Each runs in a process of its own (SystemC elaborates once).  Timed is the traffic: from the open interface to the
// last frame's fate.  Boot is skipped through on both sides.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "platform/report/run_counters.h"
#include "platform/scenario/scenario.h"

namespace ringside::platform {

struct measurement {
  double seconds = 0;       // CPU time of the timed part
  std::uint64_t edges = 0;  // RTL clock edges evaluated in it
  std::uint64_t frames = 0;
  std::uint64_t dropped = 0;
  std::int64_t simulated_ps = 0;
  std::uint64_t event_hash = 0;
  std::uint64_t output_hash = 0;  // of the card's outputs; recorded runs only
  std::uint64_t breaches = 0;
  std::uint64_t sent = 0;        // frames given back by the card as sent
  std::uint64_t sent_bytes = 0;  // ... DA..FCS
  // Of the timed part.
  std::uint64_t bus_clocks = 0;
  std::uint64_t bus_waiting = 0;  // clocks in which somebody asked and nobody had the bus
  std::array<run_counters::bus_use, run_counters::bus_kinds> bus{};
};

/// The co-simulation with every report a user gets.  `skip` as run.skip during the traffic.
measurement run_cosim(const scenario& s, bool skip);
/// The same, recording the card's pins into `file`.
measurement record_cosim(const scenario& s, const std::string& file);
/// The card alone after `file`'s boot, `edges` clocks with nothing on its pins, each of them stepped.
measurement run_idle(const scenario& s, const std::string& file, std::uint64_t edges);
/// Replays `file`; `check` hashes the outputs in an untimed pass instead of timing.
measurement run_replay(const scenario& s, const std::string& file, bool check);

}  // namespace ringside::platform
