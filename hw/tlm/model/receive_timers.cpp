// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/receive_timers.h"

namespace ringside::tlm::model {
namespace {
constexpr sim_time timer_unit = 1024 * ns;  // FS 7.4; I-53: counted from the start event, no prescaler
}

void receive_timers::frame_in_memory(std::size_t length) {
  const std::uint32_t delay = core_.regs.get(reg::RDTR) & rdtr::DELAY;
  const std::uint32_t limit = core_.regs.get(reg::RADV);
  const std::uint32_t small = core_.regs.get(reg::RSRPD);
  if (small != 0 && length <= small) {
    end(icr::SRPD | icr::RXT0);  // I-50: clears both timers
  } else if (delay == 0) {       // I-30: RADV is off as well
    end(icr::RXT0);
  } else {
    start(packet_, delay);
    if (limit != 0 && !absolute_.running) start(absolute_, limit);
  }
}

void receive_timers::force() {
  end(icr::RXT0);
}

void receive_timers::stop() {
  for (timer* t : {&packet_, &absolute_}) {
    t->running = false;
    ++t->run;
  }
}

// The value is taken here: a write to the register while it counts waits for the next start (I-52).
void receive_timers::start(timer& which, std::uint32_t units) {
  which.running = true;
  const std::uint64_t run = ++which.run;
  core_.at(core_.now + units * timer_unit, [this, &which, run] {
    if (which.running && which.run == run) end(icr::RXT0);
  });
}

// I-31: the end of one stops the other.
void receive_timers::end(std::uint32_t causes) {
  stop();
  expire_(causes);
}

}  // namespace ringside::tlm::model
