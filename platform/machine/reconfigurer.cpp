#include "platform/machine/reconfigurer.h"

#include "sw/stack/eth.h"

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

driver::driver_status reconfigurer::apply(const reconfigure_action& action) {
  const auto number = static_cast<std::uint32_t>(action.value);
  const auto vid = static_cast<std::uint16_t>(action.value);
  const bool on = action.value != 0;
  switch (action.what) {
    case reconfiguration::ring_size:
      return driver_.set_ring_size(number);
    case reconfiguration::mtu:
      return driver_.change_mtu(number);
    case reconfiguration::promiscuous:
      return driver_.set_promiscuous(on);
    case reconfiguration::all_multicast:
      return driver_.set_all_multicast(on);
    case reconfiguration::multicast_add:
      return driver_.add_multicast(address_of(action.value));
    case reconfiguration::multicast_remove:
      return driver_.remove_multicast(address_of(action.value));
    case reconfiguration::unicast_add:
      return driver_.add_unicast(address_of(action.value));
    case reconfiguration::unicast_remove:
      return driver_.remove_unicast(address_of(action.value));
    case reconfiguration::vlan_add: {
      // register_vlan_dev: the driver's filter first, then the device that takes the packets.
      const driver::driver_status result = driver_.vlan_rx_add_vid(vid);
      net_.machine().sync();
      if (result == driver::driver_status::ok) net_.packets().add_vlan(driver_.device(), stack::ether_type::vlan, vid);
      return result;
    }
    case reconfiguration::vlan_remove:
      net_.machine().sync();
      net_.packets().remove_vlan(driver_.device(), stack::ether_type::vlan, vid);
      return driver_.vlan_rx_kill_vid(vid);
    case reconfiguration::rx_checksum:
      return driver_.set_rx_checksum(on);
    case reconfiguration::vlan_strip:
      return driver_.set_vlan_strip(on);
    case reconfiguration::store_bad:
      return driver_.set_store_bad(on);
    case reconfiguration::pthresh:
    case reconfiguration::hthresh:
    case reconfiguration::wthresh:
      return driver_.set_threshold(action.what, number);
    case reconfiguration::count:
      break;
  }
  return driver::driver_status::bad_config;
}

}  // namespace ringside::platform
