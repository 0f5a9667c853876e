// SPDX-License-Identifier: Apache-2.0
// A program with one UDP socket, for tests of what is below it: its calls take no time but what receiving takes.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <span>

#include "sw/stack/syscalls.h"
#include "sw/stack/udp_sock.h"

namespace ringside::test {

enum class recv_status : std::uint8_t { ok, would_block, closed };

struct recv_result {
  recv_status status = recv_status::would_block;
  std::size_t copied = 0;
  std::size_t length = 0;  // of the datagram
  frame_id frame = 0;
  std::uint32_t source = 0;
  std::uint16_t source_port = 0;
};

class udp_user {
 public:
  /// `id` names the socket in events.
  udp_user(stack::net_stack& net, std::uint64_t id) : calls_(net) {
    const stack::syscalls::at_no_cost set_up(calls_);
    fd_ = static_cast<int>(calls_.socket(stack::abi::af_inet, stack::abi::sock_dgram, 0));
    EXPECT_EQ(fd_, 0);
    sk().set_id(id);
  }

  bool bind(std::uint32_t address, std::uint16_t port) {
    return sk().bind({stack::abi::af_inet, port, address}, {}) == 0;
  }
  void connect(std::uint32_t address, std::uint16_t port) {
    EXPECT_EQ(sk().connect({stack::abi::af_inet, port, address}), 0);
  }
  void set_rcvbuf(std::size_t limit) { sk().set_rcvbuf(limit); }
  void set_reuse_address(bool on) { sk().set_reuse_address(on); }
  void close() { sk().close(); }

  /// In a task.
  recv_result receive(std::span<std::byte> buffer, bool wait) {
    stack::receive_message message;
    message.buffer = buffer;
    const long result = calls_.recvmsg(fd_, message, wait ? 0 : stack::abi::msg_dontwait);
    recv_result r;
    if (message.name.family == stack::abi::af_unspec) {
      EXPECT_TRUE(result == 0 || result == -EAGAIN) << result;
      r.status = result == 0 ? recv_status::closed : recv_status::would_block;
      return r;
    }
    r.status = recv_status::ok;
    r.copied = static_cast<std::size_t>(result);
    r.length = message.length;
    r.frame = message.frame;
    r.source = message.name.address;
    r.source_port = message.name.port;
    return r;
  }

  bool readable() { return (sk().poll(nullptr, true) & stack::abi::epollin) != 0; }
  std::size_t queued() { return sk().queued(); }
  std::size_t rmem_alloc() { return sk().rmem_alloc(); }
  std::uint64_t drops() { return sk().drops(); }
  stack::udp_sock& sk() { return static_cast<stack::udp_sock&>(*calls_.sock_of(fd_)); }

 private:
  stack::syscalls calls_;
  int fd_ = -1;
};

}  // namespace ringside::test
