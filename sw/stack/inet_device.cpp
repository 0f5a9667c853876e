// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/inet_device.h"

#include <algorithm>
#include <utility>

namespace ringside::stack {

inet_devices::address& inet_devices::add(ipv4_address local, unsigned prefix_bits, std::uint8_t scope,
                                         std::string device) {
  return addresses_.emplace_back(address{local, prefix_bits, scope, std::move(device), nullptr});
}

ipv4_address inet_devices::select(const net_device* dev, ipv4_address destination, std::uint8_t scope) const {
  ipv4_address best = 0;
  for (const address& a : addresses_) {
    if (a.dev == nullptr || a.dev != dev || std::min(a.scope, route_scope::host) > scope) continue;
    if (destination == 0 || a.holds(destination)) return a.local;
    if (best == 0) best = a.local;
  }
  if (best != 0) return best;
  for (const address& a : addresses_)  // in_dev_select_addr
    if (a.dev != nullptr && a.scope != route_scope::link && a.scope <= scope) return a.local;
  return 0;
}

bool inet_devices::owns(ipv4_address local) const {
  return std::any_of(addresses_.begin(), addresses_.end(), [local](const address& a) { return a.local == local; });
}

net_device* inet_devices::device_of(ipv4_address local) const {
  for (const address& a : addresses_)
    if (a.local == local && a.dev != nullptr) return a.dev;
  return nullptr;
}

bool inet_devices::confirm(const net_device* dev, ipv4_address peer, ipv4_address local, std::uint8_t scope) const {
  return std::any_of(addresses_.begin(), addresses_.end(), [&](const address& a) {
    return a.local == local && a.scope <= scope && (dev == nullptr || a.dev == dev) && (peer == 0 || a.holds(peer));
  });
}

bool inet_devices::on_link(const net_device* dev, ipv4_address one, ipv4_address local) const {
  return std::any_of(addresses_.begin(), addresses_.end(),
                     [&](const address& a) { return a.dev == dev && a.holds(one) && a.holds(local); });
}

}  // namespace ringside::stack
