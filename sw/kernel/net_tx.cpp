// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/net_tx.h"

namespace ringside::kernel {

net_tx::net_tx(host& machine, softirqs& softirq) : host_(machine), softirq_(softirq), cpus_(machine.cpu_count()) {
  softirq_.open_softirq(softirq_number::net_tx, [this] { action(); });
}

void net_tx::netif_schedule(schedulable_qdisc& which) {
  host_.sync_software();  // net_tx_action may be about to clear the bit, here or on another CPU
  if (std::exchange(which.scheduled, true)) return;
  const bool enabled = host_.local_irq_save();
  here().output_queue.push_back(&which);
  softirq_.raise_softirq_irqoff(softirq_number::net_tx);
  host_.local_irq_restore(enabled);
}

void net_tx::dev_kfree_skb_irq(packet_ptr packet, free_reason reason) {
  host_.sync_irq();
  const bool enabled = host_.local_irq_save();
  here().completion_queue.push_back({std::move(packet), reason});
  softirq_.raise_softirq_irqoff(softirq_number::net_tx);
  host_.local_irq_restore(enabled);
}

void net_tx::discard() {
  for (softnet_data& data : cpus_) data.completion_queue.clear();
}

void net_tx::action() {
  softnet_data& data = here();
  host_.sync_irq();  // interrupts add to both
  std::vector<completed> to_free = std::exchange(data.completion_queue, {});
  for (; !to_free.empty(); to_free.pop_back()) free_(std::move(to_free.back().packet), to_free.back().reason);
  host_.sync_irq();
  const std::vector<schedulable_qdisc*> to_run = std::exchange(data.output_queue, {});
  for (schedulable_qdisc* qdisc : to_run) {
    host_.sync_software();
    qdisc->scheduled = false;  // before it runs: who finds work for it from now on has it run again
    qdisc->run();
  }
}

}  // namespace ringside::kernel
