// SPDX-License-Identifier: Apache-2.0
// What a device does itself, of what software would do otherwise: NETIF_F_*, each with a bit, and who may switch it.
//
// Owner: net_device.  Callers: validate_xmit_skb, drivers, who administers the machine (ethtool -K).
#pragma once

#include <cstdint>
#include <initializer_list>

namespace ringside::stack {

enum class device_feature : std::uint8_t {
  sg,           // NETIF_F_SG: takes packets in pieces
  tx_checksum,  // NETIF_F_HW_CSUM: completes a sum that was begun, of any protocol
  tso,          // NETIF_F_TSO: cuts TCP over IPv4 into segments
  tx_vlan,      // NETIF_F_HW_VLAN_CTAG_TX: puts a tag of TPID 8100 in
  rx_checksum,  // NETIF_F_RXCSUM
  rx_vlan,      // NETIF_F_HW_VLAN_CTAG_RX
  vlan_filter,  // NETIF_F_HW_VLAN_CTAG_FILTER
  rx_all        // NETIF_F_RXALL
};

/// A set of them (netdev_features_t).
class feature_set {
 public:
  constexpr feature_set() = default;
  constexpr feature_set(std::initializer_list<device_feature> which) {
    for (const device_feature f : which) bits_ |= bit(f);
  }
  constexpr bool has(device_feature which) const { return (bits_ & bit(which)) != 0; }
  constexpr feature_set with(device_feature which) const { return feature_set(bits_ | bit(which)); }
  constexpr feature_set without(device_feature which) const { return feature_set(bits_ & ~bit(which)); }
  constexpr feature_set with(device_feature which, bool on) const { return on ? with(which) : without(which); }
  constexpr void set(device_feature which, bool on) { *this = with(which, on); }
  friend constexpr feature_set operator&(feature_set a, feature_set b) { return feature_set(a.bits_ & b.bits_); }
  friend constexpr feature_set operator|(feature_set a, feature_set b) { return feature_set(a.bits_ | b.bits_); }
  friend constexpr feature_set operator~(feature_set a) { return feature_set(~a.bits_); }
  friend constexpr bool operator==(feature_set, feature_set) = default;

 private:
  explicit constexpr feature_set(std::uint32_t bits) : bits_(bits) {}
  static constexpr std::uint32_t bit(device_feature which) { return 1U << static_cast<unsigned>(which); }

  std::uint32_t bits_ = 0;
};

struct net_device;

/// What the stack itself asks of a set (netdev_fix_features): segmenting needs a sum and pieces.
feature_set netdev_fix_features(feature_set wished);
/// Switches one as far as the device allows it: what it cannot change stays, and others may follow (ethtool -K,
/// __netdev_update_features).  Returns 0 or the driver's errno.  Task context.
int netdev_change_feature(net_device& dev, device_feature which, bool on);
/// What a VLAN's device does is what the one below does for tagged packets; segments are cut there, in software if need
/// be (vlan_dev_init, vlan_dev_fix_features, vlan_transfer_features).
void inherit_features(net_device& vlan, const net_device& real);

}  // namespace ringside::stack
