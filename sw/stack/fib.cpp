// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/fib.h"

#include <algorithm>
#include <cerrno>
#include <tuple>
#include <utility>

namespace ringside::stack {

namespace {

// fib_magic: unicast routes go to table main, all others to local, which is asked first.  Those that refuse are an
// administrator's, of table main as well.
bool of_table_main(route_type type) {
  return type != route_type::local && type != route_type::broadcast && type != route_type::multicast;
}

// fib_props: what a route without a way on answers.
long refusal(route_type type) {
  switch (type) {
    case route_type::blackhole:
      return -EINVAL;
    case route_type::unreachable:
      return -EHOSTUNREACH;
    case route_type::prohibit:
      return -EACCES;
    default:
      return 0;
  }
}

}  // namespace

void fib_table::add_address(ipv4_address address, unsigned prefix_bits, bool loopback) {
  const auto own = [&](route& r, std::uint8_t scope) {
    r.scope = scope;
    r.source = address;
  };
  own(add(address, 32, route_type::local), route_scope::host);
  if (prefix_bits < 32) {
    const route_type whole = loopback ? route_type::local : route_type::unicast;
    own(add(address, prefix_bits, whole), loopback ? route_scope::host : route_scope::link);
  }
  if (prefix_bits < 31) own(add(address | 0xFFFFFFFFU >> prefix_bits, 32, route_type::broadcast), route_scope::link);
}

fib_table::route& fib_table::add(ipv4_address prefix, unsigned bits, route_type type) {
  route made{};
  made.prefix = prefix;
  made.bits = bits;
  made.type = type;
  return add(std::move(made));
}

// fib_table_insert: the longer prefix first, then table local, then the exact TOS, then the lower metric; new ones
// behind (NLM_F_APPEND).
fib_table::route& fib_table::add(route made) {
  made.mask = made.bits == 0 ? 0 : 0xFFFFFFFFU << (32 - made.bits);
  made.prefix &= made.mask;
  const auto order = [](const route& r) {
    return std::tuple(32 - r.bits, of_table_main(r.type), 255 - r.tos, r.priority);
  };
  const auto place =
      std::find_if(routes_.begin(), routes_.end(), [&](const route& r) { return order(made) < order(r); });
  return *routes_.insert(place, std::move(made));
}

void fib_table::remove(const route& which) {
  const auto place = std::find_if(routes_.begin(), routes_.end(), [&which](const route& r) { return &r == &which; });
  if (place != routes_.end()) removed_.splice(removed_.end(), routes_, place);
}

fib_table::route* fib_table::lookup(ipv4_address address) {
  for (route& r : routes_)
    if ((address & r.mask) == r.prefix) return &r;
  return nullptr;
}

fib_table::route* fib_table::lookup(const question& asked, long& error) {
  error = -ENETUNREACH;
  for (route& r : routes_) {
    if ((asked.destination & r.mask) != r.prefix) continue;
    if (r.tos != 0 && r.tos != asked.tos) continue;
    if (r.scope < asked.scope) continue;
    const long refused = refusal(r.type);
    if (refused != 0) {
      error = refused;
      return nullptr;
    }
    // fib_lookup_good_nhc; an own address stays the host's when its device is down (RT-4).
    if (r.hop.dev == nullptr && (r.type != route_type::local || asked.out != nullptr)) continue;
    if (asked.out != nullptr && asked.out != r.hop.dev) continue;
    error = 0;
    return &r;
  }
  return nullptr;
}

}  // namespace ringside::stack
