// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/loopback.h"

#include <utility>

#include "sw/stack/eth.h"

namespace ringside::stack {

namespace {
constexpr std::uint32_t loopback_mtu = 65536;
}  // namespace

// Its number is kept free of those of cards: it is not registered among them.
loopback_device::loopback_device(kernel::host& machine, packet_layer& packets) : host_(machine), packets_(packets) {
  dev_.name = "lo";
  dev_.index = 0;
  dev_.ops = this;
  dev_.mtu = loopback_mtu;
  dev_.up = true;
  dev_.carrier = true;
  dev_.is_loopback = true;
  dev_.keeps_dst = true;
  dev_.features = {device_feature::sg, device_feature::tx_checksum, device_feature::rx_checksum};
}

// Who sent it has done with it: it is orphaned, and its route stays.
netdev_tx loopback_device::ndo_start_xmit(skb_ptr& skb) {
  host_.consume(kernel::cost::loopback_xmit);
  skb->tstamp = 0;
  skb->orphan();
  eth_type_trans(*skb, dev_);
  const std::size_t bytes = skb->len();
  ++dev_.stats.rx_packets;  // dev_lstats_add: both ways
  dev_.stats.rx_bytes += bytes;
  ++dev_.stats.tx_packets;
  dev_.stats.tx_bytes += bytes;
  packets_.netif_rx(std::move(skb));
  return netdev_tx::ok;
}

}  // namespace ringside::stack
