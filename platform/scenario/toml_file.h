// SPDX-License-Identifier: Apache-2.0
// Reads a scenario file into (key path, text) pairs; the only user of toml11, whose headers are slow to compile.
//
// Called by loader.cpp.  Numbers keep the digits the user typed, so that 33.333 stays exact.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ringside::platform {

struct toml_entry {
  std::string path;  // "bus.clock_mhz"; a top-level key has no dot
  std::string text;  // as typed; an array's items joined by commas; a string without quotes
  std::uint_least32_t line = 0;
};

/// All entries in the order of their lines.  Throws input_error for a file that cannot be read or is no TOML.
std::vector<toml_entry> read_toml(const std::string& file);
/// The same for a file's text; messages name it by `origin`.
std::vector<toml_entry> read_toml_text(const std::string& text, const std::string& origin);

}  // namespace ringside::platform
