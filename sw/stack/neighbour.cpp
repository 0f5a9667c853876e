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
      clock_(os.clock()),
      skbs_(skbs),
      routes_(routes),
      xmit_(xmit),
      settings_(settings),
      numbers_(os.random().stream("neigh_reachable_time")) {
  gc_timer_.callback = [this] { periodic_gc(); };
  draw_reachable_time();
}

neighbour_table::key neighbour_table::key_of(const net_device& dev, ipv4_address address) {
  return {dev.index, dev.is_loopback ? 0 : address};  // arp_constructor: all of a loopback device are one
}

neighbour* neighbour_table::find(const net_device& dev, ipv4_address address) {
  const auto found = entries_.find(key_of(dev, address));
  return found == entries_.end() ? nullptr : found->second.get();
}

neighbour* neighbour_table::find_or_create(net_device& dev, ipv4_address address) {
  host_.sync_software();
  if (neighbour* const known = find(dev, address); known != nullptr) return known;
  if (!make_room()) {
    ++counters_.table_fulls;
    return nullptr;
  }
  auto made = std::make_unique<neighbour>();
  neighbour& n = *made;
  n.dev = &dev;
  n.address = key_of(dev, address).second;
  n.updated = n.used = jiffies();
  construct(n);
  // ___neigh_create: not confirmed for twice the base time.
  const std::uint64_t long_ago = 2 * kernel::to_jiffies(settings_.base_reachable_time);
  n.confirmed = n.updated > long_ago ? n.updated - long_ago : 0;
  n.timer.callback = [this, &n] { on_timer(n); };
  ++counters_.allocs;
  entries_.emplace(key_of(dev, address), std::move(made));
  start_gc();
  return &n;
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
  neighbour* const n = find_or_create(*skb->dev, next_hop);
  if (n == nullptr) {
    skbs_.drop(std::move(skb), drop_reason::neigh_failed);  // SKB_DROP_REASON_NEIGH_CREATEFAIL
    return -ENOBUFS;
  }
  ++n->users;
  const int result = output_held(*n, std::move(skb));
  --n->users;
  return result;
}

int neighbour_table::output_held(neighbour& n, skb_ptr skb) {
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
  if ((n.state & (nud::stale | nud::incomplete)) == 0) {
    if (settings_.mcast_solicit == 0) {
      set_state(n, nud::failed);
      skbs_.drop(std::move(skb), drop_reason::neigh_failed);
      return false;
    }
    n.probes = settings_.ucast_solicit;
    set_state(n, nud::incomplete);
    arm(n, kernel::to_jiffies(settings_.retrans_time));
    ask = true;
  } else if (n.state == nud::stale) {
    set_state(n, nud::delay);
    arm(n, kernel::to_jiffies(settings_.delay_first_probe_time));
  }
  const bool waits = n.state == nud::incomplete;
  if (waits) queue(n, std::move(skb));
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
  const nud::state old = n.state;
  if ((old & (nud::noarp | nud::permanent)) != 0) return;
  const bool known = (old & nud::valid) != 0;
  const bool same = known && hardware == n.hardware;
  if ((state & nud::connected) != 0) n.confirmed = jiffies();
  if (known && !same && !override) return;
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
  if (state == old || known) return;
  ++n.users;
  release_waiting(n);
  --n.users;
}

// In order, each as if it came now (NB-3): its device may have another neighbour for its next hop.
void neighbour_table::release_waiting(neighbour& n) {
  while ((n.state & nud::valid) != 0) {
    skb_ptr skb = n.waiting.pop_front();
    if (skb == nullptr) break;
    n.waiting_bytes -= skb->truesize();
    n.used = jiffies();
    if ((n.state & (nud::connected | nud::delay | nud::probe)) == 0 && !event_send(n, skb)) continue;
    n.hh_valid = true;
    transmit(n, std::move(skb));
  }
}

void neighbour_table::add_permanent(net_device& dev, ipv4_address address, const mac_address& hardware) {
  neighbour* const n = find_or_create(dev, address);
  if (n == nullptr) return;
  clock_.del_timer(n->timer);
  const bool known = (n->state & nud::valid) != 0;
  n->hardware = hardware;
  set_state(*n, nud::permanent);
  if (!known) release_waiting(*n);
}

void neighbour_table::confirm(const net_device& dev, ipv4_address address) {
  neighbour* const n = find(dev, address);
  if (n != nullptr) n->confirmed = jiffies();
}

void neighbour_table::flush(const net_device* dev) {
  host_.sync_software();
  for (auto it = entries_.begin(); it != entries_.end();)
    it = dev == nullptr || it->second->dev == dev ? forget(it) : std::next(it);
  if (entries_.empty()) clock_.del_timer(gc_timer_);
}

// neigh_destroy: nobody will answer what waits.
neighbour_table::entries::iterator neighbour_table::forget(entries::iterator which) {
  neighbour& n = *which->second;
  clock_.del_timer(n.timer);
  while (skb_ptr skb = n.waiting.pop_front()) skbs_.drop(std::move(skb), drop_reason::neigh_failed);
  ++counters_.destroys;
  return entries_.erase(which);
}

}  // namespace ringside::stack
