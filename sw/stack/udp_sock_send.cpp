// SPDX-License-Identifier: Apache-2.0
// What tasks send by a UDP socket (udp_sendmsg, udp_push_pending_frames of Linux 6.1; UD-1 to UD-5, UD-10).
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "sw/stack/headers.h"
#include "sw/stack/ip_output.h"
#include "sw/stack/net_device.h"
#include "sw/stack/udp_sock.h"

namespace ringside::stack {

long udp_sock::find_destination(const send_message& message, peer& to) const {
  if (message.name != nullptr) {
    if (message.name->family != abi::af_inet && message.name->family != abi::af_unspec) return -EAFNOSUPPORT;
    if (message.name->port == 0) return -EINVAL;
    to = {message.name->address, message.name->port, false};
    return 0;
  }
  if (sk_state != sock_state::established) return -EDESTADDRREQ;
  to = {inet_daddr, inet_dport, true};
  return 0;
}

long udp_sock::sendmsg(const send_message& message, int flags) {
  machine.consume(kernel::cost::sendmsg);
  const std::size_t bytes = message.payload.size();
  if (!autobind()) return -EAGAIN;  // inet_send_prepare
  if (bytes > 0xFFFF) return -EMSGSIZE;
  if ((flags & abi::msg_oob) != 0) return -EOPNOTSUPP;
  const user_bytes from(machine, message.payload);
  const bool more = corked_ || (flags & abi::msg_more) != 0;
  long error = 0;
  machine.sync_software();
  if (pending_) {
    lock_sock();
    if (pending_) {
      error = append_corked(from, bytes, 0, flags, more);
      release_sock();
      return error == 0 ? static_cast<long>(bytes) : error;
    }
    release_sock();
  }
  peer to{};
  error = find_destination(message, to);
  if (error != 0) return error;
  ip_cork begin;
  begin.cause = message.cause;
  begin.why = message.cause != 0 ? cause_kind::frame : cause_kind::task;
  error = find_route(to, flags, begin.way, begin.route);
  if (error == 0 && (flags & abi::msg_confirm) != 0) {
    out_.confirm(begin.route, begin.way.destination);
    if ((flags & abi::msg_probe) != 0 && bytes == 0) return 0;
  }
  if (error == 0 && (flags & abi::msg_probe) != 0) return static_cast<long>(bytes);
  if (error == 0 && !more) {
    error = send_datagram(from, bytes, begin, flags);
  } else if (error == 0) {
    lock_sock();
    if (pending_) {
      error = -EINVAL;  // two tasks cork it at once
    } else {
      cork = begin;
      pending_ = true;
      error = append_corked(from, bytes, udp_layer::header_bytes, flags, more);
    }
    release_sock();
  }
  if (error == 0) return static_cast<long>(bytes);
  if (error == -ENOBUFS || had_no_space()) udp_.count_send_buffer_error();
  return error;
}

// The way without the socket's lock: ip_make_skb, udp_send_skb.
long udp_sock::send_datagram(const payload_source& from, std::size_t bytes, const ip_cork& begin, int flags) {
  ip_cork whole = begin;
  const flow way = begin.way;
  sk_buff_queue queue;
  long error = out_.setup(*this, whole);
  if (error == 0)
    error =
        out_.append_data(*this, whole, queue, from, bytes + udp_layer::header_bytes, udp_layer::header_bytes, flags);
  if (error != 0) {
    out_.flush(queue, whole);
    return error;
  }
  return udp_.send(*this, way, out_.make_skb(*this, whole, queue));
}

// do_append_data, the socket locked.  `header`: of a datagram that begins.
long udp_sock::append_corked(const payload_source& from, std::size_t bytes, std::size_t header, int flags, bool more) {
  long error = header != 0 ? out_.setup(*this, cork) : 0;
  if (error == 0)
    error =
        out_.append_data(*this, cork, write_queue, from, bytes + header, header, more ? flags | abi::msg_more : flags);
  if (error != 0) {
    flush_pending();
    return error;
  }
  return more ? 0 : push_pending();
}

long udp_sock::push_pending() {
  pending_ = false;
  const flow way = cork.way;
  skb_ptr skb = out_.make_skb(*this, cork, write_queue);
  return skb == nullptr ? 0 : udp_.send(*this, way, std::move(skb));
}

void udp_sock::flush_pending() {
  pending_ = false;
  out_.flush(write_queue, cork);
}

long udp_sock::protocol_setsockopt(int level, int name, std::span<const std::byte> value, const credentials& who) {
  if (level != abi::sol_udp) return datagram_sock::protocol_setsockopt(level, name, value, who);
  int number = 0;
  if (value.size() < sizeof number) return -EINVAL;
  std::memcpy(&number, value.data(), sizeof number);
  if (name != abi::udp_cork) return -ENOPROTOOPT;
  corked_ = number != 0;
  if (corked_) return 0;
  lock_sock();
  if (pending_) push_pending();
  release_sock();
  return 0;
}

long udp_sock::protocol_getsockopt(int level, int name, std::span<std::byte>& value) {
  if (level != abi::sol_udp) return datagram_sock::protocol_getsockopt(level, name, value);
  if (name != abi::udp_cork) return -ENOPROTOOPT;
  const int number = corked_ ? 1 : 0;
  value = value.first(std::min(value.size(), sizeof number));
  std::memcpy(value.data(), &number, value.size());
  return 0;
}

}  // namespace ringside::stack
