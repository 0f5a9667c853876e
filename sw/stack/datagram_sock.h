// SPDX-License-Identifier: Apache-2.0
// What sockets of datagrams over IPv4 have in common: a peer and the route to it (net/ipv4/datagram.c), a receive queue
// that is read a packet at a time (net/core/datagram.c), and errors that ICMP brings.
//
// Owner: socket_file.  Callers: tasks (the calls of sock), the protocol in softirq (queue_rcv).  UDP has queues of its
// own (udp_sock); raw and ping sockets take what is here.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "sw/kernel/entropy.h"
#include "sw/stack/inet_sock.h"

namespace ringside::stack {

class ip_output;

/// Bytes of the task that sends.
class user_bytes final : public payload_source {
 public:
  user_bytes(kernel::host& machine, std::span<const std::byte> bytes) : host_(machine), bytes_(bytes) {}
  void copy(std::size_t offset, std::span<std::byte> to) const override {
    host_.consume(kernel::cost::copy_from_user_per_byte, to.size());
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), to.size(), to.begin());
  }

 private:
  kernel::host& host_;
  std::span<const std::byte> bytes_;
};

class datagram_sock : public inet_sock {
 public:
  datagram_sock(const environment& around, const kind& what, ip_output& out, kernel::entropy_stream& numbers);

  /// Only packets from this peer from now on, AF_UNSPEC: from everybody.  Sends nothing.  An unbound one gets a number,
  /// one without address that of the route; an error of the route, -EACCES for a broadcast without SO_BROADCAST.
  long connect(const abi::sockaddr_in& address) override;
  long getname(abi::sockaddr_in& address) override;
  long protocol_getsockopt(int level, int name, std::span<std::byte>& value) override;
  void frame_begun(frame_id frame, std::size_t bytes) override;
  poll_mask poll(poll_table* table, bool nonblocking) override;
  void close() override;
  /// A packet of it to there was too long for the path (ipv4_sk_update_pmtu).
  void update_pmtu(ipv4_address destination, std::uint32_t mtu);

  ipv4_address local_address() const { return inet_rcv_saddr; }
  std::uint16_t local_port() const { return inet_num; }
  void set_local_port(std::uint16_t port) { inet_num = port; }  // the protocol's table chose it

 protected:
  struct peer {
    ipv4_address address = 0;
    std::uint16_t port = 0;
    bool connected = false;  // the socket's own peer
  };

  /// Enters it under a number of the protocol's, 0: any (sk_prot->get_port).  0, or an errno.
  virtual long get_port(std::uint16_t port) = 0;
  virtual void disconnect();
  /// Leaves the protocol's tables.  Once.
  virtual void unhash() = 0;
  /// A number for one that sends before it was bound (inet_autobind).
  bool autobind();
  /// A connected socket keeps its route while it is good (UD-2).
  long find_route(const peer& to, int flags, flow& way, dst_ref& found);

  /// Queues a packet; gives it back when the buffer is full (sock_queue_rcv_skb).  Softirq context.  `copy`: somebody
  /// else has the frame.
  skb_ptr queue_rcv(skb_ptr skb, bool copy);
  /// The first packet, which stays there; null: see `error`, 0 of a socket that was shut down (skb_recv_datagram).
  sk_buff* first_packet(int flags, long& error);
  /// The first packet's bytes and the rest of a message; it is gone afterwards unless MSG_PEEK.  How many were copied.
  long read_first(receive_message& message, int flags);
  /// __skb_wait_for_more_packets: true when there is nothing to wait for, with the reason or 0 for a socket shut down.
  bool wait_for_packet(long& error, std::uint64_t& timeout);

  ip_output& out_;
  kernel::entropy_stream& numbers_;  // inet_id begins with
  bool address_by_hand_ = false;     // SOCK_BINDADDR_LOCK
  bool port_by_hand_ = false;        // SOCK_BINDPORT_LOCK
  bool closed_ = false;
  sk_buff_queue queue_;  // sk_receive_queue: softirqs add
};

}  // namespace ringside::stack
