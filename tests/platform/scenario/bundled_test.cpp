// SPDX-License-Identifier: Apache-2.0
// The bundled scenarios are part of the program: nothing is read from the tree it was built in.
#include "platform/scenario/bundled.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "platform/scenario/loader.h"
#include "tests/common/test_folder.h"

namespace ringside::platform {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(bundled, scenarios_are_the_files_of_the_tree_byte_for_byte) {
  std::set<std::string> there;
  for (const auto& entry : fs::directory_iterator(fs::path(RINGSIDE_SOURCE_DIR) / "platform" / "scenarios")) {
    ASSERT_EQ(entry.path().extension(), ".toml");
    const std::string name = entry.path().stem().string();
    EXPECT_EQ(find_bundled(name).text, text_of(entry.path())) << name;
    there.insert(name);
  }
  EXPECT_EQ(there.size(), bundled_scenarios().size());
  for (const char* name :
       {"one_frame", "line_rate_64", "line_rate_1514", "slow_cpu", "bus_33mhz", "bench64", "bench1514"})
    EXPECT_TRUE(there.contains(name)) << name;
}

TEST(bundled, scenarios_load_and_say_what_they_are) {
  std::string last;
  for (const bundled_scenario& row : bundled_scenarios()) {
    EXPECT_FALSE(row.description.empty()) << row.name;
    EXPECT_LT(last, row.name);
    const scenario s = load_scenario(row.name, {});
    EXPECT_EQ(s.name, row.name);
    EXPECT_EQ(s.description, row.description);
    last = row.name;
  }
}

// A file of the user's in the current folder comes first, by its very name.
TEST(bundled, a_file_that_exists_is_taken_before_a_bundled_name) {
  const test::test_folder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path(""));
  folder.write("slow_cpu", "description = \"mine\"\n");
  EXPECT_EQ(load_scenario("slow_cpu", {}).description, "mine");
  EXPECT_NE(load_scenario("one_frame", {}).description, "");
  fs::current_path(before);
}

TEST(bundled, an_unknown_name_lists_those_there_are) {
  try {
    load_scenario("one_fram", {});
    FAIL() << "accepted";
  } catch (const input_error& error) {
    const std::string text = error.what();
    EXPECT_TRUE(text.starts_with("one_fram: no such scenario; allowed: a TOML file or one of bench1514, bench64, "))
        << text;
    EXPECT_NE(text.find(", one_frame, "), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace ringside::platform
