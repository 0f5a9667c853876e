// SPDX-License-Identifier: Apache-2.0
// The user's terminal as the guest's console: raw, with one key that ends the run, and simulated time held to real time
// so that a prompt that waits does not race through hours.
#pragma once

#include <termios.h>

#include <chrono>
#include <functional>
#include <string_view>

#include "common/time.h"

namespace ringside::platform {

class linux_terminal {
 public:
  static constexpr char end_key = 0x1D;  // Ctrl-]

  linux_terminal();
  ~linux_terminal();
  linux_terminal(const linux_terminal&) = delete;
  linux_terminal& operator=(const linux_terminal&) = delete;

  /// Waits until real time has caught up with `now`, or something is typed; false: the end was asked for.
  bool step(sim_time now, const std::function<void(std::string_view)>& type);

 private:
  termios before_{};
  bool raw_ = false;
  bool begun_ = false;
  std::chrono::steady_clock::time_point real_;
  sim_time simulated_ = 0;
};

}  // namespace ringside::platform
