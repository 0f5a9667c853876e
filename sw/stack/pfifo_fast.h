// SPDX-License-Identifier: Apache-2.0
// The discipline a physical device gets by default: three queues by priority, the first one served until it is empty
// (QD-2; net/sched/sch_generic.c of Linux 6.1).
//
// Owner: netdev_queue, as qdisc.
#pragma once

#include <array>

#include "sw/stack/qdisc.h"

namespace ringside::stack {

class pfifo_fast final : public qdisc {
 public:
  static constexpr unsigned bands = 3;

  /// `length`: packets each band holds (tx_queue_len).
  pfifo_fast(kernel::kernel& k, device_transmit& above, net_device& dev, netdev_queue& queue, std::size_t length);

  std::string_view kind() const override { return "pfifo_fast"; }
  /// prio2band: of the lowest four bits of skb->priority.
  static unsigned band_of(std::uint32_t priority);

 protected:
  int enqueue(skb_ptr& skb) override;
  skb_ptr take() override;

 private:
  struct band {
    explicit band(kernel::host& machine) : producer(machine) {}
    kernel::spin_lock producer;  // ptr_ring::producer_lock; who takes out has the discipline to himself
    sk_buff_queue packets;
  };

  const std::size_t length_;
  std::array<band, bands> bands_;
};

}  // namespace ringside::stack
