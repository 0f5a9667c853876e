// SPDX-License-Identifier: Apache-2.0
// The routes of the host: tables local and main as one, as without policy rules (RT-1).
//
// Owner: routing.  Follows fib_trie.c, fib_frontend.c and fib_semantics.c of Linux 6.1 in what it finds, not in how.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <vector>

#include "sw/stack/bytes.h"
#include "sw/stack/dst.h"

namespace ringside::stack {

/// How far a destination is (RT_SCOPE_*): the larger the nearer.
namespace route_scope {
inline constexpr std::uint8_t universe = 0;
inline constexpr std::uint8_t link = 253;
inline constexpr std::uint8_t host = 254;
inline constexpr std::uint8_t nowhere = 255;
}  // namespace route_scope

/// What was learned of one destination behind a next hop (struct fib_nh_exception).
struct fib_exception {
  std::uint32_t pmtu = 0;
  bool mtu_locked = false;
  std::uint64_t expires = 0;  // jiffies
  dst_ref output;             // fnhe_rth_output
};

struct fib_nexthop {
  net_device* dev = nullptr;  // null: its device is not there, or down
  ipv4_address gateway = 0;   // 0: the destination itself
  dst_ref output;             // nhc_pcpu_rth_output: what packets out are given
  std::map<ipv4_address, fib_exception> exceptions;
};

class fib_table {
 public:
  struct route {
    ipv4_address prefix;
    ipv4_address mask;
    unsigned bits;
    route_type type;
    std::uint8_t scope = route_scope::universe;
    std::uint8_t tos = 0;        // 0: of any
    std::uint32_t priority = 0;  // "metric": the lowest is asked first
    ipv4_address source = 0;     // fib_prefsrc
    std::uint32_t mtu = 0;       // RTAX_MTU
    bool mtu_locked = false;
    int preferred = -1;  // fa_default: which of the default routes behind it, by their order, was taken last
    dst_ref input;       // nhc_rth_input: what packets in are given, once one has come
    fib_nexthop hop;
  };

  /// What a lookup asks for (struct flowi4).
  struct question {
    ipv4_address destination = 0;
    std::uint8_t tos = 0;
    std::uint8_t scope = route_scope::universe;  // not wider than that
    const net_device* out = nullptr;             // by this device alone
  };

  /// What an address with its prefix brings (fib_add_ifaddr): itself, its prefix below 32 bits, and below 31 bits the
  /// broadcast address of the prefix (RT-4, RFC 3021).  `loopback`: of that device, whose prefix is all the host's.
  void add_address(ipv4_address address, unsigned prefix_bits, bool loopback = false);
  route& add(ipv4_address prefix, unsigned bits, route_type type);
  /// Its mask is made, its place found: as fib_table_insert with NLM_F_APPEND.
  route& add(route made);
  /// Lookups do not find it any more; a CPU that has found it keeps it (kfree_rcu; here it goes with the table).
  void remove(const route& which);

  /// The longest prefix that holds the address; of one length one of table local first, and of one table the one
  /// added first.  Null: there is no route.
  route* lookup(ipv4_address address);
  /// The same for a packet that leaves (fib_table_lookup): of one length by TOS and metric as well, a route whose
  /// device is down is passed by (RT-2, RT-3).  Null with `error`: -ENETUNREACH, or what the route says.
  route* lookup(const question& asked, long& error);
  /// RTN_LOCAL (inet_addr_type).
  bool is_local(ipv4_address address) {
    const route* const found = lookup(address);
    return found != nullptr && found->type == route_type::local;
  }
  std::list<route>& routes() { return routes_; }

 private:
  std::list<route> routes_;  // in the order a lookup asks them
  std::list<route> removed_;
};

}  // namespace ringside::stack
