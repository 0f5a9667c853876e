// SPDX-License-Identifier: Apache-2.0
// What a machine's administrator sets of its network stack, and what an application is started with.
//
// Plain data, so that a scenario can hold it; each part is read by the class it is named after.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/time.h"
#include "sw/stack/bytes.h"

namespace ringside::stack {

struct ipv4_interface_address {
  ipv4_address address = 0;
  unsigned prefix_bits = 24;
  std::string device = {};  // its name; empty: the first one that comes up
  friend bool operator==(const ipv4_interface_address&, const ipv4_interface_address&) = default;
};

/// A route as `ip route add` has it.
struct ipv4_route {
  enum class kind : std::uint8_t { unicast, blackhole, unreachable, prohibit };
  ipv4_address prefix = 0;
  unsigned prefix_bits = 0;
  kind what = kind::unicast;
  ipv4_address gateway = 0;  // via; 0: what it leads to is on the link
  std::string device = {};   // dev; empty: the one whose prefix holds the gateway, or the first that comes up
  ipv4_address source = 0;   // src; 0: by the device
  std::uint32_t metric = 0;
  std::uint32_t mtu = 0;  // 0: the device's
  bool mtu_locked = false;
  friend bool operator==(const ipv4_route&, const ipv4_route&) = default;
};

/// net.ipv4.*: what the layers above a device do on their own.
struct ipv4_sysctls {
  std::uint8_t default_ttl = 64;           // ip_default_ttl
  bool no_pmtu_disc = false;               // ip_no_pmtu_disc 1: sockets begin with IP_PMTUDISC_DONT
  std::uint32_t min_pmtu = 552;            // route.min_pmtu: the least an ICMP message makes of a path
  sim_time mtu_expires = 600 * second;     // route.mtu_expires
  bool echo_ignore_all = false;            // icmp_echo_ignore_all
  bool echo_ignore_broadcasts = true;      // icmp_echo_ignore_broadcasts
  bool errors_use_inbound_ifaddr = false;  // icmp_errors_use_inbound_ifaddr
  sim_time icmp_ratelimit = 1 * second;    // of one destination
  std::uint32_t icmp_ratemask = 0x1818;    // types limited: bit n for type n
  std::uint32_t icmp_msgs_per_sec = 1000;  // of all together
  std::uint32_t icmp_msgs_burst = 50;
  std::uint16_t first_local_port = 32768;  // ip_local_port_range
  std::uint16_t last_local_port = 60999;
  std::uint32_t first_ping_group = 1;  // ping_group_range: whose ping sockets there are; nobody's
  std::uint32_t last_ping_group = 0;
  friend bool operator==(const ipv4_sysctls&, const ipv4_sysctls&) = default;
};

/// Of class neighbour_table: net.ipv4.neigh.default.*, and net.ipv4.conf.all.arp_* of class arp_layer.
struct neighbour_config {
  sim_time base_reachable_time = 30 * second;
  sim_time retrans_time = 1 * second;
  sim_time delay_first_probe_time = 5 * second;
  sim_time gc_stale_time = 60 * second;
  sim_time locktime = 1 * second;
  unsigned mcast_solicit = 3;
  unsigned ucast_solicit = 3;
  std::size_t unres_qlen_bytes = 212992;
  std::size_t gc_thresh1 = 128;
  std::size_t gc_thresh2 = 512;
  std::size_t gc_thresh3 = 1024;
  unsigned arp_ignore = 0;
  unsigned arp_announce = 0;
  unsigned arp_accept = 0;
  bool arp_notify = false;
  friend bool operator==(const neighbour_config&, const neighbour_config&) = default;
};

/// A neighbour entered by hand: ip neigh add ADDRESS lladdr HARDWARE nud permanent.
struct neighbour_entry {
  ipv4_address address = 0;
  mac_address hardware{};
  friend bool operator==(const neighbour_entry&, const neighbour_entry&) = default;
};

/// net.core.*: what sockets begin with, and what they may ask for, in bytes.
struct sock_limits {
  std::size_t rmem_default = 212992;
  std::size_t rmem_max = 212992;
  std::size_t wmem_default = 212992;
  std::size_t wmem_max = 212992;
  friend bool operator==(const sock_limits&, const sock_limits&) = default;
};

/// Of class ip_fragments: net.ipv4.ipfrag_*.
struct fragment_config {
  sim_time timeout = 30 * second;       // ipfrag_time; from the first fragment that arrives
  std::size_t memory_limit = 4U << 20;  // ipfrag_high_thresh: held, may be exceeded by one; 0: refuse all
  std::uint32_t max_distance = 64;      // ipfrag_max_dist: fragments of one sender; 0 = no limit
  friend bool operator==(const fragment_config&, const fragment_config&) = default;
};

/// /sys/class/net/DEVICE/queues/tx-N/byte_queue_limits, of each transmit queue.
struct byte_queue_limits_config {
  static constexpr std::uint32_t most = 1'879'048'192;  // DQL_MAX_LIMIT, also written `max`
  std::uint32_t limit_min = 0;
  std::uint32_t limit_max = most;
  sim_time hold_time = 1 * second;
  friend bool operator==(const byte_queue_limits_config&, const byte_queue_limits_config&) = default;
};

/// net.core.default_qdisc: what each transmit queue of a card is given.
enum class qdisc_kind : std::uint8_t { pfifo_fast, fq_codel };

/// Of class net_stack.
struct stack_config {
  std::vector<ipv4_interface_address> addresses{{0x0A000002, 24}};  // 10.0.0.2/24
  std::vector<ipv4_route> routes;                                   // beside those the addresses bring
  std::vector<ipv4_address> groups;                                 // joined multicast groups
  std::vector<std::uint16_t> vlans;                                 // 802.1Q
  std::vector<std::uint16_t> service_vlans;                         // 802.1ad
  sock_limits sockets;
  fragment_config fragments;
  ipv4_sysctls ipv4;
  neighbour_config neighbours;
  qdisc_kind default_qdisc = qdisc_kind::pfifo_fast;
  byte_queue_limits_config byte_queue_limits;
  std::vector<neighbour_entry> permanent_neighbours;  // of the first device
  friend bool operator==(const stack_config&, const stack_config&) = default;
};

/// How an application waits for data.
enum class app_wait : std::uint8_t {
  recv,  // recvmsg blocks; for several sockets as poll
  select,
  poll,
  epoll_level,
  epoll_edge,
  epoll_oneshot
};

/// What an application does.
enum class app_kind : std::uint8_t {
  sink,       // reads
  echo,       // sends back what it reads (RFC 862)
  sender,     // sends on its own, and reads nothing
  requester,  // sends, and waits for an answer to each
  ping        // sends ICMP echo requests, and reads the answers
};

/// What a sender sends.
enum class app_protocol : std::uint8_t {
  udp,  // datagrams
  tcp   // packets with a TCP header, by a packet socket: cut into segments behind the socket (PACKET_VNET_HDR)
};

/// Of class app.
struct app_config {
  std::string name = "app";
  unsigned cpu = 0;
  ipv4_address address = 0;                // 0 = any
  std::vector<std::uint16_t> ports{5001};  // iperf's default
  app_wait wait = app_wait::recv;
  std::size_t read_buffer = 65536;
  app_kind kind = app_kind::sink;
  // Of a sender or requester.
  ipv4_address destination = 0x0A000001;        // 10.0.0.1
  std::uint16_t destination_port = 9;           // RFC 863: discard
  std::vector<std::size_t> datagram_bytes{64};  // payloads, in turn;
  bool draw_bytes = false;                      // or drawn from the first to the second by `seed`
  std::uint64_t seed = 1;
  app_protocol protocol = app_protocol::udp;
  std::uint16_t mss = 1460;                      // of app_protocol::tcp: payload of a segment
  mac_address hardware{0x02, 0, 0, 0, 0, 0x01};  // ... and whom its packets go to
  std::string device = {};                       // ... and by which device; empty: the first card
  std::uint64_t datagrams = 1000;
  sim_time interval = 1 * ms;  // from one to the next; 0: as fast as the send buffer, or the answer, allows
  sim_time start = 0;          // nothing is sent before
  std::size_t pieces = 1;      // calls in which a sender gives a datagram to the kernel (MSG_MORE)
  bool as_iperf = false;       // datagrams begin as those of iperf 2: number, time, and a negative number in the last
  bool also_sends = false;     // besides what `kind` is, a second task sends
  friend bool operator==(const app_config&, const app_config&) = default;
};

}  // namespace ringside::stack
