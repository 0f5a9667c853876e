// SPDX-License-Identifier: Apache-2.0
// Every lesson has its page, every page its lesson, and each page says what to type.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "platform/scenario/bundled.h"

namespace ringside::test {
namespace {

namespace fs = std::filesystem;

const fs::path pages = fs::path(RINGSIDE_SOURCE_DIR) / "docs" / "lessons";

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::set<std::string> lessons() {
  std::set<std::string> names{"one_frame"};
  for (const auto& row : platform::bundled_scenarios())
    if (row.name.starts_with("lesson_")) names.insert(row.name);
  return names;
}

std::string page_of(const std::string& lesson) {
  return lesson.starts_with("lesson_") ? lesson.substr(7) : lesson;
}

TEST(lesson_pages, every_lesson_has_one) {
  EXPECT_GE(lessons().size(), 11U);
  const std::string index = text_of(pages / "README.md");
  for (const std::string& lesson : lessons()) {
    const std::string text = text_of(pages / (page_of(lesson) + ".md"));
    EXPECT_NE(text.find("ringside run " + lesson), std::string::npos) << lesson;
    for (const char* part : {"## What you see", "## Why", "## Try next"})
      EXPECT_NE(text.find(part), std::string::npos) << lesson << " lacks " << part;
    EXPECT_NE(index.find("(" + page_of(lesson) + ".md)"), std::string::npos) << lesson << " is not in README.md";
  }
}

TEST(lesson_pages, every_page_has_a_lesson) {
  std::set<std::string> known{"README"};
  for (const std::string& lesson : lessons()) known.insert(page_of(lesson));
  for (const auto& entry : fs::directory_iterator(pages))
    EXPECT_TRUE(known.contains(entry.path().stem().string())) << entry.path();
}

}  // namespace
}  // namespace ringside::test
