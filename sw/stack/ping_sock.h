// SPDX-License-Identifier: Apache-2.0
// A ping socket: sends ICMP echo requests that bear its number, reads the replies from the ICMP header on
// (socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP), icmp(7)).
//
// Owner: socket_file.  Callers: ping_layer (softirq), tasks.
#pragma once

#include <cstdint>

#include "sw/stack/datagram_sock.h"
#include "sw/stack/ping.h"

namespace ringside::stack {

class ping_sock final : public datagram_sock {
 public:
  ping_sock(const environment& around, ping_layer& ping, kernel::entropy_stream& numbers);
  ~ping_sock() override { ping_sock::close(); }

  /// The port is the echo identifier; 0: any.
  long bind(const abi::sockaddr_in& address, const credentials& who) override;
  long recvmsg(receive_message& message, int flags) override;
  /// The message begins with an ICMP header of an echo request, whose identifier and checksum the host writes:
  /// -EMSGSIZE, -EINVAL, -EOPNOTSUPP, -EAFNOSUPPORT, -EDESTADDRREQ, an error of the route, -EACCES, and what waiting
  /// for room gives.
  long sendmsg(const send_message& message, int flags) override;

  bool match(std::uint16_t number, ipv4_address local) const {
    return number == inet_num && (inet_rcv_saddr == 0 || inet_rcv_saddr == local);
  }
  /// Gives the packet back when the buffer is full.
  skb_ptr rcv(skb_ptr skb) { return queue_rcv(std::move(skb), false); }
  void error(sk_buff& skb, std::uint32_t info);

 protected:
  long get_port(std::uint16_t port) override { return ping_.get_port(*this, port) ? 0 : -EADDRINUSE; }
  void disconnect() override;
  void unhash() override { ping_.unhash(*this); }

 private:
  ping_layer& ping_;
};

}  // namespace ringside::stack
