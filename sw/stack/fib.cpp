// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/fib.h"

#include <algorithm>
#include <tuple>

namespace ringside::stack {

void fib_table::add_address(ipv4_address address, unsigned prefix_bits) {
  add(address, 32, route_type::local);
  if (prefix_bits < 32) add(address, prefix_bits, route_type::unicast);
  if (prefix_bits < 31) add(address | 0xFFFFFFFFU >> prefix_bits, 32, route_type::broadcast);
}

void fib_table::add(ipv4_address prefix, unsigned bits, route_type type) {
  const ipv4_address mask = bits == 0 ? 0 : 0xFFFFFFFFU << (32 - bits);
  const auto place = std::find_if(routes_.begin(), routes_.end(), [&](const route& r) {
    return std::make_tuple(r.bits, type) < std::make_tuple(bits, r.type);
  });
  routes_.insert(place, route{prefix & mask, mask, bits, type, {}});
}

fib_table::route* fib_table::lookup(ipv4_address address) {
  for (route& r : routes_)
    if ((address & r.mask) == r.prefix) return &r;
  return nullptr;
}

}  // namespace ringside::stack
