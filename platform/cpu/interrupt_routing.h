// SPDX-License-Identifier: Apache-2.0
// Which line of the interrupt controller each device's interrupt pin is wired to: what ACPI's _PRT tells a kernel.
//
// Owner: the machine.  Callers: who connects cards, firmware.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "platform/cpu/interrupt_controller.h"

namespace ringside::platform {

enum class interrupt_pin : unsigned { inta, intb, intc, intd };

class interrupt_routing {
 public:
  static constexpr std::size_t pins = 4;

  /// As boards wire their slots: each device's INTA# one line further than the last one's, its other pins on the lines
  /// behind, around (PCI-to-PCI Bridge Architecture 1.2, table 9-1).
  interrupt_routing(unsigned devices, interrupt_controller::line lines) : table_(devices) {
    for (unsigned device = 0; device < devices; ++device)
      for (unsigned pin = 0; pin < pins; ++pin) table_[device][pin] = (device + pin) % lines;
  }

  /// Another wiring of one pin.
  void route(unsigned device, interrupt_pin pin, interrupt_controller::line line) { entry(device, pin) = line; }
  /// Throws std::out_of_range for a device the machine has no slot for.
  interrupt_controller::line line_of(unsigned device, interrupt_pin pin) const {
    return table_.at(device)[static_cast<std::size_t>(pin)];
  }

 private:
  interrupt_controller::line& entry(unsigned device, interrupt_pin pin) {
    return table_.at(device)[static_cast<std::size_t>(pin)];
  }

  std::vector<std::array<interrupt_controller::line, pins>> table_;
};

}  // namespace ringside::platform
