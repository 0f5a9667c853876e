// SPDX-License-Identifier: Apache-2.0
// An application: a task that opens UDP sockets, waits for data and reads it, sends it back, or sends on its own, by
// system calls.
//
// Owner: the platform or a test.  Runs on the CPU it is given.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "sw/stack/config.h"
#include "sw/stack/net_stack.h"
#include "sw/stack/syscalls.h"

namespace ringside::stack {

class app {
 public:
  using config = app_config;
  /// One datagram as read: what the call said, and the bytes copied.
  using sink = std::function<void(const receive_message&, std::span<const std::byte>)>;

  app(net_stack& net, const config& settings);

  void set_sink(sink s) { sink_ = std::move(s); }
  /// Opens the sockets and starts the task.  False when a port is taken.  Task context.
  bool start();
  /// Closes the sockets; the task ends when it next runs.  Task context.
  void stop();

  std::uint64_t reads() const { return reads_; }
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t truncated() const { return truncated_; }
  std::uint64_t sent() const { return sent_; }
  std::uint64_t send_errors() const { return send_errors_; }
  /// A sender has not sent all yet.
  bool sending() const { return settings_.kind == app_kind::sender && !finished_; }
  bool finished() const { return finished_; }
  kernel::task_id task() const { return task_; }

 private:
  void run();
  void run_sender();
  void answer(int fd, const receive_message& message, std::span<const std::byte> data);
  void run_recv();
  void run_select();
  void run_poll();
  void run_epoll();
  bool open(std::uint16_t port);
  /// Reads one datagram; false when there is none.
  bool read_one(int fd, int flags);

  net_stack& net_;
  kernel::host& host_;
  config settings_;
  syscalls calls_;
  sink sink_;
  std::vector<int> sockets_;  // descriptors
  std::vector<std::byte> buffer_;
  kernel::task_id task_ = 0;
  bool stopping_ = false;
  bool finished_ = false;
  std::uint64_t reads_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t truncated_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t send_errors_ = 0;
};

}  // namespace ringside::stack
