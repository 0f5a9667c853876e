// The scenarios that come with Ringside: found by name, listed by --list.
#pragma once

#include <string>
#include <vector>

namespace ringside::platform {

struct bundled_scenario {
  std::string name;
  std::string file;
  std::string description;
};

/// All of them by name.
std::vector<bundled_scenario> bundled_scenarios();

/// The file to load for what the user typed: an existing file, else a bundled name.  Throws input_error.
std::string scenario_file(const std::string& typed);

/// Version of Ringside, "0.1.0".
std::string version();

}  // namespace ringside::platform
