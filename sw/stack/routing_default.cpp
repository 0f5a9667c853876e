// SPDX-License-Identifier: Apache-2.0
// Which of several default routes of one metric is taken: one whose gateway answers (fib_select_default and
// fib_detect_death of Linux 6.1's fib_semantics.c; RT-8).
#include <optional>

#include "sw/stack/neighbour.h"
#include "sw/stack/routing.h"

namespace ringside::stack {

// A gateway nobody knows anything of is as good as one that answers.  One that may have moved is left when it was the
// last choice, and is a last resort, as is one behind it that is known to be silent.
bool routing::dead_gateway(fib_table::route& r, int order, int preferred, fib_table::route*& last_resort,
                           int& last_index) const {
  const nud::state state = gateway_state_ ? gateway_state_(*r.hop.dev, r.hop.gateway) : nud::none;
  if (state == nud::none || state == nud::reachable) return false;
  const bool valid = (state & nud::valid) != 0;
  if (valid && order != preferred) return false;
  if (valid || (last_index < 0 && order > preferred && state != nud::incomplete)) {
    last_resort = &r;
    last_index = order;
  }
  return true;
}

// `first`: what the lookup has found.
fib_table::route* routing::select_default(fib_table::route& first, const fib_table::question& asked) {
  fib_table::route* candidate = nullptr;
  fib_table::route* last_resort = nullptr;
  int order = -1;
  int last_index = -1;
  std::uint32_t last_priority = first.priority;
  std::uint8_t last_tos = 0;
  for (fib_table::route& r : fib_.routes()) {
    if (r.bits != 0 || (r.tos != 0 && r.tos != asked.tos)) continue;
    if (r.priority > last_priority && r.tos == last_tos) {
      if (last_tos != 0) continue;
      break;
    }
    if (r.type == route_type::unicast && r.hop.dev == nullptr) continue;  // RTNH_F_DEAD
    last_tos = r.tos;
    last_priority = r.priority;
    if (r.scope != first.scope || r.type != route_type::unicast || r.hop.gateway == 0) continue;
    if (candidate == nullptr) {
      if (&r != &first) break;
    } else if (!dead_gateway(*candidate, order, first.preferred, last_resort, last_index)) {
      first.preferred = order;
      return candidate;
    }
    candidate = &r;
    ++order;
  }
  if (order <= 0) {
    if (candidate != nullptr) first.preferred = -1;
    return &first;
  }
  if (!dead_gateway(*candidate, order, first.preferred, last_resort, last_index)) {
    first.preferred = order;
    return candidate;
  }
  first.preferred = last_index;
  return last_resort != nullptr ? last_resort : &first;
}

}  // namespace ringside::stack
