// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/net_stack.h"

#include "sw/stack/eth.h"
#include "sw/stack/inet_offload.h"
#include "sw/stack/udp_sock.h"

namespace ringside::stack {

net_stack::net_stack(kernel::kernel& k, const config& settings)
    : kernel_(k),
      settings_(settings),
      skbs_(k),
      numbers_(k.machine()),
      packets_(k, skbs_),
      transmit_(k, skbs_, packets_, numbers_),
      arp_(k.machine(), skbs_),
      ipv4_(k, skbs_, settings_.fragments),
      icmp_(k.machine(), skbs_, ipv4_),
      udp_(k.machine(), skbs_, ipv4_, packets_, k.random().stream("udp_port")),
      sockets_({k.machine(), k.softirq(), k.clock(), settings_.sockets}) {
  for (const ipv4_interface_address& a : settings_.addresses) {
    ipv4_.add_address(a);
    arp_.add_address(a.address);
  }
  for (const ipv4_address group : settings_.groups) ipv4_.join_group(group);
  for (const std::uint16_t vid : settings_.vlans) packets_.configure_vlan(ether_type::vlan, vid);
  for (const std::uint16_t vid : settings_.service_vlans) packets_.configure_vlan(ether_type::service_vlan, vid);
  kernel_.net().set_backlog_receiver([this](kernel::packet_ptr packet) {
    packets_.netif_receive_skb(skb_ptr(static_cast<sk_buff*>(packet.release())));
  });
  kernel_.net().set_list_receiver([this](kernel::packet_list& list) { packets_.netif_receive_skb_list(list); });
}

void net_stack::register_protocols() {
  kernel_.net().set_gro_offload([this](kernel::napi_struct&, kernel::packet_ptr& packet) {
    inet_gro_receive(machine(), static_cast<sk_buff&>(*packet));
    return kernel::gro_result::normal;
  });
  packets_.dev_add_pack(
      ether_type::ipv4, [this](skb_ptr skb) { ipv4_.ip_rcv(std::move(skb)); },
      [this](sk_buff_queue& list) { ipv4_.ip_list_rcv(list); });
  packets_.dev_add_pack(ether_type::arp, [this](skb_ptr skb) { arp_.arp_rcv(std::move(skb)); });
  ipv4_.inet_add_protocol(ip_protocol::icmp, icmp_);
  ipv4_.inet_add_protocol(ip_protocol::udp, udp_);
  sockets_.inet_register_protosw({abi::sock_dgram, ip_protocol::udp}, [this](const sock::environment& around) {
    return std::make_unique<udp_sock>(around, udp_);
  });
}

void net_stack::shut_down() {
  kernel_.softirq().local_bh_disable();
  ipv4_.shut_down();
  kernel_.softirq().local_bh_enable();
}

}  // namespace ringside::stack
