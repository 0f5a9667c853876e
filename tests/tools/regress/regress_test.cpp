// SPDX-License-Identifier: Apache-2.0
// Seeds on the whole machine.  Every regression runs in forked children; this process never elaborates.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "platform/scenario/loader.h"
#include "tests/common/test_folder.h"
#include "tools/regress/regress_command.h"

namespace ringside::platform::regress_tests {
namespace {

struct outcome {
  int status = 0;
  std::string out;
  std::string err;
  nlohmann::json json;
};

outcome regress(regress_request request) {
  const test::test_folder place;
  request.json = place.path("regress.json");
  std::ostringstream out;
  std::ostringstream err;
  outcome o;
  o.status = regress_command(request, {.out = out, .err = err});
  o.out = out.str();
  o.err = err.str();
  std::ifstream(*request.json) >> o.json;
  return o;
}

void expect_sound(const outcome& o, std::uint64_t seeds) {
  EXPECT_EQ(o.status, 0) << o.err;
  EXPECT_EQ(o.err, "");
  EXPECT_EQ(o.json["seeds"], seeds);
  EXPECT_EQ(o.json["frames"]["in_flight"], 0);
  EXPECT_EQ(o.json["never_occurred"].size(), 0U) << o.out;
}

TEST(seeds, fifty_on_the_rtl) {
  expect_sound(regress({.seeds = "50", .jobs = "2"}), 50);
}
TEST(seeds, fifty_on_the_model) {
  expect_sound(regress({.seeds = "50", .jobs = "2", .nic = "model"}), 50);
}
TEST(full_seeds, thousand_on_the_rtl) {
  expect_sound(regress({.seeds = "1000", .jobs = "2"}), 1000);
}
TEST(full_seeds, thousand_on_the_model) {
  expect_sound(regress({.seeds = "1000", .jobs = "2", .nic = "model"}), 1000);
}

TEST(seeds, the_same_seed_is_the_same_run) {
  const outcome alone = regress({.seeds = "6..6", .jobs = "1"});
  const outcome among = regress({.seeds = "4..8", .jobs = "3"});
  EXPECT_EQ(alone.json["runs"][0]["event_hash"], among.json["runs"][2]["event_hash"]);
  EXPECT_NE(among.json["runs"][1]["event_hash"], among.json["runs"][2]["event_hash"]);
}

TEST(failure, bad_input_is_refused_before_anything_is_written) {
  EXPECT_THROW(regress({.seeds = "0"}), input_error);
  EXPECT_THROW(regress({.seeds = "1", .jobs = "0"}), input_error);
  EXPECT_THROW(regress({.seeds = "1", .nic = "fpga"}), input_error);
}

}  // namespace
}  // namespace ringside::platform::regress_tests
