// SPDX-License-Identifier: Apache-2.0
// The way of packets that leave: routes, the addresses that speak for the host, and what was learned of paths
// (ip_route_output_key of Linux 6.1's net/ipv4/route.c; RT rules).
//
// Owner: net_stack.  Callers: sockets, ICMP, ARP, ip_output; ipv4_layer looks up what comes in.  Tasks change routes
// one at a time (RTNL), and lookups take no lock (RCU); what ICMP teaches of paths has one.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <utility>
#include <vector>

#include "sw/kernel/kernel.h"
#include "sw/kernel/spin_lock.h"
#include "sw/stack/config.h"
#include "sw/stack/dst.h"
#include "sw/stack/fib.h"
#include "sw/stack/inet_device.h"

namespace ringside::stack {

struct net_device;

namespace ipv4 {
inline constexpr ipv4_address loopback = 0x7F000001;
constexpr bool is_multicast(ipv4_address a) {
  return (a >> 28) == 0xE;
}
constexpr bool is_local_multicast(ipv4_address a) {  // 224.0.0.0/24: never forwarded
  return (a >> 8) == 0xE00000;
}
constexpr bool is_loopback(ipv4_address a) {
  return (a >> 24) == 127;
}
constexpr bool is_zeronet(ipv4_address a) {
  return (a >> 24) == 0;
}
}  // namespace ipv4

/// What a route is asked for, and what it says beside the way (struct flowi4).
struct flow {
  ipv4_address destination = 0;  // 0: becomes the source, or the loopback address
  ipv4_address source = 0;       // 0: becomes the one the route prefers
  net_device* out = nullptr;     // by this device alone
  std::uint8_t tos = 0;          // without the ECN bits
  bool on_link = false;          // RTO_ONLINK: by no gateway
  std::uint8_t protocol = 0;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
};

class routing {
 public:
  routing(kernel::kernel& os, const ipv4_sysctls& settings)
      : clock_(os.clock()),
        host_(os.machine()),
        softirq_(os.softirq()),
        sysctls_(settings),
        exceptions_lock_(os.machine()) {}

  // ---- Configuration.  An address or a route waits for its device.
  void add_address(const ipv4_interface_address& a);
  void add_route(const ipv4_route& r) { planned_.push_back(r); }
  void join_group(ipv4_address group) { groups_.insert(group); }
  /// The loopback device; 127.0.0.1/8 is its address.  First.
  void set_loopback(net_device& lo);
  /// NETDEV_UP, NETDEV_DOWN.
  void device_up(net_device& dev);
  void device_down(net_device& dev);

  /// Whoever keeps a route looks it up again (rt_cache_flush).
  void flush_cache() { changed(); }
  /// Who knows whether a gateway answers (RT-8).
  void on_gateway_state(std::function<std::uint8_t(const net_device&, ipv4_address)> ask) {
    gateway_state_ = std::move(ask);
  }

  // ---- Lookup
  /// ip_route_output_key: the way, and the flow's addresses filled in; empty with -ENETUNREACH or another `error`.
  dst_ref output(flow& f, long& error);
  /// inet_addr_type: of an address no route is local or a broadcast for: unicast.
  route_type address_type(ipv4_address address);
  bool joined(ipv4_address group) const;
  const std::set<ipv4_address>& groups() const { return groups_; }
  fib_table& fib() { return fib_; }
  const inet_devices& addresses() const { return addresses_; }
  net_device& loopback() { return *loopback_; }

  // ---- What a socket or a packet keeps
  /// False: whoever keeps it has to look again (dst_check).
  bool valid(const dst_ref& kept) const { return kept && !kept->obsolete && kept->generation == generation_; }
  /// ipv4_mtu: what was learned, else the route's, else the device's.
  std::uint32_t mtu(const dst_entry& of) const;
  /// An ICMP message says that packets to there must not be longer (ip_rt_update_pmtu).
  void update_pmtu(const dst_ref& way, const flow& f, std::uint32_t mtu);

  const ipv4_sysctls& sysctls() const { return sysctls_; }

 private:
  struct answer {  // struct fib_result
    fib_table::route* route = nullptr;
    route_type type = route_type::unicast;
    unsigned bits = 0;
  };
  dst_ref make(const answer& found, const flow& f, net_device& out, bool wanted_device, bool local, long& error);
  bool dead_gateway(fib_table::route& r, int order, int preferred, fib_table::route*& last_resort,
                    int& last_index) const;
  fib_table::route* select_default(fib_table::route& first, const fib_table::question& asked);
  void install(const ipv4_route& r, net_device& dev);
  net_device* device_for(const ipv4_route& r, net_device& coming) const;
  void changed() { ++generation_; }
  std::uint64_t jiffies() const { return clock_.jiffies(); }

  kernel::timers& clock_;
  kernel::host& host_;
  kernel::softirqs& softirq_;
  ipv4_sysctls sysctls_;
  kernel::spin_lock exceptions_lock_;  // fnhe_lock: what was learned, which softirqs of every CPU change
  fib_table fib_;
  inet_devices addresses_;
  std::vector<ipv4_route> planned_;
  std::vector<ipv4_route> installed_;
  std::set<ipv4_address> groups_;
  net_device* loopback_ = nullptr;
  net_device* first_ = nullptr;  // whose addresses have no name
  std::function<std::uint8_t(const net_device&, ipv4_address)> gateway_state_;
  std::uint64_t generation_ = 1;
};

}  // namespace ringside::stack
