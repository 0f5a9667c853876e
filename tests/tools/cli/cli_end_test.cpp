// SPDX-License-Identifier: Apache-2.0
// How a run ends: contract broken, frames that do not add up, stopped by a signal.
#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "tests/common/test_folder.h"
#include "tests/tools/cli/run_cli.h"

namespace ringside::platform {
namespace {

using nlohmann::json;
using test::result;
using test::ringside;

TEST(end, contract_breach_is_status_3) {
  const result r = ringside({"run", "one_frame"}, {.breaches = 1});
  EXPECT_EQ(r.status, 3);
  EXPECT_EQ(r.err, "contract: R-21 at 5 ns\n");
  EXPECT_NE(r.out.find("offered 16"), std::string::npos);
}

TEST(end, frames_that_do_not_add_up_are_status_1) {
  const result r = ringside({"run", "one_frame"}, {.two_fates = true});
  EXPECT_EQ(r.status, 1);
  EXPECT_TRUE(r.err.starts_with("ledger: frame 1 has a second fate")) << r.err;
}

TEST(end, interrupted_run_ends_cleanly) {
  const test::test_folder folder;
  const result r = ringside({"run", "one_frame", "--json", folder.path("a.json")}, {.interrupt_after = 3});
  EXPECT_EQ(r.status, 130);
  EXPECT_NE(r.out.find("offered 3  delivered 3"), std::string::npos) << r.out;
  EXPECT_EQ(nlohmann::json::parse(folder.read("a.json"))["frames"]["offered"], 3);
  EXPECT_EQ(nlohmann::json::parse(folder.read("a.json"))["frames"]["not_sent"], 13);
  EXPECT_NE(r.out.find("\n  not sent  13 of 16: the run was stopped\n"), std::string::npos) << r.out;
}

// signal(7), and what POSIX shells make of it: 128 and the number (bash(1), EXIT STATUS).
TEST(end, is_told_of_every_signal_that_asks_for_it) {
  for (const auto& [number, status] : {std::pair{SIGINT, 130}, {SIGTERM, 143}, {SIGHUP, 129}}) {
    const test::test_folder folder;
    const result r = ringside({"run", "one_frame", "--json", folder.path("a.json"), "--vcd", folder.path("a.vcd")},
                              {.interrupt_after = 3, .signal = number});
    EXPECT_EQ(r.status, status);
    EXPECT_EQ(folder.files(), 2U);
    EXPECT_EQ(json::parse(folder.read("a.json"))["sim"]["interrupted"], true);
    EXPECT_NE(r.out.find("\ninterrupted by a signal: "), std::string::npos) << r.out;
  }
  const result whole = ringside({"run", "one_frame", "--json", "-"});
  EXPECT_EQ(json::parse(whole.out)["sim"]["interrupted"], false);
  EXPECT_EQ(whole.err.find("interrupted"), std::string::npos);
}

// nohup(1) ignores SIGHUP for the command it runs.
TEST(end, does_not_come_by_an_ignored_hangup) {
  struct sigaction before {};
  struct sigaction ignored {};
  ignored.sa_handler = SIG_IGN;
  sigaction(SIGHUP, &ignored, &before);
  const result r = ringside({"run", "one_frame"}, {.interrupt_after = 3, .signal = SIGHUP});
  sigaction(SIGHUP, &before, nullptr);
  EXPECT_EQ(r.status, 0);
  EXPECT_NE(r.out.find("offered 16  delivered 16"), std::string::npos) << r.out;
}

TEST(end, json_tells_of_the_contract) {
  const auto sound = json::parse(ringside({"run", "one_frame", "--json", "-"}).out)["contract"];
  EXPECT_EQ(sound, json::parse(R"({"rules": 103, "breach_count": 0, "breaches": []})"));
  const result r = ringside({"run", "one_frame", "--json", "-"}, {.breaches = 70});
  EXPECT_EQ(r.status, 3);
  EXPECT_EQ(json::parse(r.out)["contract"], json::parse(R"({"rules": 103, "breach_count": 70, "breaches": [
                                              {"rule": "R-21", "time_ps": 5000, "frame": 1, "text": "R-21 at 5 ns"}]})"));
  EXPECT_TRUE(r.err.ends_with("contract: R-21 at 5 ns\ncontract: 69 more\n")) << r.err;
}

}  // namespace
}  // namespace ringside::platform
