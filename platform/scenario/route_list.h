// SPDX-License-Identifier: Apache-2.0
// Routes of a scenario, as `ip route add` has them: stack.routes, parsed.
//
//   "default via 10.0.0.1, 10.2.0.0/16 via 10.0.0.9 metric 5 mtu 1400, 192.0.2.0/24 dev eth1, unreachable 10.3.0.0/16"
//
// Used by value_rule.cpp (is it allowed?) and by the key table (store it).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sw/stack/config.h"

namespace ringside::platform {

/// [unicast|blackhole|unreachable|prohibit] PREFIX[/BITS] or "default", then in any order via ADDRESS, dev NAME,
/// src ADDRESS, metric N, mtu [lock] N.  A prefix has no bits beyond its length.  Nothing when it is none.
std::optional<stack::ipv4_route> parse_route(std::string_view text);
/// Routes separated by commas; may be empty.  Nothing when one of them is wrong.
std::optional<std::vector<stack::ipv4_route>> parse_routes(std::string_view text);
/// What is allowed, in one line.
std::string allowed_routes();

}  // namespace ringside::platform
