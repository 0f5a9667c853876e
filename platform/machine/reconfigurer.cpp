// SPDX-License-Identifier: Apache-2.0
#include "platform/machine/reconfigurer.h"

#include "sw/stack/eth.h"
#include "sw/stack/net_device_ops.h"

namespace ringside::platform {
namespace {

stack::mac_address address_of(std::uint64_t word) {
  stack::mac_address address{};
  for (std::size_t i = 0; i < address.size(); ++i) address[i] = static_cast<std::uint8_t>(word >> (8 * i));
  return address;
}

}  // namespace

void reconfigurer::start(sim_time origin) {
  if (actions_.empty()) return;
  net_.machine().spawn(cpu_, "ethtool", [this, origin] { run(origin); });
}

// Each action is one system call (ioctl or netlink) of a tool that was started in time.
void reconfigurer::run(sim_time origin) {
  kernel::host& host = net_.machine();
  for (const reconfigure_action& action : actions_) {
    net_.os().clock().sleep_until(origin + action.at);
    host.consume(kernel::cost::syscall_entry);
    apply(action);
    host.consume(kernel::cost::syscall_exit);
  }
}

int reconfigurer::apply(const reconfigure_action& action) {
  stack::net_device_ops& ops = *dev_.ops;
  const auto number = static_cast<std::uint32_t>(action.value);
  const auto vid = static_cast<std::uint16_t>(action.value);
  const bool on = action.value != 0;
  switch (action.what) {
    case reconfiguration::ring_size:
      return ops.set_ringparam(number);
    case reconfiguration::mtu:
      return ops.ndo_change_mtu(number);
    case reconfiguration::promiscuous:
      return ops.set_promiscuous(on);
    case reconfiguration::all_multicast:
      return ops.set_all_multicast(on);
    case reconfiguration::multicast_add:
      return ops.multicast_add(address_of(action.value));
    case reconfiguration::multicast_remove:
      return ops.multicast_remove(address_of(action.value));
    case reconfiguration::unicast_add:
      return ops.unicast_add(address_of(action.value));
    case reconfiguration::unicast_remove:
      return ops.unicast_remove(address_of(action.value));
    case reconfiguration::vlan_add: {
      // register_vlan_dev: the driver's filter first, then the device that takes the packets.
      const int result = ops.ndo_vlan_rx_add_vid(stack::ether_type::vlan, vid);
      net_.machine().sync();
      if (result == 0) net_.packets().add_vlan(dev_, stack::ether_type::vlan, vid);
      return result;
    }
    case reconfiguration::vlan_remove:
      net_.machine().sync();
      net_.packets().remove_vlan(dev_, stack::ether_type::vlan, vid);
      return ops.ndo_vlan_rx_kill_vid(stack::ether_type::vlan, vid);
    case reconfiguration::rx_checksum:
      return ops.ndo_set_features(stack::device_feature::rx_checksum, on);
    case reconfiguration::vlan_strip:
      return ops.ndo_set_features(stack::device_feature::rx_vlan, on);
    case reconfiguration::store_bad:
      return ops.ndo_set_features(stack::device_feature::rx_all, on);
    case reconfiguration::pthresh:
    case reconfiguration::hthresh:
    case reconfiguration::wthresh:
      return ops.set_tunable(action.what, number);
    case reconfiguration::count:
      break;
  }
  return -EINVAL;
}

}  // namespace ringside::platform
