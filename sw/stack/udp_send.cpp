// SPDX-License-Identifier: Apache-2.0
// UDP datagrams that leave: header and checksum, and what ICMP says of them afterwards (udp_send_skb, __udp4_lib_err;
// UD-6, UD-8, UE-1).
#include <cerrno>

#include "sw/stack/checksum.h"
#include "sw/stack/header_writers.h"
#include "sw/stack/icmp.h"
#include "sw/stack/icmp_error.h"
#include "sw/stack/ip.h"
#include "sw/stack/ip_output.h"
#include "sw/stack/udp.h"
#include "sw/stack/udp_sock.h"

namespace ringside::stack {

long udp_layer::send(udp_sock& socket, const flow& way, skb_ptr skb) {
  host_.consume(kernel::cost::udp_send);
  host_.emit(stage::tx_udp, skb->frame);
  const std::size_t length = ip_output::whole_length(*skb) - ipv4_view::bytes;
  std::byte* const at = skb->transport_header();
  udp_writer header(at);
  header.set_ports(way.source_port, way.destination_port);
  header.set_length(length);
  header.set_checksum(0);
  inet_sum sum;
  add_pseudo_header(sum, way.source, way.destination, ip_protocol::udp, length);
  if (socket.sends_no_checksum()) {
    skb->ip_summed = checksum_state::none;
  } else if (skb->ip_summed == checksum_state::partial && skb->frag_list.empty()) {  // udp4_hwcsum
    skb->csum_start = static_cast<std::uint16_t>(skb->transport_start());
    skb->csum_offset = 6;
    header.set_checksum(sum.folded());
  } else {
    host_.consume(kernel::cost::checksum_per_byte, length);
    add_packet(sum, *skb, ipv4_view::bytes, skb->len() - ipv4_view::bytes);
    for (const sk_buff* f = skb->frag_list.front(); f != nullptr; f = sk_buff_queue::next(*f))
      add_packet(sum, *f, 0, f->len());
    const auto value = static_cast<std::uint16_t>(~sum.folded());
    header.set_checksum(value == 0 ? 0xFFFF : value);  // CSUM_MANGLED_0
    skb->ip_summed = checksum_state::none;
  }
  const long error = out_.ip_send_skb(std::move(skb));
  if (error == 0) {
    ++counters_.out_datagrams;
    return 0;
  }
  if (error != -ENOBUFS || socket.wants_errors()) return error;
  ++counters_.send_buffer_errors;
  return 0;
}

// A message about what no socket here has sent is an error of its own, which icmp_layer cannot know of.
void udp_layer::err_handler(sk_buff& skb, std::uint32_t info) {
  const ipv4_view quoted(skb.data());
  const udp_view udp(skb.data() + quoted.header_bytes());
  const icmp_view message(skb.transport_header());
  udp_sock* const socket = lookup({quoted.source(), udp.source_port(), quoted.destination(), udp.destination_port()});
  if (socket == nullptr) return icmp_.count_no_socket();
  if (message.type() == icmp_type::source_quench || message.type() == icmp_type::redirect) return;
  icmp_errno error = errno_of(message.type(), message.code());
  if (message.type() == icmp_type::unreachable && message.code() == icmp_code::fragmentation_needed) {
    socket->update_pmtu(quoted.destination(), info);
    if (socket->mtu_discovery() == abi::ip_pmtudisc_dont) return;
    error = {EMSGSIZE, true};
  }
  if (!socket->wants_errors() && (!error.fatal || !socket->connected())) return;
  if (socket->wants_errors())
    socket->icmp_error(skbs_, skb, error.number, udp.destination_port(), info, quoted.header_bytes() + header_bytes);
  socket->report_error(error.number);
}

}  // namespace ringside::stack
