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
  stack::netdev_tx ndo_start_xmit(stack::skb_ptr& skb) override;
  void ndo_tx_timeout(unsigned queue) override;
  bool has_tx_timeout() const override { return true; }
  stack::feature_set ndo_fix_features(stack::feature_set wished) override;
  int ndo_set_features(stack::feature_set wished) override;
  int ndo_vlan_rx_add_vid(std::uint16_t tpid, std::uint16_t vid) override;
  int ndo_vlan_rx_kill_vid(std::uint16_t tpid, std::uint16_t vid) override;
  int set_promiscuous(bool on) override;
  int set_all_multicast(bool on) override;
  int multicast_add(const stack::mac_address& address) override;
  int multicast_remove(const stack::mac_address& address) override;
  int unicast_add(const stack::mac_address& address) override;
  int unicast_remove(const stack::mac_address& address) override;
  int set_ringparam(std::uint32_t rx_pending, std::uint32_t tx_pending) override;
  stack::ring_parameters get_ringparam() const override;
  int set_pauseparam(const stack::pause_parameters& wished) override;
  stack::pause_parameters get_pauseparam() const override;
  int get_link_settings(stack::link_settings& now) override;
  int set_link_settings(const stack::link_settings& wished) override;
  bool get_link() override;
  int nway_reset() override;
  std::uint32_t get_msglevel() const override { return msglevel_; }
  void set_msglevel(std::uint32_t bits) override { msglevel_ = bits; }
  std::vector<std::uint32_t> get_regs() override;
  std::size_t get_eeprom_len() const override;
  int get_eeprom(std::size_t offset, std::span<std::uint8_t> to) override;
  int set_eeprom(std::uint32_t magic, std::size_t offset, std::span<const std::uint8_t> from) override;
  stack::self_test_result self_test(bool offline) override;
  int set_phys_id(stack::identify_state state) override;
  int set_tunable(reconfiguration which, std::uint32_t value) override;
  named_counts get_ethtool_stats() const override;

 private:
  e1000& card_;
  std::uint32_t msglevel_ = 0x7;  // DEFAULT_MSG_ENABLE: driver, probe, link
};

}  // namespace ringside::driver
