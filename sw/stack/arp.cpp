// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/arp.h"

#include "common/inet.h"
#include "sw/kernel/jiffies.h"
#include "sw/stack/eth.h"
#include "sw/stack/header_writers.h"
#include "sw/stack/net_device.h"

namespace ringside::stack {
namespace {
constexpr std::uint16_t hardware_ethernet = 1;
constexpr std::uint16_t hardware_ieee802 = 6;  // tolerated on Ethernet
constexpr std::uint16_t operation_request = 1;
constexpr std::uint16_t operation_reply = 2;
constexpr std::size_t link_reserve = 16;  // LL_RESERVED_SPACE
constexpr mac_address to_all{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
}  // namespace

// NB-8.
void arp_layer::arp_rcv(skb_ptr skb) {
  host_.consume(kernel::cost::arp_rcv);
  host_.emit(stage::arp_rcv, skb->frame);
  bool valid = skb->may_pull(arp_view::bytes);
  const arp_view arp(skb->data());
  valid = valid && (arp.hardware() == hardware_ethernet || arp.hardware() == hardware_ieee802) &&
          arp.protocol() == ether_type::ipv4 && arp.hardware_bytes() == ethernet::address_bytes &&
          arp.protocol_bytes() == sizeof(ipv4_address) &&
          (arp.operation() == operation_request || arp.operation() == operation_reply);
  if (!valid) {
    ++counters_.invalid;
    skbs_.drop(std::move(skb), drop_reason::arp_header);
    return;
  }
  ++(arp.operation() == operation_reply ? counters_.replies : counters_.requests);
  if (skb->dev != nullptr && !skb->dev->no_arp) process(*skb);
  skbs_.consume(std::move(skb));
}

// ip_route_input of the request: whether this host is meant, by a sender that is none of its own addresses (RT-10).
bool arp_layer::leads_here(const net_device& dev, ipv4_address target, ipv4_address sender) {
  if (ipv4::is_multicast(sender) || sender == inet::limited_broadcast || ipv4::is_zeronet(sender)) return false;
  if (target == inet::limited_broadcast || ipv4::is_zeronet(target)) return false;
  if (!dev.is_loopback && ipv4::is_loopback(sender)) return false;
  return routes_.fib().is_local(target) && !routes_.addresses().owns(sender);
}

// arp_process.
void arp_layer::process(const sk_buff& skb) {
  const arp_view arp(skb.data());
  net_device& dev = *skb.dev;
  const mac_address hardware = arp.sender_hardware();
  const ipv4_address sender = arp.sender();
  const ipv4_address target = arp.target();
  const bool request = arp.operation() == operation_request;
  if (ipv4::is_multicast(target) || ipv4::is_loopback(target)) return;
  const auto answer = [&] {
    send(dev, {operation_reply, hardware, dev.address, target, hardware, sender}, skb.frame, cause_kind::frame);
    ++counters_.replies_sent;
  };
  if (sender == 0) {  // a probe for duplicates (RFC 5227) says nothing about a neighbour
    if (!request || routes_.address_type(target) != route_type::local) return;
    ++counters_.requests_for_us;
    if (!ignored(dev, sender, target)) answer();
    return;
  }
  if (request && leads_here(dev, target, sender)) {
    ++counters_.requests_for_us;
    if (ignored(dev, sender, target)) return;
    const neighbour_ptr n = neighbours_.find_or_create(dev, sender);  // neigh_event_ns
    if (n == nullptr) return;
    neighbours_.update(*n, hardware, nud::stale, true);
    answer();
    return;
  }
  neighbour_ptr n = neighbours_.find(dev, sender);
  const bool take = accepted(dev, sender);
  // arp_is_garp.
  const bool gratuitous = sender == target && (request || arp.target_hardware() == hardware) &&
                          routes_.address_type(sender) == route_type::unicast;
  if (n == nullptr && take && (gratuitous || (!request && routes_.address_type(sender) == route_type::unicast)))
    n = neighbours_.find_or_create(dev, sender);
  if (n == nullptr) return;
  // The first of several replies counts, unless one says of itself that it is new (NB-10).
  const std::uint64_t locktime = kernel::to_jiffies(neighbours_.settings().locktime);
  const bool override = kernel::jiffies_at(host_.now()) > n->updated + locktime || gratuitous;
  const bool certain = !request && skb.type == packet_type::host;
  neighbours_.update(*n, hardware, certain ? nud::reachable : nud::stale, override);
}

// arp_ignore.
bool arp_layer::ignored(const net_device& dev, ipv4_address sender, ipv4_address target) const {
  const inet_devices& own = routes_.addresses();
  switch (neighbours_.settings().arp_ignore) {
    case 1:
      return !own.confirm(&dev, 0, target, route_scope::host);
    case 2:
      return !own.confirm(&dev, sender, target, route_scope::host);
    case 3:
      return !own.confirm(nullptr, 0, target, route_scope::link);
    case 8:
      return true;
    default:
      return false;
  }
}

// arp_accept: whether who was not asked about is entered.
bool arp_layer::accepted(const net_device& dev, ipv4_address sender) const {
  switch (neighbours_.settings().arp_accept) {
    case 1:
      return true;
    case 2:
      return routes_.addresses().on_link(&dev, sender, sender);
    default:
      return false;
  }
}

void arp_layer::solicit(stack::neighbour& n, const subject& about) {
  ipv4_address source = about.source;
  switch (neighbours_.settings().arp_announce) {
    case 1:
      if (source != 0 &&
          (routes_.address_type(source) != route_type::local || !routes_.addresses().on_link(n.dev, n.address, source)))
        source = 0;
      break;
    case 2:
      source = 0;
      break;
    default:
      if (source != 0 && routes_.address_type(source) != route_type::local) source = 0;
  }
  if (source == 0) source = routes_.addresses().select(n.dev, n.address, route_scope::link);
  // The first ones to the address that is doubted, the others to all.
  const bool unicast = n.probes < neighbours_.settings().ucast_solicit;
  ++counters_.requests_sent;
  send(*n.dev, {operation_request, unicast ? n.hardware : to_all, n.dev->address, source, {}, n.address}, about.frame,
       about.frame != 0 ? cause_kind::frame : cause_kind::timer);
}

void arp_layer::error_report(skb_ptr skb) {
  if (link_failure_) link_failure_(*skb);
  skbs_.drop(std::move(skb), drop_reason::neigh_failed);
}

void arp_layer::send_gratuitous(net_device& dev) {
  for (const inet_devices::address& a : routes_.addresses().all()) {
    if (a.dev != &dev) continue;
    ++counters_.requests_sent;
    send(dev, {operation_request, to_all, dev.address, a.local, {}, a.local}, 0, cause_kind::task);
  }
}

// arp_create, arp_xmit.
void arp_layer::send(net_device& dev, const message& what, frame_id cause, cause_kind why) {
  host_.consume(kernel::cost::arp_send);
  skb_ptr skb = skbs_.alloc_to_send(link_reserve + arp_view::bytes);
  if (skb == nullptr) return;
  skb->frame = frames_.made(cause, why);
  skb->reserve(link_reserve);
  std::byte* const at = skb->put(arp_view::bytes);
  skb->reset_network_header();
  skb->dev = &dev;
  skb->protocol = ether_type::arp;
  arp_writer arp(at);
  arp.set_kind(what.operation);
  arp.set_sender(what.sender_hardware, what.sender);
  arp.set_target(what.target_hardware, what.target);
  ethernet_writer header(skb->push(eth_header_bytes));
  header.set_destination(what.destination);
  header.set_source(dev.address);
  header.set_type(ether_type::arp);
  skb->reset_mac_header();
  xmit_.dev_queue_xmit(std::move(skb));
}

const mac_address* arp_layer::neighbour(const net_device& dev, ipv4_address address) const {
  const neighbour_ptr n = neighbours_.find(dev, address);
  return n != nullptr && (n->state & nud::valid) != 0 ? &n->hardware : nullptr;
}

}  // namespace ringside::stack
