// SPDX-License-Identifier: Apache-2.0
// The scenarios that come with Ringside: found by name, listed by --list.  Their files (platform/scenarios) are part of
// the program, which needs no source tree beside it.
#pragma once

#include <string>
#include <vector>

namespace ringside::platform {

struct bundled_scenario {
  std::string name;
  std::string text;  // the TOML file
  std::string description;

  /// What messages call it.
  std::string origin() const { return name + ".toml (bundled)"; }
};

/// All of them by name.
const std::vector<bundled_scenario>& bundled_scenarios();

/// The one of this name.  Throws input_error, which lists them.
const bundled_scenario& find_bundled(const std::string& name);

/// Version of Ringside, "0.1.0".
std::string version();

}  // namespace ringside::platform
