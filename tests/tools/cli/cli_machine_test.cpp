// SPDX-License-Identifier: Apache-2.0
// --machine: whom, of two machines, an option is about.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/common/test_folder.h"
#include "tests/tools/cli/run_cli.h"

namespace ringside::platform {
namespace {

using test::fake_behaviour;
using test::result;
using test::ringside;

TEST(machine_option, has_one_machine_asked_and_printed) {
  const test::test_folder folder;
  for (const std::string asked : {"a", "b"}) {
    const std::string other = asked == "a" ? "b" : "a";
    const result r = ringside({"run", "ping_pong", "--journey", "none", "--machine", asked, "--ethtool-registers",
                               "--ethtool-test", "online", "--json", folder.path("r.json")});
    EXPECT_EQ(r.status, 0) << r.err;
    EXPECT_NE(r.out.find("machine " + asked + "\n$ ethtool -d eth0\n"), std::string::npos) << r.out;
    EXPECT_EQ(r.out.find("machine " + other + "\n$ ethtool"), std::string::npos) << r.out;
    const auto json = nlohmann::json::parse(folder.read("r.json"));
    EXPECT_TRUE(json["machines"][asked].contains("self_test"));
    EXPECT_FALSE(json["machines"][other].contains("self_test"));
  }
}

TEST(machine_option, both_are_asked_without_it) {
  const result r = ringside({"run", "ping_pong", "--journey", "none", "--ethtool-registers"});
  EXPECT_EQ(r.status, 0) << r.err;
  const std::size_t of_a = r.out.find("machine a\n$ ethtool -d eth0\n");
  const std::size_t of_b = r.out.find("machine b\n$ ethtool -d eth0\n");
  ASSERT_NE(of_a, std::string::npos) << r.out;
  ASSERT_NE(of_b, std::string::npos) << r.out;
  EXPECT_LT(of_a, of_b);
}

TEST(machine_option, a_self_test_that_fails_on_b_is_status_4) {
  EXPECT_EQ(ringside({"run", "ping_pong", "--machine", "b", "--ethtool-test", "online"}, {.self_test_code = 13}).status,
            4);
}

TEST(machine_option, chooses_whose_tap_and_eeprom_are_written) {
  const test::test_folder folder;
  for (const auto& [arguments, number] : std::vector<std::pair<std::vector<std::string>, unsigned>>{
           {{}, 0U}, {{"--machine", "a"}, 0U}, {{"--machine", "b"}, 1U}}) {
    unsigned tapped = 7;
    std::vector<std::string> all{"run",          "ping_pong",     "--pcap-out", folder.path("t.pcap"),
                                 "--eeprom-out", folder.path("e")};
    all.insert(all.end(), arguments.begin(), arguments.end());
    EXPECT_EQ(ringside(all, fake_behaviour{.tapped = &tapped}).status, 0);
    EXPECT_EQ(tapped, number);
    EXPECT_EQ(static_cast<unsigned char>(folder.read("e").at(0)), 255 - number);
  }
}

TEST(machine_option, is_refused_where_it_means_nothing) {
  for (const auto& [arguments, message] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"run", "ping_pong", "--machine", "c", "--ethtool-eeprom"},
            "ringside: --machine: machine: 'c' is not allowed; allowed: a or b\n"},
           {{"run", "one_frame", "--machine", "b", "--ethtool-eeprom"},
            "ringside: --machine: machine b: there is one machine; allowed: in a scenario of two, such as ping_pong\n"},
           {{"run", "ping_pong", "--machine", "b"},
            "--machine: machine b: nothing is asked of it; allowed: with --pcap-out"},
           {{"run", "ping_pong", "--machine", "b", "--ethtool-test", "online", "--set",
             "machine.b.ethtool.test=offline"},
            "--set: machine.b.ethtool.test: is set by --ethtool-test already"}}) {
    const result r = ringside(arguments);
    EXPECT_EQ(r.status, 2) << message;
    EXPECT_EQ(r.out, "");
    EXPECT_NE(r.err.find(message), std::string::npos) << r.err;
  }
}

}  // namespace
}  // namespace ringside::platform
