// SPDX-License-Identifier: Apache-2.0
// The command the user is offered to look at a waveform.
#include "tools/cli/viewer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/common/test_folder.h"

namespace ringside::platform {
namespace {

namespace fs = std::filesystem;

// Installed as PREFIX/bin/ringside and PREFIX/share/ringside/waves; without them GTKWave opens the file as it is.
TEST(viewer, names_the_set_up_beside_the_program) {
  const test::test_folder folder;
  const fs::path prefix = folder.path("usr");
  fs::create_directories(prefix / "bin");
  EXPECT_EQ(viewer_command("a.vcd", prefix / "bin"), "gtkwave a.vcd");
  EXPECT_EQ(viewer_command("a b.vcd", prefix / "bin"), "gtkwave 'a b.vcd'");
  fs::create_directories(prefix / "share" / "ringside" / "waves");
  std::ofstream(prefix / "share" / "ringside" / "waves" / "journey.gtkw") << "set-up\n";
  const std::string command = viewer_command("a.vcd", prefix / "bin");
  ASSERT_TRUE(command.starts_with("gtkwave a.vcd ")) << command;
  EXPECT_TRUE(fs::equivalent(command.substr(std::string("gtkwave a.vcd ").size()),
                             prefix / "share" / "ringside" / "waves" / "journey.gtkw"))
      << command;
}

TEST(viewer, names_the_set_up_of_the_tree_it_was_built_in) {
  const std::string command = viewer_command("a.vcd", RINGSIDE_CLI_FOLDER);
  const fs::path setup = command.substr(std::string("gtkwave a.vcd ").size());
  EXPECT_TRUE(fs::equivalent(setup, fs::path(RINGSIDE_TESTS_DIR).parent_path() / "waves" / "journey.gtkw")) << command;
}

}  // namespace
}  // namespace ringside::platform
