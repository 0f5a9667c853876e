// SPDX-License-Identifier: Apache-2.0
// The receive softirq: per-CPU softnet_data, NAPI polling and the netif_rx backlog.
//
// Owner: kernel::kernel.  Callers: drivers (napi_*), the softirq layer (net_rx_action), netif_rx users.  Follows
// net/core/dev.c of Linux 6.1.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "sw/kernel/config.h"
#include "sw/kernel/gro.h"
#include "sw/kernel/host.h"
#include "sw/kernel/napi.h"
#include "sw/kernel/packet.h"
#include "sw/kernel/smp.h"
#include "sw/kernel/softirq.h"
#include "sw/kernel/spin_lock.h"
#include "sw/kernel/statistics.h"

namespace ringside::kernel {

class timers;

class net_rx {
 public:
  using limits = net_rx_limits;

  net_rx(host& machine, softirqs& softirq, smp_calls& calls, timers& clock, const limits& bounds, statistics& counters);

  // ---- NAPI ----
  /// Makes an instance of a device's (netif_napi_add): disabled until napi_enable().
  static void netif_napi_add(napi_struct& napi, stack::net_device* dev, std::string name, unsigned weight,
                             std::function<unsigned(unsigned)> poll);
  /// True when the caller must schedule; otherwise the poll in progress is told to run again (MISSED).
  bool napi_schedule_prep(napi_struct& napi);
  /// Puts it on this CPU's poll list and raises NET_RX.  Only after napi_schedule_prep(); hardirq context.
  void napi_schedule_prepared(napi_struct& napi);
  /// Both, from any context.
  void napi_schedule(napi_struct& napi);
  /// Ends polling.  False when it was scheduled again meanwhile: do not unmask the interrupt.
  bool napi_complete_done(napi_struct& napi, unsigned work);
  void napi_enable(napi_struct& napi) { napi.state &= ~napi_struct::sched; }
  /// Waits until the poll in progress has completed and keeps it from being scheduled.  Task context.
  void napi_disable(napi_struct& napi);

  // ---- Packets of a poll ----
  /// Who gets them, several at a time (the stack's list receive function).
  void set_list_receiver(std::function<void(packet_list&)> receiver) { gro_.set_list_receiver(std::move(receiver)); }
  /// Who looks at them before (dev_add_offload).
  void set_gro_offload(gro::receive_callback gro_receive, gro::complete_callback gro_complete = {}) {
    gro_.set_offload(std::move(gro_receive), std::move(gro_complete));
  }
  /// Takes a packet the poll of `napi` made; it goes up with others, when the poll ends at the latest.
  void napi_gro_receive(napi_struct& napi, packet_ptr packet) { gro_.napi_gro_receive(napi, std::move(packet)); }

  // ---- Backlog ----
  /// Who gets packets out of the backlog (the stack's receive function).
  void set_backlog_receiver(std::function<void(packet_ptr)> receiver) { receiver_ = std::move(receiver); }
  /// Queues for the backlog poll of `cpu`, which an inter-processor interrupt tells when it is another one: from the
  /// end of this CPU's next net_rx_action, or its backlog poll.  Gives the packet back when the queue is full; the
  /// caller drops it.  In interrupts or with bottom halves disabled.
  packet_ptr enqueue_to_backlog(unsigned cpu, packet_ptr packet);
  /// The same for this CPU, from any context.
  packet_ptr netif_rx(packet_ptr packet);
  std::size_t backlog_length(unsigned cpu) const;
  /// One more packet at netif_receive_skb on this CPU (softnet_data.processed).
  void count_processed() { ++counters_.softnet_at(host_.this_cpu()).processed; }
  /// Frees what every CPU's backlog holds: before whoever made the packets goes.
  void discard_backlogs();

 private:
  struct softnet_data {
    softnet_data(host& machine, unsigned number) : cpu(number), input_lock(machine) {}
    const unsigned cpu;
    std::vector<napi_struct*> poll_list;
    spin_lock input_lock;         // rps_lock: of the input queue and of the backlog's SCHED bit
    packet_list input_pkt_queue;  // other CPUs add to it
    packet_list process_queue;
    napi_struct backlog;
    std::vector<softnet_data*> rps_ipi_list;  // whose backlogs this CPU has scheduled and not told yet
    call_single_data trigger;                 // csd: tells this CPU that its backlog is scheduled
  };

  softnet_data& here() { return *cpus_[host_.this_cpu()]; }
  void action();
  /// True when it must be polled again.
  bool poll_one(napi_struct& napi, unsigned& work);
  unsigned process_backlog(softnet_data& data, unsigned budget);
  void list_and_raise(softnet_data& data, napi_struct& napi);
  void napi_schedule_rps(softnet_data& data);
  void net_rps_send_ipi(softnet_data& data);

  host& host_;
  softirqs& softirq_;
  smp_calls& calls_;
  timers& timers_;
  limits limits_;
  statistics& counters_;
  std::function<void(packet_ptr)> receiver_;
  gro gro_;
  std::vector<std::unique_ptr<softnet_data>> cpus_;
};

}  // namespace ringside::kernel
