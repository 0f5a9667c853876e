// SPDX-License-Identifier: Apache-2.0
// A UDP socket: bound address and peer, receive queue with its limit, blocking and non-blocking receive, readiness
// (udp_sock.cpp), and what it sends (udp_sock_send.cpp).
//
// Owner: socket_file.  Callers: udp_layer (enqueue, in softirq), tasks (the calls of sock).
#pragma once

#include <cstddef>
#include <cstdint>

#include "sw/stack/datagram_sock.h"
#include "sw/stack/udp.h"

namespace ringside::stack {

class udp_sock final : public datagram_sock {
 public:
  udp_sock(const environment& around, udp_layer& udp, kernel::entropy_stream& numbers);
  ~udp_sock() override { udp_sock::close(); }

  /// -EAFNOSUPPORT, -EADDRNOTAVAIL, -EACCES, -EINVAL when it is bound, -EADDRINUSE.  Port 0: any free one.
  long bind(const abi::sockaddr_in& address, const credentials& who) override;
  /// One datagram; how many bytes of it were copied, or all there are with MSG_TRUNC.  One whose checksum nobody
  /// verified is summed here, dropped when it is wrong, and the next one is taken (UE-5).  0 also when the socket is
  /// shut down.
  long recvmsg(receive_message& message, int flags) override;
  /// One datagram, or a part of one (MSG_MORE, UDP_CORK): -EMSGSIZE, -EOPNOTSUPP, -EAFNOSUPPORT, -EINVAL,
  /// -EDESTADDRREQ, an error of the route, -EACCES, -EPIPE, -EAGAIN, -ENOBUFS, or an error that was pending (UD-1).
  long sendmsg(const send_message& message, int flags) override;
  long protocol_setsockopt(int level, int name, std::span<const std::byte> value, const credentials& who) override;
  long protocol_getsockopt(int level, int name, std::span<std::byte>& value) override;
  poll_mask poll(poll_table* table, bool nonblocking) override;
  /// FIONREAD: bytes of the next datagram.
  long ioctl(int command, int& argument) override;
  void close() override;

  /// Queues a packet whose data starts at the payload; gives it back when the buffer is full.  Softirq context.
  /// `copy`: another socket has the frame already.
  skb_ptr enqueue(skb_ptr skb, bool copy);
  /// How well a datagram fits (0 = not at all).
  int match(ipv4_address local, std::uint16_t local_port, ipv4_address remote, std::uint16_t remote_port) const;
  /// Whether both cannot have `port` (inet_rcv_saddr_equal, SO_REUSEADDR).
  bool conflicts(const udp_sock& other, std::uint16_t port) const;

  std::size_t queued() const { return reader_queue_.size() + queue_.size(); }

 protected:
  void stamps_wanted(bool on) override { udp_.stamps_wanted(on); }
  long get_port(std::uint16_t port) override;
  void disconnect() override;
  void unhash() override { udp_.unbind(*this); }

 private:
  // udp_sock_send.cpp
  long find_destination(const send_message& message, peer& to) const;
  long send_datagram(const payload_source& from, std::size_t bytes, const ip_cork& begin, int flags);
  long append_corked(const payload_source& from, std::size_t bytes, std::size_t header, int flags, bool more);
  long push_pending();
  void flush_pending();
  void splice() { reader_queue_.splice_back(queue_); }
  sk_buff* next_packet(int flags, long& error);
  void give_back(std::size_t bytes);
  bool release_memory(std::size_t truesize);
  bool wrong_checksum(const sk_buff& skb) { return skb.ip_summed == checksum_state::none && !udp_.checksum_right(skb); }
  void drop_first();
  long first_length();

  udp_layer& udp_;
  bool corked_ = false;              // UDP_CORK
  bool pending_ = false;             // a datagram grows in write_queue
  sk_buff_queue reader_queue_;       // udp_sock::reader_queue: the reading task's alone
  sk_buff_queue read_;               // read, still charged
  std::size_t forward_deficit_ = 0;  // of rmem_alloc_: what `read_` gives back
};

}  // namespace ringside::stack
