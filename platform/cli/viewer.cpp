#include "platform/cli/viewer.h"

#include <filesystem>

namespace ringside::platform {

std::string viewer_command(const std::string& file) {
  std::error_code none;
  const auto setup = std::filesystem::path(RINGSIDE_WAVES_DIR) / "journey.gtkw";
  const auto near = std::filesystem::proximate(setup, none);
  const bool shorter = !none && near.native().size() < setup.native().size();
  return "gtkwave " + file + " " + (shorter ? near : setup).string();
}

}  // namespace ringside::platform
