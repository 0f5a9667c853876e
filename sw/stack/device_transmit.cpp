// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/device_transmit.h"

#include "sw/kernel/jiffies.h"
#include "sw/stack/fq_codel.h"
#include "sw/stack/headers.h"
#include "sw/stack/pfifo_fast.h"

namespace ringside::stack {
namespace {

/// qdisc_pkt_len_init: on the wire the headers come with each segment.
std::uint32_t bytes_on_the_wire(const sk_buff& skb) {
  const auto bytes = static_cast<std::uint32_t>(skb.len());
  const skb_shared_info& shared = skb.shared();
  if (!skb.is_gso()) return bytes;
  return bytes + (shared.gso_segs - 1U) * gso_header_bytes(skb);
}

}  // namespace

device_transmit::device_transmit(kernel::kernel& k, skb_allocator& skbs, packet_layer& packets, frame_numbers& numbers)
    : kernel_(k),
      host_(k.machine()),
      skbs_(skbs),
      packets_(packets),
      validator_(k, skbs, numbers),
      watch_(k, [this](net_device& dev) { link_changed(dev); }),
      recursion_(k.machine().cpu_count()) {
  // Their fate was told by who gave them (napi_consume_skb in an interrupt).
  kernel_.transmit().set_free([this](kernel::packet_ptr packet, kernel::net_tx::free_reason) {
    skbs_.free_silently(skb_ptr(static_cast<sk_buff*>(packet.release())));
  });
}

device_transmit::~device_transmit() {
  kernel_.transmit().discard();
}

// ---- One packet

netdev_queue& device_transmit::pick_queue(net_device& dev, sk_buff& skb) {
  std::size_t index = 0;
  if (dev.tx.size() > 1)  // skb_tx_hash: the hash scaled to the number of queues
    index = static_cast<std::size_t>((std::uint64_t{skb.hash} * dev.tx.size()) >> 32);
  skb.queue_mapping = static_cast<std::uint16_t>(index);
  return *dev.tx[index];
}

int device_transmit::dev_queue_xmit(skb_ptr skb) {
  net_device& dev = *skb->dev;
  skb->reset_mac_header();
  kernel_.softirq().local_bh_disable();
  host_.consume(kernel::cost::dev_queue_xmit);
  skb->claim_control<qdisc_control>().packet_bytes = bytes_on_the_wire(*skb);
  if (!dev.keeps_dst) skb->dst.reset();  // IFF_XMIT_DST_RELEASE
  int result = 0;
  if (dev.tx.empty()) {
    result = send_without_queue(std::move(skb), dev);
  } else {
    netdev_queue& queue = pick_queue(dev, *skb);
    result = queue.discipline()->xmit(std::move(skb));
  }
  kernel_.softirq().local_bh_enable();
  return result;
}

// A device without a queue takes the packet now or loses it.  It may be made of others: each counts as one more call.
int device_transmit::send_without_queue(skb_ptr skb, net_device& dev) {
  unsigned& depth = recursion_[host_.this_cpu()];
  if (!dev.up || dev.ops == nullptr || depth > recursion_limit) {
    ++dev.stats.tx_dropped;
    drop(std::move(skb), drop_reason::device_not_ready);
    return -ENETDOWN;
  }
  sk_buff_queue list;
  list.push_back(std::move(skb));
  validate_xmit_skb_list(list, dev);
  if (list.empty()) return -ENOMEM;
  ++depth;
  const netdev_tx answer = hard_start_xmit(list, dev, nullptr);
  --depth;
  if (list.empty()) return static_cast<int>(answer);
  while ((skb = list.pop_front()) != nullptr) {
    ++dev.stats.tx_dropped;
    drop(std::move(skb), drop_reason::device_not_ready);
  }
  return -ENETDOWN;
}

netdev_tx device_transmit::dev_hard_start_xmit(sk_buff_queue& list, net_device& dev, netdev_queue& queue) {
  return hard_start_xmit(list, dev, &queue);
}

netdev_tx device_transmit::hard_start_xmit(sk_buff_queue& list, net_device& dev, netdev_queue* queue) {
  netdev_tx answer = netdev_tx::ok;
  while (skb_ptr skb = list.pop_front()) {
    if (queue != nullptr) queue->xmit_more = !list.empty();
    answer = xmit_one(skb, dev, queue);
    if (answer == netdev_tx::busy) {
      list.push_front(std::move(skb));
      break;
    }
    if (queue != nullptr && queue->stopped_by_driver() && !list.empty()) return netdev_tx::busy;
  }
  return answer;
}

// xmit_one: the taps see it as the driver will, each time the driver is asked (QD-8).
netdev_tx device_transmit::xmit_one(skb_ptr& skb, net_device& dev, netdev_queue* queue) {
  packets_.dev_queue_xmit_nit(*skb, dev);
  const netdev_tx answer = dev.ops->ndo_start_xmit(skb);
  if (answer == netdev_tx::ok && queue != nullptr) queue->trans_update();
  return answer;
}

// ---- Devices

void device_transmit::alloc_queues(net_device& dev, unsigned count) {
  for (unsigned number = 0; number < count; ++number) {
    netdev_queue& queue = *dev.tx.emplace_back(std::make_unique<netdev_queue>(kernel_, dev, number));
    queue.set_bounds({limits_.limit_min, limits_.limit_max, kernel::to_jiffies(limits_.hold_time)});
    if (default_qdisc_ == qdisc_kind::fq_codel)
      queue.attach(std::make_unique<fq_codel>(kernel_, *this, dev, queue));
    else
      queue.attach(std::make_unique<pfifo_fast>(kernel_, *this, dev, queue, dev.tx_queue_len));
  }
  dev.watchdog = std::make_unique<tx_watchdog>(kernel_, dev);
}

void device_transmit::netif_carrier_on(net_device& dev) {
  host_.sync_software();
  if (dev.carrier) return;
  dev.carrier = true;
  watch_.fire(dev);
}

void device_transmit::netif_carrier_off(net_device& dev) {
  host_.sync_software();
  if (!dev.carrier) return;
  dev.carrier = false;
  watch_.fire(dev);
}

// linkwatch_do_dev.
void device_transmit::link_changed(net_device& dev) {
  host_.sync_software();
  if (!dev.up) return;
  if (dev.carrier) {
    dev_activate(dev);
  } else {
    dev_deactivate(dev);
  }
  if (state_changed_) state_changed_(dev);  // netdev_state_change
}

void device_transmit::dev_activate(net_device& dev) {
  host_.sync_software();
  if (!dev.carrier || dev.tx.empty()) return;  // until the carrier is there
  for (const auto& queue : dev.tx) {
    queue->discipline()->activate();
    queue->trans_update();
  }
  dev.watchdog->up();
}

void device_transmit::dev_deactivate(net_device& dev) {
  if (dev.tx.empty()) return;
  host_.sync_software();
  for (const auto& queue : dev.tx) queue->discipline()->deactivate();
  dev.watchdog->down();
  kernel_.softirq().local_bh_disable();
  for (const auto& queue : dev.tx) queue->discipline()->reset();
  kernel_.softirq().local_bh_enable();
  for (const auto& queue : dev.tx) {
    host_.sync_software();
    while (queue->discipline()->busy()) kernel_.clock().msleep(1 * ms);
  }
}

void device_transmit::netif_tx_disable(net_device& dev) {
  kernel_.softirq().local_bh_disable();
  for (const auto& queue : dev.tx) {
    queue->lock();
    queue->stop();
    queue->unlock();
  }
  kernel_.softirq().local_bh_enable();
}

}  // namespace ringside::stack
