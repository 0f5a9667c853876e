// SPDX-License-Identifier: Apache-2.0
// What firmware does before a kernel runs: finds the devices on the bus and gives their BARs addresses.
#pragma once

#include <cstdint>

#include "platform/cpu/interrupt_routing.h"
#include "sw/kernel/host.h"

namespace ringside::platform {

struct firmware_plan {
  unsigned devices = 1;
  std::uint32_t latency_timer = 64;           // PCI clocks
  std::uint32_t memory_window = 0xF000'0000;  // first BAR address, memory space
  std::uint32_t io_window = 0xC000;           // ... and I/O space
  interrupt_routing interrupts{4, 4};         // what a device's Interrupt Line register tells
};

/// Sizes and assigns every BAR of every device (PCI 2.3 section 6.2.5.1), sets latency timer, cache line size and the
/// line its INTA# is wired to.
/// From a task; devices that do not answer are passed over.
void configure_devices(kernel::host& machine, const firmware_plan& plan);

}  // namespace ringside::platform
