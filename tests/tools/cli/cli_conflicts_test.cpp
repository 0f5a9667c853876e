// SPDX-License-Identifier: Apache-2.0
// Options that say one thing twice, or ask for what a run does not have.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/common/test_folder.h"
#include "tests/tools/cli/run_cli.h"

namespace ringside::platform {
namespace {

using test::result;
using test::ringside;

const std::string capture = std::string(RINGSIDE_TESTS_DIR) + "/cases/us.pcap";

struct refused {
  std::vector<std::string> arguments;
  const char* message;
};

TEST(conflicts, are_refused_in_one_line) {
  const refused cases[] = {
      {{"run", "--pcap", capture, "--gen", "count=3"},
       "ringside: --gen: frames: come from --pcap already; allowed: one of the two\n"},
      {{"run", "--pcap", capture, "--set", "wire.source=gen"},
       "ringside: --set: wire.source: is set by --pcap already; allowed: one of the two\n"},
      {{"run", "--pcap", capture, "--set", "wire.pcap=" + capture}, "--set: wire.pcap: is set by --pcap already"},
      {{"run", "--gen", "count=3", "--set", " gen.count =4"}, "--set: gen.count: is set by --gen already"},
      {{"run", "--gen", "count=3", "--set", "wire.source=pcap"}, "--set: wire.source: is set by --gen already"},
      {{"run", "--gen", "count=3,size=64,count=4"}, "--gen: gen.count: is set by --gen already"},
      {{"run", "--nic", "rtl", "--set", "nic.kind=model"}, "--set: nic.kind: is set by --nic already"},
      {{"run", "--seed", "1", "--set", "run.seed=2"}, "--set: run.seed: is set by --seed already"},
      {{"run", "--pcap", capture, "--pcap-speed", "line", "--set", "wire.speed=2x"},
       "--set: wire.speed: is set by --pcap-speed already"},
      {{"run", "--pcap-rewrite"}, "--pcap-rewrite: capture: there is none; allowed: with --pcap"},
      {{"run", "--pcap-speed", "line"}, "--pcap-speed: capture: there is none; allowed: with --pcap"},
      {{"run", "--set", "wire.pcap=" + capture},
       "--set: wire.pcap: is not what the wire sends; allowed: with wire.source"},
      {{"run", "--gen", "count=3", "--set", "wire.pcap=" + capture},
       "--set wire.pcap: capture: there is none; allowed: "},
  };
  for (const refused& c : cases) {
    const result r = ringside(c.arguments);
    EXPECT_EQ(r.status, 2) << c.message;
    EXPECT_EQ(r.out, "") << c.message;
    EXPECT_NE(r.err.find(c.message), std::string::npos) << r.err;
    EXPECT_EQ(std::count(r.err.begin(), r.err.end(), '\n'), 1) << r.err;
  }
}

TEST(conflicts, a_capture_that_the_wire_does_not_send_is_refused_in_a_file) {
  const test::test_folder folder;
  const std::string idle = folder.write("idle.toml", "[wire]\nspeed = \"line\"\npcap = \"" + capture + "\"\n");
  const result r = ringside({"run", idle});
  EXPECT_EQ(r.status, 2);
  EXPECT_EQ(r.err,
            "ringside: " + idle + ":3: wire.pcap: is not what the wire sends; allowed: with wire.source = pcap\n");
  // Chosen on purpose, the generator may stand beside a capture.
  EXPECT_EQ(ringside({"run", idle, "--gen", "count=2"}).status, 0);
  EXPECT_EQ(ringside({"run", idle, "--set", "wire.source=pcap"}).status, 0);
}

// docs/captures.md: options win over the scenario, and the last of several --set.
TEST(conflicts, options_win_over_the_scenario_as_before) {
  const auto offered = [](const std::vector<std::string>& arguments) {
    const result r = ringside(arguments);
    EXPECT_EQ(r.status, 0) << r.err;
    return nlohmann::json::parse(r.out)["frames"]["offered"].get<int>();
  };
  EXPECT_EQ(offered({"run", "one_frame", "--json", "-"}), 16);
  EXPECT_EQ(offered({"run", "one_frame", "--json", "-", "--set", "gen.count=7"}), 7);
  EXPECT_EQ(offered({"run", "one_frame", "--json", "-", "--set", "gen.count=7", "--set", "gen.count=8"}), 8);
  EXPECT_EQ(offered({"run", "one_frame", "--json", "-", "--pcap", capture}), 5);
  EXPECT_EQ(offered({"run", "one_frame", "--json", "-", "--set", "wire.source=pcap", "--set", "wire.pcap=" + capture,
                     "--pcap-speed", "line"}),
            5);
}

}  // namespace
}  // namespace ringside::platform
