// SPDX-License-Identifier: Apache-2.0
// Costs accumulated and committed in stretches give the same events as one wait per cost, for random programs under
// random interrupts.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "tests/platform/cpu/random_program.h"

namespace ringside::test {
namespace {

// The first line in which two logs differ, with the line before it.
std::string first_difference(const std::string& x, const std::string& y) {
  std::istringstream a(x), b(y);
  std::string before, line_a, line_b;
  for (;;) {
    const bool more_a = static_cast<bool>(std::getline(a, line_a));
    const bool more_b = static_cast<bool>(std::getline(b, line_b));
    if (!more_a && !more_b) return {};
    if (more_a != more_b || line_a != line_b) return before.append(" | ").append(line_a).append(" | ").append(line_b);
    before = line_a;
  }
}

class accumulate : public testing::TestWithParam<std::uint64_t> {};

TEST_P(accumulate, equals_one_wait_per_cost) {
  for (std::uint64_t i = 0; i < 12; ++i) {
    program_params p;
    p.seed = GetParam() * 100 + i;
    p.cpus = i % 4 < 2 ? 1 : 2;
    if (i % 2 == 1) p.cost_jitter = 60;
    if (i % 3 == 1) p.clock_numerator = 1'733'000'000;
    if (i % 3 == 2) {
      p.clock_numerator = 4'000'000'000;
      p.clock_denominator = 3;
    }
    p.accumulate = true;
    const std::string stretches = run_random_program(p);
    p.accumulate = false;
    const std::string waits = run_random_program(p);
    ASSERT_GT(std::count(stretches.begin(), stretches.end(), '\n'), 100);
    ASSERT_EQ(first_difference(stretches, waits), "") << "seed " << p.seed;
  }
}

INSTANTIATE_TEST_SUITE_P(seeds, accumulate, testing::Range<std::uint64_t>(1, 11));

}  // namespace
}  // namespace ringside::test
