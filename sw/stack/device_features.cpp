// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/device_features.h"

#include "sw/stack/net_device.h"
#include "sw/stack/net_device_ops.h"

namespace ringside::stack {

feature_set netdev_fix_features(feature_set wished) {
  if (!wished.has(device_feature::sg) || !wished.has(device_feature::tx_checksum))
    wished = wished.without(device_feature::tso);
  return wished;
}

// ethtool_set_features: only what the user may switch at all (hw_features) is taken as wanted.
int netdev_change_feature(net_device& dev, device_feature which, bool on) {
  if (!dev.hw_features.has(which)) return dev.features.has(which) == on ? 0 : -EOPNOTSUPP;
  dev.wanted_features.set(which, on);
  if (dev.ops == nullptr) return -EOPNOTSUPP;
  // netdev_get_wanted_features
  feature_set wished = (dev.features & ~dev.hw_features) | (dev.wanted_features & dev.hw_features);
  wished = netdev_fix_features(dev.ops->ndo_fix_features(wished));
  if (wished == dev.features) return 0;
  const int result = dev.ops->ndo_set_features(wished);
  if (result != 0) return result;
  dev.features = wished;
  for (const vlan_membership& v : dev.vlans) inherit_features(*v.device, dev);  // NETDEV_FEAT_CHANGE
  return 0;
}

// What the VLAN's user has switched off stays off.
void inherit_features(net_device& vlan, const net_device& real) {
  using f = device_feature;
  if (vlan.hw_features == feature_set{}) vlan.hw_features = vlan.wanted_features = {f::sg, f::tx_checksum, f::tso};
  const feature_set below = (real.vlan_features | feature_set{f::rx_checksum}) & real.features;
  vlan.vlan_features = real.vlan_features;
  vlan.features =
      (below & (vlan.wanted_features | feature_set{f::rx_checksum})).with(f::tso, vlan.wanted_features.has(f::tso));
  for (const vlan_membership& v : vlan.vlans) inherit_features(*v.device, vlan);
}

}  // namespace ringside::stack
