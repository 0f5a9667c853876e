// SPDX-License-Identifier: Apache-2.0
// A UDP socket: bound address and peer, receive queue with its limit, blocking and non-blocking receive, readiness.
//
// Owner: socket_file.  Callers: udp_layer (enqueue, in softirq), tasks (the calls of sock).
#pragma once

#include <cstddef>
#include <cstdint>

#include "sw/stack/sock.h"
#include "sw/stack/udp.h"

namespace ringside::stack {

class udp_sock final : public sock {
 public:
  udp_sock(const environment& around, udp_layer& udp) : sock(around, {abi::sock_dgram, 17}), udp_(udp) {}
  ~udp_sock() override { udp_sock::close(); }

  /// -EAFNOSUPPORT, -EADDRNOTAVAIL, -EACCES, -EINVAL when it is bound, -EADDRINUSE.  Port 0: any free one.
  long bind(const abi::sockaddr_in& address, const credentials& who) override;
  /// Only datagrams from this peer from now on, AF_UNSPEC: from everybody.  Sends nothing.  An unbound one gets a port.
  long connect(const abi::sockaddr_in& address) override;
  long getname(abi::sockaddr_in& address) override;
  /// One datagram; how many bytes of it were copied, or all there are with MSG_TRUNC.  One whose checksum nobody
  /// verified is summed here, dropped when it is wrong, and the next one is taken (UE-5).  0 also when the socket is
  /// shut down.
  long recvmsg(receive_message& message, int flags) override;
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

  ipv4_address local_address() const { return local_address_; }
  std::uint16_t local_port() const { return local_port_; }
  void set_local_port(std::uint16_t port) { local_port_ = port; }  // udp_layer::bind() chose it
  std::size_t queued() const { return reader_queue_.size() + queue_.size(); }

 protected:
  void stamps_wanted(bool on) override { udp_.stamps_wanted(on); }

 private:
  long get_port(std::uint16_t port);
  void disconnect();
  void splice() { reader_queue_.splice_back(queue_); }
  bool wait_for_packet(long& error, std::uint64_t& timeout);
  sk_buff* next_packet(int flags, long& error);
  void give_back(std::size_t bytes);
  bool release_memory(std::size_t truesize);
  bool wrong_checksum(const sk_buff& skb) { return skb.ip_summed == checksum_state::none && !udp_.checksum_right(skb); }
  void drop_first();
  long first_length();

  udp_layer& udp_;
  ipv4_address local_address_ = 0;
  ipv4_address remote_address_ = 0;
  std::uint16_t local_port_ = 0;
  std::uint16_t remote_port_ = 0;
  bool address_by_hand_ = false;  // SOCK_BINDADDR_LOCK
  bool port_by_hand_ = false;     // SOCK_BINDPORT_LOCK
  bool closed_ = false;
  sk_buff_queue queue_;              // sk_receive_queue: softirqs add
  sk_buff_queue reader_queue_;       // udp_sock::reader_queue: the reading task's alone
  sk_buff_queue read_;               // read, still charged
  std::size_t forward_deficit_ = 0;  // of rmem_alloc_: what `read_` gives back
};

}  // namespace ringside::stack
