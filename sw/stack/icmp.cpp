// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/icmp.h"

#include "sw/stack/checksum.h"
#include "sw/stack/headers.h"
#include "sw/stack/ip.h"
#include "sw/stack/ip_output.h"

namespace ringside::stack {
namespace {
constexpr std::size_t timestamp_bytes = 4;  // what icmp_timestamp wants behind the header
constexpr std::uint8_t protocol_raw = 255;  // IPPROTO_RAW
namespace kind = icmp_type;

// What icmp_unreach and icmp_redirect tell of the header: RFC 1191 next-hop MTU, RFC 792 pointer and gateway.
std::uint32_t error_info(const icmp_view& header) {
  if (header.type() == kind::unreachable && header.code() == icmp_code::fragmentation_needed)
    return header.next_hop_mtu();
  if (header.type() == kind::parameter_problem) return header.pointer();
  return header.type() == kind::redirect ? header.gateway() : 0;
}
}  // namespace

void icmp_layer::icmp_rcv(skb_ptr skb) {
  host_.consume(kernel::cost::icmp_rcv);
  host_.emit(stage::icmp_rcv, skb->frame);
  ++counters_.messages;
  const std::size_t bytes = skb->len();
  if (skb->ip_summed == checksum_state::none) {
    host_.consume(kernel::cost::checksum_per_byte, bytes);
    inet_sum sum;
    add_packet(sum, *skb, 0, bytes);
    if (sum.folded() != 0xFFFF) {
      ++counters_.checksum_errors;
      skbs_.drop(std::move(skb), drop_reason::icmp_checksum);
      return;
    }
  }
  verdict result = verdict::dropped;
  if (skb->may_pull(icmp_view::bytes)) {
    const icmp_view header(skb->data());
    ++counters_.by_type[header.type()];
    skb->pull(icmp_view::bytes);
    result = handle(*skb, header.type(), header.code());
  }
  if (result != verdict::taken) ++counters_.header_errors;
  if (result == verdict::dropped)
    skbs_.drop(std::move(skb), drop_reason::icmp_header);
  else
    skbs_.consume(std::move(skb));
}

// The types by name are those of icmp_rcv and icmp_pointers; of a broadcast none is answered
// unless icmp_echo_ignore_broadcasts is 0 (RFC 1122 3.2.2.6 and 3.2.2.8), and only address masks are no error.
icmp_layer::verdict icmp_layer::handle(sk_buff& skb, std::uint8_t type, std::uint8_t code) {
  if (type == kind::extended_echo || type == kind::extended_echo_reply) return verdict::taken;  // probe is off
  if (type > kind::last_known) return verdict::dropped;
  const bool asks = type == kind::echo || type == kind::timestamp;
  const bool mask = type == kind::address_mask || type == kind::address_mask_reply;
  if (skb.dst->type != route_type::local && !mask && (!asks || out_.routes().sysctls().echo_ignore_broadcasts))
    return verdict::dropped;
  switch (type) {
    case kind::unreachable:
    case kind::source_quench:
    case kind::redirect:
    case kind::time_exceeded:
    case kind::parameter_problem:
      return quoted(skb, type, code);
    case kind::echo:
      answer_echo(skb);
      return verdict::taken;
    case kind::timestamp:
      if (skb.len() < timestamp_bytes) return verdict::dropped;
      answer_timestamp(skb);
      return verdict::taken;
    default:
      return verdict::taken;
  }
}

// icmp_unreach, icmp_redirect and icmp_socket_deliver: an error quotes the header it is about and eight bytes more.
icmp_layer::verdict icmp_layer::quoted(sk_buff& skb, std::uint8_t type, std::uint8_t code) {
  if (!skb.may_pull(ipv4_view::bytes)) return verdict::dropped;
  const std::size_t header_bytes = ipv4_view(skb.data()).header_bytes();
  if (type != kind::redirect && header_bytes < ipv4_view::bytes) return verdict::dropped;
  if (type == kind::unreachable && code > icmp_code::last_known) return verdict::taken;
  if (type == kind::time_exceeded && code == icmp_code::reassembly_time) return verdict::taken;
  const std::uint8_t protocol = ipv4_view(skb.data()).protocol();
  if (!skb.may_pull(header_bytes + 8) || protocol == protocol_raw) return verdict::counted;
  if (net_protocol* const about = ip_.find_protocol(protocol); about != nullptr)  // icmp_socket_deliver
    about->err_handler(skb, error_info(icmp_view(skb.transport_header())));
  return verdict::taken;
}

}  // namespace ringside::stack
