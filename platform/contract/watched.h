// Everything the parts of a checker share: configuration, registers, ring, frames, breaches, due dates.
//
// Owned by the checker.  A part holds its own state beside it and a reference to this.
#pragma once

#include "platform/contract/breach_log.h"
#include "platform/contract/config.h"
#include "platform/contract/due_list.h"
#include "platform/contract/frame_table.h"
#include "platform/contract/nic_registers.h"
#include "platform/contract/ring_ledger.h"

namespace ringside::contract {

struct watched {
  explicit watched(const config& c) : setup(c), limits(c.limits), log(c.nic, c.off) {}

  const config setup;
  const tolerances limits;
  nic_registers registers;
  ring_ledger ring;
  frame_table frames;
  breach_log log;
  due_list due;

  // CTRL.RST took effect and RCTL.EN has not been set since: DMA belongs to the time before.
  bool after_reset = false;
  sim_time reset_at = 0;
};

}  // namespace ringside::contract
