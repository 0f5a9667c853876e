// Ctrl-C asks a run to end cleanly; a second one ends the process at once.
//
// Owned by run_command.cpp for the length of a run.
#pragma once

#include <csignal>

namespace ringside::platform {

class stop_signal {
 public:
  stop_signal();
  ~stop_signal();
  stop_signal(const stop_signal&) = delete;
  stop_signal& operator=(const stop_signal&) = delete;

  static bool asked();

 private:
  struct sigaction before_ {};
};

}  // namespace ringside::platform
