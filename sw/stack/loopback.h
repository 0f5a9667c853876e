// SPDX-License-Identifier: Apache-2.0
// The device lo: what is sent comes in again (drivers/net/loopback.c of Linux 6.1; IP-8).
//
// Owner: net_stack.  Caller: who transmits, without a queue.
#pragma once

#include "sw/stack/net_device.h"
#include "sw/stack/net_device_ops.h"
#include "sw/stack/packet_layer.h"

namespace ringside::stack {

class loopback_device final : public net_device_ops {
 public:
  loopback_device(kernel::host& machine, packet_layer& packets);
  loopback_device(const loopback_device&) = delete;
  loopback_device& operator=(const loopback_device&) = delete;

  /// Takes a packet whose data begin with its link-layer header (loopback_xmit).  Softirqs are off.
  netdev_tx ndo_start_xmit(skb_ptr& skb) override;
  net_device& device() { return dev_; }

 private:
  kernel::host& host_;
  packet_layer& packets_;
  net_device dev_;
};

}  // namespace ringside::stack
