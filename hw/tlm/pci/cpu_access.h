// SPDX-License-Identifier: Apache-2.0
// One CPU access on its way over the PCI bus: made by the host bridge, carried by the bus.
#pragma once

#include <cstdint>

#include "common/time.h"
#include "hw/tlm/nic/nic.h"

namespace ringside::tlm {

struct cpu_access {
  pci_space space = pci_space::memory;
  unsigned device = 0;        // configuration space only: number on the bus
  std::uint64_t address = 0;  // bus address; configuration space: dword offset
  bool write = false;
  std::uint8_t byte_enables = 0xF;
  std::uint32_t data = 0;  // written value, or the answer
  bool aborted = false;    // no target claimed it (master abort)
};

}  // namespace ringside::tlm
