// SPDX-License-Identifier: Apache-2.0
// IPv4 send: datagrams put together piece by piece, their headers, fragmentation, and the hand-over to the next hop
// (net/ipv4/ip_output.c of Linux 6.1; IP rules).
//
// Owner: net_stack.  Callers: sockets and ICMP (append_data, make_skb, ip_send_skb), routes (ip_output, ip_mc_output).
// A packet has its frame from when its first bytes are taken; the fragments it is cut into are derived of it, all but
// the first one, which keeps the frame.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sw/stack/frame_numbers.h"
#include "sw/stack/inet_sock.h"
#include "sw/stack/ip_ident.h"
#include "sw/stack/routing.h"
#include "sw/stack/skb_allocator.h"

namespace ringside::stack {

class icmp_layer;
class neighbour_table;
class packet_layer;

struct ip_output_statistics {     // SNMP names of RFC 4293
  std::uint64_t out_packets = 0;  // OutRequests (IPSTATS_MIB_OUTPKTS)
  std::uint64_t out_octets = 0;   // IpExtOutOctets
  std::uint64_t out_discards = 0;
  std::uint64_t out_no_routes = 0;
  std::uint64_t fragmented = 0;  // FragOKs
  std::uint64_t frag_fails = 0;
  std::uint64_t frag_creates = 0;
  std::uint64_t multicasts = 0;  // IpExtOutMcastPkts
  std::uint64_t broadcasts = 0;  // IpExtOutBcastPkts
};

class ip_output {
 public:
  /// LL_RESERVED_SPACE of Ethernet: 14 bytes in units of 16.
  static constexpr std::size_t link_reserve = 16;

  ip_output(kernel::kernel& os, skb_allocator& skbs, routing& routes, packet_layer& packets, frame_numbers& frames);

  /// Who finds the next hop's address, and who tells a sender that a packet was too big.
  void connect(neighbour_table& neighbours, icmp_layer& icmp) {
    neighbours_ = &neighbours;
    icmp_ = &icmp;
  }

  // ---- Putting together (ip_append.cpp)
  /// Begins a datagram by `cork.way` and `cork.route`; -ENETUNREACH when the route's MTU cannot carry IPv4
  /// (ip_setup_cork).
  long setup(const inet_sock& sk, ip_cork& cork) const;
  /// Adds `length` bytes, the first of which are `transport_header` bytes of the transport's that nobody has written
  /// yet; the packets are in `queue`, each one fragment.  -EMSGSIZE, -ENOBUFS, -EAGAIN, a pending error
  /// (ip_append_data).
  long append_data(inet_sock& sk, ip_cork& cork, sk_buff_queue& queue, const payload_source& from, std::size_t length,
                   std::size_t transport_header, int flags);
  /// The datagram with its IPv4 header, to be given its transport's; null when the queue is empty (__ip_make_skb).
  skb_ptr make_skb(inet_sock& sk, ip_cork& cork, sk_buff_queue& queue);
  /// Gives up what was put together (ip_flush_pending_frames).
  void flush(sk_buff_queue& queue, ip_cork& cork);

  // ---- Sending
  /// What ip_local_out says as an errno, or 0 (ip_send_skb).
  long ip_send_skb(skb_ptr skb);
  int ip_local_out(skb_ptr skb);
  void count_no_route() { ++counters_.out_no_routes; }

  /// A way of that kind (rt_dst_alloc); `local`: this host takes what goes there.
  static dst_ref make_route(route_type type, bool local, net_device& out, bool of_loopback);

  const ip_output_statistics& counters() const { return counters_; }
  skb_allocator& skbs() { return skbs_; }
  frame_numbers& frames() { return frames_; }
  routing& routes() { return routes_; }
  kernel::host& machine() { return host_; }
  kernel::memory_allocator& memory() { return memory_; }
  /// The peer was heard of by other ways than ARP (dst_confirm_neigh, NB-7).
  void confirm(const dst_ref& route, ipv4_address destination);
  /// Bytes of a packet with its fragments.
  static std::size_t whole_length(const sk_buff& skb);

 private:
  struct append_state;

  static int output(ip_output& self, skb_ptr skb);     // ip_output
  static int mc_output(ip_output& self, skb_ptr skb);  // ip_mc_output
  void count_out(const sk_buff& skb);
  int finish_output(skb_ptr skb);
  int finish_output2(skb_ptr skb);
  void loop_back(const sk_buff& skb);
  // ip_append.cpp
  long append_fragment(append_state& s);
  long append_to_page(append_state& s, std::size_t copy);
  // ip_do_fragment.cpp
  int fragment(skb_ptr skb, std::size_t mtu);
  int do_fragment(skb_ptr skb);
  static bool cut_already(const sk_buff& skb, std::size_t header, std::size_t space);
  int send_list(skb_ptr skb, std::size_t header);
  int send_copies(skb_ptr skb, std::size_t header, std::size_t space);
  skb_ptr next_copy(sk_buff& skb, std::size_t header, std::size_t at, std::size_t bytes, bool last);

  kernel::host& host_;
  kernel::softirqs& softirq_;
  kernel::memory_allocator& memory_;
  skb_allocator& skbs_;
  routing& routes_;
  packet_layer& packets_;
  frame_numbers& frames_;
  ip_ident idents_;
  neighbour_table* neighbours_ = nullptr;
  icmp_layer* icmp_ = nullptr;
  ip_output_statistics counters_;
};

}  // namespace ringside::stack
