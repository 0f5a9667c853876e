// SPDX-License-Identifier: Apache-2.0
// --ethtool-*, --eeprom and --eeprom-out: what they set, what is printed, and how the run ends.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/common/test_folder.h"
#include "tests/tools/cli/run_cli.h"

namespace ringside::platform {
namespace {

using test::fake_behaviour;
using test::result;
using test::ringside;

TEST(ethtool_options, a_self_test_that_passed_reads_as_ethtool_prints_it) {
  const result r = ringside({"run", "one_frame", "--ethtool-test", "offline"});
  EXPECT_EQ(r.status, 0);
  EXPECT_NE(r.out.find("$ ethtool -t eth0 offline\n"
                       "The test result is PASS\n"
                       "The test extra info:\n"
                       "Register test  (offline)\t 0\n"
                       "Link test   (on/offline)\t 0\n"),
            std::string::npos)
      << r.out;
}

TEST(ethtool_options, a_self_test_that_failed_is_status_4) {
  const test::test_folder folder;
  const result r = ringside({"run", "one_frame", "--ethtool-test", "online", "--json", folder.path("a.json")},
                            fake_behaviour{.self_test_code = 13});
  EXPECT_EQ(r.status, 4);
  EXPECT_NE(r.out.find("$ ethtool -t eth0 online\nThe test result is FAIL\n"), std::string::npos) << r.out;
  const auto json = nlohmann::json::parse(folder.read("a.json"));
  EXPECT_EQ(json["self_test"]["mode"], "online");
  EXPECT_EQ(json["self_test"]["passed"], false);
  EXPECT_EQ(json["self_test"]["results"]["Register test  (offline)"], 13);
}

TEST(ethtool_options, nothing_is_printed_unasked) {
  const test::test_folder folder;
  const result r = ringside({"run", "one_frame", "--json", folder.path("a.json")});
  EXPECT_EQ(r.out.find("ethtool"), std::string::npos);
  const auto json = nlohmann::json::parse(folder.read("a.json"));
  for (const char* key : {"self_test", "registers", "eeprom"}) EXPECT_FALSE(json.contains(key)) << key;
}

TEST(ethtool_options, dumps_read_as_ethtool_prints_them) {
  const result r = ringside({"run", "one_frame", "--ethtool-registers", "--ethtool-eeprom"});
  EXPECT_EQ(r.status, 0);
  const std::size_t registers = r.out.find(
      "$ ethtool -d eth0\nMAC Registers\n-------------\n"
      "0x00000: CTRL (Device control register)     0x00000100\n"
      "0x00008: STATUS (Device status register)    0x00000101\n");
  const std::size_t eeprom = r.out.find(
      "$ ethtool -e eth0\nOffset\t\tValues\n------\t\t------\n"
      "0x0000:\t\t00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f \n"
      "0x0010:\t\t10 ");
  EXPECT_NE(registers, std::string::npos) << r.out;
  EXPECT_NE(eeprom, std::string::npos) << r.out;
  EXPECT_LT(registers, eeprom);
}

TEST(ethtool_options, eeprom_out_is_the_image_byte_for_byte) {
  const test::test_folder folder;
  const std::string file = folder.path("out.eeprom");
  EXPECT_EQ(ringside({"run", "one_frame", "--eeprom-out", file}).status, 0);
  std::string expected(128, '\0');
  for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = static_cast<char>(255 - i);
  EXPECT_EQ(folder.read("out.eeprom"), expected);
  const result piped = ringside({"run", "one_frame", "--eeprom-out", "-"});
  EXPECT_EQ(piped.out, expected);
  EXPECT_NE(piped.err.find("frames"), std::string::npos) << "the report makes room";
  EXPECT_EQ(ringside({"run", "one_frame", "--eeprom-out", "-"}, {}, true).status, 2) << "a terminal";
}

TEST(ethtool_options, bad_input_is_refused_in_one_line) {
  const test::test_folder folder;
  const tlm::eeprom_bytes bytes = tlm::bytes_of(tlm::factory_image(0x0605'0403'0202));
  const std::string image = folder.write("a.eeprom", {bytes.begin(), bytes.end()});
  for (const auto& [arguments, message] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"--ethtool-test", "quick"},
            "--ethtool-test: ethtool.test: 'quick' is not allowed; allowed: none|offline|online"},
           {{"--ethtool-test", "online", "--set", "ethtool.test=offline"},
            "--set: ethtool.test: is set by --ethtool-test"},
           {{"--eeprom", folder.path("none")}, "--eeprom: " + folder.path("none") + ": No such file"},
           {{"--eeprom", image, "--set", "nic.eeprom=" + image}, "--set: nic.eeprom: is set by --eeprom already"},
           {{"--eeprom", image, "--eeprom-out", image}, "--eeprom-out"}}) {
    std::vector<std::string> all{"run", "one_frame"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const result r = ringside(all);
    EXPECT_EQ(r.status, 2) << message;
    EXPECT_EQ(r.out, "");
    EXPECT_NE(r.err.find(message), std::string::npos) << r.err;
  }
  EXPECT_EQ(folder.read("a.eeprom"), std::string(bytes.begin(), bytes.end()));
}

}  // namespace
}  // namespace ringside::platform
