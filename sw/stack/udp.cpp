#include "sw/stack/udp.h"

#include "sw/stack/checksum.h"
#include "sw/stack/ip.h"
#include "sw/stack/socket.h"

namespace ringside::stack {

bool udp_layer::bind(udp_socket& socket) {
  for (const udp_socket* other : sockets_)
    if (other->local_port() == socket.local_port() && other->local_address() == socket.local_address()) return false;
  sockets_.push_back(&socket);
  return true;
}

void udp_layer::udp_rcv(skb_ptr skb) {
  host_.consume(kernel::cost::udp_rcv);
  host_.emit(stage::udp_rcv, skb->frame);
  std::size_t length = 0;
  if (skb->may_pull(header_bytes)) length = load_be16(skb->data() + 4);
  if (length < header_bytes || length > skb->len()) {
    ++counters_.header_errors;
    skbs_.drop(std::move(skb), drop_reason::udp_header);
    return;
  }
  skb->reset_transport_header();  // may_pull() may have moved the bytes
  skb->trim(length);
  if (!checksum_ok(*skb, length)) {
    ++counters_.checksum_errors;
    skbs_.drop(std::move(skb), drop_reason::udp_checksum);
    return;
  }
  const std::uint16_t source_port = load_be16(skb->data());
  const std::uint16_t destination_port = load_be16(skb->data() + 2);
  host_.consume(kernel::cost::socket_lookup);
  udp_socket* socket = lookup(*skb, source_port, destination_port);
  if (socket == nullptr) {
    ++counters_.no_ports;
    skbs_.drop(std::move(skb), drop_reason::no_socket);
    return;
  }
  host_.consume(kernel::cost::socket_enqueue);
  skb->pull(header_bytes);
  skb_ptr refused = socket->enqueue(std::move(skb));
  if (refused == nullptr) {
    ++counters_.in_datagrams;
    return;
  }
  ++counters_.receive_buffer_errors;
  skbs_.drop(std::move(refused), drop_reason::socket_rcvbuf);
}

bool udp_layer::checksum_ok(const sk_buff& skb, std::size_t length) {
  if (load_be16(skb.data() + 6) == 0) return true;  // RFC 768: the sender computed none
  if (skb.ip_summed == checksum_state::unnecessary) return true;
  host_.consume(kernel::cost::checksum_per_byte, length);
  inet_sum sum;
  add_packet(sum, skb, 0, length);
  add_pseudo_header(sum, skb, ip_protocol::udp, length);
  return sum.folded() == 0xFFFF;
}

// The most specific socket wins (compute_score of net/ipv4/udp.c); among equals the first bound.
udp_socket* udp_layer::lookup(const sk_buff& skb, std::uint16_t source_port, std::uint16_t destination_port) const {
  udp_socket* best = nullptr;
  int best_score = 0;
  for (udp_socket* socket : sockets_) {
    const int score = socket->match(skb.ip.destination, destination_port, skb.ip.source, source_port);
    if (score > best_score) {
      best = socket;
      best_score = score;
    }
  }
  return best;
}

}  // namespace ringside::stack
