// SPDX-License-Identifier: Apache-2.0
// Figures of the behavioural card: each latency of its blocks is a parameter.
//
// Made by the machine from a scenario, or by a test; read by every block of the card.
#pragma once

#include <cstdint>

#include "common/time.h"

namespace ringside::tlm {

class microwire;

struct model_params {
  std::uint8_t unit = 0;
  std::uint64_t mac_address = 0;              // byte 0 of the address in bits 7:0; of the EEPROM the card makes itself
  microwire* eeprom = nullptr;                // the board's; null: one of the card's own, as it leaves the factory
  bool bus_66mhz = true;                      // M66EN, STATUS.PCI66
  std::uint32_t link_mbps = 1000;             // what the PHY resolved: 1000, 100 or 10
  std::uint32_t crossing_to_card_clocks = 2;  // bus to card, pci_params
  std::uint64_t seed = 1;                     // registers without a reset value

  // Latencies inside the card, in clocks of 125 MHz.  No rule depends on them (only their order does).
  std::uint32_t register_clocks = 1;        // access seen to its effect
  std::uint32_t filter_clocks = 1;          // last FCS byte to verdict and packet buffer
  std::uint32_t dma_clocks = 4;             // decision for a burst to its request
  std::uint32_t cause_clocks = 1;           // write-back seen complete to ICR
  std::uint32_t intx_clocks = 1;            // ICR to INTA#
  std::uint32_t payload_bursts = 2;         // payload bursts under way at most
  std::uint32_t payload_burst_bytes = 256;  // a burst ends at multiples of this address
  std::uint32_t transmit_bursts = 4;        // payload reads under way at most
  std::uint32_t load_clocks = 125'000;      // auto-load of the EEPROM (E-8): 1 ms
  std::uint32_t transmit_clocks = 2;        // a frame in the FIFO to its first preamble byte
};

inline constexpr sim_time card_clock = 8 * ns;  // 125 MHz

}  // namespace ringside::tlm
