// SPDX-License-Identifier: Apache-2.0
// A socket as a file (struct socket): what a descriptor of one names.
//
// Owner: fd_table.  Callers: system calls.
#pragma once

#include <memory>
#include <utility>

#include "sw/stack/sock.h"

namespace ringside::stack {

class socket_file final : public file {
 public:
  socket_file(sock_ptr sk, int flags) : file(flags), sk_(std::move(sk)) {}

  socket_file* as_socket() override { return this; }
  bool can_poll() const override { return true; }
  poll_mask poll(poll_table* table) override { return sk_->poll(table, nonblocking()); }
  long ioctl(int command, int& argument) override { return sk_->ioctl(command, argument); }
  void release() override { sk_->close(); }

  long recvmsg(receive_message& message, int flags) {
    return sk_->recvmsg(message, nonblocking() ? flags | abi::msg_dontwait : flags);
  }
  long sendmsg(const send_message& message, int flags) {
    return sk_->sendmsg(message, nonblocking() ? flags | abi::msg_dontwait : flags);
  }
  sock& sk() { return *sk_; }

 private:
  sock_ptr sk_;
};

}  // namespace ringside::stack
