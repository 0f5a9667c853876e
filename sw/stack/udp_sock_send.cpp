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

namespace {

/// Bytes of the task.
class user_bytes final : public payload_source {
 public:
  user_bytes(kernel::host& machine, std::span<const std::byte> bytes) : host_(machine), bytes_(bytes) {}
  void copy(std::size_t offset, std::span<std::byte> to) const override {
    host_.consume(kernel::cost::copy_from_user_per_byte, to.size());
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), to.size(), to.begin());
  }

 private:
  kernel::host& host_;
  std::span<const std::byte> bytes_;
};

}  // namespace

void udp_sock::frame_begun(frame_id frame, std::size_t bytes) {
  machine.emit(stage::tx_socket, frame, sk_id, bytes);
}

// inet_dgram_connect, __ip4_datagram_connect.
long udp_sock::connect(const abi::sockaddr_in& address) {
  long result = 0;
  lock_sock();
  if (address.family == abi::af_unspec) {
    disconnect();
  } else if (inet_num == 0 && get_port(0) != 0) {
    result = -EAGAIN;
  } else if (address.family != abi::af_inet) {
    result = -EAFNOSUPPORT;
  } else {
    route.reset();
    flow way;
    way.destination = address.address;
    way.source = inet_saddr;
    way.out = sk_bound_dev;
    way.tos = tos;
    way.on_link = sk_local_route;
    way.protocol = protocol_number();
    way.source_port = inet_num;
    way.destination_port = address.port;
    dst_ref found = udp_.out().routes().output(way, result);
    if (result == -ENETUNREACH) udp_.out().count_no_route();
    if (result == 0 && found->type == route_type::broadcast && !sk_broadcast) result = -EACCES;
    if (result == 0) {
      if (inet_saddr == 0) inet_saddr = way.source;
      if (inet_rcv_saddr == 0) inet_rcv_saddr = way.source;
      inet_daddr = way.destination;
      inet_dport = address.port;
      sk_state = sock_state::established;
      inet_id = static_cast<std::uint16_t>(numbers_.u32());
      route = std::move(found);
    }
  }
  release_sock();
  return result;
}

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

// A connected socket keeps its route while it is good (UD-2).
long udp_sock::find_route(const peer& to, int flags, flow& way, dst_ref& found) {
  routing& routes = udp_.out().routes();
  way.destination = to.address;
  way.source = inet_saddr;
  way.out = sk_bound_dev;
  way.tos = tos;
  way.on_link = sk_local_route || (flags & abi::msg_dontroute) != 0;
  way.protocol = protocol_number();
  way.source_port = inet_num;
  way.destination_port = to.port;
  const bool keeps = to.connected && !way.on_link && !ipv4::is_multicast(to.address);
  if (keeps && routes.valid(route)) {
    found = route;
    return 0;
  }
  long error = 0;
  found = routes.output(way, error);
  if (error == -ENETUNREACH) udp_.out().count_no_route();
  if (error != 0) return error;
  if (found->type == route_type::broadcast && !sk_broadcast) return -EACCES;
  if (keeps) route = found;
  return 0;
}

long udp_sock::sendmsg(const send_message& message, int flags) {
  machine.consume(kernel::cost::sendmsg);
  const std::size_t bytes = message.payload.size();
  if (inet_num == 0) {  // inet_send_prepare
    lock_sock();
    const bool bound = inet_num != 0 || get_port(0) == 0;
    release_sock();
    if (!bound) return -EAGAIN;
  }
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
    udp_.out().confirm(begin.route, begin.way.destination);
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
  ip_output& out = udp_.out();
  ip_cork whole = begin;
  const flow way = begin.way;
  sk_buff_queue queue;
  long error = out.setup(*this, whole);
  if (error == 0)
    error = out.append_data(*this, whole, queue, from, bytes + udp_layer::header_bytes, udp_layer::header_bytes, flags);
  if (error != 0) {
    out.flush(queue, whole);
    return error;
  }
  return udp_.send(*this, way, out.make_skb(*this, whole, queue));
}

// do_append_data, the socket locked.  `header`: of a datagram that begins.
long udp_sock::append_corked(const payload_source& from, std::size_t bytes, std::size_t header, int flags, bool more) {
  ip_output& out = udp_.out();
  long error = header != 0 ? out.setup(*this, cork) : 0;
  if (error == 0)
    error =
        out.append_data(*this, cork, write_queue, from, bytes + header, header, more ? flags | abi::msg_more : flags);
  if (error != 0) {
    flush_pending();
    return error;
  }
  return more ? 0 : push_pending();
}

long udp_sock::push_pending() {
  pending_ = false;
  const flow way = cork.way;
  skb_ptr skb = udp_.out().make_skb(*this, cork, write_queue);
  return skb == nullptr ? 0 : udp_.send(*this, way, std::move(skb));
}

void udp_sock::flush_pending() {
  pending_ = false;
  udp_.out().flush(write_queue, cork);
}

long udp_sock::protocol_setsockopt(int level, int name, std::span<const std::byte> value, const credentials& who) {
  if (level != abi::sol_udp) return inet_sock::protocol_setsockopt(level, name, value, who);
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
  int number = 0;
  if (level == abi::sol_ip && name == abi::ip_mtu) {
    if (!route) return -ENOTCONN;
    number = static_cast<int>(udp_.out().routes().mtu(*route));
  } else if (level == abi::sol_udp && name == abi::udp_cork) {
    number = corked_ ? 1 : 0;
  } else if (level == abi::sol_udp) {
    return -ENOPROTOOPT;
  } else {
    return inet_sock::protocol_getsockopt(level, name, value);
  }
  value = value.first(std::min(value.size(), sizeof number));
  std::memcpy(value.data(), &number, value.size());
  return 0;
}

void udp_sock::update_pmtu(ipv4_address destination, std::uint32_t mtu) {
  if (!accept_pmtu()) return;
  routing& routes = udp_.out().routes();
  flow way;
  way.destination = destination;
  way.source = inet_saddr;
  way.tos = tos;
  way.protocol = protocol_number();
  long error = 0;
  const dst_ref found = routes.valid(route) ? route : routes.output(way, error);
  if (found) routes.update_pmtu(found, way, mtu);
  if (route && !routes.valid(route)) route = routes.output(way, error);
}

}  // namespace ringside::stack
