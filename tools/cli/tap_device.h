// SPDX-License-Identifier: Apache-2.0
// The other end of the simulated wire in the world: a TAP interface of the kernel this runs on.
//
// Frames the card sends go to the host, those the host sends go on the card's wire. Simulated time is held back to real
// time or not; where the simulation is the slower one, the host waits for it. Linux: Documentation/networking/tuntap.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/time.h"
#include "common/wire_frame.h"
#include "platform/report/wire_capture.h"

namespace ringside::platform {

/// How simulated time goes beside real time.
enum class tap_pace : std::uint8_t { real, free };

struct tap_counts {
  std::uint64_t to_host = 0;
  std::uint64_t from_host = 0;
  std::uint64_t not_given = 0;  // to the host: spoilt, or the interface took no more
};

class tap_device {
 public:
  /// Attaches to the interface, which is made when there is none of that name.  Throws input_error naming --tap when
  /// that is not permitted.
  tap_device(const std::string& name, tap_pace pace);
  ~tap_device();
  tap_device(const tap_device&) = delete;
  tap_device& operator=(const tap_device&) = delete;

  /// A frame that passed on the wire: one that was sent goes to the host, without its FCS.
  void pass(const wire_passage& frame);
  /// Simulated time is `now`: waits until real time is there, and hands what has come from the host to `put`, to start
  /// `delay` from now.
  void step(sim_time now, sim_time delay, const std::function<void(offered_frame&&)>& put);

  const tap_counts& counts() const { return counts_; }

 private:
  std::optional<std::vector<std::uint8_t>> read_frame();
  void wait_for(sim_time now);

  int fd_ = -1;
  const tap_pace pace_;
  tap_counts counts_;
  std::optional<std::chrono::steady_clock::time_point> begin_;  // real time of simulated time 0
};

}  // namespace ringside::platform
