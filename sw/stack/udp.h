// UDP receive (RFC 768): length, checksum, socket lookup, hand-over to the socket's queue.
//
// Owner: net_stack.  Callers: ipv4_layer (protocol 17), udp_socket (bind, close).
#pragma once

#include <cstdint>
#include <vector>

#include "sw/stack/skb_allocator.h"

namespace ringside::stack {

class udp_socket;

struct udp_statistics {
  std::uint64_t in_datagrams = 0;
  std::uint64_t no_ports = 0;
  std::uint64_t header_errors = 0;
  std::uint64_t checksum_errors = 0;
  std::uint64_t receive_buffer_errors = 0;
};

class udp_layer {
 public:
  static constexpr std::size_t header_bytes = 8;

  udp_layer(kernel::host& machine, skb_allocator& skbs) : host_(machine), skbs_(skbs) {}

  void udp_rcv(skb_ptr skb);

  /// Adds a socket to the table; false when another one is bound to the same address and port.
  bool bind(udp_socket& socket);
  void unbind(udp_socket& socket) { std::erase(sockets_, &socket); }

  skb_allocator& skbs() { return skbs_; }
  const udp_statistics& counters() const { return counters_; }

 private:
  bool checksum_ok(const sk_buff& skb, std::size_t length);
  udp_socket* lookup(const sk_buff& skb, std::uint16_t source_port, std::uint16_t destination_port) const;

  kernel::host& host_;
  skb_allocator& skbs_;
  std::vector<udp_socket*> sockets_;  // in the order they were bound
  udp_statistics counters_;
};

}  // namespace ringside::stack
