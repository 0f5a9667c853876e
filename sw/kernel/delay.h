// SPDX-License-Identifier: Apache-2.0
// Waiting without giving up the CPU (udelay).
//
// Callers: drivers, between accesses to slow pins (EEPROM, PHY).
#pragma once

#include "sw/kernel/host.h"

namespace ringside::kernel {

/// Spends at least that much time.  What interrupts take meanwhile comes on top, as with a loop that counts cycles: how
/// long one pass takes is measured while none can come.
inline void udelay(host& machine, sim_time duration) {
  machine.sync_irq();
  const bool enabled = machine.local_irq_save();
  const sim_time begin = machine.now();
  machine.consume(cost::spin_wait);
  const sim_time pass = machine.now() - begin;
  machine.local_irq_restore(enabled);
  if (duration > pass) machine.consume(cost::spin_wait, static_cast<std::uint64_t>((duration - 1) / pass));
}

}  // namespace ringside::kernel
