// SPDX-License-Identifier: Apache-2.0
// Scenario files as text: what a user typed comes out as typed, with its line, whatever version of toml11 reads it.
#include "platform/scenario/toml_file.h"

#include <gtest/gtest.h>

#include "platform/scenario/loader.h"
#include "tests/common/test_folder.h"

namespace ringside::platform::toml_file_tests {
namespace {

std::string shown(const std::string& text) {
  std::string out;
  for (const toml_entry& e : read_toml_text(text, "x.toml"))
    out += std::to_string(e.line) + " " + e.path + "=" + e.text + "\n";
  return out;
}

std::string error_of(const std::string& text) {
  try {
    return shown(text);
  } catch (const input_error& error) {
    return error.what();
  }
}

TEST(toml_file, numbers_come_out_as_typed) {
  EXPECT_EQ(shown("a = 33.333333333333\nb = -1.50\nc = 0x80 # sixteen\nd=+9\ne = 1_000\nf = true\n\ng = 1e3"),
            "1 a=33.333333333333\n2 b=-1.50\n3 c=0x80\n4 d=+9\n5 e=1_000\n6 f=true\n8 g=1e3\n");
}

TEST(toml_file, numbers_behind_other_bytes_on_their_line) {
  EXPECT_EQ(shown("s = [ \"gr\u00f6\u00dfer, \u2603\", 1.50 ,0x80 ]\n"), "1 s=gr\u00f6\u00dfer, \u2603,1.50,0x80\n");
  EXPECT_EQ(shown("\tt = { a = 'x\u00fc', b = 2.0 }\n"), "1 t.a=x\u00fc\n1 t.b=2.0\n");
  EXPECT_EQ(shown("a = 1\r\nb = 2.50\r\n"), "1 a=1\n2 b=2.50\n");
}

TEST(toml_file, arrays_over_several_lines) {
  EXPECT_EQ(shown("[gen]\nsize = [ 64,\n  128,  # two\n 0x40 ]\ncount = 7\n"),
            "2 gen.size=64,128,0x40\n5 gen.count=7\n");
}

TEST(toml_file, entries_come_in_the_order_of_their_lines) {
  EXPECT_EQ(shown("z = 1\na = 2\n[t]\ny = 3\nb = 4\n[c.d]\ne = \"5\"\n"),
            "1 z=1\n2 a=2\n4 t.y=3\n5 t.b=4\n7 c.d.e=5\n");
}

TEST(toml_file, faults_name_origin_and_line_on_one_line) {
  for (const char* text : {"a = 1\nb = = 4\n", "a = 1\nb\n", "a = 1\nb = \"x\n"}) {
    const std::string got = error_of(text);
    EXPECT_TRUE(got.starts_with("x.toml:2: not valid TOML: ")) << got;
    EXPECT_EQ(got.find('\n'), std::string::npos) << got;
    EXPECT_GT(got.size(), std::string("x.toml:2: not valid TOML: ").size()) << got;
  }
  // Where such a fault shows is a matter of taste: at its beginning or where the text goes on without what it lacks.
  for (const char* text : {"a = 4\na = 5\n", "a = 1\nb = [1, 2\n"}) {
    const std::string got = error_of(text);
    EXPECT_TRUE(got.starts_with("x.toml:")) << got;
    EXPECT_NE(got.find("not valid TOML: "), std::string::npos) << got;
    EXPECT_EQ(got.find('\n'), std::string::npos) << got;
  }
  EXPECT_EQ(error_of("\na = \"\"\"x\ny\"\"\"\n"), "x.toml:2: a: a text over several lines; allowed: one line");
  EXPECT_EQ(error_of("a = [[1]]\n"), "x.toml:1: a: an array of arrays or tables; allowed: an array of plain values");
}

// A device need not have an end.
TEST(toml_file, is_read_up_to_a_limit) {
  try {
    read_toml("/dev/zero");
    ADD_FAILURE();
  } catch (const input_error& error) {
    EXPECT_STREQ(error.what(), "/dev/zero: has more than 1 MiB; allowed: a TOML file of a scenario");
  }
  const test::test_folder folder;
  const std::string most = folder.write("most.toml", "x = 1\n" + std::string(1024 * 1024 - 6, '\n'));
  EXPECT_EQ(read_toml(most).size(), 1U);
}

}  // namespace
}  // namespace ringside::platform::toml_file_tests
