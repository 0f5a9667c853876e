// SPDX-License-Identifier: Apache-2.0
// Waiting for several files, with or without a limit: what poll() and select() have in common (fs/select.c).
//
// Callers: system calls.  Task context.
#pragma once

#include <span>

#include "sw/stack/file.h"
#include "sw/stack/wait_limit.h"

namespace ringside::stack {

struct poll_entry {
  int fd = -1;                          // the caller's own
  file* what = nullptr;                 // null: `revents` is the answer already
  poll_mask events = 0;                 // what is asked for, exactly
  poll_mask revents = 0;                // what of it is so
  kernel::wait_queue* queue = nullptr;  // where the task waits for it
};

/// Sleeps until something is so, or the time is over; how many entries have something.
long do_poll(kernel::host& machine, std::span<poll_entry> entries, const wait_limit& limit);

}  // namespace ringside::stack
