// SPDX-License-Identifier: Apache-2.0
#include "platform/machine/reconfigurer.h"

#include <array>

#include "sw/stack/eth.h"
#include "sw/stack/net_device_ops.h"

namespace ringside::platform {
namespace {

/// What an action works on: a device with operations, in its stack.
struct interface_under_change {
  stack::net_stack& net;
  stack::net_device& dev;
  stack::net_device_ops& ops;
};
using change = int(const interface_under_change&, std::uint64_t value);  // 0 or a negative errno

std::uint32_t u32(std::uint64_t value) {
  return static_cast<std::uint32_t>(value);
}

std::uint16_t vid_of(std::uint64_t value) {
  return static_cast<std::uint16_t>(value);
}

stack::mac_address address_of(std::uint64_t word) {
  stack::mac_address address{};
  for (std::size_t i = 0; i < address.size(); ++i) address[i] = static_cast<std::uint8_t>(word >> (8 * i));
  return address;
}

// One function for each row of common/reconfigurations.inc, of the same name.

int ring_size(const interface_under_change& on, std::uint64_t value) {
  return on.ops.set_ringparam(u32(value), on.ops.get_ringparam().tx);
}

int mtu(const interface_under_change& on, std::uint64_t value) {
  return on.ops.ndo_change_mtu(u32(value));
}

int promiscuous(const interface_under_change& on, std::uint64_t value) {
  return on.ops.set_promiscuous(value != 0);
}

int all_multicast(const interface_under_change& on, std::uint64_t value) {
  return on.ops.set_all_multicast(value != 0);
}

int multicast_add(const interface_under_change& on, std::uint64_t value) {
  return on.ops.multicast_add(address_of(value));
}

int multicast_remove(const interface_under_change& on, std::uint64_t value) {
  return on.ops.multicast_remove(address_of(value));
}

int unicast_add(const interface_under_change& on, std::uint64_t value) {
  return on.ops.unicast_add(address_of(value));
}

int unicast_remove(const interface_under_change& on, std::uint64_t value) {
  return on.ops.unicast_remove(address_of(value));
}

// register_vlan_dev: the driver's filter first, then the device that takes the packets.
int vlan_add(const interface_under_change& on, std::uint64_t value) {
  const int result = on.ops.ndo_vlan_rx_add_vid(stack::ether_type::vlan, vid_of(value));
  on.net.machine().sync();
  if (result == 0) on.net.add_vlan(on.dev, stack::ether_type::vlan, vid_of(value));
  return result;
}

int vlan_remove(const interface_under_change& on, std::uint64_t value) {
  on.net.machine().sync();
  on.net.remove_vlan(on.dev, stack::ether_type::vlan, vid_of(value));
  return on.ops.ndo_vlan_rx_kill_vid(stack::ether_type::vlan, vid_of(value));
}

// The driver tells of the change; it is not asked for what is as wished already (__netdev_update_features).
int feature(const interface_under_change& on, reconfiguration what, stack::device_feature which, std::uint64_t value) {
  if (on.dev.features.has(which) != (value != 0)) return stack::netdev_change_feature(on.dev, which, value != 0);
  kernel::host& host = on.net.machine();
  host.emit(stage::reconfigure, 0, static_cast<std::uint64_t>(what), value);
  host.emit(stage::reconfigure, 0, static_cast<std::uint64_t>(what) | reconfiguration_ended, value);
  return 0;
}

int rx_checksum(const interface_under_change& on, std::uint64_t value) {
  return feature(on, reconfiguration::rx_checksum, stack::device_feature::rx_checksum, value);
}

int vlan_strip(const interface_under_change& on, std::uint64_t value) {
  return feature(on, reconfiguration::vlan_strip, stack::device_feature::rx_vlan, value);
}

int store_bad(const interface_under_change& on, std::uint64_t value) {
  return feature(on, reconfiguration::store_bad, stack::device_feature::rx_all, value);
}

int pthresh(const interface_under_change& on, std::uint64_t value) {
  return on.ops.set_tunable(reconfiguration::pthresh, u32(value));
}

int hthresh(const interface_under_change& on, std::uint64_t value) {
  return on.ops.set_tunable(reconfiguration::hthresh, u32(value));
}

int wthresh(const interface_under_change& on, std::uint64_t value) {
  return on.ops.set_tunable(reconfiguration::wthresh, u32(value));
}

// What drivers do not tell of.
int told(const interface_under_change& on, reconfiguration what, std::uint64_t value, const auto& act) {
  kernel::host& host = on.net.machine();
  const auto kind = static_cast<std::uint64_t>(what);
  host.emit(stage::reconfigure, 0, kind, value);
  const int result = act();
  host.emit(stage::reconfigure, 0, kind | reconfiguration_ended | (result == 0 ? 0 : reconfiguration_refused), value);
  return result;
}

int tx_feature(const interface_under_change& on, reconfiguration what, stack::device_feature which,
               std::uint64_t value) {
  return told(on, what, value, [&] { return stack::netdev_change_feature(on.dev, which, value != 0); });
}

int tx_ring_size(const interface_under_change& on, std::uint64_t value) {
  return told(on, reconfiguration::tx_ring_size, value,
              [&] { return on.ops.set_ringparam(on.ops.get_ringparam().rx, u32(value)); });
}

int tx_checksum(const interface_under_change& on, std::uint64_t value) {
  return tx_feature(on, reconfiguration::tx_checksum, stack::device_feature::tx_checksum, value);
}

int scatter_gather(const interface_under_change& on, std::uint64_t value) {
  return tx_feature(on, reconfiguration::scatter_gather, stack::device_feature::sg, value);
}

int tso(const interface_under_change& on, std::uint64_t value) {
  return tx_feature(on, reconfiguration::tso, stack::device_feature::tso, value);
}

int restart(const interface_under_change& on, std::uint64_t value) {
  return told(on, reconfiguration::restart, value, [&] { return on.ops.nway_reset(); });
}

// The cable was told by reconfigurer::start(), for the card's clock and not the task's moves it: here the action is
// told.
int link(const interface_under_change& on, std::uint64_t value) {
  return told(on, reconfiguration::link, value, [] { return 0; });
}

// ethtool asks how it stands, and sets all of it.
int pause(const interface_under_change& on, reconfiguration what, std::uint64_t value,
          bool stack::pause_parameters::*which) {
  stack::pause_parameters wished = on.ops.get_pauseparam();
  wished.autoneg = false;
  wished.*which = value != 0;
  return told(on, what, value, [&] { return on.ops.set_pauseparam(wished); });
}

int rx_pause(const interface_under_change& on, std::uint64_t value) {
  return pause(on, reconfiguration::rx_pause, value, &stack::pause_parameters::rx);
}

int tx_pause(const interface_under_change& on, std::uint64_t value) {
  return pause(on, reconfiguration::tx_pause, value, &stack::pause_parameters::tx);
}

int pause_sent(const interface_under_change& on, std::uint64_t value) {
  return told(on, reconfiguration::pause_sent, value,
              [&] { return on.ops.set_tunable(reconfiguration::pause_sent, u32(value)); });
}

int hang(const interface_under_change& on, std::uint64_t value) {
  return told(on, reconfiguration::hang, value,
              [&] { return value == 0 ? 0 : on.ops.set_tunable(reconfiguration::hang, 1); });
}

constexpr auto changes = std::to_array<change*>({
#define RECONFIGURATION(name, word, operand) name,
#include "common/reconfigurations.inc"
#undef RECONFIGURATION
});

}  // namespace

void reconfigurer::start(sim_time origin) {
  if (actions_.empty()) return;
  for (const reconfigure_action& action : actions_)
    if (action.what == reconfiguration::link) plug_(action.value != 0, origin + action.at);
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
  const interface_under_change on{net_, dev_, *dev_.ops};
  return changes.at(static_cast<std::size_t>(action.what))(on, action.value);
}

}  // namespace ringside::platform
