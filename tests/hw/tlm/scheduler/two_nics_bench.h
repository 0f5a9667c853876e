// SPDX-License-Identifier: Apache-2.0
// Two RTL cards in one simulation, on one PCI bus or on two, under a virtual CPU and a task per card.
//
// Owned by two_nics_test.cpp.  The software is as small as can be: it programs a ring, takes interrupts, copies what
// the card wrote and gives the descriptors back.  A run is one forked child, since SystemC elaborates once per process.
#pragma once

#include <cstdint>
#include <string>

#include "hw/tlm/pci/pci_params.h"

namespace ringside::test {

struct two_nics_params {
  bool two_buses = false;
  bool one_cycle_per_step = false;
  bool skip_idle = true;
  bool accumulate = true;
  unsigned cpus = 1;
  std::uint64_t seed = 1;
  unsigned frames = 40;             // per card
  unsigned load_percent = 20;       // of line rate, per card
  std::uint8_t latency_timer = 64;  // PCI clocks
  tlm::pci_params pci;
  sim_time lookahead = 0;     // of the scheduler; 0 = its default
  bool drain_always = false;  // of the scheduler
  bool read_icr = true;       // ring_task.h
};

struct two_nics_result {
  std::uint64_t hash = 0;  // of every event up to the end of the run
  std::uint64_t events = 0;
  std::uint64_t received[2] = {0, 0};  // frames
  std::uint64_t wrong[2] = {0, 0};     // frames that differ from the wire's, or came out of turn
  std::uint64_t interrupts[2] = {0, 0};
  std::uint64_t stale = 0;  // looks after an interrupt that missed a descriptor written back before INTA# rose
  std::uint64_t retries = 0;
  std::uint64_t cycles = 0;
  std::uint64_t cycles_evaluated = 0;
};

/// One run in a child of this process; the time a run simulates follows from frames and load alone.
two_nics_result run_two_nics(const two_nics_params& params);
/// The same, with every event written to `file` (to look at the first difference).
two_nics_result run_two_nics(const two_nics_params& params, const std::string& file);

}  // namespace ringside::test
