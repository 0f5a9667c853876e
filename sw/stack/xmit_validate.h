// SPDX-License-Identifier: Apache-2.0
// Makes of a packet what the device can send: what it lacks is done here, before the driver sees the packet
// (validate_xmit_skb of Linux 6.1's net/core/dev.c; QD-6).
//
// Owner: device_transmit.
#pragma once

#include "sw/stack/device_features.h"
#include "sw/stack/gso.h"
#include "sw/stack/net_device.h"
#include "sw/stack/skb_allocator.h"

namespace ringside::stack {

/// What of the device's features counts for this packet (netif_skb_features).
feature_set netif_skb_features(const sk_buff& skb, const net_device& dev);

class xmit_validator {
 public:
  xmit_validator(kernel::kernel& k, skb_allocator& skbs, frame_numbers& numbers)
      : host_(k.machine()), skbs_(skbs), gso_(k, skbs, numbers) {}

  /// Each packet of the list in turn; what cannot be sent is dropped and counted in tx_dropped.
  void validate_list(sk_buff_queue& list, net_device& dev);

  /// Completes the transport checksum in software (skb_checksum_help); false when the packet is not sound or memory is
  /// out.
  bool checksum_help(sk_buff& skb);
  /// Puts the tag that goes beside the packet into it (__vlan_hwaccel_push_inside); false when memory is out.
  bool push_tag_inside(sk_buff& skb);

 private:
  void validate(skb_ptr skb, net_device& dev, sk_buff_queue& out);

  kernel::host& host_;
  skb_allocator& skbs_;
  gso_layer gso_;
};

}  // namespace ringside::stack
