// SPDX-License-Identifier: Apache-2.0
// The way out above the drivers: dev_queue_xmit(), the call of the driver, and what comes and goes with a device's
// carrier (net/core/dev.c and net/sched/sch_generic.c of Linux 6.1; QD-1 to QD-11).
//
// Owner: net_stack.  Callers: neighbours and whoever has a frame with its Ethernet header (dev_queue_xmit), queueing
// disciplines (validate, hard_start_xmit), drivers (queues, carrier).
#pragma once

#include <cerrno>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "sw/stack/config.h"
#include "sw/stack/link_watch.h"
#include "sw/stack/net_device.h"
#include "sw/stack/net_device_ops.h"
#include "sw/stack/packet_layer.h"
#include "sw/stack/packet_transmit.h"
#include "sw/stack/qdisc.h"
#include "sw/stack/skb_allocator.h"
#include "sw/stack/xmit_validate.h"

namespace ringside::stack {

class device_transmit final : public packet_transmit {
 public:
  static constexpr unsigned recursion_limit = 8;  // XMIT_RECURSION_LIMIT

  device_transmit(kernel::kernel& k, skb_allocator& skbs, packet_layer& packets, frame_numbers& numbers);
  ~device_transmit() override;
  device_transmit(const device_transmit&) = delete;
  device_transmit& operator=(const device_transmit&) = delete;

  /// Sends a packet by skb->dev; its Ethernet header stands at data().  NET_XMIT_* or a negative errno; the packet is
  /// gone in any case.  Any context but hardirq.
  int dev_queue_xmit(skb_ptr skb) override;

  // ---- Drivers
  /// What alloc_queues() attaches (net.core.default_qdisc).
  void set_default_qdisc(qdisc_kind kind) { default_qdisc_ = kind; }
  /// What byte queue limits of the queues it makes are kept within (sysfs).
  void set_byte_queue_limits(const byte_queue_limits_config& limits) { limits_ = limits; }
  /// Gives a device its transmit queues, each with its discipline (alloc_netdev_mqs, attach_default_qdiscs).  A device
  /// without any sends at once (noqueue).
  void alloc_queues(net_device& dev, unsigned count = 1);
  /// The device has come up: packets pass once there is a carrier (dev_activate).  Task context.
  void dev_activate(net_device& dev);
  /// It goes down: what waits is dropped, and when this returns nobody is in the driver (dev_deactivate).  Task
  /// context.
  void dev_deactivate(net_device& dev);
  /// Before the device goes.
  void forget(net_device& dev) { watch_.forget(dev); }
  /// The driver has seen the link come or go; queues follow in a work (linkwatch).
  void netif_carrier_on(net_device& dev);
  void netif_carrier_off(net_device& dev);
  /// Who hears of a link that came or went, once the queues know it (NETDEV_CHANGE).  Task context.
  void on_state_change(std::function<void(net_device&)> hears) { state_changed_ = std::move(hears); }
  /// Stops every queue, and nobody is in the driver when this returns (netif_tx_disable).
  void netif_tx_disable(net_device& dev);

  // ---- Queueing disciplines
  /// Makes each packet one the device can send, in place; those it cannot are dropped (validate_xmit_skb_list).
  void validate_xmit_skb_list(sk_buff_queue& list, net_device& dev) { validator_.validate_list(list, dev); }
  /// Gives the driver the packets of the list; what it did not take stays in it.  The queue is locked.
  netdev_tx dev_hard_start_xmit(sk_buff_queue& list, net_device& dev, netdev_queue& queue);
  void drop(skb_ptr skb, drop_reason reason) { skbs_.drop(std::move(skb), reason); }

  /// netdev_core_pick_tx.
  static netdev_queue& pick_queue(net_device& dev, sk_buff& skb);

 private:
  int send_without_queue(skb_ptr skb, net_device& dev);
  netdev_tx xmit_one(skb_ptr& skb, net_device& dev, netdev_queue* queue);
  netdev_tx hard_start_xmit(sk_buff_queue& list, net_device& dev, netdev_queue* queue);
  void link_changed(net_device& dev);
  void transition(net_device& dev);

  kernel::kernel& kernel_;
  kernel::host& host_;
  skb_allocator& skbs_;
  packet_layer& packets_;
  xmit_validator validator_;
  link_watch watch_;
  qdisc_kind default_qdisc_ = qdisc_kind::pfifo_fast;
  byte_queue_limits_config limits_;
  std::function<void(net_device&)> state_changed_;
  std::vector<unsigned> recursion_;  // by CPU
};

}  // namespace ringside::stack
