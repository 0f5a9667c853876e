// SPDX-License-Identifier: Apache-2.0
// A raw socket of one IP protocol: reads whole packets from the IPv4 header on, writes what comes behind one that the
// host makes (raw(7)).  IP_HDRINCL, and with it IPPROTO_RAW, is not there.
//
// Owner: socket_file.  Callers: raw_layer (rcv, error; softirq), tasks.
#pragma once

#include <cstdint>

#include "sw/stack/datagram_sock.h"
#include "sw/stack/raw.h"

namespace ringside::stack {

class raw_sock final : public datagram_sock {
 public:
  raw_sock(const environment& around, int protocol, raw_layer& raw, kernel::entropy_stream& numbers);
  ~raw_sock() override { raw_sock::close(); }

  long bind(const abi::sockaddr_in& address, const credentials& who) override;
  long recvmsg(receive_message& message, int flags) override;
  /// -EMSGSIZE, -EOPNOTSUPP, -EAFNOSUPPORT, -EDESTADDRREQ, an error of the route, -EACCES, -ENOBUFS with IP_RECVERR.
  /// It does not wait for room in the send buffer.
  long sendmsg(const send_message& message, int flags) override;
  long protocol_setsockopt(int level, int name, std::span<const std::byte> value, const credentials& who) override;
  long protocol_getsockopt(int level, int name, std::span<std::byte>& value) override;
  /// FIONREAD: bytes of the first packet.
  long ioctl(int command, int& argument) override;

  /// raw_v4_match.
  bool match(std::uint8_t protocol, ipv4_address remote, ipv4_address local) const {
    return protocol == sk_kind.protocol && (inet_daddr == 0 || inet_daddr == remote) &&
           (inet_rcv_saddr == 0 || inet_rcv_saddr == local);
  }
  /// ICMP_FILTER keeps the message out (icmp_filter).
  bool filtered(const sk_buff& skb) const;
  void rcv(skb_ptr skb);
  /// raw_err.
  void error(sk_buff& skb, std::uint32_t info);

 protected:
  long get_port(std::uint16_t /*port*/) override { return 0; }  // its number is the protocol's
  void unhash() override { raw_.unhash(*this); }

 private:
  raw_layer& raw_;
  std::uint32_t filter_ = 0;  // of ICMP types below 32: bit n keeps type n out
};

}  // namespace ringside::stack
