// SPDX-License-Identifier: Apache-2.0
// A UDP socket: bound address, receive queue with its limit, blocking and non-blocking receive, readiness.
//
// Owner: the application task.  Callers: udp_layer (enqueue, in softirq), tasks (receive, poll, epoll).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sw/kernel/wait_queue.h"
#include "sw/stack/config.h"
#include "sw/stack/skb_allocator.h"
#include "sw/stack/udp.h"

namespace ringside::stack {

enum class recv_status : std::uint8_t { ok, would_block, closed };

struct recv_result {
  recv_status status = recv_status::would_block;
  std::size_t copied = 0;  // bytes put into the caller's buffer
  std::size_t length = 0;  // of the datagram; above `copied` when the buffer was too small (MSG_TRUNC)
  frame_id frame = 0;
  ipv4_address source = 0;
  std::uint16_t source_port = 0;
};

class udp_socket {
 public:
  /// `id` names the socket in events.
  udp_socket(kernel::host& machine, udp_layer& udp, std::uint64_t id)
      : host_(machine), udp_(udp), id_(id), wait_(machine) {}
  ~udp_socket() { close(); }
  udp_socket(const udp_socket&) = delete;
  udp_socket& operator=(const udp_socket&) = delete;

  /// address 0 = any.  False when taken.
  bool bind(ipv4_address address, std::uint16_t port);
  /// Only datagrams from this peer from now on.
  void connect(ipv4_address address, std::uint16_t port);
  void set_rcvbuf(std::size_t bytes) { rcvbuf_ = bytes; }
  /// SO_REUSEADDR: shares port and address with others that set it too.  Before bind().
  void set_reuse_address(bool on) { reuse_address_ = on; }
  bool reuse_address() const { return reuse_address_; }
  /// Leaves the table, frees what is queued, wakes waiters.
  void close();

  /// recvmsg.  Emits app_read when it returns a datagram.  Task context.  One whose checksum nobody verified is summed
  /// here, dropped when it is wrong, and the next one is taken (UE-5).
  recv_result receive(std::span<std::byte> buffer, bool wait);

  bool readable() const { return !reader_queue_.empty() || !queue_.empty() || closed_; }
  bool closed() const { return closed_; }
  kernel::wait_queue& readiness() { return wait_; }

  /// Queues a packet whose data starts at the payload; gives it back when the buffer is full.  Softirq context.
  /// `copy`: another socket has the frame already.
  skb_ptr enqueue(skb_ptr skb, bool copy);
  /// How well a datagram fits (0 = not at all).
  int match(ipv4_address local, std::uint16_t local_port, ipv4_address remote, std::uint16_t remote_port) const;

  std::uint64_t id() const { return id_; }
  ipv4_address local_address() const { return local_address_; }
  std::uint16_t local_port() const { return local_port_; }
  std::size_t queued() const { return reader_queue_.size() + queue_.size(); }
  std::size_t rmem_alloc() const { return rmem_alloc_; }
  std::uint64_t drops() const { return drops_; }  // sk_drops

 private:
  void splice();
  void fill_reader_queue(bool wait);
  bool release(std::size_t truesize);
  skb_ptr take(bool& released);

  kernel::host& host_;
  udp_layer& udp_;
  std::uint64_t id_;
  kernel::wait_queue wait_;
  ipv4_address local_address_ = 0;
  ipv4_address remote_address_ = 0;
  std::uint16_t local_port_ = 0;
  std::uint16_t remote_port_ = 0;
  bool reuse_address_ = false;
  bool bound_ = false;
  bool connected_ = false;
  bool closed_ = false;
  sk_buff_queue queue_;         // sk_receive_queue: softirqs add
  sk_buff_queue reader_queue_;  // udp_sock::reader_queue: the reading task's alone
  sk_buff_queue read_;          // read, still charged
  std::size_t rcvbuf_ = default_rcvbuf;
  std::size_t rmem_alloc_ = 0;
  std::size_t forward_deficit_ = 0;  // of rmem_alloc_: what `read_` gives back
  std::uint64_t drops_ = 0;
};

}  // namespace ringside::stack
