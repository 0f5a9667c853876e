// SPDX-License-Identifier: Apache-2.0
// What the registers of a Verilated model hold before its reset: anything, and the same in every run.
//
// Called by the benches of tests/hw/rtl before they construct a model, since Verilator chooses the values there.
#pragma once

#include <gtest/gtest.h>
#include <verilated.h>

namespace ringside::rtl_test {

/// `--gtest_random_seed=N` chooses the state; without it 0.  Not UnitTest::random_seed(), which GoogleTest 1.12 then
/// takes from the wall clock.
inline int start_seed() {
  return GTEST_FLAG_GET(random_seed);
}

inline void start_at_random(VerilatedContext& context, int seed = start_seed()) {
  context.randReset(2);
  context.randSeed(seed + 1);  // 0 would let Verilator choose
}

}  // namespace ringside::rtl_test
