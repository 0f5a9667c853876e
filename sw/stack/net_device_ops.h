// SPDX-License-Identifier: Apache-2.0
// What may be asked of a device, whatever card it is: struct net_device_ops and struct ethtool_ops.
//
// Implemented by drivers.  Callers: who administers the machine, and reports.  Task context; one task at a time, as
// under RTNL.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/reconfiguration.h"
#include "sw/stack/bytes.h"
#include "sw/stack/device_features.h"
#include "sw/stack/sk_buff.h"

namespace ringside::stack {

/// What ndo_start_xmit() answers, with Linux' numbers (netdev_tx_t).  drop and congestion: the packet is gone, as a
/// device above another one hears of it.
enum class netdev_tx : std::uint8_t { ok = 0, drop = 1, congestion = 2, busy = 0x10 };

/// What ethtool's pause parameters are: -A.
struct pause_parameters {
  bool autoneg = false;
  bool rx = false;
  bool tx = false;
  friend bool operator==(const pause_parameters&, const pause_parameters&) = default;
};

struct ring_parameters {
  std::uint32_t rx_max = 0;
  std::uint32_t tx_max = 0;
  std::uint32_t rx = 0;
  std::uint32_t tx = 0;
};

/// States of ethtool -p.
enum class identify_state : std::uint8_t { active, on, off, inactive };

/// Of ethtool -t: a result per test in the driver's order, 0 = passed.
struct self_test_result {
  bool failed = false;
  std::vector<std::pair<std::string, std::uint64_t>> tests;
};

/// Of ethtool and ethtool -s.  Speed in Mb/s, 0: not known.
struct link_settings {
  std::uint32_t speed = 0;
  bool full_duplex = false;
  bool autoneg = true;
  std::uint32_t advertising = 0;  // ADVERTISE_10_HALF 1, 10_FULL 2, 100_HALF 4, 100_FULL 8, 1000_FULL 0x20
};

/// Every call returns 0 or a negative errno as Linux has it; -EOPNOTSUPP: the device has no such thing.
class net_device_ops {
 public:
  using named_counts = std::vector<std::pair<std::string, std::uint64_t>>;

  virtual ~net_device_ops() = default;

  // ---- net_device_ops
  virtual int ndo_open() { return -EOPNOTSUPP; }
  virtual int ndo_stop() { return -EOPNOTSUPP; }
  virtual int ndo_change_mtu(std::uint32_t /*mtu*/) { return -EOPNOTSUPP; }
  /// Sends a packet or tells the card of it; busy leaves it with the caller.  With the queue's lock, softirqs off.
  virtual netdev_tx ndo_start_xmit(skb_ptr& skb) {
    skb.reset();
    return netdev_tx::drop;
  }
  /// A queue has been stopped for too long.  Softirq context.
  virtual void ndo_tx_timeout(unsigned /*queue*/) {}
  /// Whether it wants to hear of that (whether ndo_tx_timeout is there).
  virtual bool has_tx_timeout() const { return false; }
  /// What of a set it can have together.
  virtual feature_set ndo_fix_features(feature_set wished) { return wished; }
  /// From now on these.
  virtual int ndo_set_features(feature_set /*wished*/) { return -EOPNOTSUPP; }
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
  virtual int set_ringparam(std::uint32_t /*rx_pending*/, std::uint32_t /*tx_pending*/) { return -EOPNOTSUPP; }
  virtual ring_parameters get_ringparam() const { return {}; }
  virtual int set_pauseparam(const pause_parameters& /*wished*/) { return -EOPNOTSUPP; }
  virtual pause_parameters get_pauseparam() const { return {}; }
  /// Interrupt moderation (ethtool -c, -C), in us.
  virtual int get_coalesce(std::uint32_t& /*rx_usecs*/) const { return -EOPNOTSUPP; }
  virtual int set_coalesce(std::uint32_t /*rx_usecs*/) { return -EOPNOTSUPP; }
  virtual int get_link_settings(link_settings& /*now*/) { return -EOPNOTSUPP; }
  virtual int set_link_settings(const link_settings& /*wished*/) { return -EOPNOTSUPP; }
  virtual bool get_link() { return false; }
  virtual int nway_reset() { return -EOPNOTSUPP; }
  virtual std::uint32_t get_msglevel() const { return 0; }
  virtual void set_msglevel(std::uint32_t /*bits*/) {}
  /// Dwords in the driver's order; empty: none (ethtool -d).
  virtual std::vector<std::uint32_t> get_regs() { return {}; }
  virtual std::size_t get_eeprom_len() const { return 0; }
  virtual int get_eeprom(std::size_t /*offset*/, std::span<std::uint8_t> /*to*/) { return -EOPNOTSUPP; }
  virtual int set_eeprom(std::uint32_t /*magic*/, std::size_t /*offset*/, std::span<const std::uint8_t> /*from*/) {
    return -EOPNOTSUPP;
  }
  virtual self_test_result self_test(bool /*offline*/) { return {}; }
  /// How often a second to switch when it becomes active; else 0 or an errno.
  virtual int set_phys_id(identify_state /*state*/) { return -EOPNOTSUPP; }
  /// A setting only this driver has.
  virtual int set_tunable(reconfiguration /*which*/, std::uint32_t /*value*/) { return -EOPNOTSUPP; }
  /// By name, in the driver's order (ethtool -S).
  virtual named_counts get_ethtool_stats() const { return {}; }
};

}  // namespace ringside::stack
