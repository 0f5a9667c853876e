// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/viewer.h"

namespace ringside::platform {

namespace fs = std::filesystem;

std::string shell_quoted(const std::string& word) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./+-,:@%=";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

std::string viewer_command(const std::string& file, const fs::path& folder, const std::string& opened_with) {
  std::error_code none;
  for (const char* place : {"../share/ringside", RINGSIDE_SOURCE_FROM_HERE}) {
    const fs::path setup = (folder / place / "waves" / opened_with).lexically_normal();
    if (!fs::exists(setup, none)) continue;
    const fs::path near = fs::proximate(setup, none);
    const bool shorter = !none && near.native().size() < setup.native().size();
    return "gtkwave " + shell_quoted(file) + " " + shell_quoted((shorter ? near : setup).string());
  }
  return "gtkwave " + shell_quoted(file);
}

std::string offered_viewer(const std::string& file, unsigned machines) {
  std::error_code none;
  return viewer_command(file, fs::read_symlink("/proc/self/exe", none).parent_path(),
                        machines == 1 ? "journey.gtkw" : "ping_pong.gtkw");
}

}  // namespace ringside::platform
