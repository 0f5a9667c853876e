#include "platform/cli/stop_signal.h"

namespace ringside::platform {
namespace {

volatile std::sig_atomic_t stop_asked = 0;

void on_interrupt(int) {
  stop_asked = 1;
}

}  // namespace

stop_signal::stop_signal() {
  stop_asked = 0;
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  sigemptyset(&action.sa_mask);
  // Reset after the first: a run that does not end can still be stopped.
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  sigaction(SIGINT, &action, &before_);
}

stop_signal::~stop_signal() {
  sigaction(SIGINT, &before_, nullptr);
}

bool stop_signal::asked() {
  return stop_asked != 0;
}

}  // namespace ringside::platform
