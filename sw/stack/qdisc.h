// SPDX-License-Identifier: Apache-2.0
// A queueing discipline: what waits between dev_queue_xmit() and the driver, and the rules by which it leaves (QD-4,
// QD-5, QD-7; net/sched/sch_generic.c of Linux 6.1).  A discipline itself only orders packets: pfifo_fast.
//
// Owner: the netdev_queue it feeds.  Callers: device_transmit (a packet to send), NET_TX (a queue was woken).  Those
// without a lock of their own (TCQ_F_NOLOCK) are run by one CPU at a time, and who finds another one running leaves a
// mark (MISSED) on which that one looks again.  Those with one (qdisc_locked.cpp) are entered with it held, which who
// runs them gives up while the driver has packets.
#pragma once

#include <cstdint>
#include <string_view>

#include "sw/kernel/kernel.h"
#include "sw/stack/netdev_queue.h"
#include "sw/stack/packet_transmit.h"
#include "sw/stack/sk_buff.h"

namespace ringside::stack {

class device_transmit;

/// gnet_stats_basic and gnet_stats_queue: what tc -s qdisc shows.
struct qdisc_statistics {
  std::uint64_t bytes = 0;  // of packets that left; headers of a packet's segments count for each
  std::uint64_t packets = 0;
  std::uint64_t dropped = 0;
  std::uint64_t overlimits = 0;
  std::uint64_t requeues = 0;
  std::uint64_t backlog = 0;  // bytes that wait
  std::uint64_t qlen = 0;     // packets that wait
};

/// What a discipline keeps of a packet it has, in its control block (qdisc_skb_cb).
struct qdisc_control {
  std::uint32_t packet_bytes;
  // Of fq_codel: what it counted for, and when it came (codel_skb_cb).
  std::uint32_t memory;
  std::uint32_t enqueue_time;
};

class qdisc {
 public:
  static constexpr int dev_tx_weight = 64;  // packets of one run (net.core.dev_weight_tx_bias 1)

  qdisc(kernel::kernel& k, device_transmit& above, net_device& dev, netdev_queue& queue);
  virtual ~qdisc() = default;
  qdisc(const qdisc&) = delete;
  qdisc& operator=(const qdisc&) = delete;

  virtual std::string_view kind() const = 0;

  /// Sends it now when nothing waits, or queues it: NET_XMIT_* (__dev_xmit_skb).  Softirqs are off.
  int xmit(skb_ptr skb);
  /// qdisc_run, unless another CPU does.  Softirqs are off.
  void run();

  /// Takes packets from here on (dev_activate).  Before, and after deactivate(), each is dropped as by noop_qdisc.
  void activate() { active_ = true; }
  /// No more.  What waits is still there until reset().
  void deactivate() { active_ = false; }
  bool active() const { return active_; }
  /// Drops what waits (qdisc_reset).  Softirqs are off.
  void reset();
  /// A CPU runs it, or NET_TX will.
  bool busy() const { return running_.locked() || runs_ || queue_.runner().scheduled; }

  const qdisc_statistics& counters() const { return counters_; }

 protected:
  /// Not TCQ_F_NOLOCK.
  virtual bool has_lock() const { return false; }
  /// Takes the packet, which is counted already, or leaves it where it is when it has no room: NET_XMIT_*.
  virtual int enqueue(skb_ptr& skb) = 0;
  /// The next one to leave; null: none waits.
  virtual skb_ptr take() = 0;
  /// Any one, to be dropped.
  virtual skb_ptr take_any() { return take(); }
  /// Drops one of those that wait.
  void drop_queued(skb_ptr skb);

 private:
  int xmit_locked(skb_ptr skb);
  void run_with_lock();
  void reschedule();
  int enqueue_counted(skb_ptr skb);
  skb_ptr dequeue();
  bool run_begin();
  void run_end();
  void run_locked();
  bool restart(int& packets, int budget);
  bool dequeue_list(sk_buff_queue& list, bool& validate, int& packets, int budget);
  bool direct_xmit(sk_buff_queue& list, bool validate);
  void requeue(sk_buff_queue& list);
  void maybe_clear_missed();
  bool empty() const { return !missed_ && !draining_; }
  void count_sent(const sk_buff& skb);

  kernel::kernel& kernel_;
  kernel::host& host_;
  device_transmit& above_;
  net_device& dev_;
  netdev_queue& queue_;
  kernel::spin_lock running_;  // seqlock
  kernel::spin_lock lock_;     // qdisc_lock: of what was given back; has_lock(): of all
  sk_buff_queue given_back_;   // gso_skb: validated already, goes before any other
  bool missed_ = false;        // __QDISC_STATE_MISSED
  bool draining_ = false;      // __QDISC_STATE_DRAINING
  bool runs_ = false;          // __QDISC_STATE2_RUNNING, of one with a lock
  bool active_ = false;
  qdisc_statistics counters_;
};

}  // namespace ringside::stack
