// SPDX-License-Identifier: Apache-2.0
// Fair queueing with controlled delay: flows in turn, new ones first, each with a CoDel of its own (RFC 8290;
// net/sched/sch_fq_codel.c of Linux 6.1 with its defaults; QD-13).
//
// Owner: netdev_queue, as qdisc.  One that holds qdisc's root lock, so only one CPU is in here.
#pragma once

#include <cstdint>
#include <list>
#include <vector>

#include "sw/kernel/siphash.h"
#include "sw/stack/codel.h"
#include "sw/stack/qdisc.h"

namespace ringside::stack {

class fq_codel final : public qdisc {
 public:
  static constexpr std::size_t flow_count = 1024;
  static constexpr std::size_t packet_limit = 10240;
  static constexpr std::size_t memory_limit = 32U << 20;
  static constexpr unsigned drop_batch = 64;

  fq_codel(kernel::kernel& k, device_transmit& above, net_device& dev, netdev_queue& queue);

  std::string_view kind() const override { return "fq_codel"; }
  /// Of tc -s qdisc: packets dropped since too many or too much waited, marked, and flows that became new ones.
  std::uint64_t dropped_overlimit() const { return drop_overlimit_; }
  std::uint64_t dropped_overmemory() const { return drop_overmemory_; }
  std::uint64_t marked() const { return ecn_mark_; }
  std::uint64_t new_flows() const { return new_flow_count_; }

 protected:
  bool has_lock() const override { return true; }
  int enqueue(skb_ptr& skb) override;
  skb_ptr take() override;
  skb_ptr take_any() override;

 private:
  struct flow_queue {
    sk_buff_queue packets;
    std::uint64_t backlog = 0;
    std::int64_t deficit = 0;
    bool listed = false;
    codel control;
  };
  using flow_list = std::list<std::size_t>;

  std::size_t flow_of(const sk_buff& skb) const;
  std::size_t drop_from_fattest();
  skb_ptr pop(flow_queue& flow);
  skb_ptr codel_dequeue(flow_queue& flow);
  void drop_one(skb_ptr skb);

  kernel::kernel& kernel_;
  const kernel::siphash_key hash_key_;  // hashrnd
  const std::uint32_t mtu_;             // psched_mtu
  const std::uint32_t quantum_;
  std::vector<flow_queue> flows_;
  flow_list new_flows_;
  flow_list old_flows_;
  std::size_t memory_ = 0;
  std::uint64_t drop_overlimit_ = 0;
  std::uint64_t drop_overmemory_ = 0;
  std::uint64_t ecn_mark_ = 0;
  std::uint64_t new_flow_count_ = 0;
};

}  // namespace ringside::stack
