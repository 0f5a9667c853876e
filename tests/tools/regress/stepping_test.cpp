// SPDX-License-Identifier: Apache-2.0
// A drawn run is the same run however it is stepped: its file through `ringside run`, in other ways than the seed went.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/common/test_folder.h"
#include "tools/regress/draw.h"

namespace ringside::platform {
namespace {

std::string hash_of(const std::string& scenario, const std::string& way, const test::test_folder& place) {
  const std::string json = place.path("run.json");
  const std::string command =
      std::string(RINGSIDE_COMMAND) + " run " + scenario + " --json " + json + way + " > /dev/null 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  nlohmann::json run;
  std::ifstream(json) >> run;
  return run["sim"]["event_hash"];
}

void expect_one_hash(std::uint64_t seed, const std::vector<std::string>& ways) {
  const test::test_folder place;
  const std::string file = place.path("scenario.toml");
  std::ofstream(file) << as_toml(draw_run(seed, "rtl"));
  const std::string first = hash_of(file, "", place);
  for (const std::string& way : ways) EXPECT_EQ(hash_of(file, way, place), first) << "seed " << seed << way;
}

TEST(stepping, costs_waited_for_one_by_one) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) expect_one_hash(seed, {" --set run.cpu_accumulate=off"});
}

TEST(full_stepping, every_way_is_the_same_run) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed)
    expect_one_hash(seed, {" --set run.cpu_accumulate=off", " --set run.skip=off",
                           " --set run.cpu_accumulate=off --set run.skip=off --set run.step=cycle"});
}

}  // namespace
}  // namespace ringside::platform
