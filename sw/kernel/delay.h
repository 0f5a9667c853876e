// SPDX-License-Identifier: Apache-2.0
// Waiting without giving up the CPU (udelay).
//
// Callers: drivers, between accesses to slow pins (EEPROM, PHY).
#pragma once

#include "sw/kernel/host.h"

namespace ringside::kernel {

/// Spends at least that much time.  Interrupts that come meanwhile count for it, as they do by a clock.
inline void udelay(host& machine, sim_time duration) {
  const sim_time end = machine.now() + duration;
  const sim_time begin = machine.now();
  machine.consume(cost::spin_wait);
  const sim_time pass = machine.now() - begin;
  for (sim_time left = end - machine.now(); left > 0; left = end - machine.now())
    machine.consume(cost::spin_wait, static_cast<std::uint64_t>((left + pass - 1) / pass));
}

}  // namespace ringside::kernel
