// SPDX-License-Identifier: Apache-2.0
// What a descriptor can name (struct file): who can wait for it, and what is done when nobody refers to it any more.
//
// Owner: fd_table.  Callers: system calls, poll, select and epoll, which know no more of it than this.  A kind of file
// is a class of its own: socket_file, eventpoll, eventfd.
#pragma once

#include <cerrno>
#include <cstddef>
#include <span>
#include <vector>

#include "sw/kernel/wait_queue.h"
#include "sw/stack/abi.h"

namespace ringside::stack {

class eventpoll;
class file;
class socket_file;

/// Who asks a file and wants to hear when the answer changes (poll_table).
class poll_table {
 public:
  virtual ~poll_table() = default;
  /// The file's queue, one at most (poll_wait).
  virtual void queue(kernel::wait_queue& where) = 0;
};

/// Who must let go of a file before it ends: the sets of epoll it is in.
class file_watcher {
 public:
  virtual ~file_watcher() = default;
  virtual void let_go(file& of) = 0;
};

class file {
 public:
  /// `flags`: O_NONBLOCK or not.
  explicit file(int flags) : flags_(flags) {}
  virtual ~file() = default;
  file(const file&) = delete;
  file& operator=(const file&) = delete;

  /// The same, if it is of that kind, or null.
  virtual socket_file* as_socket() { return nullptr; }
  virtual eventpoll* as_eventpoll() { return nullptr; }

  /// Whether poll() is the file's own (file_can_poll); one that has none is always ready, and no epoll takes it.
  virtual bool can_poll() const { return false; }
  /// What it is ready for now.  `table`, unless null, is told the queue that hears of a change, before the answer is
  /// looked up.  Task context; may spend time.
  virtual poll_mask poll(poll_table* table) {
    static_cast<void>(table);
    return abi::epollin | abi::epollout | abi::epollrdnorm | abi::epollwrnorm;  // DEFAULT_POLLMASK
  }
  /// Bytes, or an error below 0.
  virtual long read(std::span<std::byte> to) {
    static_cast<void>(to);
    return -EINVAL;
  }
  virtual long write(std::span<const std::byte> from) {
    static_cast<void>(from);
    return -EINVAL;
  }
  virtual long ioctl(int command, int& argument) {
    static_cast<void>(command);
    static_cast<void>(argument);
    return -ENOTTY;
  }
  /// Nothing refers to it any more (fput): gives up what it holds.  Once.
  virtual void release() {}

  bool nonblocking() const { return (flags_ & abi::o_nonblock) != 0; }
  int flags() const { return flags_; }
  void set_nonblocking(bool on) { flags_ = on ? flags_ | abi::o_nonblock : flags_ & ~abi::o_nonblock; }

  void add_watcher(file_watcher& who) { watchers_.push_back(&who); }
  void remove_watcher(file_watcher& who);
  /// One for each place in each set; the one added first comes first.
  const std::vector<file_watcher*>& watchers() const { return watchers_; }

 private:
  friend class fd_table;

  int flags_;
  unsigned references_ = 0;  // descriptors, and calls under way
  std::vector<file_watcher*> watchers_;
};

}  // namespace ringside::stack
