// SPDX-License-Identifier: Apache-2.0
// What a scenario asks to be changed while traffic runs: reconfigure.actions, parsed.
//
//   "200us:ring=64, 300us:mtu=4000, 400us:vlan+100, 410us:mcast+01:00:5e:01:02:03, 500us:rx_csum=off"
//
// Used by value_rule.cpp (is it allowed?), by the key table (store it) and by the machine, which runs it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/reconfiguration.h"
#include "common/time.h"

namespace ringside::platform {

struct reconfigure_action {
  sim_time at = 0;  // after the first frame may come
  reconfiguration what = reconfiguration::count;
  std::uint64_t value = 0;  // number, 0 or 1, or an Ethernet address with its first byte in bits 7:0
  friend bool operator==(const reconfigure_action&, const reconfigure_action&) = default;
};

/// One action, "TIME:WORD=VALUE", "TIME:WORD+VALUE" or "TIME:WORD-VALUE"; nothing when it is none.
std::optional<reconfigure_action> parse_reconfigure_action(std::string_view text);
/// Actions separated by commas, in any order, sorted by time; may be empty.  Nothing when one of them is wrong.
std::optional<std::vector<reconfigure_action>> parse_reconfigure_actions(std::string_view text);
/// The first item that is no action, for an error message; "" when all are.
std::string_view first_bad_action(std::string_view text);
/// What is allowed, in one line.
std::string allowed_reconfigure_actions();
/// As a scenario spells it: "ring=64", "200us:ring=64".
std::string to_text(reconfiguration what, std::uint64_t value);
std::string to_text(const reconfigure_action& action);

}  // namespace ringside::platform
