// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/datagram_sock.h"

#include <cerrno>
#include <cstring>

#include "sw/kernel/jiffies.h"
#include "sw/stack/headers.h"
#include "sw/stack/ip_output.h"

namespace ringside::stack {

datagram_sock::datagram_sock(const environment& around, const kind& what, ip_output& out,
                             kernel::entropy_stream& numbers)
    : inet_sock(around, what, {out.routes().sysctls().default_ttl, out.routes().sysctls().no_pmtu_disc}),
      out_(out),
      numbers_(numbers) {}

void datagram_sock::frame_begun(frame_id frame, std::size_t bytes) {
  machine.emit(stage::tx_socket, frame, sk_id, bytes);
}

// inet_dgram_connect, __ip4_datagram_connect.
long datagram_sock::connect(const abi::sockaddr_in& address) {
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
    dst_ref found = out_.routes().output(way, result);
    if (result == -ENETUNREACH) out_.count_no_route();
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

// __udp_disconnect, up to the port.
void datagram_sock::disconnect() {
  sk_state = sock_state::close;
  inet_daddr = 0;
  inet_dport = 0;
  route.reset();
  if (!address_by_hand_) inet_rcv_saddr = inet_saddr = 0;
}

long datagram_sock::getname(abi::sockaddr_in& address) {
  lock_sock();
  address = {abi::af_inet, inet_num, inet_rcv_saddr};
  release_sock();
  return 0;
}

bool datagram_sock::autobind() {
  if (inet_num != 0) return true;
  lock_sock();
  const bool bound = inet_num != 0 || get_port(0) == 0;
  release_sock();
  return bound;
}

long datagram_sock::find_route(const peer& to, int flags, flow& way, dst_ref& found) {
  routing& routes = out_.routes();
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
  if (error == -ENETUNREACH) out_.count_no_route();
  if (error != 0) return error;
  if (found->type == route_type::broadcast && !sk_broadcast) return -EACCES;
  if (keeps) route = found;
  return 0;
}

void datagram_sock::update_pmtu(ipv4_address destination, std::uint32_t mtu) {
  if (!accept_pmtu()) return;
  routing& routes = out_.routes();
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

long datagram_sock::protocol_getsockopt(int level, int name, std::span<std::byte>& value) {
  if (level != abi::sol_ip || name != abi::ip_mtu) return inet_sock::protocol_getsockopt(level, name, value);
  if (!route) return -ENOTCONN;
  const auto number = static_cast<int>(out_.routes().mtu(*route));
  value = value.first(std::min(value.size(), sizeof number));
  std::memcpy(value.data(), &number, value.size());
  return 0;
}

skb_ptr datagram_sock::queue_rcv(skb_ptr skb, bool copy) {
  machine.sync_smp();  // a reader on another CPU takes from the queue
  if (sk_rmem_alloc >= sk_rcvbuf) {
    ++sk_drops;
    return skb;
  }
  sk_rmem_alloc += skb->truesize();
  charge(skb->truesize());
  const frame_id frame = skb->frame;
  skb->is_copy = copy;
  skb->dst.reset();  // ipv4_pktinfo_prepare
  if (copy)
    out_.skbs().deliver_copy(*skb, sk_id, skb->len());
  else
    out_.skbs().deliver(*skb, sk_id, skb->len(), false);
  queue_.push_back(std::move(skb));
  data_ready(*this, frame);
  return nullptr;
}

sk_buff* datagram_sock::first_packet(int flags, long& error) {
  std::uint64_t timeout = (flags & abi::msg_dontwait) != 0 ? 0 : sk_rcvtimeo;
  for (;;) {
    machine.sync_software();  // softirqs of this CPU, and other CPUs, fill the queue
    error = take_error();
    if (error != 0) return nullptr;
    if (!queue_.empty()) return queue_.front();
    error = -EAGAIN;
    if (timeout == 0 || wait_for_packet(error, timeout)) return nullptr;
  }
}

long datagram_sock::read_first(receive_message& message, int flags) {
  const bool peeking = (flags & abi::msg_peek) != 0;
  skb_ptr taken;
  if (!peeking) taken = queue_.pop_front();
  const sk_buff& skb = peeking ? *queue_.front() : *taken;
  const std::size_t copied = std::min(message.buffer.size(), skb.len());
  message.frame = skb.frame;
  message.length = skb.len();
  message.name = {abi::af_inet, 0, skb.ip().source};
  message.flags = copied < skb.len() ? abi::msg_trunc : 0;
  message.stamp = !sk_stamp ? -1 : skb.tstamp != 0 ? skb.tstamp : machine.now();
  message.ttl = ttl_of(skb);
  skb.copy_bits(0, message.buffer.first(copied));
  if (!peeking) {
    sk_rmem_alloc -= skb.truesize();  // sock_rfree
    uncharge(skb.truesize(), 0);
    taken.reset();
    machine.consume(kernel::cost::skb_free);
  }
  machine.consume(kernel::cost::copy_to_user_per_byte, copied);
  return static_cast<long>(copied);
}

bool datagram_sock::wait_for_packet(long& error, std::uint64_t& timeout) {
  const std::uint64_t end = clock.jiffies() + timeout;  // of no meaning when there is no limit
  sk_wait.prepare_to_wait_exclusive(abi::epollin | abi::epollerr);
  const bool stays = sk_err == 0 && queue_.empty() && (sk_shutdown & rcv_shutdown) == 0;
  if (stays && timeout == no_limit) {
    machine.schedule();
  } else if (stays) {  // schedule_timeout
    kernel::timer over;
    over.callback = [this, self = machine.current_task()] {
      sk_wait.forget(self);
      machine.wake(self);
    };
    clock.mod_timer(over, static_cast<sim_time>(timeout) * kernel::jiffy);
    machine.schedule();
    clock.del_timer(over);
    timeout = end - std::min(end, clock.jiffies());
  }
  const bool shut = !stays && sk_err == 0 && queue_.empty();
  sk_wait.finish_wait();
  error = sk_err != 0 ? take_error() : 0;
  return error != 0 || shut;
}

// datagram_poll.
poll_mask datagram_sock::poll(poll_table* table, bool /*nonblocking*/) {
  if (table != nullptr) table->queue(sk_wait);
  poll_mask mask = sk_err != 0 || !sk_error_queue.empty() ? abi::epollerr : 0;
  if ((sk_shutdown & rcv_shutdown) != 0) mask |= abi::epollrdhup | abi::epollin | abi::epollrdnorm;
  if (sk_shutdown == shutdown_mask) mask |= abi::epollhup;
  if (!queue_.empty()) mask |= abi::epollin | abi::epollrdnorm;
  if (writeable()) mask |= abi::epollout | abi::epollwrnorm | abi::epollwrband;
  return mask;
}

// sk_common_release.
void datagram_sock::close() {
  if (closed_) return;
  closed_ = true;
  sk_shutdown = shutdown_mask;
  if (sk_stamp) stamps_wanted(false);
  sk_stamp = false;
  unhash();
  inet_num = 0;
  out_.flush(write_queue, cork);
  page.release(out_.memory());
  route.reset();
  queue_.clear();
  sk_lock.discard_backlog();
  sk_error_queue.clear();
  uncharge(sk_rmem_alloc, 0);
  sk_rmem_alloc = 0;
  state_change(*this, 0);
}

}  // namespace ringside::stack
