// SPDX-License-Identifier: Apache-2.0
// What the checker is told about the card it watches, and the tolerances of its judgements.
#pragma once

#include <cstdint>

#include "common/time.h"
#include "contract/rule.h"

namespace ringside::contract {

/// Differences between when something happens and when its event says so; nothing here relaxes a rule of the chip.
struct tolerances {
  // Register strobe, ICR and INTx stand a few clocks apart inside the chip: 10 clocks of 125 MHz.
  sim_time settle = 80 * ns;
  // An effect may be seen this long before the event of the register access that caused it: 4 clocks.
  sim_time early = 32 * ns;
  // Between RDT acceptance or bus completion and the card's own pointers.
  sim_time pointers = 500 * ns;
  // A descriptor read that the bus had taken before RCTL.EN fell, behind 1 KiB of payload that a posting buffer takes
  // at 20 MB/s (51 us), and retries.
  sim_time fetch_in_flight = 100 * us;
  // Bursts the bus had taken before CTRL.RST.
  sim_time reset_drain = 5 * us;
  // The same before the ring was rewritten or RDT written with EN = 0: the same 1 KiB of payload, and
  // retries.
  sim_time bus_drain = 60 * us;
  // N-10.
  sim_time stop = 10 * ms;
  // N-5, R-20: "at once" under a congested bus.
  sim_time write_back = 200 * us;
  // N-15: from one payload burst to the next while frames wait: a full FIFO at 33 MHz with many retries.
  sim_time payload = 10 * ms;
  // I-40: from consumption to the cause.
  sim_time threshold_cause = 10 * us;
  // D-4: a visible frame this old when the watchdog fires was stranded.
  sim_time stranded = 10 * ms;
  // Descriptors in which the card's free count may differ from the bus's view for `pointers`.
  unsigned descriptors_in_flight = 4;
};

struct config {
  std::uint8_t nic = 0;        // event::unit of the card's own events
  std::uint8_t bus = 0;        // event::unit of its bus's events
  bool only_card = true;       // the only card on that bus: every DMA event of the bus is its own
  bool only_host_card = true;  // the only card the CPUs drive: every register event of a CPU is its own
  rule_set off;                // rules that are not judged
  bool self_test = false;      // the driver will be told to test the card (FS 11)
  tolerances limits;
};

}  // namespace ringside::contract
