// SPDX-License-Identifier: Apache-2.0
// The network stack of one machine: its layers, built and registered in boot order.
//
// Owner: the platform.  Callers: the driver (skbs, packets), applications (udp), reports (counters).
#pragma once

#include <cstdint>
#include <vector>

#include "sw/stack/arp.h"
#include "sw/stack/config.h"
#include "sw/stack/device_transmit.h"
#include "sw/stack/frame_numbers.h"
#include "sw/stack/icmp.h"
#include "sw/stack/ip.h"
#include "sw/stack/ip_output.h"
#include "sw/stack/loopback.h"
#include "sw/stack/neighbour.h"
#include "sw/stack/packet_layer.h"
#include "sw/stack/ping.h"
#include "sw/stack/raw.h"
#include "sw/stack/routing.h"
#include "sw/stack/skb_allocator.h"
#include "sw/stack/sock.h"
#include "sw/stack/socket_protocols.h"
#include "sw/stack/udp.h"
#include "sw/stack/vlan_device.h"

namespace ringside::stack {

class net_stack {
 public:
  using config = stack_config;

  /// `frame_counter`: who counts the frames it makes and derives (frame_numbers.h).
  net_stack(kernel::kernel& k, const config& settings, std::uint16_t frame_counter = 0);
  /// Also in the middle of a run that was stopped: packets still in a backlog end with the allocator they came from.
  ~net_stack() { kernel_.net().discard_backlogs(); }
  net_stack(const net_stack&) = delete;
  net_stack& operator=(const net_stack&) = delete;

  /// Registers ARP, IPv4, ICMP and UDP (boot_proto_register events).  After kernel::boot(), before the driver's probe.
  void register_protocols();
  /// An interface has come up or goes down (NETDEV_UP, NETDEV_DOWN): ways out by it, what is known of its neighbours,
  /// and its VLANs.  Task context, as all of these.
  void device_up(net_device& dev);
  /// Neighbours whose addresses an administrator has entered (stack.neighbours).  Task context.
  void add_neighbours(net_device& dev);
  void device_down(net_device& dev);
  /// Its VLANs come up and go down with it, and have its carrier (vlan_device_event).
  void vlans_follow(net_device& real);
  /// A VLAN's device, which is up when its parent is; it goes with its ways and its neighbours.
  net_device& add_vlan(net_device& real, std::uint16_t tpid, std::uint16_t vid);
  void remove_vlan(net_device& real, std::uint16_t tpid, std::uint16_t vid);
  /// Gives up what the layers hold for later (fragments).  Task context, after the last device is closed.
  void shut_down();

  kernel::kernel& os() { return kernel_; }
  kernel::host& machine() { return kernel_.machine(); }
  skb_allocator& skbs() { return skbs_; }
  packet_layer& packets() { return packets_; }
  device_transmit& transmit() { return transmit_; }
  frame_numbers& numbers() { return numbers_; }
  routing& routes() { return routes_; }
  neighbour_table& neighbours() { return neighbours_; }
  loopback_device& loopback() { return loopback_; }
  ip_output& output() { return output_; }
  arp_layer& arp() { return arp_; }
  ipv4_layer& ipv4() { return ipv4_; }
  icmp_layer& icmp() { return icmp_; }
  udp_layer& udp() { return udp_; }
  socket_protocols& sockets() { return sockets_; }
  const config& settings() const { return settings_; }

 private:
  void link_changed(net_device& dev);
  void register_sockets();

  kernel::kernel& kernel_;
  config settings_;
  skb_allocator skbs_;
  frame_numbers numbers_;
  packet_layer packets_;
  loopback_device loopback_;
  routing routes_;
  device_transmit transmit_;
  vlan_device_ops vlan_ops_;
  neighbour_table neighbours_;
  ip_output output_;
  arp_layer arp_;
  ipv4_layer ipv4_;
  sock::environment socket_environment_;
  icmp_layer icmp_;
  raw_layer raw_;
  ping_layer ping_;
  udp_layer udp_;
  socket_protocols sockets_;
};

}  // namespace ringside::stack
