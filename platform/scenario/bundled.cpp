// SPDX-License-Identifier: Apache-2.0
#include "platform/scenario/bundled.h"

#include <fmt/format.h>

#include "platform/scenario/bundled_files.h"
#include "platform/scenario/loader.h"
#include "platform/scenario/toml_file.h"

namespace ringside::platform {
namespace {

std::vector<bundled_scenario> read_all() {
  std::vector<bundled_scenario> out;
  for (const bundled_file& file : bundled_files()) {
    bundled_scenario row{file.name, file.text, {}};
    for (const toml_entry& line : read_toml_text(row.text, row.origin()))
      if (line.path == "description") row.description = line.text;
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace

const std::vector<bundled_scenario>& bundled_scenarios() {
  static const std::vector<bundled_scenario> all = read_all();
  return all;
}

const bundled_scenario& find_bundled(const std::string& name) {
  std::string names;
  for (const bundled_scenario& row : bundled_scenarios()) {
    if (row.name == name) return row;
    names += (names.empty() ? "" : ", ") + row.name;
  }
  throw input_error(fmt::format("{}: no such scenario; allowed: a TOML file or one of {}", name, names));
}

std::string version() {
  return RINGSIDE_VERSION;
}

}  // namespace ringside::platform
