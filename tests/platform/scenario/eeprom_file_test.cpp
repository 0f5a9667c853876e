// SPDX-License-Identifier: Apache-2.0
// nic.eeprom: a file of 128 bytes, whose address is the card's.
#include "platform/scenario/eeprom_file.h"

#include <gtest/gtest.h>

#include "platform/scenario/loader.h"
#include "tests/common/test_folder.h"

namespace ringside::platform {
namespace {

std::string image_file(const test::test_folder& folder, std::uint64_t mac) {
  const tlm::eeprom_bytes bytes = tlm::bytes_of(tlm::factory_image(mac));
  return folder.write("card.eeprom", {bytes.begin(), bytes.end()});
}

std::string refusal(const std::vector<std::string>& settings) {
  try {
    load_scenario("", settings);
  } catch (const input_error& e) {
    return e.what();
  }
  return "";
}

TEST(eeprom_file, words_have_their_low_byte_first) {
  const test::test_folder folder;
  std::string bytes(128, '\0');
  bytes[2] = '\x34';
  bytes[3] = '\x12';
  bytes[127] = '\xBA';
  const tlm::eeprom_image image = read_eeprom_file(folder.write("a", bytes), "--eeprom");
  EXPECT_EQ(image[1], 0x1234U);
  EXPECT_EQ(image[63], 0xBA00U);
  const tlm::eeprom_bytes back = tlm::bytes_of(image);
  EXPECT_EQ(std::string(back.begin(), back.end()), bytes);
}

TEST(eeprom_file, its_address_is_the_card_s) {
  const test::test_folder folder;
  const scenario s = load_scenario("", std::vector<std::string>{"nic.eeprom=" + image_file(folder, 0x0605'0403'0202)});
  EXPECT_EQ(s.nic.mac_address, (std::array<std::uint8_t, 6>{0x02, 0x02, 0x03, 0x04, 0x05, 0x06}));
  ASSERT_TRUE(s.nic.eeprom_image);
  EXPECT_EQ((*s.nic.eeprom_image)[2], 0x0605U);
  EXPECT_FALSE(load_scenario("", {}).nic.eeprom_image);
}

TEST(eeprom_file, another_address_by_hand_is_refused) {
  const test::test_folder folder;
  const std::string file = image_file(folder, 0x0605'0403'0202);
  EXPECT_EQ(refusal({"nic.eeprom=" + file, "nic.mac_address=02:00:00:00:00:07"}),
            "--set: nic.mac_address: is not the address in " + file + "; allowed: one of the two keys");
  EXPECT_EQ(refusal({"nic.mac_address=02:02:03:04:05:06", "nic.eeprom=" + file}), "");
}

TEST(eeprom_file, is_found_beside_its_scenario) {
  const test::test_folder folder;
  image_file(folder, 0x0605'0403'0202);
  const std::string file = folder.write("s.toml", "[nic]\neeprom = \"card.eeprom\"\n");
  EXPECT_TRUE(load_scenario(file, {}).nic.eeprom_image);
}

TEST(eeprom_file, an_image_no_driver_takes_is_refused) {  // E-3
  const test::test_folder folder;
  tlm::eeprom_image image = tlm::factory_image(0x0605'0403'0202);
  image[5] += 2;
  tlm::eeprom_bytes bytes = tlm::bytes_of(image);
  const std::string damaged = folder.write("damaged", {bytes.begin(), bytes.end()});
  EXPECT_EQ(refusal({"nic.eeprom=" + damaged}),
            "--set: " + damaged + ": its words add up to babc; allowed: baba, or no driver takes the card (E-3)");
  bytes = tlm::bytes_of(tlm::factory_image(0x0605'0403'0203));
  const std::string group = folder.write("group", {bytes.begin(), bytes.end()});
  EXPECT_EQ(refusal({"nic.eeprom=" + group}),
            "--set: " + group + ": its words 0 to 2 are no station's address; allowed: an individual address");
}

TEST(eeprom_file, other_sizes_are_refused_in_one_line) {
  const test::test_folder folder;
  constexpr const char* allowed = "; allowed: a file of 128 bytes, as ethtool -e DEVICE raw on writes it";
  const std::string small = folder.write("small", std::string(127, 'x'));
  const std::string large = folder.write("large", std::string(129, 'x'));
  EXPECT_EQ(refusal({"nic.eeprom=" + small}), "--set: " + small + ": has 127 bytes" + allowed);
  EXPECT_EQ(refusal({"nic.eeprom=" + large}), "--set: " + large + ": is longer" + allowed);
  const std::string none = folder.path("none");
  EXPECT_EQ(refusal({"nic.eeprom=" + none}), "--set: " + none + ": No such file or directory" + allowed);
}

}  // namespace
}  // namespace ringside::platform
