// SPDX-License-Identifier: Apache-2.0
// Disciplines with a lock of their own (the second half of __dev_xmit_skb, net_tx_action and qdisc_run of Linux 6.1).
#include "sw/stack/device_transmit.h"
#include "sw/stack/qdisc.h"

namespace ringside::stack {

// An empty one is passed by (TCQ_F_CAN_BYPASS).  Who finds another CPU running it leaves the packet to that one.
int qdisc::xmit_locked(skb_ptr skb) {
  const kernel::spin_guard root(lock_);
  if (!active_) {  // it has gone down since
    above_.drop(std::move(skb), drop_reason::qdisc_drop);
    return net_xmit::drop;
  }
  if (counters_.qlen == 0 && !runs_) {
    runs_ = true;
    count_sent(*skb);
    sk_buff_queue list;
    list.push_back(std::move(skb));
    if (direct_xmit(list, true)) run_locked();
    runs_ = false;
    return net_xmit::success;
  }
  const int result = enqueue_counted(std::move(skb));
  if (!runs_) {
    runs_ = true;
    run_locked();
    runs_ = false;
  }
  return result;
}

// net_tx_action.
void qdisc::run_with_lock() {
  const kernel::spin_guard root(lock_);
  if (runs_) return;
  runs_ = true;
  run_locked();
  runs_ = false;
}

}  // namespace ringside::stack
