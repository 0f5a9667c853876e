// SPDX-License-Identifier: Apache-2.0
// What firmware does before a kernel runs: finds the devices on the bus and gives their BARs addresses.
#pragma once

#include <cstdint>

#include "sw/kernel/host.h"

namespace ringside::platform {

struct firmware_plan {
  unsigned devices = 1;
  std::uint32_t latency_timer = 64;           // PCI clocks
  std::uint32_t memory_window = 0xF000'0000;  // first BAR address, memory space
  std::uint32_t io_window = 0xC000;           // ... and I/O space
};

inline constexpr unsigned interrupt_lines = 4;
/// The line that INTA# of a device is wired to: from slot to slot the pins move on by one, as boards have it (PCI 2.3
/// section 2.2.6, implementation note).
constexpr std::uint32_t interrupt_line_of(unsigned device) {
  return device % interrupt_lines;
}

/// Sizes and assigns every BAR of every device (PCI 2.3 section 6.2.5.1), sets latency timer, cache line size and
/// interrupt line.
/// From a task; devices that do not answer are passed over.
void configure_devices(kernel::host& machine, const firmware_plan& plan);

}  // namespace ringside::platform
