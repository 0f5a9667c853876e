// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/fib.h"

#include <algorithm>

namespace ringside::stack {

void fib_table::add_address(ipv4_address address, unsigned prefix_bits) {
  add(address, 32, route_type::local);
  if (prefix_bits < 32) add(address, prefix_bits, route_type::unicast);
  if (prefix_bits < 31) add(address | 0xFFFFFFFFU >> prefix_bits, 32, route_type::broadcast);
}

void fib_table::add(ipv4_address prefix, unsigned bits, route_type type) {
  const ipv4_address mask = bits == 0 ? 0 : 0xFFFFFFFFU << (32 - bits);
  // fib_magic: unicast routes go to table main, all others to local, which is asked first; new ones behind
  // (NLM_F_APPEND).
  const auto place = std::find_if(routes_.begin(), routes_.end(), [&](const route& r) {
    const bool of_later_table = type != route_type::unicast && r.type == route_type::unicast;
    return r.bits < bits || (r.bits == bits && of_later_table);
  });
  routes_.insert(place, route{prefix & mask, mask, bits, type, {}});
}

fib_table::route* fib_table::lookup(ipv4_address address) {
  for (route& r : routes_)
    if ((address & r.mask) == r.prefix) return &r;
  return nullptr;
}

}  // namespace ringside::stack
