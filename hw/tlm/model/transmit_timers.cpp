// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/transmit_timers.h"

namespace ringside::tlm::model {
namespace {
constexpr sim_time transmit_timer_unit = 1024 * ns;  // FS 2.6; I-53: counted from the start event
}

void transmit_timers::start() {
  // What completes as a timer expires is among what waits: nothing runs for it.
  if (delay_.expires(core_.now) || absolute_.expires(core_.now)) return;
  const std::uint32_t limit = core_.regs.get(reg::TADV);
  load(delay_, core_.regs.get(reg::TIDV));
  if (limit != 0 && !absolute_.running) load(absolute_, limit);
}

void transmit_timers::stop() {
  for (timer* t : {&delay_, &absolute_}) {
    t->running = false;
    ++t->run;
  }
}

void transmit_timers::load(timer& which, std::uint32_t units) {
  which.running = true;
  const std::uint64_t run = ++which.run;
  which.ends = core_.now + units * transmit_timer_unit;
  core_.at(which.ends, [this, &which, run] {
    if (!which.running || which.run != run) return;
    stop();  // the first to expire stops the other
    expire_();
  });
}

}  // namespace ringside::tlm::model
