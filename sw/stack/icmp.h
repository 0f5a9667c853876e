// SPDX-License-Identifier: Apache-2.0
// ICMP (RFC 792): checksum, counters by type, what each type demands of its message; echo and timestamp requests are
// answered, errors go to the protocol they are about (icmp.cpp), and this host's own errors are sent (icmp_send.cpp).
//
// Owner: net_stack.  Callers: ipv4_layer (protocol 1), UDP, IPv4 and the neighbour table (icmp_send).  Order of checks
// as icmp_rcv and __icmp_send of Linux 6.1.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "sw/stack/headers.h"
#include "sw/stack/icmp_limits.h"
#include "sw/stack/icmp_numbers.h"
#include "sw/stack/inet_sock.h"
#include "sw/stack/net_protocol.h"
#include "sw/stack/skb_allocator.h"

namespace ringside::stack {

struct icmp_statistics {
  std::uint64_t messages = 0;  // InMsgs
  std::array<std::uint64_t, 256> by_type{};
  std::uint64_t header_errors = 0;  // InErrors that are no checksum errors
  std::uint64_t checksum_errors = 0;
  std::uint64_t out_messages = 0;
  std::array<std::uint64_t, 256> out_by_type{};
  std::uint64_t out_errors = 0;
  std::uint64_t out_rate_limit_global = 0;
  std::uint64_t out_rate_limit_host = 0;
};

class ip_output;
class ipv4_layer;
class ping_layer;
class raw_layer;

/// Completes a message that was put together: the sum over its header and all that is behind it (RFC 792).
void write_icmp_checksum(sk_buff_queue& queue);

class icmp_layer final : public net_protocol {
 public:
  icmp_layer(kernel::kernel& os, skb_allocator& skbs, ipv4_layer& ip, ip_output& out, const sock::environment& sockets);
  ~icmp_layer() override;

  /// Who waits for echo replies, and who hears of errors beside the protocols.
  void connect(ping_layer& ping, raw_layer& raw) {
    ping_ = &ping;
    raw_ = &raw;
  }

  void handler(skb_ptr skb) override { icmp_rcv(std::move(skb)); }
  /// Of messages of this host: a ping socket's, or the kernel's own replies (icmp_err).
  void err_handler(sk_buff& skb, std::uint32_t info) override;
  void icmp_rcv(skb_ptr skb);

  /// Tells the sender of a packet, whose network header is where it was, what is wrong with it; nothing where RFC 1122
  /// 3.2.2 forbids it (IC-1) or too much has been said lately (IC-2).
  void icmp_send(const sk_buff& about, std::uint8_t type, std::uint8_t code, std::uint32_t info);
  /// A message of that type leaves (icmp_out_count).
  void count_out(std::uint8_t type) {
    ++counters_.out_messages;
    ++counters_.out_by_type[type];
  }
  /// An error was about what no socket has sent (__udp4_lib_err).
  void count_no_socket() { ++counters_.header_errors; }
  const icmp_statistics& counters() const { return counters_; }

 private:
  enum class verdict : std::uint8_t { taken, counted, dropped };  // counted: an error, but the message was handled
  class control_sock;
  struct message;

  verdict handle(sk_buff& skb, std::uint8_t type, std::uint8_t code);
  verdict quoted(sk_buff& skb, std::uint8_t type, std::uint8_t code);
  void deliver_reply(skb_ptr skb);
  std::uint32_t error_info(const icmp_view& header) const;
  // icmp_send.cpp
  bool may_tell_of(const sk_buff& about, std::uint8_t type) const;
  void answer_echo(const sk_buff& request);
  void answer_timestamp(const sk_buff& request);
  void reply(const sk_buff& request, message& what);
  bool global_allow(std::uint8_t type, std::uint8_t code, bool& limited);
  bool peer_allow(const dst_ref& route, ipv4_address peer, bool limited);
  void push(control_sock& sk, const flow& way, dst_ref route, message& what, frame_id cause);

  kernel::host& host_;
  kernel::softirqs& softirq_;
  skb_allocator& skbs_;
  ipv4_layer& ip_;
  ip_output& out_;
  ping_layer* ping_ = nullptr;
  raw_layer* raw_ = nullptr;
  icmp_limits limits_;
  std::vector<std::unique_ptr<control_sock, sock_free>> sockets_;  // icmp_sk, by CPU
  icmp_statistics counters_;
};

}  // namespace ringside::stack
