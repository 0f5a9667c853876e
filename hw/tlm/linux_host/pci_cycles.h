// SPDX-License-Identifier: Apache-2.0
// From the messages of PCI over virtio (Linux, include/uapi/linux/virtio_pcidev.h) to cycles of a 32 bit PCI bus.
//
// Messages name a BAR and an offset, the bus has addresses: those the guest wrote into the BARs are remembered here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "hw/tlm/nic/nic.h"

namespace ringside::tlm {

/// A port lies this far behind the start of BAR 0; linux/kernel/e1000_port_io_shim.h has the same number.
inline constexpr std::uint64_t port_window = 0x20000;

/// One data phase.
struct pci_cycle {
  pci_space space = pci_space::memory;
  bool write = false;
  std::uint32_t address = 0;  // dword aligned; configuration space: offset
  std::uint8_t enables = 0xF;
  std::uint32_t data = 0;  // in its lanes
};

class pci_cycles {
 public:
  /// The cycles of one message.  Throws guest_error for one that asks for none.
  std::vector<pci_cycle> of(std::span<const std::byte> message);
  /// The bytes that the cycles of a read have brought, `answers` being their data.
  static std::vector<std::byte> answer(std::span<const pci_cycle> cycles, std::span<const std::uint32_t> answers);

 private:
  struct head {
    std::uint8_t what;
    std::uint8_t bar;
    std::uint16_t reserved;
    std::uint32_t bytes;
    std::uint64_t address;
  };
  std::uint64_t bus_address(const head& m, pci_space& space) const;
  void remember(const pci_cycle& config_write);

  std::array<std::uint32_t, 6> bars_{};
};

}  // namespace ringside::tlm
