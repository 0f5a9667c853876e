// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/ip_output.h"

#include <cerrno>

#include "sw/stack/checksum.h"
#include "sw/stack/eth.h"
#include "sw/stack/header_writers.h"
#include "sw/stack/ip.h"
#include "sw/stack/neighbour.h"
#include "sw/stack/packet_layer.h"
#include "sw/stack/packet_transmit.h"

namespace ringside::stack {

ip_output::ip_output(kernel::kernel& os, skb_allocator& skbs, routing& routes, packet_layer& packets,
                     frame_numbers& frames)
    : host_(os.machine()),
      softirq_(os.softirq()),
      memory_(os.memory()),
      skbs_(skbs),
      routes_(routes),
      packets_(packets),
      frames_(frames),
      idents_(os.random().stream("ip_id")) {}

dst_ref ip_output::make_route(route_type type, bool local, net_device& out, bool of_loopback) {
  dst_ref made(new dst_entry{type, nullptr, &ip_output::output});
  dst_entry& entry = made.shared();
  entry.dev = &out;
  entry.local = local;
  if (local) entry.input = &ipv4_layer::ip_local_deliver;
  const bool to_several = type == route_type::broadcast || type == route_type::multicast;
  // Of a group nobody here is in nothing is looped back.
  if (to_several && local && !of_loopback) entry.output = &ip_output::mc_output;
  return made;
}

std::size_t ip_output::whole_length(const sk_buff& skb) {
  std::size_t bytes = skb.len();
  for (const sk_buff* f = skb.frag_list.front(); f != nullptr; f = sk_buff_queue::next(*f)) bytes += f->len();
  return bytes;
}

// net_xmit_errno: that others had to go for it is no error.
long ip_output::ip_send_skb(skb_ptr skb) {
  int result = ip_local_out(std::move(skb));
  if (result > 0) result = result == net_xmit::congestion_notification ? 0 : -ENOBUFS;
  if (result != 0) ++counters_.out_discards;
  return result;
}

// __ip_local_out, dst_output.
int ip_output::ip_local_out(skb_ptr skb) {
  host_.consume(kernel::cost::ip_output);
  ipv4_writer header(skb->network_header());
  header.set_total_length(whole_length(*skb));
  write_ip_checksum(skb->network_header());
  skb->protocol = ether_type::ipv4;
  const auto output = skb->dst->output;
  return output(*this, std::move(skb));
}

void ip_output::count_out(const sk_buff& skb) {
  host_.emit(stage::tx_ip, skb.frame);
  ++counters_.out_packets;
  counters_.out_octets += whole_length(skb);
}

int ip_output::output(ip_output& self, skb_ptr skb) {
  self.count_out(*skb);
  skb->dev = skb->dst->dev;
  skb->protocol = ether_type::ipv4;
  return self.finish_output(std::move(skb));
}

// Who is here and listens gets a copy before it leaves (IP-6).
int ip_output::mc_output(ip_output& self, skb_ptr skb) {
  self.count_out(*skb);
  skb->dev = skb->dst->dev;
  skb->protocol = ether_type::ipv4;
  const bool multicast = skb->dst->type == route_type::multicast;
  const auto* const sender = static_cast<const inet_sock*>(skb->sk);  // sk_mc_loop
  if (!multicast || sender == nullptr || sender->loops_multicast()) self.loop_back(*skb);
  if (multicast && ipv4_view(skb->network_header()).time_to_live() == 0) {
    self.skbs_.drop(std::move(skb), drop_reason::ip_ttl);
    return net_xmit::success;
  }
  return self.finish_output(std::move(skb));
}

// skb_clone, ip_mc_finish_output and dev_loopback_xmit.  The copy has bytes of its own where it was in fragments, which
// Linux's clone shares.
void ip_output::loop_back(const sk_buff& skb) {
  const std::size_t bytes = whole_length(skb);
  skb_ptr copy = skbs_.alloc_to_send(link_reserve + bytes);
  if (copy == nullptr) return;
  copy->reserve(link_reserve);
  std::byte* at = copy->put(bytes);
  skb.copy_bits(0, {at, skb.len()});
  at += skb.len();
  for (const sk_buff* f = skb.frag_list.front(); f != nullptr; f = sk_buff_queue::next(*f)) {
    f->copy_bits(0, {at, f->len()});
    at += f->len();
  }
  host_.consume(kernel::cost::copy_per_byte, bytes);
  static_cast<skb_headers&>(*copy) = skb;
  copy->frame = frames_.derived(skb.frame, link_kind::clone);
  copy->reset_network_header();
  copy->reset_mac_header();
  copy->set_transport_header(ipv4_view::bytes);
  copy->type = packet_type::loopback;
  copy->ip_summed = checksum_state::unnecessary;
  copy->dst = skb.dst;
  packets_.netif_rx(std::move(copy));
}

// __ip_finish_output.
int ip_output::finish_output(skb_ptr skb) {
  const auto* const sender = static_cast<const inet_sock*>(skb->sk);  // ip_skb_dst_mtu
  const std::size_t mtu = sender == nullptr || sender->use_pmtu() ? routes_.mtu(*skb->dst) : skb->dst->dev->mtu;
  if (whole_length(*skb) > mtu) return fragment(std::move(skb), mtu);
  return finish_output2(std::move(skb));
}

int ip_output::finish_output2(skb_ptr skb) {
  if (skb->dst->type == route_type::multicast) ++counters_.multicasts;
  if (skb->dst->type == route_type::broadcast) ++counters_.broadcasts;
  if (skb->headroom() < link_reserve && !skb->expand_head(link_reserve - skb->headroom(), 0)) {
    skbs_.drop(std::move(skb), drop_reason::driver_no_memory);
    return -ENOMEM;
  }
  const ipv4_address next_hop =
      skb->dst->gateway != 0 ? skb->dst->gateway : ipv4_view(skb->network_header()).destination();
  softirq_.local_bh_disable();
  const int result = neighbours_->output(next_hop, std::move(skb));
  softirq_.local_bh_enable();
  return result;
}

void ip_output::confirm(const dst_ref& route, ipv4_address destination) {
  neighbours_->confirm(*route->dev, route->gateway != 0 ? route->gateway : destination);
}

}  // namespace ringside::stack
