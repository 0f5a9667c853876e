// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/ping_sock.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include "sw/stack/header_writers.h"
#include "sw/stack/icmp.h"
#include "sw/stack/icmp_error.h"
#include "sw/stack/ip.h"
#include "sw/stack/ip_output.h"

namespace ringside::stack {

// ---- The table

bool ping_layer::get_port(ping_sock& socket, std::uint16_t number) {
  const auto holder = [this](std::uint16_t wanted) {
    return std::find_if(sockets_.begin(), sockets_.end(),
                        [wanted](const ping_sock* s) { return s->local_port() == wanted; });
  };
  if (number == 0) {
    if (sockets_.size() >= 0xFFFF) return false;
    do {
      if (++rover_ == 0) ++rover_;
    } while (holder(rover_) != sockets_.end());
    number = rover_;
  } else if (const auto other = holder(number);
             other != sockets_.end() && *other != &socket && !((*other)->reuse_address() && socket.reuse_address())) {
    return false;
  }
  socket.set_local_port(number);
  if (std::find(sockets_.begin(), sockets_.end(), &socket) == sockets_.end())
    sockets_.insert(sockets_.begin(), &socket);
  return true;
}

ping_sock* ping_layer::lookup(const sk_buff& skb, std::uint16_t number) const {
  host_.consume(kernel::cost::socket_lookup);
  const ipv4_address local = ipv4_view(skb.network_header()).destination();
  for (ping_sock* const socket : sockets_)
    if (socket->match(number, local)) return socket;
  return nullptr;
}

// What a socket is given is the packet itself, where Linux clones it and frees the first.
skb_ptr ping_layer::rcv(skb_ptr skb) {
  if (sockets_.empty()) return skb;
  ping_sock* const socket = lookup(*skb, icmp_view(skb->transport_header()).identifier());
  if (socket == nullptr) return skb;
  host_.consume(kernel::cost::socket_enqueue);
  skb->push(icmp_view::bytes);
  return socket->rcv(std::move(skb));
}

void ping_layer::err(sk_buff& skb, std::uint32_t info) {
  if (sockets_.empty()) return;
  const std::byte* const icmp = skb.data() + ipv4_view(skb.data()).header_bytes();
  const icmp_view asked(icmp);
  if (asked.type() != icmp_type::echo || asked.code() != 0) return;  // ping_supported
  if (ping_sock* const socket = lookup(skb, asked.identifier()); socket != nullptr) socket->error(skb, info);
}

// ---- A socket

ping_sock::ping_sock(const environment& around, ping_layer& ping, kernel::entropy_stream& numbers)
    : datagram_sock(around, {abi::sock_dgram, ip_protocol::icmp}, ping.out(), numbers), ping_(ping) {}

// ping_bind.
long ping_sock::bind(const abi::sockaddr_in& address, const credentials& /*who*/) {
  if (address.family != abi::af_inet && (address.family != abi::af_unspec || address.address != 0))
    return -EAFNOSUPPORT;
  if (address.address != 0 && out_.routes().address_type(address.address) != route_type::local) return -EADDRNOTAVAIL;
  long result = -EINVAL;
  lock_sock();
  if (inet_num == 0 && !closed_) {
    inet_rcv_saddr = inet_saddr = address.address;
    result = get_port(address.port);
    if (result != 0) {
      inet_rcv_saddr = inet_saddr = 0;
    } else {
      address_by_hand_ = inet_rcv_saddr != 0;
      port_by_hand_ = address.port != 0;
      route.reset();
    }
  }
  release_sock();
  if (sk_id == 0) sk_id = inet_num;
  return result;
}

void ping_sock::disconnect() {
  datagram_sock::disconnect();
  if (port_by_hand_) return;
  unhash();
  inet_num = 0;
}

long ping_sock::recvmsg(receive_message& message, int flags) {
  machine.consume(kernel::cost::recvmsg);
  if ((flags & abi::msg_oob) != 0) return -EOPNOTSUPP;
  if ((flags & abi::msg_errqueue) != 0) return recv_error(message);
  long error = 0;
  return first_packet(flags, error) == nullptr ? error : read_first(message, flags);
}

// ping_common_sendmsg, ping_v4_sendmsg, ping_v4_push_pending_frames.
long ping_sock::sendmsg(const send_message& message, int flags) {
  machine.consume(kernel::cost::sendmsg);
  if (!autobind()) return -EAGAIN;
  const std::size_t bytes = message.payload.size();
  if (bytes > 0xFFFF) return -EMSGSIZE;
  if (bytes < icmp_view::bytes) return -EINVAL;
  if ((flags & abi::msg_oob) != 0) return -EOPNOTSUPP;
  const icmp_view asked(message.payload.data());
  if (asked.type() != icmp_type::echo || asked.code() != 0) return -EINVAL;
  peer to;
  if (message.name != nullptr) {
    if (message.name->family != abi::af_inet) return -EAFNOSUPPORT;
    to.address = message.name->address;
  } else {
    if (sk_state != sock_state::established) return -EDESTADDRREQ;
    to = {inet_daddr, 0, true};
  }
  ip_cork begin;
  begin.cause = message.cause;
  begin.why = message.cause != 0 ? cause_kind::frame : cause_kind::task;
  long error = find_route(to, flags, begin.way, begin.route);
  if (error != 0) return error;
  const user_bytes from(machine, message.payload.subspan(icmp_view::bytes));
  lock_sock();
  cork = begin;
  error = out_.setup(*this, cork);
  if (error == 0) error = out_.append_data(*this, cork, write_queue, from, bytes, icmp_view::bytes, flags);
  if (error != 0) {
    out_.flush(write_queue, cork);
  } else {
    std::byte* const at = write_queue.front()->transport_header();
    std::copy_n(message.payload.begin(), icmp_view::bytes, at);
    icmp_writer(at).set_identifier(inet_num);
    machine.consume(kernel::cost::checksum_per_byte, bytes);
    write_icmp_checksum(write_queue);
    ping_.icmp().count_out(asked.type());
    error = out_.ip_send_skb(out_.make_skb(*this, cork, write_queue));
  }
  release_sock();
  return error != 0 ? error : static_cast<long>(bytes);
}

void ping_sock::error(sk_buff& skb, std::uint32_t info) {
  const icmp_view message(skb.transport_header());
  const ipv4_view quoted(skb.data());
  icmp_errno what = errno_of(message.type(), message.code());
  if (message.type() == icmp_type::source_quench || message.type() == icmp_type::redirect) {
    what = {EREMOTEIO, false};  // no error, but ping wants to see it
  } else if (message.type() == icmp_type::unreachable && message.code() == icmp_code::fragmentation_needed) {
    update_pmtu(quoted.destination(), info);
    if (pmtudisc == abi::ip_pmtudisc_dont) return;
    what = {EMSGSIZE, true};
  }
  if (!recverr && (!what.fatal || sk_state != sock_state::established)) return;
  if (recverr) icmp_error(ping_.skbs(), skb, what.number, 0, info, quoted.header_bytes());
  report_error(what.number);
}

}  // namespace ringside::stack
