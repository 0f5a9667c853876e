// SPDX-License-Identifier: Apache-2.0
// Packets and what is heard: the state machine is in neighbour_timer.cpp as far as time drives it.
#include "sw/stack/neighbour.h"

#include <cerrno>

#include "common/inet.h"
#include "sw/kernel/jiffies.h"
#include "sw/stack/arp.h"
#include "sw/stack/eth.h"
#include "sw/stack/header_writers.h"

namespace ringside::stack {

namespace {

constexpr mac_address broadcast_address{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

}  // namespace

neighbour_table::neighbour_table(kernel::kernel& os, skb_allocator& skbs, routing& routes, packet_transmit& xmit,
                                 const neighbour_config& settings)
    : host_(os.machine()),
      softirq_(os.softirq()),
      clock_(os.clock()),
      skbs_(skbs),
      routes_(routes),
      xmit_(xmit),
      settings_(settings),
      numbers_(os.random().stream("neigh_reachable_time")),
      lock_(os.machine()) {
  gc_timer_.callback = [this] { periodic_gc(); };
  draw_reachable_time();
}

neighbour_table::key neighbour_table::key_of(const net_device& dev, ipv4_address address) {
  return {dev.index, dev.is_loopback ? 0 : address};  // arp_constructor: all of a loopback device are one
}

neighbour_ptr neighbour_table::find(const net_device& dev, ipv4_address address) const {
  const auto found = entries_.find(key_of(dev, address));
  return found == entries_.end() ? nullptr : found->second;
}

nud::state neighbour_table::state_of(const net_device& dev, ipv4_address address) const {
  const neighbour_ptr n = find(dev, address);
  return n == nullptr ? nud::none : n->state;
}

// Two CPUs may both find none: the one that enters its own first has made it (___neigh_create).
neighbour_ptr neighbour_table::find_or_create(net_device& dev, ipv4_address address) {
  host_.sync_software();
  if (neighbour_ptr known = find(dev, address); known != nullptr) return known;
  if (!make_room()) {
    ++counters_.table_fulls;
    return nullptr;
  }
  const auto made = std::make_shared<neighbour>(host_, dev, key_of(dev, address).second);
  neighbour& n = *made;
  n.updated = n.used = jiffies();
  construct(n);
  // ___neigh_create: not confirmed for twice the base time.
  const std::uint64_t long_ago = 2 * kernel::to_jiffies(settings_.base_reachable_time);
  n.confirmed = n.updated > long_ago ? n.updated - long_ago : 0;
  n.timer.callback = [this, &n] {
    const neighbour_ptr held = n.shared_from_this();
    on_timer(n);
  };
  ++counters_.allocs;
  const kernel::spin_guard guard(lock_);
  const auto [place, first] = entries_.emplace(key_of(dev, address), made);
  if (first) {
    n.number = ++made_;
    start_gc();
  } else {
    ++counters_.destroys;
  }
  return place->second;
}

// arp_constructor: who needs no asking.
void neighbour_table::construct(neighbour& n) const {
  const route_type type = routes_.address_type(n.address);
  if (n.dev->is_loopback || n.dev->no_arp) {
    n.hardware = n.dev->address;
  } else if (type == route_type::multicast) {
    n.hardware = ip_eth_mc_map(n.address);
  } else if (type == route_type::broadcast) {
    n.hardware = broadcast_address;
  } else {
    return;
  }
  n.state = nud::noarp;
}

// neigh_output: the header that is ready, or neigh_resolve_output.
int neighbour_table::output(ipv4_address next_hop, skb_ptr skb) {
  host_.consume(kernel::cost::neigh_output);
  const neighbour_ptr held = find_or_create(*skb->dev, next_hop);
  if (held == nullptr) {
    skbs_.drop(std::move(skb), drop_reason::neigh_failed);  // SKB_DROP_REASON_NEIGH_CREATEFAIL
    return -ENOBUFS;
  }
  neighbour& n = *held;
  if ((n.state & nud::connected) != 0 && n.hh_valid) return transmit(n, std::move(skb));
  n.used = jiffies();
  if ((n.state & (nud::connected | nud::delay | nud::probe)) == 0 && !event_send(n, skb)) return net_xmit::success;
  n.hh_valid = true;  // neigh_hh_init
  return transmit(n, std::move(skb));
}

int neighbour_table::transmit(neighbour& n, skb_ptr skb) {
  host_.emit(stage::tx_neigh, skb->frame);
  ethernet_writer header(skb->push(eth_header_bytes));
  header.set_destination(n.hardware);
  header.set_source(n.dev->address);
  header.set_type(skb->protocol);
  skb->reset_mac_header();
  return xmit_.dev_queue_xmit(std::move(skb));
}

// __neigh_event_send: true when the packet may go at once, to an address that may be old (NB-2, NB-5).
bool neighbour_table::event_send(neighbour& n, skb_ptr& skb) {
  bool ask = false;
  bool waits = false;
  {
    const kernel::spin_guard guard(n.lock);
    if ((n.state & (nud::connected | nud::delay | nud::probe)) != 0) return true;
    if (n.dead) {
      if (n.state == nud::stale) return true;
      skbs_.drop(std::move(skb), drop_reason::neigh_failed);  // SKB_DROP_REASON_NEIGH_DEAD
      return false;
    }
    if ((n.state & (nud::stale | nud::incomplete)) == 0) {
      if (settings_.mcast_solicit == 0) {
        set_state(n, nud::failed);
        skbs_.drop(std::move(skb), drop_reason::neigh_failed);
        return false;
      }
      n.probes = settings_.ucast_solicit;
      set_state(n, nud::incomplete);
      arm(n, retransmission());
      ask = true;
    } else if (n.state == nud::stale) {
      set_state(n, nud::delay);
      arm(n, kernel::to_jiffies(settings_.delay_first_probe_time));
    }
    waits = n.state == nud::incomplete;
    if (waits) queue(n, std::move(skb));
  }
  if (ask) probe(n);
  return !waits;
}

// The oldest ones go until the new one fits (NB-3).
void neighbour_table::queue(neighbour& n, skb_ptr skb) {
  while (n.waiting_bytes + skb->truesize() > settings_.unres_qlen_bytes) {
    skb_ptr oldest = n.waiting.pop_front();
    if (oldest == nullptr) break;
    n.waiting_bytes -= oldest->truesize();
    ++counters_.unres_discards;
    skbs_.drop(std::move(oldest), drop_reason::neigh_queue_full);
  }
  n.waiting_bytes += skb->truesize();
  n.waiting.push_back(std::move(skb));
}

void neighbour_table::set_state(neighbour& n, nud::state state) {
  n.state = state;
  n.updated = jiffies();
  host_.emit(stage::neigh_update, 0, n.address, state);
}

// __neigh_update for a link address and a state that is valid, by no administrator.
void neighbour_table::update(neighbour& n, const mac_address& hardware, nud::state state, bool override) {
  host_.sync_software();
  {
    const kernel::spin_guard guard(n.lock);
    if (!learn(n, hardware, state, override)) return;
  }
  release_waiting(n);
}

// True when packets wait no longer: it had no address before.
bool neighbour_table::learn(neighbour& n, const mac_address& hardware, nud::state state, bool override) {
  if (n.dead) return false;
  const nud::state old = n.state;
  if ((old & (nud::noarp | nud::permanent)) != 0) return false;
  const bool known = (old & nud::valid) != 0;
  const bool same = known && hardware == n.hardware;
  if ((state & nud::connected) != 0) n.confirmed = jiffies();
  if (known && !same && !override) return false;
  if (same && state == nud::stale) state = old;
  if (state != old || !same) n.updated = jiffies();
  if (state != old) {
    clock_.del_timer(n.timer);
    set_state(n, state);
    if ((state & nud::in_timer) != 0) arm(n, (state & nud::reachable) != 0 ? reachable_time_ : 0);
  }
  if (!same) {
    n.hardware = hardware;
    if ((state & nud::connected) == 0) {
      const std::uint64_t long_ago = 2 * kernel::to_jiffies(settings_.base_reachable_time);
      n.confirmed = jiffies() > long_ago ? jiffies() - long_ago : 0;
    }
    if (state == old) host_.emit(stage::neigh_update, 0, n.address, state);
  }
  return state != old && !known;
}

// In order, each as if it came now (NB-3): its device may have another neighbour for its next hop.  Those left when the
// address is in doubt again are dropped.
void neighbour_table::release_waiting(neighbour& n) {
  for (;;) {
    skb_ptr skb;
    {
      const kernel::spin_guard guard(n.lock);
      if ((n.state & nud::valid) != 0) skb = n.waiting.pop_front();
      if (skb == nullptr) {
        purge(n, drop_reason::neigh_failed);
        return;
      }
      n.waiting_bytes -= skb->truesize();
    }
    n.used = jiffies();
    if ((n.state & (nud::connected | nud::delay | nud::probe)) == 0 && !event_send(n, skb)) continue;
    n.hh_valid = true;
    transmit(n, std::move(skb));
  }
}

void neighbour_table::purge(neighbour& n, drop_reason reason) {
  while (skb_ptr skb = n.waiting.pop_front()) skbs_.drop(std::move(skb), reason);
  n.waiting_bytes = 0;
}

void neighbour_table::add_permanent(net_device& dev, ipv4_address address, const mac_address& hardware) {
  softirq_.local_bh_disable();
  if (const neighbour_ptr n = find_or_create(dev, address); n != nullptr) {
    bool known = false;
    {
      const kernel::spin_guard guard(n->lock);
      clock_.del_timer(n->timer);
      known = (n->state & nud::valid) != 0;
      n->hardware = hardware;
      set_state(*n, nud::permanent);
    }
    if (!known) release_waiting(*n);
  }
  softirq_.local_bh_enable();
}

void neighbour_table::confirm(const net_device& dev, ipv4_address address) {
  const neighbour_ptr n = find(dev, address);
  if (n != nullptr) n->confirmed = jiffies();
}

// neigh_flush_dev.
void neighbour_table::flush(const net_device* dev, bool skip_permanent) {
  host_.sync_software();
  const kernel::spin_guard guard(lock_);
  for (auto it = entries_.begin(); it != entries_.end();) {
    const neighbour& n = *it->second;
    const bool goes = (dev == nullptr || n.dev == dev) && !(skip_permanent && n.state == nud::permanent);
    it = goes ? forget(it) : std::next(it);
  }
  if (entries_.empty()) clock_.del_timer(gc_timer_);
}

// neigh_mark_dead and neigh_destroy: nobody will answer what waits.  Who still has it sends nothing new by it.
neighbour_table::entries::iterator neighbour_table::forget(entries::iterator which) {
  const neighbour_ptr n = which->second;
  {
    const kernel::spin_guard guard(n->lock);
    n->dead = true;
    clock_.del_timer(n->timer);
    purge(*n, drop_reason::neigh_failed);
    n->state = (n->state & nud::valid) != 0 ? nud::noarp : nud::none;
  }
  ++counters_.destroys;
  return entries_.erase(which);
}

}  // namespace ringside::stack
