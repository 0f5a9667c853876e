// SPDX-License-Identifier: Apache-2.0
// When the checker must look again although nothing happens: the earliest date any part asked for.
#pragma once

#include <algorithm>

#include "common/time.h"

namespace ringside::contract {

struct due_list {
  sim_time next = time_never;
  void ask(sim_time t) { next = std::min(next, t); }
};

}  // namespace ringside::contract
