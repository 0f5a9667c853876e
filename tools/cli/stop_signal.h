// SPDX-License-Identifier: Apache-2.0
// Ctrl-C, kill and a terminal that goes away ask a run to end cleanly; the same signal again ends the process at once.
//
// Owned by run_command.cpp and regress_command.cpp for the length of a run.
#pragma once

#include <array>
#include <csignal>

namespace ringside::platform {

class stop_signal {
 public:
  static constexpr std::array<int, 3> kinds{SIGINT, SIGTERM, SIGHUP};

  stop_signal();
  ~stop_signal();
  stop_signal(const stop_signal&) = delete;
  stop_signal& operator=(const stop_signal&) = delete;

  static bool asked();
  /// What a shell shows of a process that the signal ended: 128 and its number.
  static int exit_status();

 private:
  std::array<struct sigaction, kinds.size()> before_{};
};

}  // namespace ringside::platform
