// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/net_stack.h"

#include <cerrno>

#include "sw/stack/eth.h"
#include "sw/stack/inet_offload.h"
#include "sw/stack/packet_sock.h"
#include "sw/stack/ping_sock.h"
#include "sw/stack/raw_sock.h"
#include "sw/stack/udp_sock.h"

namespace ringside::stack {

net_stack::net_stack(kernel::kernel& k, const config& settings, std::uint16_t frame_counter)
    : kernel_(k),
      settings_(settings),
      skbs_(k),
      numbers_(k.machine(), frame_counter),
      packets_(k, skbs_),
      loopback_(k.machine(), packets_),
      routes_(k, settings_.ipv4),
      transmit_(k, skbs_, packets_, numbers_),
      vlan_ops_(transmit_),
      neighbours_(k, skbs_, routes_, transmit_, settings_.neighbours),
      output_(k, skbs_, routes_, packets_, numbers_),
      arp_(k.machine(), skbs_, routes_, neighbours_, transmit_, numbers_),
      ipv4_(k, skbs_, routes_, settings_.fragments),
      socket_environment_{k.machine(), k.softirq(), k.clock(), settings_.sockets},
      icmp_(k, skbs_, ipv4_, output_, socket_environment_),
      raw_(k.machine(), skbs_, output_, icmp_),
      ping_(k.machine(), skbs_, output_, icmp_),
      udp_(k.machine(), skbs_, output_, icmp_, packets_, k.random().stream("udp_port")),
      sockets_(socket_environment_) {
  packets_.set_vlan_ops(vlan_ops_);
  neighbours_.connect(arp_);
  output_.connect(neighbours_, icmp_);
  ipv4_.connect(icmp_);
  ipv4_.connect(raw_);
  icmp_.connect(ping_, raw_);
  transmit_.set_default_qdisc(settings_.default_qdisc);
  transmit_.set_byte_queue_limits(settings_.byte_queue_limits);
  arp_.on_link_failure(
      [this](sk_buff& skb) { icmp_.icmp_send(skb, icmp_type::unreachable, icmp_code::host_unreachable, 0); });
  transmit_.on_state_change([this](net_device& dev) { link_changed(dev); });
  routes_.on_gateway_state(
      [this](const net_device& dev, ipv4_address gateway) { return neighbours_.state_of(dev, gateway); });
  routes_.set_loopback(loopback_.device());
  for (const ipv4_interface_address& a : settings_.addresses) routes_.add_address(a);
  for (const ipv4_route& r : settings_.routes) routes_.add_route(r);
  for (const ipv4_address group : settings_.groups) routes_.join_group(group);
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
  register_sockets();
}

// inetsw_array: of datagrams the first row is what protocol 0 means.
void net_stack::register_sockets() {
  sockets_.inet_register_protosw({abi::sock_dgram, ip_protocol::udp},
                                 [this](const sock::environment& around, int, const credentials&, long&) {
                                   return sock_ptr(new udp_sock(around, udp_, kernel_.random().stream("udp_ip_id")));
                                 });
  sockets_.inet_register_protosw({abi::sock_dgram, ip_protocol::icmp}, [this](const sock::environment& around, int,
                                                                              const credentials& who, long& error) {
    const ipv4_sysctls& allowed = settings_.ipv4;
    if (who.gid < allowed.first_ping_group || who.gid > allowed.last_ping_group) {  // ping_init_sock
      error = -EACCES;
      return sock_ptr();
    }
    return sock_ptr(new ping_sock(around, ping_, kernel_.random().stream("ping_ip_id")));
  });
  sockets_.inet_register_protosw(
      {abi::sock_raw, 0}, [this](const sock::environment& around, int protocol, const credentials&, long& error) {
        if (protocol == ip_protocol::raw) {  // it would be of IP_HDRINCL, which is not there
          error = -EPROTONOSUPPORT;
          return sock_ptr();
        }
        return sock_ptr(new raw_sock(around, protocol, raw_, kernel_.random().stream("raw_ip_id")));
      });
  sockets_.register_packet([this](const sock::environment& around, int, const credentials&, long&) {
    return sock_ptr(new packet_sock(around, packets_, transmit_, kernel_, skbs_, numbers_));
  });
}

// ip neigh add ... nud permanent, which whoever brings a device up does behind it.
void net_stack::add_neighbours(net_device& dev) {
  for (const neighbour_entry& each : settings_.permanent_neighbours)
    neighbours_.add_permanent(dev, each.address, each.hardware);
}

void net_stack::device_up(net_device& dev) {
  ipv4_.device_up(dev);
  vlans_follow(dev);
}

void net_stack::vlans_follow(net_device& real) {
  for (const vlan_membership& v : real.vlans) {
    net_device& vlan = *v.device;
    const bool turns = vlan.up != real.up;
    vlan.up = real.up;
    vlan.carrier = real.up && real.carrier;  // vlan_dev_open, vlan_stacked_transfer_operstate
    if (turns && vlan.up)
      device_up(vlan);
    else if (turns)
      device_down(vlan);
    else
      vlans_follow(vlan);
  }
}

net_device& net_stack::add_vlan(net_device& real, std::uint16_t tpid, std::uint16_t vid) {
  net_device& vlan = packets_.add_vlan(real, tpid, vid);
  vlans_follow(real);
  return vlan;
}

void net_stack::remove_vlan(net_device& real, std::uint16_t tpid, std::uint16_t vid) {
  net_device* const vlan = real.find_vlan(tpid, vid);
  if (vlan == nullptr) return;
  vlan->up = false;
  device_down(*vlan);
  packets_.remove_vlan(real, tpid, vid);
}

// NETDEV_CHANGE.  Neighbours behind a link that went may not be behind it when it comes back (arp_netdev_event); routes
// that sockets keep are looked up again (fib_netdev_event).
void net_stack::link_changed(net_device& dev) {
  kernel_.softirq().local_bh_disable();
  routes_.flush_cache();
  if (!dev.carrier) neighbours_.carrier_down(dev);
  kernel_.softirq().local_bh_enable();
  vlans_follow(dev);
}

void net_stack::device_down(net_device& dev) {
  vlans_follow(dev);
  kernel_.softirq().local_bh_disable();
  routes_.device_down(dev);
  neighbours_.flush(&dev);
  kernel_.softirq().local_bh_enable();
}

void net_stack::shut_down() {
  kernel_.softirq().local_bh_disable();
  ipv4_.shut_down();
  neighbours_.flush(nullptr);
  kernel_.softirq().local_bh_enable();
}

}  // namespace ringside::stack
