// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/stop_signal.h"

namespace ringside::platform {
namespace {

volatile std::sig_atomic_t signal_seen = 0;

void on_signal(int number) {
  if (signal_seen == 0) signal_seen = number;
}

}  // namespace

stop_signal::stop_signal() {
  signal_seen = 0;
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  // Reset after the first: a run that does not end can still be stopped.
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    sigaction(kinds[i], &action, &before_[i]);
    // nohup(1) has it ignored, and means it.
    if (kinds[i] == SIGHUP && before_[i].sa_handler == SIG_IGN) sigaction(SIGHUP, &before_[i], nullptr);
  }
}

stop_signal::~stop_signal() {
  for (std::size_t i = 0; i < kinds.size(); ++i) sigaction(kinds[i], &before_[i], nullptr);
}

bool stop_signal::asked() {
  return signal_seen != 0;
}

int stop_signal::exit_status() {
  return 128 + signal_seen;
}

}  // namespace ringside::platform
