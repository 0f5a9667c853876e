// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/routing.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include "common/inet.h"
#include "sw/kernel/jiffies.h"
#include "sw/stack/ip_output.h"
#include "sw/stack/net_device.h"

namespace ringside::stack {

namespace {
constexpr ipv4_address all_hosts = 0xE0000001;
constexpr std::uint32_t largest_packet = 65535;  // IP_MAX_MTU
constexpr std::uint8_t tos_routed = 0x1C;        // IPTOS_RT_MASK
constexpr std::uint32_t gatewayed_mtu = 576;     // of a locked route without an MTU, by a gateway

bool is_forbidden_source(ipv4_address a) {
  return ipv4::is_multicast(a) || a == inet::limited_broadcast || ipv4::is_zeronet(a);
}
}  // namespace

void routing::add_address(const ipv4_interface_address& a) {
  addresses_.add(a.address, a.prefix_bits, route_scope::universe, a.device);
  fib_.add_address(a.address, a.prefix_bits);
  changed();
}

void routing::set_loopback(net_device& lo) {
  loopback_ = &lo;
  addresses_.add(ipv4::loopback, 8, route_scope::host, lo.name).dev = &lo;
  fib_.add_address(ipv4::loopback, 8, true);
  for (fib_table::route& r : fib_.routes())
    if (r.source == ipv4::loopback) r.hop.dev = &lo;
}

// inetdev_event and fib_netdev_event of NETDEV_UP: routes over the device have a way again.
void routing::device_up(net_device& dev) {
  if (first_ == nullptr) first_ = &dev;
  for (inet_devices::address& a : addresses_.all()) {
    if (a.dev != nullptr || (a.device_name.empty() ? first_ != &dev : a.device_name != dev.name)) continue;
    a.dev = &dev;
    for (fib_table::route& r : fib_.routes())
      if (r.source == a.local && r.hop.gateway == 0 && r.hop.dev == nullptr && r.scope >= route_scope::link)
        r.hop.dev = &dev;
  }
  for (auto it = planned_.begin(); it != planned_.end();) {
    net_device* const out = device_for(*it, dev);
    if (out == nullptr) {
      ++it;
      continue;
    }
    install(*it, *out);
    installed_.push_back(std::move(*it));
    it = planned_.erase(it);
  }
  changed();
}

// fib_sync_down_dev: an administrator's routes go with the device, those of its addresses come back with it.
void routing::device_down(net_device& dev) {
  for (inet_devices::address& a : addresses_.all())
    if (a.dev == &dev) a.dev = nullptr;
  const kernel::spin_guard_bh guard(softirq_, exceptions_lock_);
  std::vector<fib_table::route*> gone;
  for (fib_table::route& r : fib_.routes()) {
    if (r.hop.dev != &dev) continue;
    if (r.hop.gateway != 0 || r.scope == route_scope::universe) gone.push_back(&r);
    r.hop.dev = nullptr;
    r.hop.output.reset();
    r.hop.exceptions.clear();
  }
  for (const fib_table::route* r : gone) fib_.remove(*r);
  changed();
}

// fib_check_nh: the device by which the gateway can be reached.
net_device* routing::device_for(const ipv4_route& r, net_device& coming) const {
  if (!r.device.empty()) return r.device == coming.name ? &coming : nullptr;
  if (r.what != ipv4_route::kind::unicast) return &coming;
  if (r.gateway == 0) return first_ == &coming ? &coming : nullptr;
  return addresses_.on_link(&coming, r.gateway, r.gateway) ? &coming : nullptr;
}

void routing::install(const ipv4_route& r, net_device& dev) {
  fib_table::route made{};
  made.prefix = r.prefix;
  made.bits = r.prefix_bits;
  switch (r.what) {
    case ipv4_route::kind::unicast:
      made.type = route_type::unicast;
      break;
    case ipv4_route::kind::blackhole:
      made.type = route_type::blackhole;
      break;
    case ipv4_route::kind::unreachable:
      made.type = route_type::unreachable;
      break;
    case ipv4_route::kind::prohibit:
      made.type = route_type::prohibit;
      break;
  }
  // What is on the link has link scope (iproute2), what has a gateway or no way at all reaches everywhere.
  const bool on_link = made.type == route_type::unicast && r.gateway == 0;
  made.scope = on_link ? route_scope::link : route_scope::universe;
  made.priority = r.metric;
  made.source = r.source;
  made.mtu = r.mtu;
  made.mtu_locked = r.mtu_locked;
  made.hop.gateway = r.gateway;
  if (made.type == route_type::unicast) made.hop.dev = &dev;
  fib_.add(std::move(made));
}

route_type routing::address_type(ipv4_address address) {
  if (ipv4::is_zeronet(address) || address == inet::limited_broadcast) return route_type::broadcast;
  if (ipv4::is_multicast(address)) return route_type::multicast;
  const fib_table::route* const found = fib_.lookup(address);
  const bool of_table_local =
      found != nullptr && (found->type == route_type::local || found->type == route_type::broadcast);
  return of_table_local ? found->type : route_type::unicast;
}

bool routing::joined(ipv4_address group) const {
  return group == all_hosts || groups_.contains(group);
}

// ip_route_output_key_hash_rcu.
dst_ref routing::output(flow& f, long& error) {
  host_.consume(kernel::cost::route_lookup);
  host_.sync_smp();  // a task on another CPU may have changed them
  const auto unreachable = [&error](long why) {
    error = why;
    return dst_ref();
  };
  error = 0;
  f.tos &= tos_routed;
  net_device* out = f.out;
  const bool wanted_device = out != nullptr;
  answer found;
  if (f.source != 0) {
    if (is_forbidden_source(f.source)) return unreachable(-EINVAL);
    // __ip_dev_find: an address is the host's own whether its device is up or not.
    if (!ipv4::is_loopback(f.source) && !addresses_.owns(f.source)) return unreachable(-ENETUNREACH);
    if (!wanted_device && (ipv4::is_multicast(f.destination) || f.destination == inet::limited_broadcast)) {
      net_device* const of_source = ipv4::is_loopback(f.source) ? loopback_ : addresses_.device_of(f.source);
      if (of_source == nullptr) return unreachable(-ENETUNREACH);
      f.out = of_source;
      return make(found, f, *of_source, false, false, error);
    }
  }
  if (wanted_device) {
    if (!out->up) return unreachable(-ENETUNREACH);
    if (ipv4::is_local_multicast(f.destination) || f.destination == inet::limited_broadcast) {
      if (f.source == 0) f.source = addresses_.select(out, 0, route_scope::link);
      return make(found, f, *out, true, false, error);
    }
    if (f.source == 0 && ipv4::is_multicast(f.destination))
      f.source = addresses_.select(out, 0, f.on_link ? route_scope::link : route_scope::universe);
    else if (f.source == 0 && f.destination == 0)
      f.source = addresses_.select(out, 0, route_scope::host);
  }
  if (f.destination == 0) {
    f.destination = f.source != 0 ? f.source : ipv4::loopback;
    if (f.source == 0) f.source = f.destination;
    found.type = route_type::local;
    f.out = loopback_;
    return make(found, f, *loopback_, wanted_device, true, error);
  }
  long refused = 0;
  const fib_table::question asked{f.destination, f.tos, f.on_link ? route_scope::link : route_scope::universe, f.out};
  fib_table::route* route = fib_.lookup(asked, refused);
  if (route == nullptr) {
    if (!wanted_device) return unreachable(refused);
    if (f.source == 0) f.source = addresses_.select(out, 0, route_scope::link);
    return make(found, f, *out, true, false, error);  // taken to be on the link (RT-6)
  }
  found = {route, route->type, route->bits};
  if (route->type == route_type::local) {
    if (f.source == 0) f.source = route->source != 0 ? route->source : f.destination;
    f.out = loopback_;
    return make(found, f, *loopback_, wanted_device, true, error);
  }
  // fib_select_path.
  if (route->bits == 0 && route->type == route_type::unicast && !wanted_device) route = select_default(*route, asked);
  found.route = route;
  // fib_result_prefsrc.
  if (f.source == 0)
    f.source = route->source != 0 ? route->source : addresses_.select(route->hop.dev, route->hop.gateway, route->scope);
  f.out = route->hop.dev;
  return make(found, f, *route->hop.dev, wanted_device, false, error);
}

// __mkroute_output.
dst_ref routing::make(const answer& found, const flow& f, net_device& out, bool wanted_device, bool local,
                      long& error) {
  const bool of_loopback = &out == loopback_;
  route_type type = found.type;
  fib_table::route* route = found.route;
  if ((ipv4::is_loopback(f.source) && !of_loopback) || ipv4::is_zeronet(f.destination)) {
    error = -EINVAL;
    return {};
  }
  if (f.destination == inet::limited_broadcast) {
    type = route_type::broadcast;
    route = nullptr;  // by no gateway
  } else if (ipv4::is_multicast(f.destination)) {
    type = route_type::multicast;
  }
  local = local || of_loopback;
  bool kept = true;  // do_cache
  if (type == route_type::broadcast) {
    local = true;
  } else if (type == route_type::multicast) {
    local = of_loopback || joined(f.destination);
    kept = !local;
    if (route != nullptr && found.bits < 4) route = nullptr;  // a default route leads no group to its gateway
  } else if (type == route_type::local && wanted_device) {
    kept = false;
  }
  fib_exception* learned = nullptr;
  dst_ref* place = nullptr;
  std::optional<kernel::spin_guard_bh> guard;  // find_exception, rt_bind_exception
  if (route != nullptr && !route->hop.exceptions.empty()) guard.emplace(softirq_, exceptions_lock_);
  if (route != nullptr) {
    const auto exception = route->hop.exceptions.find(f.destination);
    if (exception != route->hop.exceptions.end() && jiffies() < exception->second.expires) learned = &exception->second;
    if (kept) place = learned != nullptr ? &learned->output : &route->hop.output;
    if (place != nullptr && valid(*place)) return *place;
  }
  // rt_dst_alloc, rt_set_nexthop.
  dst_ref made = ip_output::make_route(type, local, out, of_loopback);
  dst_entry& entry = made.shared();
  entry.generation = generation_;
  if (route != nullptr) {
    if (type != route_type::local) entry.gateway = route->hop.gateway;
    entry.metric_mtu = route->mtu;
    entry.metric_locked = entry.mtu_locked = route->mtu_locked;
    if (learned != nullptr) {
      entry.pmtu = learned->pmtu;
      entry.mtu_locked = entry.mtu_locked || learned->mtu_locked;
      entry.expires = learned->expires;
    }
  }
  if (place != nullptr) *place = made;
  return made;
}

std::uint32_t routing::mtu(const dst_entry& of) const {
  if (of.pmtu != 0 && jiffies() < of.expires) return std::min(of.pmtu, largest_packet);
  if (of.metric_mtu != 0) return std::min(of.metric_mtu, largest_packet);
  std::uint32_t mtu = of.dev->mtu;
  if (of.mtu_locked && of.gateway != 0) mtu = std::min(mtu, gatewayed_mtu);
  return std::min(mtu, largest_packet);
}

// __ip_rt_update_pmtu with update_or_create_fnhe.
void routing::update_pmtu(const dst_ref& way, const flow& f, std::uint32_t mtu) {
  if (way->metric_locked) return;
  const std::uint32_t old = this->mtu(*way);
  if (old < mtu) return;
  bool lock = false;
  if (mtu < sysctls_.min_pmtu) {
    lock = true;
    mtu = std::min(old, sysctls_.min_pmtu);
  }
  const std::uint64_t lifetime = kernel::to_jiffies(sysctls_.mtu_expires);
  const std::uint64_t now = jiffies();
  if (way->pmtu == mtu && !lock && now + lifetime / 2 < way->expires) return;
  long error = 0;
  const kernel::spin_guard_bh guard(softirq_, exceptions_lock_);
  fib_table::route* const route =
      fib_.lookup({f.destination, f.tos, f.on_link ? route_scope::link : route_scope::universe, f.out}, error);
  if (route == nullptr) return;
  const auto [known, fresh] = route->hop.exceptions.try_emplace(f.destination);
  fib_exception& e = known->second;
  e.pmtu = mtu;
  e.mtu_locked = lock;
  e.expires = now + lifetime;
  if (e.output) {
    e.output.shared().pmtu = mtu;
    e.output.shared().mtu_locked = lock;
    e.output.shared().expires = e.expires;
  }
  // Whoever keeps the next hop's route looks again, whether the exception is about it.
  if (fresh && route->hop.output) {
    route->hop.output.shared().obsolete = true;
    route->hop.output.reset();
  }
}

}  // namespace ringside::stack
