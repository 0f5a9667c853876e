// SPDX-License-Identifier: Apache-2.0
// The transmit softirq: packets to free and queueing disciplines to run, per CPU (net_tx_action of Linux 6.1's
// net/core/dev.c).
//
// Owner: kernel::kernel.  Callers: drivers that complete or wake a queue in an interrupt, queueing disciplines whose
// quota is used up.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "sw/kernel/host.h"
#include "sw/kernel/packet_queue.h"
#include "sw/kernel/softirq.h"

namespace ringside::kernel {

/// What net_tx_action knows of a queueing discipline.  Must not be destroyed while scheduled.
struct schedulable_qdisc {
  std::function<void()> run;  // qdisc_run: softirq context
  bool scheduled = false;     // __QDISC_STATE_SCHED
};

class net_tx {
 public:
  enum class free_reason : bool { dropped, consumed };  // skb_free_reason

  net_tx(host& machine, softirqs& softirq);

  /// Has it run on this CPU, once however often it is scheduled until then.  Any context (__netif_schedule).
  void netif_schedule(schedulable_qdisc& which);
  /// Frees a packet where that is not allowed: in interrupts (__dev_kfree_skb_irq).
  void dev_kfree_skb_irq(packet_ptr packet, free_reason reason);

  /// Who frees the packets (consume_skb, kfree_skb); the last one given is the first to go.
  void set_free(std::function<void(packet_ptr, free_reason)> free_packet) { free_ = std::move(free_packet); }
  /// Destroys what waits to be freed: before whoever made the packets goes.
  void discard();

 private:
  struct completed {
    packet_ptr packet;
    free_reason reason;
  };
  struct softnet_data {
    std::vector<completed> completion_queue;
    std::vector<schedulable_qdisc*> output_queue;
  };

  softnet_data& here() { return cpus_[host_.this_cpu()]; }
  void action();

  host& host_;
  softirqs& softirq_;
  std::function<void(packet_ptr, free_reason)> free_;
  std::vector<softnet_data> cpus_;
};

}  // namespace ringside::kernel
