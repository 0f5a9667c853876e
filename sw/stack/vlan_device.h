// SPDX-License-Identifier: Apache-2.0
// What is sent by a VLAN's device leaves by the one below it, with its tag (net/8021q/vlan_dev.c of Linux).
//
// Owner: net_stack.  Caller: device_transmit.
#pragma once

#include "sw/stack/net_device_ops.h"
#include "sw/stack/packet_transmit.h"

namespace ringside::stack {

class vlan_device_ops final : public net_device_ops {
 public:
  explicit vlan_device_ops(packet_transmit& xmit) : xmit_(xmit) {}

  /// vlan_dev_hard_start_xmit: the tag goes beside the packet; the device below, or validate_xmit_skb, puts it in.
  netdev_tx ndo_start_xmit(skb_ptr& skb) override;

 private:
  packet_transmit& xmit_;
};

}  // namespace ringside::stack
