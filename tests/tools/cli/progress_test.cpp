// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/progress.h"

#include <gtest/gtest.h>

#include <sstream>
#include <thread>

namespace ringside::platform {
namespace {

// Longer than the half second in which quick runs show nothing.
constexpr std::chrono::milliseconds long_enough{550};

TEST(progress, shows_a_line_on_a_terminal_and_wipes_it) {
  std::ostringstream out;
  {
    progress line(out, true, 200);
    line.show(5 * us, 10);
    EXPECT_EQ(out.str(), "");  // too early
    std::this_thread::sleep_for(long_enough);
    line.show(7 * us, 50);
    EXPECT_EQ(out.str(), "\r\x1b[K7 us simulated, 50 frames (25 %)");
    line.show(8 * us, 60);  // too soon after the last
    EXPECT_EQ(out.str(), "\r\x1b[K7 us simulated, 50 frames (25 %)");
  }
  EXPECT_TRUE(out.str().ends_with("\r\x1b[K"));
}

TEST(progress, is_silent_in_a_pipe) {
  std::ostringstream out;
  {
    progress line(out, false, 0);
    std::this_thread::sleep_for(long_enough);
    line.show(5 * us, 10);
  }
  EXPECT_EQ(out.str(), "");
}

}  // namespace
}  // namespace ringside::platform
