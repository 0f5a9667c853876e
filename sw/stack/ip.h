// SPDX-License-Identifier: Apache-2.0
// IPv4 receive: header validation, options, local delivery by destination address, reassembly, and the protocol switch.
//
// Owner: net_stack.  Caller: packet_layer (EtherType 0x0800), one packet or a list.  RFC 791, RFC 1122 3.2.1; order of
// checks as ip_rcv_core, then ip_rcv_finish_core with ip_route_input_rcu (RT-10), then what the route says (dst_input).
// Of a list every packet of one device passes the first before any enters the second, and what has one route goes on
// together (ip_list_rcv).
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "common/inet.h"
#include "sw/stack/config.h"
#include "sw/stack/dst.h"
#include "sw/stack/ip_fragment.h"
#include "sw/stack/net_device.h"
#include "sw/stack/net_protocol.h"
#include "sw/stack/routing.h"
#include "sw/stack/skb_allocator.h"

namespace ringside::stack {

namespace ip_protocol {
inline constexpr std::uint8_t icmp = inet::protocol_icmp;
inline constexpr std::uint8_t igmp = inet::protocol_igmp;
inline constexpr std::uint8_t tcp = inet::protocol_tcp;
inline constexpr std::uint8_t udp = inet::protocol_udp;
inline constexpr std::uint8_t raw = inet::protocol_reserved;  // IPPROTO_RAW
}  // namespace ip_protocol

struct ipv4_statistics {  // SNMP names of RFC 4293
  std::uint64_t in_receives = 0;
  std::uint64_t in_header_errors = 0;
  std::uint64_t in_checksum_errors = 0;
  std::uint64_t in_truncated = 0;
  std::uint64_t in_address_errors = 0;
  std::uint64_t in_martian_source = 0;
  std::uint64_t in_martian_destination = 0;
  std::uint64_t in_option_errors = 0;
  std::uint64_t in_unknown_protocols = 0;
  std::uint64_t in_discards = 0;  // no memory to cut what a clone shares
  std::uint64_t in_delivers = 0;
};

class icmp_layer;
class raw_layer;

class ipv4_layer {
 public:
  ipv4_layer(kernel::kernel& os, skb_allocator& skbs, routing& routes, const ip_fragments::config& fragments)
      : host_(os.machine()), skbs_(skbs), routes_(routes), fragments_(os, skbs, fragments) {}

  /// Who tells senders what became of their packets; none: nobody.
  void connect(icmp_layer& icmp);
  /// Who has copies of packets before their protocol; none: nobody.
  void connect(raw_layer& raw) { raw_ = &raw; }
  /// The device comes up (inetdev_event, NETDEV_UP): routes over it have a way, and 224.0.0.1 and the groups joined are
  /// addresses it must receive (ip_mc_up).
  void device_up(net_device& dev);
  /// Registers the one protocol of a number (inet_add_protocol); not owned.
  void inet_add_protocol(std::uint8_t number, net_protocol& protocol);
  /// Null when nobody has registered.
  net_protocol* find_protocol(std::uint8_t number) const;

  /// Takes a packet whose data starts at the IPv4 header.
  void ip_rcv(skb_ptr skb);
  /// The same for several, which it takes out of the list.
  void ip_list_rcv(sk_buff_queue& list);

  /// Gives up the fragments held: the stack goes down.
  void shut_down() { fragments_.flush(); }

  /// What a way that ends here has packets do (dst_entry::input).
  static void ip_local_deliver(ipv4_layer& layer, skb_ptr skb);

  const ipv4_statistics& counters() const { return counters_; }
  const ip_fragments& fragments() const { return fragments_; }

 private:
  enum class verdict : std::uint8_t { taken, martian_source, martian_destination, refused };  // refused: not counted
  enum class option_verdict : std::uint8_t { valid, malformed, source_route };

  bool rcv_core(skb_ptr& skb);
  void sublist_rcv(sk_buff_queue& sound);
  bool rcv_finish_core(skb_ptr& skb, const sk_buff* hint);
  void dst_input(skb_ptr skb) {
    const auto input = skb->dst->input;
    input(*this, std::move(skb));
  }
  void dst_input(sk_buff_queue& list);
  // What routes have packets do: dst_entry::input and output.
  static void ip_error(ipv4_layer& layer, skb_ptr skb);
  static int ip_rt_bug(ip_output& out, skb_ptr skb);
  /// For packets in that take a route of that type.
  static dst_ref input_dst(route_type type);
  verdict route_input(sk_buff& skb);
  verdict route_multicast(sk_buff& skb);
  static verdict route_by_hint(sk_buff& skb, const sk_buff& hint);
  void turn_away(skb_ptr skb, verdict way);
  bool rcv_options(skb_ptr& skb);
  option_verdict compile_options(std::span<const std::byte> options);
  /// A whole packet whose skb->ip is filled in, to its protocol's handler (ip_local_deliver_finish).
  void deliver(skb_ptr skb);
  void reject(skb_ptr skb, drop_reason reason, std::uint64_t& counter);

  kernel::host& host_;
  skb_allocator& skbs_;
  routing& routes_;
  ip_fragments fragments_;
  icmp_layer* icmp_ = nullptr;
  raw_layer* raw_ = nullptr;
  std::vector<std::pair<std::uint8_t, net_protocol*>> protocols_;
  ipv4_statistics counters_;
};

}  // namespace ringside::stack
