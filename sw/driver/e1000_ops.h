// SPDX-License-Identifier: Apache-2.0
// The driver as the stack asks for it: net_device_ops and ethtool_ops over e1000's own calls.
//
// Owner: driver::e1000, which puts it into its device.
#pragma once

#include "sw/stack/net_device_ops.h"

namespace ringside::driver {

class e1000;

class e1000_ops final : public stack::net_device_ops {
 public:
  explicit e1000_ops(e1000& card) : card_(card) {}

  int ndo_open() override;
  int ndo_stop() override;
  int ndo_change_mtu(std::uint32_t mtu) override;
  int ndo_set_features(stack::device_feature which, bool on) override;
  int ndo_vlan_rx_add_vid(std::uint16_t tpid, std::uint16_t vid) override;
  int ndo_vlan_rx_kill_vid(std::uint16_t tpid, std::uint16_t vid) override;
  int set_promiscuous(bool on) override;
  int set_all_multicast(bool on) override;
  int multicast_add(const stack::mac_address& address) override;
  int multicast_remove(const stack::mac_address& address) override;
  int unicast_add(const stack::mac_address& address) override;
  int unicast_remove(const stack::mac_address& address) override;
  int set_ringparam(std::uint32_t rx_pending) override;
  int set_tunable(reconfiguration which, std::uint32_t value) override;
  named_counts get_ethtool_stats() const override;

 private:
  e1000& card_;
};

}  // namespace ringside::driver
