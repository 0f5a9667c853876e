// SPDX-License-Identifier: Apache-2.0
// The figures of the PCI bus model, each a named parameter with its source.  A scenario holds them and has keys for
// most (platform/scenario/key_rows.cpp); a test compares the keys' defaults with these.
#pragma once

#include <cstdint>

#include "common/time.h"

namespace ringside::tlm {

struct pci_params {
  clock_domain clock{66'000'000};

  // PCI Local Bus Specification 2.3 (section numbers).
  std::uint32_t arbitration_clocks =
      2;                            // REQ# to GNT# of an arbiter with registered inputs and outputs; 3.4.1, estimate
  std::uint32_t devsel_clocks = 2;  // host bridge claims with medium DEVSEL#; 3.6.1
  std::uint32_t nic_devsel_clocks = 2;                    // the 82540EM claims with medium DEVSEL# (FS 1.1); 3.6.1
  static constexpr std::int64_t master_abort_clocks = 5;  // no DEVSEL# this long after FRAME#: master abort; 3.6.1
  std::uint32_t target_latency_clocks = 16;  // first data phase within 16 clocks of FRAME#, else Retry; 3.5.1.1
  std::uint32_t read_latency_clocks = 12;    // host bridge: address phase to first read data from memory; estimate
  std::uint32_t write_latency_clocks = 4;    // host bridge: wait states before the first posted write data phase;
                                             // estimate, makes the 8-12 overhead clocks a burst of FS 15
  std::uint32_t wait_states = 0;             // extra clocks in every data phase
  std::uint32_t nic_write_wait_clocks =
      1;                          // the card's target side accepts a posted write one clock after DEVSEL#; estimate
  std::uint32_t idle_clocks = 1;  // bus idle between two transactions; 3.4.3
  std::uint32_t retry_idle_clocks = 2;    // REQ# is off for two clocks after STOP#: Retry or disconnect; 3.4.1, 3.3.3.2
  std::uint32_t disconnect_bytes = 4096;  // host bridge disconnects at multiples of this address (a power of two)
  std::uint32_t read_return_bytes = 32;   // read data reach the card in pieces of a cache line
  std::uint32_t retry_per_million = 0;    // injected Retries of DMA by the bridge, drawn from the seed
  std::uint32_t wait_jitter = 0;          // injected extra wait clocks per burst, 0..this, drawn from the seed

  // Crossing between the RTL's 125 MHz and the PCI clock, in the PCI interface in front of the RTL: two-flop
  // synchronisers.
  std::uint32_t crossing_to_pci_clocks = 2;  // PCI clocks
  std::uint32_t crossing_to_rtl_clocks = 2;  // RTL clocks

  // Host bridge.
  sim_time cpu_to_bus_latency = 100 * ns;  // CPU store or load to the bridge's request; estimate
  sim_time bus_to_cpu_latency = 150 * ns;  // last data phase of a read to the load's completion; estimate
  sim_time drain_latency = 100 * ns;       // posted DMA write: last data phase to visible in memory; estimate
  sim_time drain_line_time = 20 * ns;      // ... and one 64-byte line after the other; estimate
  std::uint32_t posted_bytes = 1024;       // posted DMA write buffer
  std::uint32_t cpu_posted_writes = 16;    // CPU writes the bridge holds before the CPU stalls

  std::uint64_t seed = 1;

  friend bool operator==(const pci_params&, const pci_params&) = default;
};

}  // namespace ringside::tlm
