// SPDX-License-Identifier: Apache-2.0
// A random program for the virtual CPU, the same for every way of running it: costs, records, interrupts off and on,
// MMIO stalls, timers, sleeping and waking tasks, and devices that interrupt when they like.
//
// Owned by accumulate_test.cpp.
#pragma once

#include <cstdint>
#include <string>

namespace ringside::test {

struct program_params {
  std::uint64_t seed = 1;
  bool accumulate = true;
  unsigned cpus = 1;
  std::uint32_t cost_jitter = 0;  // percent
  std::int64_t clock_numerator = 2'000'000'000;
  std::int64_t clock_denominator = 1;
};

/// Runs it in a forked child; returns every event, one per line, and the time each CPU spent on what.
std::string run_random_program(const program_params& params);

}  // namespace ringside::test
