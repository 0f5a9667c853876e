// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/net_rx.h"

#include <utility>

#include "sw/kernel/timers.h"

namespace ringside::kernel {

net_rx::net_rx(host& machine, softirqs& softirq, smp_calls& calls, timers& clock, const limits& bounds,
               statistics& counters)
    : host_(machine),
      softirq_(softirq),
      calls_(calls),
      timers_(clock),
      limits_(bounds),
      counters_(counters),
      gro_(bounds.gro_normal_batch) {
  for (unsigned cpu = 0; cpu < machine.cpu_count(); ++cpu) {
    auto data = std::make_unique<softnet_data>(machine, cpu);
    softnet_data* raw = data.get();
    netif_napi_add(data->backlog, nullptr, "backlog", limits_.backlog_weight,
                   [this, raw](unsigned budget) { return process_backlog(*raw, budget); });
    data->backlog.state = 0;
    data->trigger.function = [this, raw] {  // rps_trigger_softirq
      list_and_raise(*raw, raw->backlog);
      ++counters_.softnet_at(raw->cpu).received_rps;
    };
    cpus_.push_back(std::move(data));
  }
  softirq_.open_softirq(softirq_number::net_rx, [this] { action(); });
}

void net_rx::netif_napi_add(napi_struct& napi, stack::net_device* dev, std::string name, unsigned weight,
                            std::function<unsigned(unsigned)> poll) {
  napi.name = std::move(name);
  napi.dev = dev;
  napi.weight = weight;
  napi.poll = std::move(poll);
  napi.state = napi_struct::sched;
}

bool net_rx::napi_schedule_prep(napi_struct& napi) {
  host_.sync_smp();  // the poll may be running on another CPU
  if ((napi.state & napi_struct::disable) != 0) return false;
  const bool was_scheduled = (napi.state & napi_struct::sched) != 0;
  // The poller that owns SCHED may already have looked at the ring for the last time: MISSED makes its completion
  // poll once more (napi_schedule_prep).
  if (was_scheduled) napi.state |= napi_struct::missed;
  napi.state |= napi_struct::sched;
  return !was_scheduled;
}

void net_rx::list_and_raise(softnet_data& data, napi_struct& napi) {
  data.poll_list.push_back(&napi);
  softirq_.raise_irqoff(softirq_number::net_rx);
}

void net_rx::napi_schedule_prepared(napi_struct& napi) {
  host_.consume(cost::napi_schedule);
  host_.emit(stage::napi_schedule);
  ++counters_.napi_schedules;
  list_and_raise(here(), napi);
}

void net_rx::napi_schedule(napi_struct& napi) {
  host_.sync();
  const bool enabled = host_.local_irq_save();
  if (napi_schedule_prep(napi)) napi_schedule_prepared(napi);
  host_.local_irq_restore(enabled);
}

bool net_rx::napi_complete_done(napi_struct& napi, unsigned work) {
  gro_.napi_gro_flush(napi);
  gro_.gro_normal_list(napi);
  host_.consume(cost::napi_complete);
  host_.sync_software();  // an interrupt up to now may set MISSED
  host_.emit(stage::napi_complete, 0, work);
  const bool again = (napi.state & napi_struct::missed) != 0;
  napi.state &= ~(napi_struct::missed | napi_struct::sched);
  if (!again) return true;
  napi.state |= napi_struct::sched;
  const bool enabled = host_.local_irq_save();
  list_and_raise(here(), napi);
  host_.local_irq_restore(enabled);
  return false;
}

void net_rx::napi_disable(napi_struct& napi) {
  host_.sync();
  napi.state |= napi_struct::disable;
  while ((napi.state & napi_struct::sched) != 0) timers_.usleep_range(20 * us, 200 * us);
  napi.state |= napi_struct::sched;
  napi.state &= ~napi_struct::disable;
}

void net_rx::action() {
  softnet_data& data = here();
  unsigned budget = limits_.budget;

  // The list is taken whole: what interrupts add meanwhile waits for the next run.
  host_.sync_irq();
  const std::uint64_t end = timers_.jiffies() + to_jiffies(limits_.time);
  std::vector<napi_struct*> list = std::exchange(data.poll_list, {});
  std::vector<napi_struct*> repoll;
  std::size_t next = 0;
  while (next < list.size()) {
    napi_struct& napi = *list[next++];
    host_.emit(stage::napi_poll, 0, budget);
    unsigned work = 0;
    if (poll_one(napi, work)) repoll.push_back(&napi);
    const bool out_of_budget = work >= budget;
    budget -= out_of_budget ? budget : work;
    host_.sync_irq();  // the time counts the interrupts of the poll
    if (out_of_budget || timers_.jiffies() >= end) {
      ++counters_.time_squeeze;
      ++counters_.softnet_at(host_.this_cpu()).time_squeeze;
      ++(out_of_budget ? counters_.netdev_budget_exhausted : counters_.netdev_time_exhausted);
      break;
    }
  }

  host_.sync_irq();
  // Unpolled first, then what interrupts added, then those to poll again: the order of net_rx_action().
  std::vector<napi_struct*> rest(list.begin() + static_cast<std::ptrdiff_t>(next), list.end());
  std::vector<napi_struct*> added = std::exchange(data.poll_list, {});
  rest.insert(rest.end(), added.begin(), added.end());
  rest.insert(rest.end(), repoll.begin(), repoll.end());
  data.poll_list = std::move(rest);
  if (!data.poll_list.empty()) softirq_.raise_irqoff(softirq_number::net_rx);
  net_rps_send_ipi(data);
}

bool net_rx::poll_one(napi_struct& napi, unsigned& work) {
  if ((napi.state & napi_struct::sched) == 0) return false;
  host_.consume(cost::napi_poll);
  ++counters_.napi_polls;
  work = napi.poll(napi.weight);
  counters_.frames_per_poll.add(work);
  if (work < napi.weight) return false;
  ++counters_.budget_exhausted;
  if ((napi.state & napi_struct::disable) != 0) {  // napi_disable() waits: let go
    napi_complete_done(napi, work);
    return false;
  }
  gro_.napi_gro_flush(napi);  // HZ < 1000: all of it (GR-9)
  gro_.gro_normal_list(napi);
  return true;
}

packet_ptr net_rx::enqueue_to_backlog(unsigned cpu, packet_ptr packet) {
  softnet_data& data = *cpus_.at(cpu);
  const spin_guard_irq guard(host_, data.input_lock);
  host_.consume(cost::backlog_enqueue);
  if (data.input_pkt_queue.size() > limits_.max_backlog) {  // qlen <= max_backlog is accepted: one more than its name
    ++counters_.backlog_dropped;
    ++counters_.softnet_at(cpu).dropped;
    return packet;
  }
  ++counters_.backlog_enqueued;
  data.input_pkt_queue.push_back(std::move(packet));
  if ((data.backlog.state & napi_struct::sched) == 0) {
    data.backlog.state |= napi_struct::sched;
    napi_schedule_rps(data);
  }
  return nullptr;
}

packet_ptr net_rx::netif_rx(packet_ptr packet) {
  const bool need_bh_off = !softirq_.in_interrupt();
  if (need_bh_off) softirq_.local_bh_disable();
  packet_ptr refused = enqueue_to_backlog(host_.this_cpu(), std::move(packet));
  if (need_bh_off) softirq_.local_bh_enable();
  return refused;
}

// The other CPU is told at the end of this one's net_rx_action: one interrupt for all that was queued until then.
void net_rx::napi_schedule_rps(softnet_data& data) {
  softnet_data& mine = here();
  if (&data == &mine) {
    list_and_raise(mine, mine.backlog);
    return;
  }
  mine.rps_ipi_list.push_back(&data);
  softirq_.raise_irqoff(softirq_number::net_rx);
}

// net_rps_action_and_irq_enable and net_rps_send_ipi: the last one listed is told first.
void net_rx::net_rps_send_ipi(softnet_data& data) {
  if (data.rps_ipi_list.empty()) return;
  std::vector<softnet_data*> list = std::exchange(data.rps_ipi_list, {});
  for (; !list.empty(); list.pop_back()) calls_.call_async(list.back()->cpu, list.back()->trigger);
}

std::size_t net_rx::backlog_length(unsigned cpu) const {
  return cpus_[cpu]->input_pkt_queue.size() + cpus_[cpu]->process_queue.size();
}

void net_rx::discard_backlogs() {
  for (const auto& data : cpus_) {
    data->input_pkt_queue.clear();
    data->process_queue.clear();
  }
}

unsigned net_rx::process_backlog(softnet_data& data, unsigned budget) {
  host_.sync_irq();
  net_rps_send_ipi(data);  // now, not at the end of net_rx_action
  unsigned work = 0;
  for (;;) {
    while (packet_ptr packet = data.process_queue.pop_front()) {
      ++counters_.backlog_processed;
      receiver_(std::move(packet));
      if (++work >= budget) return work;
    }
    const spin_guard_irq guard(host_, data.input_lock);  // interrupts and other CPUs add to the input queue
    if (data.input_pkt_queue.empty()) {
      data.backlog.state = 0;  // not napi_complete: the backlog is never disabled
      return work;
    }
    data.process_queue.splice_back(data.input_pkt_queue);
  }
}

}  // namespace ringside::kernel
