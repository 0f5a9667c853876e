// SPDX-License-Identifier: Apache-2.0
// Where packets leave the protocols for a device (dev_queue_xmit).
#pragma once

#include "sw/stack/sk_buff.h"

namespace ringside::stack {

/// What dev_queue_xmit tells (NET_XMIT_*); below 0 a negative errno.
namespace net_xmit {
inline constexpr int success = 0;
inline constexpr int drop = 1;                     // gone
inline constexpr int congestion_notification = 2;  // taken, but others had to go for it
}  // namespace net_xmit

class packet_transmit {
 public:
  virtual ~packet_transmit() = default;
  /// Takes a packet whose data begin with its link-layer header, for skb->dev.  The packet is gone, whatever is
  /// returned: a net_xmit code or -ENETDOWN.  Softirq or task context.
  virtual int dev_queue_xmit(skb_ptr skb) = 0;
};

}  // namespace ringside::stack
