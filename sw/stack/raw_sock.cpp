// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/raw_sock.h"

#include <array>
#include <cerrno>
#include <cstring>

#include "sw/stack/headers.h"
#include "sw/stack/icmp.h"
#include "sw/stack/icmp_error.h"
#include "sw/stack/ip.h"
#include "sw/stack/ip_output.h"

namespace ringside::stack {

// ---- The table

bool raw_layer::local_deliver(sk_buff& skb, std::uint8_t protocol) {
  if (sockets_.empty()) return false;
  host_.consume(kernel::cost::socket_lookup);
  bool found = false;
  for (raw_sock* const socket : sockets_) {
    if (!socket->match(protocol, skb.ip().source, skb.ip().destination)) continue;
    found = true;
    if (protocol == ip_protocol::icmp && socket->filtered(skb)) continue;
    host_.consume(kernel::cost::build_skb);
    if (skb_ptr copy = skbs_.clone(skb); copy != nullptr) socket->rcv(std::move(copy));
  }
  return found;
}

void raw_layer::icmp_error(sk_buff& skb, std::uint32_t info) {
  const ipv4_view quoted(skb.data());
  for (raw_sock* const socket : sockets_)
    if (socket->match(quoted.protocol(), quoted.destination(), quoted.source())) socket->error(skb, info);
}

// ---- A socket

raw_sock::raw_sock(const environment& around, int protocol, raw_layer& raw, kernel::entropy_stream& numbers)
    : datagram_sock(around, {abi::sock_raw, protocol}, raw.out(), numbers), raw_(raw) {
  inet_num = static_cast<std::uint16_t>(protocol);  // inet_create
  sk_id = inet_num;
  raw_.hash(*this);
}

// raw_bind.
long raw_sock::bind(const abi::sockaddr_in& address, const credentials& /*who*/) {
  long result = -EINVAL;
  lock_sock();
  if (sk_state == sock_state::close && !closed_) {
    const route_type type = address.address != 0 ? out_.routes().address_type(address.address) : route_type::local;
    result = type == route_type::unicast ? -EADDRNOTAVAIL : 0;
    if (result == 0) {
      inet_rcv_saddr = inet_saddr = address.address;
      if (type != route_type::local) inet_saddr = 0;  // a group or a broadcast sends nothing
      address_by_hand_ = inet_rcv_saddr != 0;
      route.reset();
    }
  }
  release_sock();
  return result;
}

bool raw_sock::filtered(const sk_buff& skb) const {
  std::array<std::byte, icmp_view::bytes> header;
  if (!skb.copy_bits(0, header)) return true;
  const std::uint8_t type = icmp_view(header.data()).type();
  return type < 32 && (filter_ >> type & 1) != 0;
}

// raw_rcv: from the IPv4 header on.
void raw_sock::rcv(skb_ptr skb) {
  machine.consume(kernel::cost::socket_enqueue);
  skb->push(static_cast<std::size_t>(skb->data() - skb->network_header()));
  if (skb_ptr refused = queue_rcv(std::move(skb), true); refused != nullptr)
    raw_.skbs().free_silently(std::move(refused));
}

long raw_sock::recvmsg(receive_message& message, int flags) {
  machine.consume(kernel::cost::recvmsg);
  if ((flags & abi::msg_oob) != 0) return -EOPNOTSUPP;
  if ((flags & abi::msg_errqueue) != 0) return recv_error(message);
  long error = 0;
  const sk_buff* const first = first_packet(flags, error);
  if (first == nullptr) return error;
  const auto length = static_cast<long>(first->len());
  const long copied = read_first(message, flags);
  return (flags & abi::msg_trunc) != 0 ? length : copied;
}

// raw_sendmsg.
long raw_sock::sendmsg(const send_message& message, int flags) {
  machine.consume(kernel::cost::sendmsg);
  if (message.payload.size() > 0xFFFF) return -EMSGSIZE;
  if ((flags & abi::msg_oob) != 0) return -EOPNOTSUPP;
  peer to;
  if (message.name != nullptr) {
    if (message.name->family != abi::af_inet) return -EAFNOSUPPORT;
    to.address = message.name->address;
  } else {
    if (sk_state != sock_state::established) return -EDESTADDRREQ;
    to.address = inet_daddr;
  }
  ip_cork begin;
  begin.cause = message.cause;
  begin.why = message.cause != 0 ? cause_kind::frame : cause_kind::task;
  long error = find_route(to, flags, begin.way, begin.route);
  if (error != 0) return error;
  const user_bytes from(machine, message.payload);
  lock_sock();
  const bool begins = write_queue.empty();
  if (begins) cork = begin;
  if (begins) error = out_.setup(*this, cork);
  if (error == 0) error = out_.append_data(*this, cork, write_queue, from, message.payload.size(), 0, flags);
  if (error != 0) {
    out_.flush(write_queue, cork);
  } else if ((flags & abi::msg_more) == 0) {
    skb_ptr skb = out_.make_skb(*this, cork, write_queue);
    std::array<std::byte, 1> type{};
    if (sk_kind.protocol == ip_protocol::icmp && skb->copy_bits(ipv4_view::bytes, type))
      raw_.icmp().count_out(load8(type.data()));
    error = out_.ip_send_skb(std::move(skb));
    if (error == -ENOBUFS && !recverr) error = 0;
  }
  release_sock();
  return error != 0 ? error : static_cast<long>(message.payload.size());
}

long raw_sock::protocol_setsockopt(int level, int name, std::span<const std::byte> value, const credentials& who) {
  if (level != abi::sol_raw) return datagram_sock::protocol_setsockopt(level, name, value, who);
  if (name != abi::icmp_filter) return -ENOPROTOOPT;
  if (sk_kind.protocol != ip_protocol::icmp) return -EOPNOTSUPP;
  std::memcpy(&filter_, value.data(), std::min(value.size(), sizeof filter_));
  return 0;
}

long raw_sock::protocol_getsockopt(int level, int name, std::span<std::byte>& value) {
  if (level != abi::sol_raw) return datagram_sock::protocol_getsockopt(level, name, value);
  if (name != abi::icmp_filter) return -ENOPROTOOPT;
  if (sk_kind.protocol != ip_protocol::icmp) return -EOPNOTSUPP;
  value = value.first(std::min(value.size(), sizeof filter_));
  std::memcpy(value.data(), &filter_, value.size());
  return 0;
}

long raw_sock::ioctl(int command, int& argument) {
  if (command != abi::fionread) return -ENOTTY;
  machine.sync_software();
  argument = queue_.empty() ? 0 : static_cast<int>(queue_.front()->len());
  return 0;
}

void raw_sock::error(sk_buff& skb, std::uint32_t info) {
  const icmp_view message(skb.transport_header());
  const ipv4_view quoted(skb.data());
  const bool too_big = message.type() == icmp_type::unreachable && message.code() == icmp_code::fragmentation_needed;
  if (too_big) update_pmtu(quoted.destination(), info);
  if (message.type() == icmp_type::redirect || message.type() == icmp_type::source_quench) return;
  if (!recverr && sk_state != sock_state::established) return;
  icmp_errno what = errno_of(message.type(), message.code());
  if (too_big) what.fatal = pmtudisc != abi::ip_pmtudisc_dont;
  if (recverr) icmp_error(raw_.skbs(), skb, what.number, 0, info, quoted.header_bytes());
  if (recverr || what.fatal) report_error(what.number);
}

}  // namespace ringside::stack
