// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/wait_limit.h"

#include <algorithm>

namespace ringside::stack {

namespace {
// select_estimate_accuracy, of a task that is not niced.
sim_time slack_of(sim_time timeout) {
  return std::clamp(timeout / 1000, kernel::timers::timer_slack, 100 * ms);
}
}  // namespace

alarm::alarm(kernel::host& machine, const wait_limit& limit, kernel::wait_queue* alone)
    : host_(machine), limit_(limit), alone_(alone), over_(limit.timeout == 0) {
  if (!ends()) return;
  host_.sync();
  end_ = host_.now() + limit_.timeout;
}

void alarm::start() {
  if (!ends() || over_ || timer_.pending()) return;
  timer_.callback = [this, self = host_.current_task()] {
    over_ = true;
    if (alone_ != nullptr) alone_->forget(self);
    host_.wake(self);
  };
  limit_.clock->hrtimer_start(timer_, end_, slack_of(limit_.timeout));
}

}  // namespace ringside::stack
