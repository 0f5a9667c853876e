#include "platform/scenario/bundled.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "platform/scenario/loader.h"
#include "platform/scenario/scenario_config.h"
#include "platform/scenario/toml_file.h"

namespace ringside::platform {

namespace fs = std::filesystem;

std::vector<bundled_scenario> bundled_scenarios() {
  std::vector<bundled_scenario> out;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(scenario_folder, none)) {
    if (entry.path().extension() != ".toml") continue;
    bundled_scenario row{entry.path().stem().string(), entry.path().string(), {}};
    for (const toml_entry& line : read_toml(row.file))
      if (line.path == "description") row.description = line.text;
    out.push_back(std::move(row));
  }
  std::sort(out.begin(), out.end(), [](const auto& x, const auto& y) { return x.name < y.name; });
  return out;
}

std::string scenario_file(const std::string& typed) {
  std::error_code none;
  if (fs::exists(typed, none)) return typed;
  const fs::path bundled = fs::path(scenario_folder) / (typed + ".toml");
  if (typed.find('/') == std::string::npos && fs::exists(bundled, none)) return bundled.string();
  std::string names;
  for (const bundled_scenario& row : bundled_scenarios()) names += (names.empty() ? "" : ", ") + row.name;
  throw input_error(fmt::format("{}: no such scenario; allowed: a TOML file or one of {}", typed, names));
}

std::string version() {
  return version_text;
}

}  // namespace ringside::platform
