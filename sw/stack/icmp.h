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

#include "sw/stack/icmp_limits.h"
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

// RFC 792, RFC 950 (address masks), RFC 8335 (extended echo).
namespace icmp_type {
inline constexpr std::uint8_t echo_reply = 0;
inline constexpr std::uint8_t unreachable = 3;
inline constexpr std::uint8_t source_quench = 4;
inline constexpr std::uint8_t redirect = 5;
inline constexpr std::uint8_t echo = 8;
inline constexpr std::uint8_t time_exceeded = 11;
inline constexpr std::uint8_t parameter_problem = 12;
inline constexpr std::uint8_t timestamp = 13;
inline constexpr std::uint8_t timestamp_reply = 14;
inline constexpr std::uint8_t address_mask = 17;
inline constexpr std::uint8_t address_mask_reply = 18;
inline constexpr std::uint8_t last_known = 18;  // NR_ICMP_TYPES
inline constexpr std::uint8_t extended_echo = 42;
inline constexpr std::uint8_t extended_echo_reply = 43;
constexpr bool is_error(std::uint8_t type) {  // icmp_pointers[].error
  return type == unreachable || type == source_quench || type == redirect || type == time_exceeded ||
         type == parameter_problem;
}
}  // namespace icmp_type

/// Codes of `unreachable`.
namespace icmp_code {
inline constexpr std::uint8_t host_unreachable = 1;
inline constexpr std::uint8_t protocol_unreachable = 2;
inline constexpr std::uint8_t port_unreachable = 3;
inline constexpr std::uint8_t fragmentation_needed = 4;
inline constexpr std::uint8_t last_known = 15;      // NR_ICMP_UNREACH
inline constexpr std::uint8_t reassembly_time = 1;  // of time_exceeded: ICMP_EXC_FRAGTIME
}  // namespace icmp_code

class ip_output;
class ipv4_layer;

class icmp_layer final : public net_protocol {
 public:
  icmp_layer(kernel::kernel& os, skb_allocator& skbs, ipv4_layer& ip, ip_output& out, const sock::environment& sockets);
  ~icmp_layer() override;

  void handler(skb_ptr skb) override { icmp_rcv(std::move(skb)); }
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
  icmp_limits limits_;
  std::vector<std::unique_ptr<control_sock, sock_free>> sockets_;  // icmp_sk, by CPU
  icmp_statistics counters_;
};

}  // namespace ringside::stack
