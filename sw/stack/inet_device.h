// SPDX-License-Identifier: Apache-2.0
// IPv4 addresses of the host and the devices they are on (net/ipv4/devinet.c of Linux 6.1).
//
// Owner: routing.  Callers: routing, ARP, ICMP: which address speaks for the host.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sw/stack/bytes.h"
#include "sw/stack/fib.h"

namespace ringside::stack {

struct net_device;

class inet_devices {
 public:
  struct address {  // struct in_ifaddr
    ipv4_address local;
    unsigned prefix_bits;
    std::uint8_t scope;
    std::string device_name;    // empty: of the first device that comes up
    net_device* dev = nullptr;  // null: not there

    ipv4_address mask() const { return prefix_bits == 0 ? 0 : 0xFFFFFFFFU << (32 - prefix_bits); }
    bool holds(ipv4_address other) const { return ((local ^ other) & mask()) == 0; }  // inet_ifa_match
  };

  address& add(ipv4_address local, unsigned prefix_bits, std::uint8_t scope, std::string device);
  std::vector<address>& all() { return addresses_; }
  const std::vector<address>& all() const { return addresses_; }

  /// The one to speak with, on that device or, if it has none that is as near as `scope`, on any other; the one whose
  /// prefix holds `destination` comes first (inet_select_addr, RT-7).  0: there is none.
  ipv4_address select(const net_device* dev, ipv4_address destination, std::uint8_t scope) const;
  /// Whether it is one of the host's (inet_lookup_ifaddr_rcu).
  bool owns(ipv4_address local) const;
  /// The device of an own address (__ip_dev_find), null: of none.
  net_device* device_of(ipv4_address local) const;
  /// Whether `local` is an own address as near as `scope`, on `dev` unless that is null, in whose prefix `peer` lies
  /// unless that is 0 (inet_confirm_addr with an address asked for).
  bool confirm(const net_device* dev, ipv4_address peer, ipv4_address local, std::uint8_t scope) const;
  /// Whether `address` and `local` are of one prefix of the device (inet_addr_onlink).
  bool on_link(const net_device* dev, ipv4_address address, ipv4_address local) const;

 private:
  std::vector<address> addresses_;
};

}  // namespace ringside::stack
