// SPDX-License-Identifier: Apache-2.0
// Which file a name means.
#include "platform/report/output_name.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "platform/scenario/loader.h"
#include "tests/common/test_folder.h"

namespace ringside::platform {
namespace {

TEST(output_name, standard_output_has_several_names) {
  const test::test_folder folder;
  std::filesystem::create_symlink("/dev/stdout", folder.path("out"));
  for (const std::string& name : {std::string("-"), std::string("/dev/stdout"), std::string("/dev/fd/1"),
                                  "/proc/" + std::to_string(getpid()) + "/fd/1", folder.path("out")})
    EXPECT_TRUE(is_standard_output(name)) << name;
  for (const std::string& name : {std::string("./-"), std::string("/dev/stderr"), std::string("/dev/null"),
                                  std::string(""), folder.path("stdout")})
    EXPECT_FALSE(is_standard_output(name)) << name;
}

TEST(output_name, links_are_followed_to_what_is_not_there_yet) {
  const test::test_folder folder;
  std::filesystem::create_directory(folder.path("sub"));
  std::filesystem::create_symlink("sub/new", folder.path("one"));
  std::filesystem::create_symlink("one", folder.path("two"));
  std::filesystem::create_directory_symlink("sub", folder.path("way"));
  std::filesystem::create_symlink("../new", folder.path("sub/up"));
  EXPECT_EQ(follow_links(folder.path("two")), folder.path("sub/new"));
  EXPECT_EQ(follow_links(folder.path("plain")), folder.path("plain"));
  // Of a link in a folder that is reached by another: as the kernel does, path_resolution(7).
  EXPECT_EQ(std::filesystem::weakly_canonical(follow_links(folder.path("way/up"))),
            std::filesystem::weakly_canonical(folder.path("new")));
  std::filesystem::create_symlink("loop", folder.path("loop"));
  EXPECT_FALSE(follow_links(folder.path("loop")).empty());
}

TEST(output_name, relative_names_are_compared_where_they_lead) {
  const named_file outputs[] = {{"--json", "not_there"}, {"--vcd", "./not_there"}};
  EXPECT_THROW(refuse_same_file({}, outputs), input_error);
  const named_file apart[] = {{"--json", "not_there"}, {"--vcd", "../not_there"}};
  EXPECT_NO_THROW(refuse_same_file({}, apart));
}

TEST(output_name, hard_links_are_one_file) {
  const test::test_folder folder;
  std::filesystem::create_hard_link(folder.write("a", "text"), folder.path("b"));
  const named_file outputs[] = {{"--json", folder.path("b")}};
  const named_file inputs[] = {{"the scenario", folder.path("a")}};
  EXPECT_THROW(refuse_same_file(inputs, outputs), input_error);
  EXPECT_NO_THROW(refuse_same_file({}, outputs));
}

/// Standard output goes to `file` for a while.
class as_standard_output {
 public:
  explicit as_standard_output(std::FILE* file) : before_(dup(STDOUT_FILENO)) {
    std::fflush(stdout);
    dup2(fileno(file), STDOUT_FILENO);
    std::fclose(file);
  }
  ~as_standard_output() {
    dup2(before_, STDOUT_FILENO);
    close(before_);
  }
  as_standard_output(const as_standard_output&) = delete;
  as_standard_output& operator=(const as_standard_output&) = delete;

 private:
  int before_;
};

// ringside run --json FILE > FILE
TEST(output_name, the_file_of_standard_output_is_taken) {
  const test::test_folder folder;
  const std::string report = folder.write("report", "");
  const as_standard_output out(std::fopen(report.c_str(), "ae"));
  const named_file same[] = {{"--json", report}};
  EXPECT_THROW(refuse_same_file({}, same), input_error);
  const named_file through[] = {{"--json", "-"}, {"--vcd", folder.path("a.vcd")}};
  EXPECT_NO_THROW(refuse_same_file({}, through));
  // ringside run --pcap FILE --pcap-out - >> FILE
  const named_file input[] = {{"--pcap", report}};
  EXPECT_THROW(refuse_same_file(input, through), input_error);
}

}  // namespace
}  // namespace ringside::platform
