// SPDX-License-Identifier: Apache-2.0
// Costs that vary: by no more than asked, by their seed alone, and never by what else goes on.
#include "platform/cpu/cost_jitter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <sstream>

#include "tests/common/forked.h"
#include "tests/platform/cpu/cpu_bench.h"

namespace ringside::test::cost_jitter_tests {
namespace {

constexpr unsigned uses = 400;
constexpr std::int64_t cost = 1000;

struct program {
  std::uint32_t percent = 30;
  std::uint64_t seed = 1;
  bool accumulate = true;
  bool interrupts = false;
  unsigned cpu = 0;
};

/// Cycles of each use of one cost by a task, in a child of its own.
std::vector<std::int64_t> spent(const program& p) {
  const std::string text = run_forked([&p] {
    platform::virtual_cpu_params params;
    params.cost_jitter = p.percent;
    params.seed = p.seed;
    params.accumulate = p.accumulate;
    cpu_bench b(params, 2);
    b.irq = [&b](unsigned) {
      b.here().consume(333);
      b.interrupts.set_level(0, false, b.here().now());
    };
    b.interrupts.route(0, p.cpu);
    b.task(
        "t",
        [&b, &p] {
          for (unsigned i = 0; i < uses; ++i) {
            const bool was = b.cpu(p.cpu).irq_save();  // so that an interrupt comes between two uses, not inside one
            b.mark(i);
            b.cpu(p.cpu).consume(cost);
            b.mark(i);
            b.cpu(p.cpu).irq_restore(was);
          }
        },
        p.cpu);
    if (p.interrupts)
      for (int i = 0; i < 50; ++i) b.level_at(0, true, (3 + 4 * i) * us);
    b.run(2 * ms);
    const auto marks = b.marks();
    std::string out;
    for (std::size_t i = 0; i + 1 < marks.size(); i += 2)
      out += std::to_string((marks[i + 1].first - marks[i].first) / cpu_bench::cycle) + ' ';
    return out;
  });
  std::istringstream in(text);
  std::vector<std::int64_t> all{std::istream_iterator<std::int64_t>(in), {}};
  EXPECT_EQ(all.size(), uses);
  return all;
}

TEST(cost_jitter, stays_within_its_percentage_and_reaches_its_ends) {
  const auto cycles = spent({.percent = 30});
  const auto [least, most] = std::minmax_element(cycles.begin(), cycles.end());
  EXPECT_GE(*least, 700);
  EXPECT_LE(*most, 1300);
  EXPECT_LT(*least, 720);  // of 400 draws: missed by all in one of 10^6 seeds
  EXPECT_GT(*most, 1280);
  const std::int64_t sum = std::accumulate(cycles.begin(), cycles.end(), std::int64_t{0});
  EXPECT_NEAR(static_cast<double>(sum) / uses, 1000, 45);  // five standard errors
}

TEST(cost_jitter, none_is_the_cost_itself) {
  const auto cycles = spent({.percent = 0});
  EXPECT_EQ(cycles, std::vector<std::int64_t>(uses, cost));
}

TEST(cost_jitter, is_the_seeds_and_the_cpus_own) {
  const auto once = spent({});
  EXPECT_EQ(spent({}), once);
  EXPECT_NE(spent({.seed = 2}), once);
  EXPECT_NE(spent({.cpu = 1}), once);
}

TEST(cost_jitter, of_a_task_knows_nothing_of_interrupts_and_of_stepping) {
  const auto alone = spent({});
  EXPECT_EQ(spent({.interrupts = true}), alone);
  EXPECT_EQ(spent({.accumulate = false}), alone);
  EXPECT_EQ(spent({.accumulate = false, .interrupts = true}), alone);
}

// Two interrupts of one CPU and one task each draw for themselves.
TEST(cost_jitter, streams_differ) {
  const platform::cost_jitter jitter(50, 7, 0);
  rng first = jitter.stream_of_interrupt(0);
  rng second = jitter.stream_of_interrupt(1);
  rng task = jitter.stream_of_task(1);
  const auto draw = [&jitter](rng& stream) {
    std::vector<std::int64_t> all(20);
    for (std::int64_t& cycles : all) cycles = jitter.cycles(cost, stream);
    return all;
  };
  const auto a = draw(first);
  const auto b = draw(second);
  const auto c = draw(task);
  EXPECT_NE(a, b);
  EXPECT_NE(a, c);
  EXPECT_NE(b, c);
}

}  // namespace
}  // namespace ringside::test::cost_jitter_tests
