// SPDX-License-Identifier: Apache-2.0
// The half of a run that is elaborated: SystemC's modules of each machine, the event stream and the cards on their
// wires, reset or not yet.
//
// What else a scenario says (clocks, figures of the bus, CPUs, software, traffic) the other half adds, machine.h: one
// elaboration serves every scenario of the same start_class.  One per process; made by the machine, or by the fork
// server, which copies it for each seed.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/event_stream.h"
#include "hw/tlm/board/microwire.h"
#include "hw/tlm/memory/host_memory.h"
#include "hw/tlm/nic/rtl_nic.h"
#include "hw/tlm/pci/card_slot.h"
#include "hw/tlm/pci/host_bridge.h"
#include "hw/tlm/scheduler/nic_scheduler.h"
#include "hw/tlm/wire/tx_wire.h"
#include "hw/tlm/wire/wire.h"
#include "platform/cpu/processor.h"
#include "platform/scenario/scenario.h"

namespace ringside::platform {

/// All of a scenario that the elaborated half depends on: which card, what its pins are tied to, what its registers
/// without a reset value hold, and how much memory there is.
struct start_class {
  nic_kind kind = nic_kind::rtl;
  unsigned cards = 1;
  std::array<std::uint8_t, 6> mac_address{};  // of the first; each further card's is one higher
  std::optional<tlm::eeprom_image> eeprom;    // of the first; the others' but for address and sum
  bool fast_bus = true;                       // M66EN
  std::uint32_t link_mbps = 1000;
  std::uint64_t power_on_seed = 1;
  std::uint32_t memory_mb = 64;

  auto operator<=>(const start_class&) const = default;
};
start_class start_class_of(const scenario& s);

/// The address of a card by its number.
std::array<std::uint8_t, 6> mac_address_of(const start_class& c, unsigned card);

/// What a card's EEPROM holds at power-on.
tlm::eeprom_image eeprom_of(const start_class& c, unsigned card);

/// A card in its slot, the part on its board and the wire it hangs on.
struct network_card {
  network_card(const start_class& c, unsigned machine, unsigned number, event_stream& stream);

  tlm::wire rx_wire;  // its number is the card's unit
  tlm::tx_wire tx_wire;
  tlm::card_slot slot;
  tlm::microwire eeprom;
  std::unique_ptr<tlm::nic> card;
  tlm::rtl_nic* rtl = nullptr;  // the Verilated card; null when it is the model
};

/// The hardware of one machine.
struct machine_hardware {
  machine_hardware(const start_class& c, unsigned machine);
  void add_cards(event_stream& stream, tlm::nic_scheduler& scheduler);

  const start_class made_for;
  const unsigned number;  // of the machine
  tlm::host_memory memory;
  tlm::host_bridge bridge;
  processor cpus;
  std::vector<std::unique_ptr<network_card>> cards;  // by number, which is the device number on the bus

 private:
  std::string named(const char* what) const;
};

struct hardware {
  /// Elaborates; no time passes.
  explicit hardware(const start_class& c) : hardware(std::span(&c, 1)) {}
  /// Of several machines.
  explicit hardware(std::span<const start_class> classes);

  /// Clocks the cards out of their reset, ahead of kernel time: exact, since nothing reaches them in their first 72 ns.
  void reset_cards();

  event_stream stream;
  std::vector<std::unique_ptr<machine_hardware>> machines;  // by number
  tlm::nic_scheduler scheduler;                             // of all of them
};

}  // namespace ringside::platform
