// SPDX-License-Identifier: Apache-2.0
// What may be asked of a device, whatever card it is: struct net_device_ops and struct ethtool_ops.
//
// Implemented by drivers.  Callers: who administers the machine, and reports.  Task context; one task at a time, as
// under RTNL.
#pragma once

#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/reconfiguration.h"
#include "sw/stack/bytes.h"

namespace ringside::stack {

/// NETIF_F_RXCSUM, NETIF_F_HW_VLAN_CTAG_RX, NETIF_F_RXALL.
enum class device_feature : std::uint8_t { rx_checksum, rx_vlan, rx_all };

/// Every call returns 0 or a negative errno as Linux has it; -EOPNOTSUPP: the device has no such thing.
class net_device_ops {
 public:
  using named_counts = std::vector<std::pair<std::string, std::uint64_t>>;

  virtual ~net_device_ops() = default;

  // ---- net_device_ops
  virtual int ndo_open() { return -EOPNOTSUPP; }
  virtual int ndo_stop() { return -EOPNOTSUPP; }
  virtual int ndo_change_mtu(std::uint32_t /*mtu*/) { return -EOPNOTSUPP; }
  virtual int ndo_set_features(device_feature /*which*/, bool /*on*/) { return -EOPNOTSUPP; }
  virtual int ndo_vlan_rx_add_vid(std::uint16_t /*tpid*/, std::uint16_t /*vid*/) { return -EOPNOTSUPP; }
  virtual int ndo_vlan_rx_kill_vid(std::uint16_t /*tpid*/, std::uint16_t /*vid*/) { return -EOPNOTSUPP; }
  // What Linux does to the device's lists and flags before it calls ndo_set_rx_mode; drivers here do both.
  virtual int set_promiscuous(bool /*on*/) { return -EOPNOTSUPP; }
  virtual int set_all_multicast(bool /*on*/) { return -EOPNOTSUPP; }
  virtual int multicast_add(const mac_address& /*address*/) { return -EOPNOTSUPP; }
  virtual int multicast_remove(const mac_address& /*address*/) { return -EOPNOTSUPP; }
  virtual int unicast_add(const mac_address& /*address*/) { return -EOPNOTSUPP; }
  virtual int unicast_remove(const mac_address& /*address*/) { return -EOPNOTSUPP; }

  // ---- ethtool_ops
  virtual int set_ringparam(std::uint32_t /*rx_pending*/) { return -EOPNOTSUPP; }
  /// A setting only this driver has.
  virtual int set_tunable(reconfiguration /*which*/, std::uint32_t /*value*/) { return -EOPNOTSUPP; }
  /// By name, in the driver's order (ethtool -S).
  virtual named_counts get_ethtool_stats() const { return {}; }
};

}  // namespace ringside::stack
