// SPDX-License-Identifier: Apache-2.0
// Who the next hops are: their link addresses, whether they are still there, and packets that wait to know (the
// neighbour table of Linux 6.1's net/core/neighbour.c for IPv4; NB rules).
//
// Owner: net_stack.  Callers: ip_output (packets), arp_layer (what it hears); timers.  Softirq context, or a task with
// softirqs off.  Which neighbours there are is under the table's lock, what is known of one under its own, which nobody
// holds while a packet goes on; who looks one up holds a reference, so that it outlives its place in the table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>

#include "sw/kernel/kernel.h"
#include "sw/kernel/spin_lock.h"
#include "sw/stack/config.h"
#include "sw/stack/net_device.h"
#include "sw/stack/packet_transmit.h"
#include "sw/stack/routing.h"
#include "sw/stack/skb_allocator.h"

namespace ringside::stack {

class arp_layer;

/// NUD_*, with Linux' numbers: bits.
namespace nud {
using state = std::uint8_t;
inline constexpr state none = 0;
inline constexpr state incomplete = 0x01;
inline constexpr state reachable = 0x02;
inline constexpr state stale = 0x04;
inline constexpr state delay = 0x08;
inline constexpr state probe = 0x10;
inline constexpr state failed = 0x20;
inline constexpr state noarp = 0x40;
inline constexpr state permanent = 0x80;
inline constexpr state in_timer = incomplete | reachable | delay | probe;
inline constexpr state connected = permanent | noarp | reachable;
inline constexpr state valid = connected | probe | stale | delay;
}  // namespace nud

struct neighbour : std::enable_shared_from_this<neighbour> {
  neighbour(kernel::host& machine, net_device& out, ipv4_address whose) : dev(&out), address(whose), lock(machine) {}

  net_device* dev;
  ipv4_address address;
  kernel::spin_lock lock;
  nud::state state = nud::none;
  mac_address hardware{};
  bool hh_valid = false;  // hh_cache: the link header is ready
  // Jiffies.
  std::uint64_t confirmed = 0;
  std::uint64_t updated = 0;
  std::uint64_t used = 0;
  std::uint64_t number = 0;  // the lower the earlier it was made (gc_list)
  unsigned probes = 0;
  bool dead = false;      // no longer in the table
  sk_buff_queue waiting;  // arp_queue
  std::size_t waiting_bytes = 0;
  kernel::timer timer;
};

using neighbour_ptr = std::shared_ptr<neighbour>;  // its refcnt

struct neighbour_statistics {  // NEIGH_CACHE_STAT_*
  std::uint64_t allocs = 0;
  std::uint64_t destroys = 0;
  std::uint64_t res_failed = 0;
  std::uint64_t unres_discards = 0;
  std::uint64_t table_fulls = 0;
  std::uint64_t forced_gc_runs = 0;
  std::uint64_t periodic_gc_runs = 0;
};

class neighbour_table {
 public:
  neighbour_table(kernel::kernel& os, skb_allocator& skbs, routing& routes, packet_transmit& xmit,
                  const neighbour_config& settings);

  /// Who asks for an address, and who hears that nobody answered.
  void connect(arp_layer& arp) { arp_ = &arp; }

  /// Sends a packet whose data begin at its network header to `next_hop` over skb->dev, now or when its address is
  /// known (neigh_output): what dev_queue_xmit says, 0 when it waits.
  int output(ipv4_address next_hop, skb_ptr skb);
  /// Null: there is none (__neigh_lookup).
  neighbour_ptr find(const net_device& dev, ipv4_address address) const;
  /// The one there is, or a new one; null when the table is full (__neigh_lookup_errno).
  neighbour_ptr find_or_create(net_device& dev, ipv4_address address);
  /// nud::none when there is none.
  nud::state state_of(const net_device& dev, ipv4_address address) const;
  /// What was heard of it; `override`: another address may replace the known one (neigh_update).
  void update(neighbour& n, const mac_address& hardware, nud::state state, bool override);
  /// An entry by hand, which never changes (ip neigh add ... nud permanent).
  void add_permanent(net_device& dev, ipv4_address address, const mac_address& hardware);
  /// The peer of a connection was heard of (neigh_confirm).
  void confirm(const net_device& dev, ipv4_address address);
  /// Forgets what is known of the device's neighbours, or of all; what waits is dropped (neigh_ifdown).
  void flush(const net_device* dev) { flush(dev, false); }
  /// The device has lost its link: the same, but those entered by hand stay (neigh_carrier_down).
  void carrier_down(const net_device& dev) { flush(&dev, true); }

  std::size_t size() const { return entries_.size(); }
  const neighbour_statistics& counters() const { return counters_; }
  /// Of entries that are confirmed, in jiffies; drawn anew every 300 s.
  std::uint64_t reachable_time() const { return reachable_time_; }
  const neighbour_config& settings() const { return settings_; }

 private:
  using key = std::pair<unsigned, ipv4_address>;  // index of the device
  using entries = std::map<key, neighbour_ptr>;

  static key key_of(const net_device& dev, ipv4_address address);
  bool make_room();
  bool forced_gc();
  entries::iterator forget(entries::iterator which);
  void flush(const net_device* dev, bool skip_permanent);
  void construct(neighbour& n) const;
  bool learn(neighbour& n, const mac_address& hardware, nud::state state, bool override);
  /// From one question to the next, in jiffies.
  std::uint64_t retransmission() const;
  /// False: the packet was taken, or dropped (__neigh_event_send).
  bool event_send(neighbour& n, skb_ptr& skb);
  void queue(neighbour& n, skb_ptr skb);
  int transmit(neighbour& n, skb_ptr skb);
  void probe(neighbour& n);
  void invalidate(neighbour& n);
  void set_state(neighbour& n, nud::state state);
  void arm(neighbour& n, std::uint64_t jiffies_ahead);
  void on_timer(neighbour& n);
  void advance(neighbour& n);
  unsigned max_probes(const neighbour& n) const;
  void release_waiting(neighbour& n);
  void purge(neighbour& n, drop_reason reason);
  /// The table alone refers to it.
  static bool unused(const neighbour_ptr& n) { return n.use_count() == 1 && !n->timer.pending(); }
  void start_gc();
  void periodic_gc();
  void draw_reachable_time();

  std::uint64_t jiffies() const { return clock_.jiffies(); }

  kernel::host& host_;
  kernel::softirqs& softirq_;
  kernel::timers& clock_;
  skb_allocator& skbs_;
  routing& routes_;
  packet_transmit& xmit_;
  neighbour_config settings_;
  kernel::entropy_stream& numbers_;
  arp_layer* arp_ = nullptr;
  kernel::spin_lock lock_;  // tbl->lock
  entries entries_;
  std::uint64_t made_ = 0;
  std::uint64_t reachable_time_ = 0;
  std::uint64_t last_rand_ = 0;
  std::uint64_t last_flush_ = 0;
  kernel::timer gc_timer_;
  neighbour_statistics counters_;
};

}  // namespace ringside::stack
