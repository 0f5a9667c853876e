// SPDX-License-Identifier: Apache-2.0
// What values one scenario key takes: the parser and the text that tells a user what is allowed, from one description.
//
// Each row of the key table (key_table.h) owns one rule; loader.cpp applies it to what the user typed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/scenario/number.h"

namespace ringside::platform {

enum class value_kind {
  whole,        // integer in `grain` units -> number
  frequency,    // exact rational in Hz -> ratio; bare numbers are MHz; low/high in MHz
  choice,       // one word of `words` -> number = its index
  toggle,       // on|off|true|false -> number
  text,         // anything -> text
  mac,          // unicast Ethernet address -> list of 6
  macs,         // low..high different ones, all "unicast" or "multicast" by `words` -> list of 6 for each
  ipv4,         // dotted quad -> number; with `words` "multicast" it may be a group
  groups,       // different IPv4 multicast addresses, may be empty -> list
  ports,        // UDP ports -> list
  vids,         // different VLAN ids, may be empty -> list
  cpus,         // CPU numbers and ranges, or "all" -> number = mask
  sizes,        // 64 | 64,128 | 64..1518 -> list, number = 1 for a range
  rate,         // line | <N>pps | <N>% | <N>Mb/s -> number = rate_kind, ratio
  speed,        // original | line | <N>x | <N>pps | <N>Mb/s -> number = speed_kind, ratio
  time_or,      // a time, or a word of `words` -> number in ps, -1 for a word, which is the text
  number_or,    // an integer low..high, or a word of `words` -> number, 0 for a word, which is the text
  identifiers,  // words such as rule names, may be empty -> names
  actions,      // reconfigure_actions.h, may be empty -> text
  routes,       // route_list.h, may be empty -> text
  neighbours,   // neighbour_list.h, may be empty -> text
  faults,       // cable_config.h, may be empty -> text
  flaps         // the same
};

struct value_rule {
  value_kind kind = value_kind::text;
  std::int64_t low = 0;
  std::int64_t high = 0;
  std::int64_t step = 1;        // whole: must be a multiple of this
  bool power_of_two = false;    // whole
  std::string_view unit = {};   // unit of a bare number, as printed by --list-keys
  std::string_view grain = {};  // unit of the stored number; empty: the same
  std::string_view words = {};  // choice, time_or, number_or: "a|b|c"; sizes: of what, instead of ", FCS included"
};

/// A parsed value; which members count is said at value_kind.
struct value {
  std::int64_t number = 0;
  rational ratio;
  std::vector<std::int64_t> list;
  std::vector<std::string> names;
  std::string text;
};

/// The value, or nothing when the rule does not allow it.
std::optional<value> parse(const value_rule& rule, std::string_view text);

/// One line for error messages and --list-keys, e.g. "8..4096 in steps of 8".
std::string allowed(const value_rule& rule);

/// "a|b|c" -> {a, b, c}; also used with ','.
std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace ringside::platform
