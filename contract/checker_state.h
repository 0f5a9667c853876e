// SPDX-License-Identifier: Apache-2.0
// Everything the parts of a checker share: configuration, registers, ring, frames, breaches, due dates.
//
// Owned by the checker.  A part holds its own state beside it and a reference to this.
#pragma once

#include <vector>

#include "contract/breach_log.h"
#include "contract/config.h"
#include "contract/due_list.h"
#include "contract/frame_table.h"
#include "contract/nic_registers.h"
#include "contract/ring_ledger.h"

namespace ringside::contract {

struct checker_state {
  checker_state(const checker_state&) = delete;
  checker_state& operator=(const checker_state&) = delete;
  explicit checker_state(const config& c) : setup(c), limits(c.limits), log(c.nic, c.off) {}

  const config setup;
  const tolerances limits;
  nic_registers registers;
  ring_ledger ring;
  frame_table frames;
  breach_log log;
  due_list due;

  // Power-on or CTRL.RST, and RCTL.EN has not been set since: any DMA belongs to the time before.
  bool after_reset = true;
  sim_time reset_at = -time_never / 2;
  sim_time rewritten_at = 0;                 // the ring was rewritten, or reset
  sim_time restarted_at = 0;                 // ... or RDT was written with EN = 0: what was fetched before is void
  sim_time written_at = 0;                   // a descriptor was written back
  sim_time held_write_at = -time_never / 2;  // the first write to memory since Command.BusMaster fell
  // Buffers of the ring that was rewritten last: payload the bus had taken ends there and nowhere else.
  std::vector<std::uint64_t> old_buffers;
  std::uint32_t old_buffer_bytes = 0;
  bool driver_seen = false;  // the driver's descriptor events are in the stream
};

}  // namespace ringside::contract
