// SPDX-License-Identifier: Apache-2.0
// TLM-2.0 extension that tells which PCI address space and which bytes a CPU access means; absent = all four bytes of
// memory space.
#pragma once

#include <cstdint>
#include <tlm>

#include "hw/tlm/nic/nic.h"

namespace ringside::tlm {

class pci_space_extension : public ::tlm::tlm_extension<pci_space_extension> {
 public:
  pci_space space = pci_space::memory;
  unsigned device = 0;              // configuration space: number on the bus
  std::uint8_t byte_enables = 0xF;  // bit i = byte i

  ::tlm::tlm_extension_base* clone() const override { return new pci_space_extension(*this); }
  void copy_from(const ::tlm::tlm_extension_base& from) override {
    *this = static_cast<const pci_space_extension&>(from);
  }
};

}  // namespace ringside::tlm
