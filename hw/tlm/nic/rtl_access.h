// SPDX-License-Identifier: Apache-2.0
// What rtl_nic.cpp remembers of register accesses on their way through the card's target side.
#pragma once

#include <cstdint>

#include "hw/tlm/nic/nic.h"

namespace ringside::tlm {

/// Not on the pins yet.
struct queued_access {
  std::int64_t cycle;  // edge from which on the card may take it
  target_access access;
};

/// Taken by the card and not answered yet.
struct answer_due {
  bool awaited;              // the bus waits for it
  std::int64_t read_offset;  // register read, or -1
};

/// Which register an access means: BAR0 directly, the I/O window through IOADDR (P-2).
class io_window_address {
 public:
  /// Offset of the register, configuration space at its own base; -1 for none.
  std::int64_t register_of(const target_access& access) const {
    if (access.space == pci_space::memory) return access.offset;
    if (access.space == pci_space::config) return config_event_base + access.offset;
    if (access.space != pci_space::io || access.offset != 4) return -1;
    return address_;
  }
  /// A write the card took.
  void note_write(const target_access& access) {
    if (access.space == pci_space::io && access.offset == 0) address_ = access.data;
  }

 private:
  std::int64_t address_ = 0;
};

}  // namespace ringside::tlm
