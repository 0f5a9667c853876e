// SPDX-License-Identifier: Apache-2.0
// What a seed means: always the same run, always one the loader takes, and as a file the same scenario.
#include "tools/regress/draw.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "platform/scenario/loader.h"
#include "platform/source/stimulus.h"
#include "tests/common/test_folder.h"
#include "tools/cli/kernel_costs.h"
#include "tools/regress/seed_range.h"

namespace ringside::platform {
namespace {

TEST(seed_range, takes_a_count_and_a_range) {
  EXPECT_EQ(parse_seed_range("50")->first, 1U);
  EXPECT_EQ(parse_seed_range("50")->last, 50U);
  EXPECT_EQ(parse_seed_range("7..9")->first, 7U);
  EXPECT_EQ(parse_seed_range("7..9")->count(), 3U);
  for (const char* bad :
       {"", "0", "-1", "9..7", "1..", "..5", "1...5", "x", "5 ", "1..1000001", "99999999999999999999"})
    EXPECT_FALSE(parse_seed_range(bad)) << bad;
}

TEST(draw, the_loader_takes_every_seed_and_every_mix_occurs) {
  std::set<traffic_mix> mixes;
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    ASSERT_NO_THROW(mixes.insert(draw_run(seed, "rtl").mix)) << "seed " << seed;
  }
  EXPECT_EQ(mixes.size(), static_cast<std::size_t>(traffic_mix::count));
}

TEST(draw, a_seed_is_the_same_run_every_time) {
  EXPECT_EQ(draw_run(11, "rtl").keys, draw_run(11, "rtl").keys);
  EXPECT_NE(draw_run(11, "rtl").keys, draw_run(12, "rtl").keys);
  const auto first = make_stimulus(draw_run(11, "rtl").plan);
  const auto again = make_stimulus(draw_run(11, "model").plan);  // the card is no part of the stimulus
  ASSERT_EQ(first.size(), again.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].offer.bytes, again[i].offer.bytes);
    EXPECT_EQ(first[i].offer.earliest, again[i].offer.earliest);
  }
}

TEST(draw, every_key_is_drawn_and_left) {
  std::map<std::string, int> drawn;
  constexpr int seeds = 400;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed)
    for (const auto& [key, text] : draw_run(seed, "rtl").keys) ++drawn[key];
  for (const char* key :
       {"driver.pthresh", "driver.hthresh", "driver.wthresh", "driver.rdmts", "driver.rsrpd", "driver.buffer_offset",
        "driver.store_bad", "cpu.cost_jitter", "stack.frag_high_thresh", "reconfigure.actions"}) {
    EXPECT_GT(drawn[key], seeds / 20) << key;
    EXPECT_LT(drawn[key], seeds) << key;
  }
}

TEST(draw, no_key_is_drawn_twice) {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    std::set<std::string> seen;
    for (const auto& [key, text] : draw_run(seed, "rtl").keys) EXPECT_TRUE(seen.insert(key).second) << seed << key;
  }
}

TEST(draw, the_file_of_a_seed_loads_to_the_same_scenario) {
  const test::test_folder place;
  for (const std::uint64_t seed : {3U, 4U, 39U}) {
    const drawn_run run = draw_run(seed, "rtl");
    const std::string file = place.path("scenario.toml");
    std::ofstream(file) << as_toml(run);
    const scenario loaded = load_scenario(file, {}, kernel_cost_keys());
    EXPECT_EQ(loaded.run.seed, seed);
    EXPECT_EQ(loaded.cpu.clock_hz, run.plan.cpu.clock_hz);
    EXPECT_EQ(loaded.bus, run.plan.bus);
    EXPECT_EQ(loaded.driver.ring_size, run.plan.driver.ring_size);
    EXPECT_EQ(loaded.driver.itr, run.plan.driver.itr);
    EXPECT_EQ(loaded.app.ports, run.plan.app.ports);
    EXPECT_EQ(loaded.cost.size(), run.plan.cost.size());
    EXPECT_EQ(loaded.cpu.cost_jitter, run.plan.cpu.cost_jitter);
    EXPECT_EQ(loaded.driver.buffer_offset, run.plan.driver.buffer_offset);
    EXPECT_EQ(loaded.driver.store_bad, run.plan.driver.store_bad);
    EXPECT_EQ(loaded.reconfigure.actions.size(), run.plan.reconfigure.actions.size());
  }
}

}  // namespace
}  // namespace ringside::platform
