// SPDX-License-Identifier: Apache-2.0
// An application: a task that opens sockets, waits for data and reads it, sends it back, sends on its own, or pings
// (app_ping.cpp), by system calls.
//
// Owner: the platform or a test.  Runs on the CPU it is given.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "common/rng.h"
#include "sw/stack/config.h"
#include "sw/stack/net_stack.h"
#include "sw/stack/syscalls.h"

namespace ringside::stack {

/// What ping says at its end.
struct ping_statistics {
  std::uint64_t transmitted = 0;
  std::uint64_t received = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t errors = 0;  // of ICMP, about requests
  // Round trips, from before the call that sends to the answer's stamp (SO_TIMESTAMP).
  sim_time minimum = 0;
  sim_time maximum = 0;
  double mean_ns = 0;
  double squares = 0;  // of what each differs from the mean by

  void add(sim_time round_trip);
};

class app {
 public:
  using config = app_config;
  /// One datagram as read: what the call said, and the bytes copied.
  using sink = std::function<void(const receive_message&, std::span<const std::byte>)>;

  app(net_stack& net, const config& settings);

  /// What a sender gave to the kernel: when the call, or the first of several, began and the last one ended, what it
  /// returned, and the bytes.
  struct sent_message {
    sim_time begin;
    sim_time end;
    long result;
    std::span<const std::byte> bytes;
    std::size_t first = 0;  // bytes of payload in the first call
  };
  using source = std::function<void(const sent_message&)>;

  void set_sink(sink s) { sink_ = std::move(s); }
  void set_source(source s) { source_ = std::move(s); }
  /// Opens the sockets and starts the task.  False when a port is taken.  Task context.
  bool start();
  /// Closes the sockets; the task ends when it next runs.  Task context.
  void stop();

  std::uint64_t reads() const { return reads_; }
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t truncated() const { return truncated_; }
  std::uint64_t sent() const { return sent_; }
  std::uint64_t send_errors() const { return send_errors_; }
  /// A sender has not sent all yet, a requester or ping may still get an answer.
  bool sending() const { return (sends() || pings()) && !finished_; }
  bool pings() const { return settings_.kind == app_kind::ping; }
  const ping_statistics& ping() const { return ping_; }
  bool finished() const { return finished_; }
  kernel::task_id task() const { return task_; }

 private:
  void run();
  bool sends() const { return settings_.kind == app_kind::sender || settings_.kind == app_kind::requester; }
  // app_ping.cpp
  bool open_ping();
  void run_ping();
  void send_echo();
  bool read_echo();
  std::uint16_t identifier() const;
  std::size_t payload() const { return settings_.datagram_bytes.front(); }
  // app_send.cpp
  void run_sender();
  long send_datagram(std::span<const std::byte> bytes, const abi::sockaddr_in& to);
  std::size_t first_piece(std::size_t bytes) const;
  std::size_t next_size(rng& random, std::uint64_t number) const;
  std::vector<std::byte> tcp_packet(const mac_address& source, std::uint64_t number, std::size_t bytes,
                                    std::uint32_t& sequence) const;
  void await_answer(sim_time until);
  void answer(int fd, const receive_message& message, std::span<const std::byte> data);
  void run_recv();
  void run_select();
  void run_poll();
  void run_epoll();
  bool open(std::uint16_t port);
  bool open_packet();
  bool has_device() const;
  /// Reads one datagram; false when there is none.
  bool read_one(int fd, int flags);

  net_stack& net_;
  kernel::host& host_;
  config settings_;
  syscalls calls_;
  sink sink_;
  source source_;
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
  bool raw_ = false;                // by a raw socket
  std::vector<std::byte> request_;  // an echo request, from its ICMP header on
  std::vector<sim_time> sent_at_;   // by sequence number; below 0: not sent
  std::vector<bool> answered_;
  ping_statistics ping_;
};

}  // namespace ringside::stack
