// SPDX-License-Identifier: Apache-2.0
// What sockets over IPv4 have (struct inet_sock): addresses, options of level SOL_IP, the route that is kept, and the
// datagram that is being put together (struct inet_cork).
//
// Owner: socket_file, or the layer that has a socket of its own (ICMP).  Callers: UDP, ip_append.
#pragma once

#include <cstdint>
#include <span>

#include "sw/kernel/entropy.h"
#include "sw/stack/ip_cork.h"
#include "sw/stack/sock.h"

namespace ringside::stack {

class inet_sock : public sock {
 public:
  struct defaults {
    std::uint8_t ttl;
    bool no_pmtu_disc;
  };

  inet_sock(const environment& around, const kind& what, const defaults& begin)
      : sock(around, what),
        pmtudisc(begin.no_pmtu_disc ? abi::ip_pmtudisc_dont : abi::ip_pmtudisc_want),
        default_ttl(begin.ttl) {}

  long protocol_setsockopt(int level, int name, std::span<const std::byte> value, const credentials& who) override;
  long protocol_getsockopt(int level, int name, std::span<std::byte>& value) override;

  /// Learned MTUs of paths count (ip_sk_use_pmtu), and ICMP messages about them are believed (ip_sk_accept_pmtu).
  bool use_pmtu() const { return pmtudisc < abi::ip_pmtudisc_probe; }
  bool accept_pmtu() const { return pmtudisc != abi::ip_pmtudisc_interface && pmtudisc != abi::ip_pmtudisc_omit; }
  /// What it sends may be fragmented here, DF or not (ip_sk_ignore_df).
  bool ignore_df() const { return pmtudisc < abi::ip_pmtudisc_do || pmtudisc == abi::ip_pmtudisc_omit; }

  std::uint8_t protocol_number() const { return static_cast<std::uint8_t>(sk_kind.protocol); }
  ipv4_address peer_address() const { return inet_daddr; }
  std::uint16_t peer_port() const { return inet_dport; }
  bool wants_errors() const { return recverr; }
  /// The number of the next packet to its peer (inet_id, of a connected socket).
  std::uint16_t next_id() { return ++inet_id; }
  std::uint8_t type_of_service() const { return tos; }
  void set_type_of_service(std::uint8_t value) { tos = value; }
  bool sends_no_checksum() const { return sk_no_check_tx; }
  bool connected() const { return sk_state == sock_state::established; }
  /// 0: the host's.
  std::uint8_t time_to_live() const { return ttl == 0 ? default_ttl : ttl; }
  std::uint8_t multicast_ttl() const { return mc_ttl; }
  bool loops_multicast() const { return mc_loop; }
  int mtu_discovery() const { return pmtudisc; }
  std::uint32_t priority() const { return sk_priority; }
  std::uint32_t mark() const { return sk_mark; }

  // ---- The error queue (sock_error.cpp)
  /// An ICMP message about what it has sent, data at the IPv4 header that is quoted: the bytes from `payload` on behind
  /// that are read with it (ip_icmp_error).
  void icmp_error(skb_allocator& skbs, sk_buff& message, int number, std::uint16_t port, std::uint32_t info,
                  std::size_t payload);
  /// The same for what this host itself refuses (ip_local_error).
  void local_error(skb_allocator& skbs, int number, ipv4_address destination, std::uint16_t port, std::uint32_t info);

  /// A frame has come to be of what it was given to send, `bytes` of payload so far.
  virtual void frame_begun(frame_id frame, std::size_t bytes) {
    static_cast<void>(frame);
    static_cast<void>(bytes);
  }

  ip_cork cork;               // of `write_queue`
  sk_buff_queue write_queue;  // sk_write_queue: the datagram that grows
  page_fragment page;         // sk_page_frag: where further bytes of it go

 protected:
  void set_tos(int value);
  /// MSG_ERRQUEUE: the oldest error, -EAGAIN when there is none (ip_recv_error).
  long recv_error(receive_message& message);
  /// What IP_RECVTTL has a reader told of a packet; below 0: nothing.
  int ttl_of(const sk_buff& skb) const;

  ipv4_address inet_rcv_saddr = 0;  // what packets must come to; 0: any
  ipv4_address inet_saddr = 0;      // what packets leave with; 0: by their route
  ipv4_address inet_daddr = 0;      // the peer
  std::uint16_t inet_num = 0;       // the own port
  std::uint16_t inet_dport = 0;
  std::uint16_t inet_id = 0;
  std::uint8_t tos = 0;
  std::uint8_t ttl = 0;
  std::uint8_t mc_ttl = 1;
  bool mc_loop = true;
  bool recverr = false;
  bool recvttl = false;
  int pmtudisc;
  std::uint8_t default_ttl;
  dst_ref route;  // sk_dst_cache

 private:
  void queue_error(skb_ptr skb);
  static void error_free(sk_buff& skb);
};

}  // namespace ringside::stack
