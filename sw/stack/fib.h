// SPDX-License-Identifier: Apache-2.0
// The routes of the host: tables local and main as one, as without policy rules (RT-1).
//
// Owner: ipv4_layer.  Follows fib_trie.c and fib_frontend.c of Linux 6.1 in what it finds, not in how.
#pragma once

#include <cstdint>
#include <vector>

#include "sw/stack/bytes.h"
#include "sw/stack/dst.h"

namespace ringside::stack {

class fib_table {
 public:
  struct route {
    ipv4_address prefix;
    ipv4_address mask;
    unsigned bits;
    route_type type;
    dst_ref input;  // nhc_rth_input: what packets in are given, once one has come
  };

  /// What an address with its prefix brings (fib_add_ifaddr): itself, its prefix below 32 bits, and below 31 bits the
  /// broadcast address of the prefix (RT-4, RFC 3021).
  void add_address(ipv4_address address, unsigned prefix_bits);
  void add(ipv4_address prefix, unsigned bits, route_type type);

  /// The longest prefix that holds the address; of one length one of table local first, and of one table the one
  /// added first.  Null: there is no route.  Void after
  /// the next add.
  route* lookup(ipv4_address address);
  /// RTN_LOCAL (inet_addr_type).
  bool is_local(ipv4_address address) {
    const route* const found = lookup(address);
    return found != nullptr && found->type == route_type::local;
  }

 private:
  std::vector<route> routes_;  // in the order a lookup asks them
};

}  // namespace ringside::stack
