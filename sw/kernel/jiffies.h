// SPDX-License-Identifier: Apache-2.0
// The kernel's coarse clock: it counts ticks of HZ = 250, as Debian's kernels are built.
//
// Callers: timers, and the time limits of softirqs, which Linux keeps in jiffies.
#pragma once

#include <cstdint>

#include "common/time.h"

namespace ringside::kernel {

inline constexpr sim_time jiffy = 4 * ms;

constexpr std::uint64_t jiffies_at(sim_time t) {
  return static_cast<std::uint64_t>(t / jiffy);
}
/// msecs_to_jiffies, usecs_to_jiffies: rounded up.
constexpr std::uint64_t to_jiffies(sim_time duration) {
  return static_cast<std::uint64_t>((duration + jiffy - 1) / jiffy);
}

}  // namespace ringside::kernel
