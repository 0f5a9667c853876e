// SPDX-License-Identifier: Apache-2.0
// Numbers and structures programs and the kernel agree on (include/uapi of Linux 6.1, x86-64), as far as there is a
// call that takes them.  Errors are those of <cerrno>, which are Linux's where this runs.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "common/time.h"

namespace ringside::stack {

/// Bits of EPOLL*, which POLL* shares.
using poll_mask = std::uint32_t;

namespace abi {
inline constexpr poll_mask epollin = 0x1;
inline constexpr poll_mask epollpri = 0x2;
inline constexpr poll_mask epollout = 0x4;
inline constexpr poll_mask epollerr = 0x8;
inline constexpr poll_mask epollhup = 0x10;
inline constexpr poll_mask epollnval = 0x20;
inline constexpr poll_mask epollrdnorm = 0x40;
inline constexpr poll_mask epollrdband = 0x80;
inline constexpr poll_mask epollwrnorm = 0x100;
inline constexpr poll_mask epollwrband = 0x200;
inline constexpr poll_mask epollrdhup = 0x2000;
inline constexpr poll_mask epollexclusive = 1U << 28;
inline constexpr poll_mask epollwakeup = 1U << 29;
inline constexpr poll_mask epolloneshot = 1U << 30;
inline constexpr poll_mask epollet = 1U << 31;

inline constexpr int epoll_ctl_add = 1;
inline constexpr int epoll_ctl_del = 2;
inline constexpr int epoll_ctl_mod = 3;

inline constexpr int o_rdwr = 2;
inline constexpr int o_nonblock = 04000;
inline constexpr int o_cloexec = 02000000;
inline constexpr int efd_semaphore = 1;

inline constexpr int f_dupfd = 0;
inline constexpr int f_getfl = 3;
inline constexpr int f_setfl = 4;

inline constexpr int fionread = 0x541B;  // SIOCINQ
inline constexpr int fionbio = 0x5421;

inline constexpr int af_unspec = 0;
inline constexpr int af_inet = 2;
inline constexpr int af_packet = 17;
inline constexpr int sock_dgram = 2;
inline constexpr int sock_raw = 3;
inline constexpr int sock_nonblock = o_nonblock;
inline constexpr int sock_cloexec = o_cloexec;

inline constexpr int msg_oob = 0x1;
inline constexpr int msg_peek = 0x2;
inline constexpr int msg_dontroute = 0x4;
inline constexpr int msg_probe = 0x10;
inline constexpr int msg_trunc = 0x20;
inline constexpr int msg_dontwait = 0x40;
inline constexpr int msg_confirm = 0x800;
inline constexpr int msg_errqueue = 0x2000;
inline constexpr int msg_more = 0x8000;

inline constexpr int shut_rd = 0;
inline constexpr int shut_wr = 1;
inline constexpr int shut_rdwr = 2;

inline constexpr int sol_socket = 1;
inline constexpr int so_reuseaddr = 2;
inline constexpr int so_type = 3;
inline constexpr int so_error = 4;
inline constexpr int so_dontroute = 5;
inline constexpr int so_broadcast = 6;
inline constexpr int so_sndbuf = 7;
inline constexpr int so_rcvbuf = 8;
inline constexpr int so_no_check = 11;
inline constexpr int so_priority = 12;
inline constexpr int so_rcvlowat = 18;
inline constexpr int so_sndlowat = 19;
inline constexpr int so_rcvtimeo = 20;
inline constexpr int so_sndtimeo = 21;
inline constexpr int so_timestamp = 29;
inline constexpr int so_acceptconn = 30;
inline constexpr int so_sndbufforce = 32;
inline constexpr int so_rcvbufforce = 33;
inline constexpr int so_mark = 36;
inline constexpr int so_protocol = 38;
inline constexpr int so_domain = 39;
inline constexpr int so_meminfo = 55;

inline constexpr int sol_ip = 0;
inline constexpr int ip_tos = 1;
inline constexpr int ip_ttl = 2;
inline constexpr int ip_mtu_discover = 10;
inline constexpr int ip_recverr = 11;
inline constexpr int ip_recvttl = 12;
inline constexpr int ip_mtu = 14;
inline constexpr int ip_multicast_ttl = 33;
inline constexpr int ip_multicast_loop = 34;
inline constexpr int ip_pmtudisc_dont = 0;
inline constexpr int ip_pmtudisc_want = 1;
inline constexpr int ip_pmtudisc_do = 2;
inline constexpr int ip_pmtudisc_probe = 3;
inline constexpr int ip_pmtudisc_interface = 4;
inline constexpr int ip_pmtudisc_omit = 5;

inline constexpr int sol_raw = 255;
inline constexpr int icmp_filter = 1;

inline constexpr int sol_udp = 17;
inline constexpr int udp_cork = 1;

inline constexpr int sol_packet = 263;
inline constexpr int packet_vnet_hdr = 15;

struct sockaddr_in {
  std::uint16_t family = af_inet;
  std::uint16_t port = 0;     // as a number, not in network order
  std::uint32_t address = 0;  // the same; 0 = any
};

inline constexpr std::uint8_t so_ee_origin_none = 0;
inline constexpr std::uint8_t so_ee_origin_local = 1;
inline constexpr std::uint8_t so_ee_origin_icmp = 2;

struct sock_extended_err {
  std::uint32_t number = 0;  // ee_errno
  std::uint8_t origin = so_ee_origin_none;
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  std::uint8_t pad = 0;
  std::uint32_t info = 0;
  std::uint32_t data = 0;
};

/// Of packet sockets: which device; address and EtherType stand in the packet.
struct sockaddr_ll {
  std::uint16_t family = af_packet;
  int ifindex = 0;
};

/// What is left to do of a packet behind PACKET_VNET_HDR (virtio 1.2 5.1.6, little endian).
struct virtio_net_hdr {
  std::uint8_t flags = 0;
  std::uint8_t gso_type = 0;
  std::uint16_t hdr_len = 0;      // linear bytes, as a hint
  std::uint16_t gso_size = 0;     // payload of a segment
  std::uint16_t csum_start = 0;   // where the sum begins, from the Ethernet header on
  std::uint16_t csum_offset = 0;  // ... and where it goes, from there on
};
static_assert(sizeof(virtio_net_hdr) == 10);
inline constexpr std::uint8_t virtio_net_hdr_f_needs_csum = 1;
inline constexpr std::uint8_t virtio_net_hdr_gso_none = 0;
inline constexpr std::uint8_t virtio_net_hdr_gso_tcpv4 = 1;

struct timeval {  // of 64 bits each
  std::int64_t sec = 0;
  std::int64_t usec = 0;
};

struct pollfd {
  int fd = -1;
  std::int16_t events = 0;
  std::int16_t revents = 0;
};

struct epoll_event {
  poll_mask events = 0;
  std::uint64_t data = 0;
};

using fd_set = std::bitset<1024>;  // FD_SETSIZE
}  // namespace abi

/// msghdr of a sending call.
struct send_message {
  std::span<const std::byte> payload;
  const abi::sockaddr_in* name = nullptr;  // where it goes; null: to whom the socket is connected
  // The bench's own: which frame it answers, 0: none.
  std::uint64_t cause = 0;
  const abi::sockaddr_ll* link = nullptr;  // where a packet socket's goes
};

/// msghdr of a receiving call.
struct receive_message {
  std::span<std::byte> buffer;
  abi::sockaddr_in name{abi::af_unspec};  // who sent it; AF_UNSPEC: there was no datagram
  int flags = 0;                          // MSG_TRUNC: the buffer was too small; MSG_ERRQUEUE
  sim_time stamp = -1;                    // SO_TIMESTAMP's control message; below 0: none
  int ttl = -1;                           // IP_RECVTTL's; below 0: none
  struct {                                // IP_RECVERR's, of an error that was queued
    abi::sock_extended_err what;
    abi::sockaddr_in offender{abi::af_unspec};  // who says so; AF_UNSPEC: this host
  } error;
  // The bench's own: which frame it was, and how long the datagram was.
  std::uint64_t frame = 0;
  std::size_t length = 0;
};

}  // namespace ringside::stack
