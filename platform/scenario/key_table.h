// SPDX-License-Identifier: Apache-2.0
// Every key a scenario may set, one row each: the only home of names, units, defaults, limits and their sources.
//
// Read by loader.h, by --list-keys and by the documentation test.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/scenario/scenario.h"
#include "platform/scenario/value_rule.h"

namespace ringside::platform {

struct key_row {
  std::string_view path;  // "driver.ring_size"
  std::string_view default_text;
  value_rule rule;
  std::string_view doc;     // one line
  std::string_view source;  // manual, standard, kernel function, or "estimate" / "this project"
  void (*store)(scenario&, const value&);
};

/// An operation whose cost the virtual CPU charges; a key `cost.NAME` overrides its cycles.
struct cost_key {
  std::string name;
  std::uint32_t default_cycles = 0;
  std::string unit;
  std::string source;
};

/// Rows of nic, bus, bridge, irq, mem, cpu, wire and gen.
std::span<const key_row> hardware_rows();
/// Rows of cable.
std::span<const key_row> cable_rows();
/// Rows of net.core and kernel.
std::span<const key_row> sysctl_rows();
/// Rows of driver, stack, run and checker.
std::span<const key_row> software_rows();

/// The row of that path or nullptr.
const key_row* find_key(std::string_view path);

/// All paths in table order, cost.<name> last.
std::vector<std::string> all_paths(std::span<const cost_key> costs);

/// The known path nearest to a mistyped one, or "" when none is near.
std::string nearest_path(std::string_view path, std::span<const cost_key> costs);

/// What --list-keys prints.
std::string list_keys(std::span<const cost_key> costs);

/// The limits of every cost.<name>.
const value_rule& cost_rule();

}  // namespace ringside::platform
