// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/vlan_device.h"

#include <algorithm>
#include <utility>

#include "sw/stack/net_device.h"

namespace ringside::stack {

netdev_tx vlan_device_ops::ndo_start_xmit(skb_ptr& skb) {
  net_device& dev = *skb->dev;
  net_device& real = *dev.lower.front();
  const auto membership =
      std::find_if(real.vlans.begin(), real.vlans.end(), [&dev](const vlan_membership& v) { return v.device == &dev; });
  skb->put_vlan_tag(membership->tpid, membership->vid);
  skb->dev = &real;
  const std::size_t bytes = skb->len();
  const int result = xmit_.dev_queue_xmit(std::move(skb));
  if (result == net_xmit::success || result == net_xmit::congestion_notification) {
    ++dev.stats.tx_packets;
    dev.stats.tx_bytes += bytes;
    return result == net_xmit::success ? netdev_tx::ok : netdev_tx::congestion;
  }
  ++dev.stats.tx_dropped;
  return netdev_tx::drop;
}

}  // namespace ringside::stack
