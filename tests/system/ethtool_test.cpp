// SPDX-License-Identifier: Apache-2.0
// What ethtool asks of the driver, on the whole machine: self-test (FS 11), registers and EEPROM (FS 10.8), and images
// of the EEPROM in files (FS 4.3).
#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "hw/regs/e1000_regs.h"
#include "hw/tlm/board/eeprom_image.h"
#include "tests/common/test_folder.h"
#include "tests/system/run_machine.h"

namespace ringside::test::ethtool_tests {
namespace {

using json = nlohmann::json;
using platform::test::test_folder;

// The bits of the EEPROM need not be as slow as Linux makes them; every other wait of the self-test is kept.
const settings quick{"driver.eeprom_delay=1us", "gen.count=20"};

struct ethtool : testing::TestWithParam<const char*> {
  settings card() const { return quick + settings{std::string("nic.kind=") + GetParam()}; }
};

/// outcome::json ends where the wall time would come.
json results_of(const outcome& o) {
  return json::parse(o.json.substr(0, o.json.rfind(',')) + "}");
}

// FS 11, order and codes: 0 = passed.
const json all_passed{{"Register test  (offline)", 0},
                      {"Eeprom test    (offline)", 0},
                      {"Interrupt test (offline)", 0},
                      {"Loopback test  (offline)", 0},
                      {"Link test   (on/offline)", 0}};

TEST_P(ethtool, offline_self_test_passes) {  // FS 11
  const outcome o = run_machine(card() + settings{"ethtool.test=offline"});
  EXPECT_EQ(complaints_of(o), "");
  EXPECT_EQ(o["delivered"], 20U);
  const json test = results_of(o).at("self_test");
  EXPECT_EQ(test.at("results"), all_passed);
  EXPECT_TRUE(test.at("passed").get<bool>());
  EXPECT_EQ(test.at("mode"), "offline");
}

TEST_P(ethtool, online_self_test_looks_at_the_link_alone) {  // FS 11.1
  const outcome o = run_machine(card() + settings{"ethtool.test=online"});
  EXPECT_EQ(complaints_of(o), "");
  const json results = results_of(o);
  EXPECT_EQ(results.at("self_test").at("results"), all_passed);
  EXPECT_EQ(results.at("self_test").at("mode"), "online");
  EXPECT_EQ(o["chip.GPTC"], 0U) << "no loopback";
}

TEST_P(ethtool, registers_are_those_of_an_interface_that_is_up) {  // FS 10.8; Linux e1000_get_regs
  const outcome o = run_machine(card() + settings{"ethtool.registers=on"});
  EXPECT_EQ(complaints_of(o), "");
  const auto words = results_of(o).at("registers").get<std::vector<std::uint32_t>>();
  ASSERT_EQ(words.size(), 32U);
  EXPECT_EQ(words[0] & ctrl::SLU, ctrl::SLU);
  EXPECT_EQ(words[1] & 0x3FFU, 0x383U) << "STATUS: 1000 Mb/s, full duplex, up";
  EXPECT_NE(words[2] & rctl::EN, 0U);
  EXPECT_EQ(words[3], 256U * 16) << "RDLEN";
  EXPECT_EQ(words[8], 256U * 16) << "TDLEN";
  EXPECT_EQ(words[12], 0U) << "M88";
  EXPECT_EQ(words[13] & 0xFC00U, 0xAC00U) << "PSSR: resolved, link";
}

TEST_P(ethtool, eeprom_reads_as_the_image_it_was_given) {  // FS 4.3, E-3, E-8
  const test_folder folder;
  tlm::eeprom_image image = tlm::factory_image(0x0D0C'0B0A'1A02);
  image[0x08] = 0xC0DE;
  image[tlm::eeprom_word::subsystem] = 0x1234;
  tlm::set_checksum(image);
  const tlm::eeprom_bytes bytes = tlm::bytes_of(image);
  const std::string file = folder.write("card.eeprom", {bytes.begin(), bytes.end()});
  const outcome o = run_machine(card() + settings{"ethtool.eeprom=on", "nic.eeprom=" + file});
  EXPECT_EQ(complaints_of(o), "");
  EXPECT_EQ(o["delivered"], 20U) << "the frames are for the image's address";
  EXPECT_EQ(results_of(o).at("eeprom").get<std::vector<std::uint8_t>>(),
            std::vector<std::uint8_t>(bytes.begin(), bytes.end()));
}

INSTANTIATE_TEST_SUITE_P(cards, ethtool, testing::Values("rtl", "model"),
                         [](const auto& row) { return std::string(row.param); });

}  // namespace
}  // namespace ringside::test::ethtool_tests
