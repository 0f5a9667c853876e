// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/udp.h"

#include <algorithm>

#include "sw/stack/checksum.h"
#include "sw/stack/headers.h"
#include "sw/stack/icmp.h"
#include "sw/stack/ip.h"
#include "sw/stack/ip_output.h"
#include "sw/stack/packet_layer.h"
#include "sw/stack/udp_sock.h"

namespace ringside::stack {
namespace {
constexpr std::size_t checksum_break = 76;  // CHECKSUM_BREAK: longer ones are summed when they are copied
}  // namespace

bool udp_layer::taken(const udp_sock& socket, std::uint16_t port) const {
  return std::any_of(sockets_.begin(), sockets_.end(),
                     [&](const udp_sock* other) { return socket.conflicts(*other, port); });
}

// udp_lib_get_port with number 0: a chain of the hash table by chance, and the ports of a chain in an order by chance.
std::uint16_t udp_layer::draw_port(const udp_sock& socket) {
  constexpr std::uint32_t slots = 256;  // UDP_HTABLE_SIZE_MIN; Linux has more by the size of memory
  const std::uint16_t first_port = out_.routes().sysctls().first_local_port;
  const std::uint16_t last_port = out_.routes().sysctls().last_local_port;
  const std::uint32_t chance = ports_.u32();
  const auto range = static_cast<std::uint32_t>(last_port - first_port + 1);
  const auto start = static_cast<std::uint16_t>((std::uint64_t{chance} * range >> 32) + first_port);
  const auto step = static_cast<std::uint16_t>((chance | 1) * slots);
  for (std::uint32_t slot = 0; slot < slots; ++slot) {
    const auto first = static_cast<std::uint16_t>(start + slot);
    std::uint16_t port = first;
    do {
      if (port >= first_port && port <= last_port && !taken(socket, port)) return port;
      port = static_cast<std::uint16_t>(port + step);
    } while (port != first);
  }
  return 0;
}

// udp_lib_get_port.
bool udp_layer::bind(udp_sock& socket, std::uint16_t port) {
  if (port == 0) {
    port = draw_port(socket);
    if (port == 0) return false;
  } else if (taken(socket, port)) {
    return false;
  }
  socket.set_local_port(port);
  sockets_.insert(sockets_.begin(), &socket);
  return true;
}

route_type udp_layer::address_type(ipv4_address address) const {
  return out_.routes().address_type(address);
}

void udp_layer::stamps_wanted(bool on) {
  packets_.stamps_wanted(on);
}

void udp_layer::udp_rcv(skb_ptr skb) {
  host_.consume(kernel::cost::udp_rcv);
  host_.emit(stage::udp_rcv, skb->frame);
  std::size_t length = 0;
  if (skb->may_pull(header_bytes)) length = udp_view(skb->data()).length();
  if (length < header_bytes || length > skb->len() || !skb->trim(length)) {
    ++counters_.header_errors;
    skbs_.drop(std::move(skb), drop_reason::udp_header);
    return;
  }
  skb->reset_transport_header();  // may_pull() may have moved the bytes
  if (!checksum_init(*skb, length)) {
    ++counters_.checksum_errors;
    skbs_.drop(std::move(skb), drop_reason::udp_checksum);
    return;
  }
  const udp_view udp(skb->data());
  const ports p{udp.source_port(), udp.destination_port()};
  host_.consume(kernel::cost::socket_lookup);
  if (skb->dst->type != route_type::local) return mcast_deliver(std::move(skb), p);
  unicast_deliver(std::move(skb), p);
}

void udp_layer::unicast_deliver(skb_ptr&& skb, const ports& p) {
  udp_sock* socket = lookup({skb->ip().destination, p.destination, skb->ip().source, p.source});
  if (socket == nullptr) {
    if (skb->ip_summed == checksum_state::none && !checksum_right(*skb)) {  // a wrong one is no datagram at all
      ++counters_.checksum_errors;
      skbs_.drop(std::move(skb), drop_reason::udp_checksum);
      return;
    }
    ++counters_.no_ports;
    icmp_.icmp_send(*skb, icmp_type::unreachable, icmp_code::port_unreachable, 0);
    skbs_.drop(std::move(skb), drop_reason::no_socket);
    return;
  }
  host_.consume(kernel::cost::socket_enqueue);
  skb->pull(header_bytes);
  skb_ptr refused = socket->enqueue(std::move(skb), false);
  if (refused == nullptr) return;
  ++counters_.receive_buffer_errors;
  skbs_.drop(std::move(refused), drop_reason::socket_rcvbuf);
}

// __udp4_lib_mcast_deliver: a clone for each socket but the first of the chain, which gets the packet itself, last.
void udp_layer::mcast_deliver(skb_ptr&& skb, const ports& p) {
  std::vector<udp_sock*> wanted;
  for (udp_sock* socket : sockets_)
    if (socket->match(skb->ip().destination, p.destination, skb->ip().source, p.source) > 0) wanted.push_back(socket);
  if (wanted.empty()) {
    ++counters_.ignored_multicast;
    skbs_.drop(std::move(skb), drop_reason::no_socket);
    return;
  }
  skb->pull(header_bytes);
  bool delivered = false;
  for (std::size_t i = 1; i < wanted.size(); ++i) {
    host_.consume(kernel::cost::socket_enqueue);
    skb_ptr refused = wanted[i]->enqueue(skbs_.clone(*skb), delivered);
    delivered = delivered || refused == nullptr;
    if (refused == nullptr) continue;
    ++counters_.receive_buffer_errors;
    skbs_.free_silently(std::move(refused));
  }
  host_.consume(kernel::cost::socket_enqueue);
  skb_ptr refused = wanted.front()->enqueue(std::move(skb), delivered);
  if (refused == nullptr) return;
  ++counters_.receive_buffer_errors;
  if (delivered)
    skbs_.free_silently(std::move(refused));
  else
    skbs_.drop(std::move(refused), drop_reason::socket_rcvbuf);
}

// udp4_csum_init: nothing left to verify afterwards is CHECKSUM_UNNECESSARY.
bool udp_layer::checksum_init(sk_buff& skb, std::size_t length) {
  if (udp_view(skb.data()).checksum() == 0)
    skb.ip_summed = checksum_state::unnecessary;  // RFC 768: the sender computed none
  // What was looped back unfinished was never on a wire.
  if (skb.ip_summed != checksum_state::none || length > checksum_break) return true;
  if (!checksum_right(skb)) return false;
  skb.ip_summed = checksum_state::unnecessary;
  return true;
}

bool udp_layer::checksum_right(const sk_buff& skb) {
  const std::byte* header = skb.transport_header();
  const std::size_t length = udp_view(header).length();
  const std::size_t pulled = length - skb.len();  // of the header, by then
  host_.consume(kernel::cost::checksum_per_byte, length);
  inet_sum sum;
  sum.add({header, pulled});
  add_packet(sum, skb, 0, length - pulled);
  add_pseudo_header(sum, skb, ip_protocol::udp, length);
  return sum.folded() == 0xFFFF;
}

void udp_layer::drop_unread(skb_ptr skb) {
  ++counters_.checksum_errors;
  if (!skb->is_copy) skbs_.revoke(skb->frame, drop_reason::udp_checksum);
  skbs_.free_silently(std::move(skb));
}

// The most specific socket wins (compute_score of net/ipv4/udp.c); among equals the one bound last (SO-3).
udp_sock* udp_layer::lookup(const four_tuple& t) const {
  udp_sock* best = nullptr;
  int best_score = 0;
  for (udp_sock* socket : sockets_) {
    const int score = socket->match(t.local, t.local_port, t.remote, t.remote_port);
    if (score > best_score) {
      best = socket;
      best_score = score;
    }
  }
  return best;
}

}  // namespace ringside::stack
