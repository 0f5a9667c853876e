// SPDX-License-Identifier: Apache-2.0
// The system calls applications are written against: sockets, waiting, files.
//
// Owner: whoever runs a program; tasks that share descriptors share it.  Callers: applications, in task context.  A
// call returns what Linux 6.1 returns, an error as a negative number of <cerrno>, and spends what entering and leaving
// the kernel and the call itself take.  How to receive with a time limit, without waiting and so on: see the manual
// page of the same name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sw/stack/fd_table.h"
#include "sw/stack/net_stack.h"
#include "sw/stack/poll.h"
#include "sw/stack/socket_file.h"

namespace ringside::stack {

class syscalls {
 public:
  explicit syscalls(net_stack& net) : net_(net), host_(net.machine()) {}
  syscalls(const syscalls&) = delete;
  syscalls& operator=(const syscalls&) = delete;

  /// While one exists calls take no time: of what a program does before anybody measures it.
  class at_no_cost {
   public:
    explicit at_no_cost(syscalls& calls) : calls_(calls) { ++calls_.free_; }
    ~at_no_cost() { --calls_.free_; }
    at_no_cost(const at_no_cost&) = delete;
    at_no_cost& operator=(const at_no_cost&) = delete;

   private:
    syscalls& calls_;
  };

  // ---- Sockets ----
  long socket(int family, int type, int protocol);
  long bind(int fd, const abi::sockaddr_in& address);
  long connect(int fd, const abi::sockaddr_in& address);
  long getsockname(int fd, abi::sockaddr_in& address);
  long shutdown(int fd, int how);
  /// Emits app_read when it returns a datagram.
  long recvmsg(int fd, receive_message& message, int flags);
  long recvfrom(int fd, std::span<std::byte> buffer, int flags, abi::sockaddr_in& from);
  long recv(int fd, std::span<std::byte> buffer, int flags);
  long sendmsg(int fd, const send_message& message, int flags);
  long sendto(int fd, std::span<const std::byte> payload, int flags, const abi::sockaddr_in& to);
  long send(int fd, std::span<const std::byte> payload, int flags);
  long setsockopt(int fd, int level, int name, std::span<const std::byte> value);
  /// `value` is cut to what was written.
  long getsockopt(int fd, int level, int name, std::span<std::byte>& value);
  template <class type>
  long setsockopt(int fd, int level, int name, const type& value) {
    return setsockopt(fd, level, name, std::as_bytes(std::span(&value, 1)));
  }
  template <class type>
  long getsockopt(int fd, int level, int name, type& value) {
    std::span<std::byte> bytes = std::as_writable_bytes(std::span(&value, 1));
    return getsockopt(fd, level, name, bytes);
  }

  // ---- Waiting: `timeout` for ever unless given, of select, poll and epoll_wait alike ----
  long poll(std::span<abi::pollfd> fds, sim_time timeout = time_never);
  /// Null: an empty set.
  long select(int nfds, abi::fd_set* readable, abi::fd_set* writable, abi::fd_set* exceptional,
              sim_time timeout = time_never);
  long epoll_create1(int flags);
  long epoll_ctl(int epfd, int operation, int fd, const abi::epoll_event& event);
  long epoll_wait(int epfd, std::span<abi::epoll_event> events, sim_time timeout = time_never);
  long eventfd(std::uint32_t count, int flags);

  // ---- Files ----
  long read(int fd, std::span<std::byte> to);
  long write(int fd, std::span<const std::byte> from);
  long close(int fd);
  long dup(int fd);
  long fcntl(int fd, int command, int argument = 0);
  long ioctl(int fd, int command, int& argument);

  void set_credentials(const credentials& who) { who_ = who; }
  void set_nofile(std::size_t descriptors) { files_.set_limit(descriptors); }  // RLIMIT_NOFILE
  /// The socket `fd` names, null when it names none.  Not a call: for reports and tests.
  sock* sock_of(int fd);
  fd_table& files() { return files_; }

 private:
  /// Entering and leaving the kernel.
  class call {
   public:
    explicit call(const syscalls& of) : of_(of) { of_.spend(kernel::cost::syscall_entry); }
    ~call() { of_.spend(kernel::cost::syscall_exit); }
    call(const call&) = delete;
    call& operator=(const call&) = delete;

   private:
    const syscalls& of_;
  };
  void spend(kernel::cost what) const {
    if (free_ == 0) host_.consume(what);
  }
  wait_limit limit_of(sim_time timeout) { return {&net_.os().clock(), timeout}; }
  /// `act` on the socket `fd` names: what it returns, -EBADF or -ENOTSOCK.
  template <class action>
  long with_socket(int fd, action act);
  void forget(std::vector<poll_entry>& entries);

  net_stack& net_;
  kernel::host& host_;
  fd_table files_;
  credentials who_;
  unsigned free_ = 0;
  std::vector<poll_entry> spare_entries_;
};

}  // namespace ringside::stack
