// SPDX-License-Identifier: Apache-2.0
// What sockets of every protocol have (struct sock): state, errors, owner and backlog, options, memory accounts, error
// queue, and who is told what (net/core/sock.c of Linux 6.1).
//
// Owner: socket_file.  Callers: socket_file (calls of tasks), the protocol (softirq).  A protocol's socket is a class
// of its own that overrides what struct proto and proto_ops have.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "sw/kernel/sock_lock.h"
#include "sw/kernel/timers.h"
#include "sw/stack/config.h"
#include "sw/stack/file.h"
#include "sw/stack/skb_allocator.h"

namespace ringside::stack {

/// States of a socket, TCP_* by name and number.
enum class sock_state : std::uint8_t { established = 1, close = 7 };

/// What a task may do beyond others (CAP_NET_*); root may all.
struct credentials {
  bool net_admin = true;
  bool net_raw = true;
  bool net_bind_service = true;
  std::uint32_t gid = 0;
};

class sock {
 public:
  static constexpr std::uint8_t rcv_shutdown = 1;
  static constexpr std::uint8_t send_shutdown = 2;
  static constexpr std::uint8_t shutdown_mask = 3;
  static constexpr std::size_t min_rcvbuf = 2304;  // SOCK_MIN_RCVBUF
  static constexpr std::size_t min_sndbuf = 4608;  // SOCK_MIN_SNDBUF
  static constexpr std::size_t page_bytes = 4096;
  static constexpr std::uint64_t no_limit = ~std::uint64_t{0};  // MAX_SCHEDULE_TIMEOUT

  struct environment {
    kernel::host& machine;
    kernel::softirqs& softirq;
    kernel::timers& clock;
    const sock_limits& limits;
  };
  struct kind {
    int type;
    int protocol;
  };

  sock(const environment& around, const kind& what);
  virtual ~sock() = default;
  sock(const sock&) = delete;
  sock& operator=(const sock&) = delete;

  // ---- What a protocol does (struct proto_ops).  Task context; 0 or more, or an error below 0 ----
  virtual long bind(const abi::sockaddr_in& address, const credentials& who) = 0;
  virtual long connect(const abi::sockaddr_in& address) = 0;
  virtual long getname(abi::sockaddr_in& address) = 0;
  virtual long recvmsg(receive_message& message, int flags) = 0;
  /// Bytes taken, all of them, or an error.
  virtual long sendmsg(const send_message& message, int flags) {
    static_cast<void>(message);
    static_cast<void>(flags);
    return -EOPNOTSUPP;
  }
  /// `nonblocking`: O_NONBLOCK of the file that asks.
  virtual poll_mask poll(poll_table* table, bool nonblocking) = 0;
  virtual long ioctl(int command, int& argument) {
    static_cast<void>(command);
    static_cast<void>(argument);
    return -ENOTTY;
  }
  /// Leaves the protocol's tables, frees what is queued, wakes who waits.  More than once is once.
  virtual void close() = 0;

  long shutdown(int how);
  /// Of SOL_SOCKET (sock_options.cpp).  `value` of getsockopt() is cut to what there is.
  long setsockopt(int name, std::span<const std::byte> value, const credentials& who);
  long getsockopt(int name, std::span<std::byte>& value);
  /// Of other levels.
  virtual long protocol_setsockopt(int level, int name, std::span<const std::byte> value, const credentials& who) {
    static_cast<void>(level);
    static_cast<void>(name);
    static_cast<void>(value);
    static_cast<void>(who);
    return -ENOPROTOOPT;
  }
  virtual long protocol_getsockopt(int level, int name, std::span<std::byte>& value) {
    static_cast<void>(level);
    static_cast<void>(name);
    static_cast<void>(value);
    return -ENOPROTOOPT;
  }

  // ---- Owner and backlog ----
  void lock_sock() { sk_lock.lock_sock(); }
  /// The backlog first, to the packet that came last (__release_sock).
  void release_sock() { sk_lock.release_sock(); }
  bool owned_by_user() const { return sk_lock.owned_by_user(); }
  /// A packet that came while a task owns the socket.  Gives it back when it and what is queued exceed `limit`
  /// (sk_add_backlog).
  skb_ptr add_backlog(skb_ptr skb, std::size_t limit);

  // ---- Errors ----
  /// A positive number; who waits is told.
  void report_error(int error);
  /// The pending error below 0, or 0; it is no longer pending (sock_error).
  long take_error();

  // ---- Who is told what (sk_state_change and the others); may be replaced ----
  using told = void (*)(sock& sk, frame_id frame);
  told state_change;
  told data_ready;
  told write_space;
  told error_report;

  // ---- Send buffer (sock_write.cpp)
  /// A packet of `bytes` that the socket pays for; waits while as much as its buffer holds is below it, SO_SNDTIMEO at
  /// most (sock_alloc_send_skb).  Null with a pending error, -EPIPE, -EAGAIN or -ENOBUFS.
  skb_ptr alloc_send_skb(skb_allocator& skbs, std::size_t bytes, bool nonblocking, long& error);
  /// The socket pays for it until it is gone (skb_set_owner_w).
  void set_owner_w(sk_buff& skb);
  /// Bytes more, or none any more, of packets below it (sk_wmem_alloc).
  void charge_w(std::size_t bytes) { sk_wmem_alloc += bytes; }
  std::size_t wmem_alloc() const { return sk_wmem_alloc; }
  std::size_t sndbuf() const { return sk_sndbuf; }
  /// A call has found no room (SOCK_NOSPACE).
  bool had_no_space() const { return sk_no_space; }
  /// Destructor of a packet that was paid for: who waits for room is told (sock_wfree).
  static void wfree(sk_buff& skb);

  kernel::wait_queue& readiness() { return sk_wait; }
  /// sock_writeable().
  bool writeable() const { return sk_wmem_alloc < sk_sndbuf / 2; }

  /// Names the socket in events; a bound one's port unless set.
  std::uint64_t id() const { return sk_id; }
  void set_id(std::uint64_t id) { sk_id = id; }
  bool reuse_address() const { return sk_reuse; }
  void set_reuse_address(bool on) { sk_reuse = on; }
  void set_rcvbuf(std::size_t bytes) { sk_rcvbuf = bytes; }
  sock_state state() const { return sk_state; }
  std::size_t rmem_alloc() const { return sk_rmem_alloc; }
  std::size_t forward_alloc() const { return sk_forward_alloc; }
  std::uint64_t drops() const { return sk_drops; }  // sk_drops

 protected:
  /// What a packet that came while a task owned the socket goes through afterwards (sk_backlog_rcv).  Task context.
  virtual void backlog_rcv(skb_ptr skb);
  /// The owner is about to let go, the backlog is empty (release_cb).
  virtual void release_cb() {}
  /// SO_TIMESTAMP is switched.
  virtual void stamps_wanted(bool on) { static_cast<void>(on); }
  /// Charges `bytes` to memory taken by the page (__sk_mem_schedule), and gives pages back (sk_mem_reclaim).
  void charge(std::size_t bytes);
  void uncharge(std::size_t bytes, std::size_t keep);

  kernel::host& machine;
  kernel::timers& clock;
  const sock_limits& limits;
  kind sk_kind;
  kernel::sock_lock sk_lock;   // sk_backlog, too
  kernel::wait_queue sk_wait;  // sk_sleep
  std::size_t sk_backlog_bytes = 0;
  sk_buff_queue sk_error_queue;
  sock_state sk_state = sock_state::close;
  std::uint8_t sk_shutdown = 0;
  int sk_err = 0;
  int sk_err_soft = 0;
  bool sk_reuse = false;
  bool sk_stamp = false;  // SOCK_RCVTSTAMP
  std::uint32_t sk_priority = 0;
  std::uint32_t sk_mark = 0;
  int sk_rcvlowat = 1;
  std::uint64_t sk_rcvtimeo = no_limit;  // jiffies
  std::uint64_t sk_sndtimeo = no_limit;
  std::size_t sk_rcvbuf;
  std::size_t sk_sndbuf;
  std::size_t sk_rmem_alloc = 0;
  std::size_t sk_wmem_alloc = 0;
  std::size_t sk_forward_alloc = 0;  // of the pages taken: not charged to a packet
  std::uint64_t sk_drops = 0;
  std::uint64_t sk_id = 0;
  bool sk_no_space = false;            // SOCK_NOSPACE
  bool sk_use_write_queue = false;     // SOCK_USE_WRITE_QUEUE: nobody is told of room
  bool sk_broadcast = false;           // SOCK_BROADCAST
  bool sk_local_route = false;         // SOCK_LOCALROUTE
  bool sk_no_check_tx = false;         // SO_NO_CHECK
  net_device* sk_bound_dev = nullptr;  // SO_BINDTODEVICE

 private:
  friend struct sock_free;
  void wait_for_wmem(std::uint64_t& timeout);

  bool dead_ = false;  // no file has it; packets below still do

  long set_timeout(std::uint64_t& jiffies, std::span<const std::byte> value);
  void set_buffer(std::size_t& buffer, std::int64_t value, std::size_t least);
};

/// Ends a socket when its file and the last packet it paid for are gone (sk_free, __sk_free).
struct sock_free {
  void operator()(sock* sk) const;
};
using sock_ptr = std::unique_ptr<sock, sock_free>;

}  // namespace ringside::stack
