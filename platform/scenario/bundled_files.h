// SPDX-License-Identifier: Apache-2.0
// The files of platform/scenarios as the build put them into the program (embed.py writes the definition).
//
// Called by bundled.cpp.
#pragma once

#include <span>

namespace ringside::platform {

struct bundled_file {
  const char* name;  // without .toml
  const char* text;
};

/// By name.
std::span<const bundled_file> bundled_files();

}  // namespace ringside::platform
