// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/qdisc.h"

#include <optional>
#include <utility>

#include "sw/stack/device_transmit.h"

namespace ringside::stack {

qdisc::qdisc(kernel::kernel& k, device_transmit& above, net_device& dev, netdev_queue& queue)
    : kernel_(k),
      host_(k.machine()),
      above_(above),
      dev_(dev),
      queue_(queue),
      running_(k.machine()),
      lock_(k.machine()) {
  queue_.runner().run = [this] {
    if (active_) run();  // net_tx_action passes by one that is being taken down
  };
}

// __dev_xmit_skb.  The state is looked at again once nobody else can give packets back.
int qdisc::xmit(skb_ptr skb) {
  host_.sync_smp();
  const std::uint64_t bytes = skb->len();
  host_.emit(stage::tx_qdisc, skb->frame, bytes, counters_.qlen);
  if (!active_) {  // noop_enqueue
    above_.drop(std::move(skb), drop_reason::qdisc_drop);
    return net_xmit::congestion_notification;
  }
  if (has_lock()) return xmit_locked(std::move(skb));
  if (empty() && run_begin()) {
    if (!empty()) {
      const int result = enqueue_counted(std::move(skb));
      run_locked();
      run_end();
      return result;
    }
    count_sent(*skb);
    sk_buff_queue list;
    list.push_back(std::move(skb));
    if (direct_xmit(list, true) && !empty()) run_locked();
    run_end();
    return net_xmit::success;
  }
  const int result = enqueue_counted(std::move(skb));
  run();
  return result;
}

int qdisc::enqueue_counted(skb_ptr skb) {
  host_.consume(kernel::cost::qdisc_enqueue);
  host_.sync_smp();
  ++counters_.qlen;
  counters_.backlog += skb->control<qdisc_control>().packet_bytes;
  const int result = enqueue(skb);
  if (skb != nullptr) drop_queued(std::move(skb));
  return result;
}

void qdisc::drop_queued(skb_ptr skb) {
  --counters_.qlen;
  counters_.backlog -= skb->control<qdisc_control>().packet_bytes;
  ++counters_.dropped;
  above_.drop(std::move(skb), drop_reason::qdisc_drop);
}

void qdisc::count_sent(const sk_buff& skb) {
  counters_.bytes += skb.control<qdisc_control>().packet_bytes;
  counters_.packets += skb.is_gso() ? skb.shared().gso_segs : 1U;
}

// pfifo_fast_dequeue: the marks go when nothing is left, and then one more look.
skb_ptr qdisc::dequeue() {
  host_.consume(kernel::cost::qdisc_dequeue);
  host_.sync_smp();
  skb_ptr skb = take();
  if (skb == nullptr && !empty()) {
    missed_ = draining_ = false;
    host_.sync_smp();
    skb = take();
  }
  if (skb == nullptr) return nullptr;
  --counters_.qlen;
  counters_.backlog -= skb->control<qdisc_control>().packet_bytes;
  count_sent(*skb);
  return skb;
}

bool qdisc::run_begin() {
  if (running_.try_lock()) return true;
  if (std::exchange(missed_, true)) return false;
  return running_.try_lock();
}

void qdisc::run_end() {
  running_.unlock();
  host_.sync_smp();
  if (missed_) kernel_.transmit().netif_schedule(queue_.runner());
}

void qdisc::run() {
  if (has_lock()) return run_with_lock();
  if (!run_begin()) return;
  run_locked();
  run_end();
}

// __qdisc_run.
void qdisc::run_locked() {
  int quota = dev_tx_weight;
  int packets = 0;
  while (restart(packets, quota)) {
    quota -= packets;
    if (quota > 0) continue;
    reschedule();  // NET_TX takes the rest
    break;
  }
}

// qdisc_restart: false when nothing is left or nothing may leave.
bool qdisc::restart(int& packets, int budget) {
  sk_buff_queue list;
  bool validate = true;
  if (!dequeue_list(list, validate, packets, budget)) return false;
  return direct_xmit(list, validate);
}

// The mark is cleared before the queue is looked at once more: who wakes it meanwhile sets it again.
void qdisc::maybe_clear_missed() {
  missed_ = false;
  host_.sync_smp();
  (queue_.frozen_or_stopped() ? draining_ : missed_) = true;
}

// dequeue_skb.  A device of one queue takes as many bytes as its limit leaves, so that the card is told of all at once.
bool qdisc::dequeue_list(sk_buff_queue& list, bool& validate, int& packets, int budget) {
  packets = 1;
  host_.sync_smp();
  if (!given_back_.empty()) {
    std::optional<kernel::spin_guard> guard;
    if (!has_lock()) guard.emplace(lock_);
    validate = false;
    if (queue_.frozen_or_stopped()) {
      maybe_clear_missed();
      return false;
    }
    skb_ptr skb = given_back_.pop_front();
    --counters_.qlen;
    counters_.backlog -= skb->control<qdisc_control>().packet_bytes;
    list.push_back(std::move(skb));
    return true;
  }
  validate = true;
  if (queue_.frozen_or_stopped()) {
    maybe_clear_missed();
    return false;
  }
  skb_ptr skb = dequeue();
  if (skb == nullptr) return false;
  std::int64_t room = queue_.limits().available() - static_cast<std::int64_t>(skb->len());
  list.push_back(std::move(skb));
  for (int more = 0; room > 0 && more < budget; ++more) {
    skb = dequeue();
    if (skb == nullptr) break;
    room -= static_cast<std::int64_t>(skb->len());
    list.push_back(std::move(skb));
    ++packets;
  }
  return true;
}

// sch_direct_xmit: false when the driver took not all of them.
bool qdisc::direct_xmit(sk_buff_queue& list, bool validate) {
  if (has_lock()) lock_.unlock();
  if (validate) above_.validate_xmit_skb_list(list, dev_);
  if (list.empty()) {
    if (has_lock()) lock_.lock();
    return true;
  }
  bool complete = false;
  queue_.lock();
  if (!queue_.frozen_or_stopped()) {
    complete = above_.dev_hard_start_xmit(list, dev_, queue_) != netdev_tx::busy;
  } else {
    maybe_clear_missed();
  }
  queue_.unlock();
  if (has_lock()) lock_.lock();
  if (!complete) requeue(list);
  return complete;
}

// dev_requeue_skb.
void qdisc::requeue(sk_buff_queue& list) {
  {
    std::optional<kernel::spin_guard> guard;
    if (!has_lock()) guard.emplace(lock_);
    while (skb_ptr skb = list.pop_front()) {
      ++counters_.requeues;
      ++counters_.qlen;
      counters_.backlog += skb->control<qdisc_control>().packet_bytes;
      given_back_.push_back(std::move(skb));
    }
  }
  reschedule();
}

void qdisc::reschedule() {
  if (has_lock())
    kernel_.transmit().netif_schedule(queue_.runner());
  else
    missed_ = true;
}

// dev_reset_queue: nobody runs it meanwhile.
void qdisc::reset() {
  const kernel::spin_guard running(running_);
  const kernel::spin_guard guard(lock_);
  while (skb_ptr skb = take_any()) above_.drop(std::move(skb), drop_reason::qdisc_drop);
  while (skb_ptr skb = given_back_.pop_front()) above_.drop(std::move(skb), drop_reason::qdisc_drop);
  counters_.qlen = counters_.backlog = 0;
  missed_ = draining_ = false;
}

}  // namespace ringside::stack
