// SPDX-License-Identifier: Apache-2.0
// What the command line needs of a simulation: the machine behind machine_simulation.h, or a test's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "common/event_stream.h"
#include "common/wire_frame.h"
#include "platform/report/run_counters.h"
#include "platform/report/wave_options.h"
#include "platform/report/wire_capture.h"
#include "platform/scenario/scenario.h"

namespace ringside::platform {

using packet_tap = std::function<void(sim_time, frame_id, std::span<const std::byte>)>;
using wire_tap = std::function<void(const wire_passage&)>;
/// Asked about every millisecond of simulated time with the time and the frames offered so far; false ends the run.
using keep_going = std::function<bool(sim_time, std::uint64_t)>;

class simulation {
 public:
  virtual ~simulation() = default;
  virtual event_stream& events() = 0;
  virtual void add_tap(packet_tap on_packet, unsigned machine) = 0;
  virtual void add_wire_tap(wire_tap on_frame) = 0;
  /// At its time, which must not have passed, or later.
  virtual void put_frame(offered_frame&& offer) = 0;
  virtual void trace(const wave_options& waves) = 0;
  virtual void run(const keep_going& ask) = 0;
  virtual run_counters counters(unsigned machine) const = 0;
};

using simulation_factory = std::function<std::unique_ptr<simulation>(const scenario&, frame_source&)>;

}  // namespace ringside::platform
