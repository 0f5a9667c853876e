// SPDX-License-Identifier: Apache-2.0
// What was drawn as text: the name of a mix, a seed as a scenario's file.
#include <fmt/format.h>

#include <array>
#include <map>

#include "tools/regress/draw.h"

namespace ringside::platform {

std::string_view name(traffic_mix t) {
  constexpr std::array<std::string_view, static_cast<std::size_t>(traffic_mix::count)> names{
      "ordinary", "flood", "jumbo", "chains", "timers"};
  return names[static_cast<std::size_t>(t)];
}

std::string as_toml(const drawn_run& run) {
  std::map<std::string, std::string> sections;
  for (const auto& [key, text] : run.keys) {
    const auto dot = key.find('.');
    sections[key.substr(0, dot)] += fmt::format("{} = \"{}\"\n", key.substr(dot + 1), text);
  }
  std::string out = fmt::format("description = \"regression seed {} ({})\"\n", run.seed, name(run.mix));
  for (const auto& [section, lines] : sections) out += fmt::format("\n[{}]\n{}", section, lines);
  return out;
}

}  // namespace ringside::platform
