// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/icmp.h"

#include "sw/stack/checksum.h"
#include "sw/stack/headers.h"
#include "sw/stack/ip.h"

namespace ringside::stack {
namespace {
constexpr std::size_t timestamp_bytes = 4;       // what icmp_timestamp wants behind the header
constexpr std::uint8_t highest_known_type = 18;  // NR_ICMP_TYPES: address mask reply
constexpr std::uint8_t protocol_raw = 255;       // IPPROTO_RAW

// RFC 792, RFC 950 (address masks), RFC 8335 (extended echo).
namespace kind {
constexpr std::uint8_t unreachable = 3;
constexpr std::uint8_t source_quench = 4;
constexpr std::uint8_t redirect = 5;
constexpr std::uint8_t echo = 8;
constexpr std::uint8_t time_exceeded = 11;
constexpr std::uint8_t parameter_problem = 12;
constexpr std::uint8_t timestamp = 13;
constexpr std::uint8_t address_mask = 17;
constexpr std::uint8_t address_mask_reply = 18;
constexpr std::uint8_t extended_echo = 42;
constexpr std::uint8_t extended_echo_reply = 43;
}  // namespace kind
constexpr std::uint8_t highest_unreachable_code = 15;  // NR_ICMP_UNREACH
constexpr std::uint8_t fragmentation_needed = 4;       // ICMP_FRAG_NEEDED
constexpr std::uint8_t reassembly_time = 1;            // ICMP_EXC_FRAGTIME

// What icmp_unreach and icmp_redirect tell of the header: RFC 1191 next-hop MTU, RFC 792 pointer and gateway.
std::uint32_t error_info(const icmp_view& header) {
  if (header.type() == kind::unreachable && header.code() == fragmentation_needed) return header.next_hop_mtu();
  if (header.type() == kind::parameter_problem) return header.pointer();
  return header.type() == kind::redirect ? header.gateway() : 0;
}
}  // namespace

void icmp_layer::icmp_rcv(skb_ptr skb) {
  host_.consume(kernel::cost::icmp_rcv);
  host_.emit(stage::icmp_rcv, skb->frame);
  ++counters_.messages;
  const std::size_t bytes = skb->len();
  if (skb->ip_summed != checksum_state::unnecessary) {
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
// (icmp_echo_ignore_broadcasts = 1, RFC 1122 3.2.2.6 and 3.2.2.8) and only address masks are no error.
icmp_layer::verdict icmp_layer::handle(sk_buff& skb, std::uint8_t type, std::uint8_t code) {
  if (type == kind::extended_echo || type == kind::extended_echo_reply) return verdict::taken;  // probe is off
  if (type > highest_known_type) return verdict::dropped;
  if (skb.dst->type != route_type::local && type != kind::address_mask && type != kind::address_mask_reply)
    return verdict::dropped;
  switch (type) {
    case kind::unreachable:
    case kind::source_quench:
    case kind::redirect:
    case kind::time_exceeded:
    case kind::parameter_problem:
      return quoted(skb, type, code);
    case kind::timestamp:
      return skb.len() < timestamp_bytes ? verdict::dropped : verdict::taken;
    default:
      return verdict::taken;
  }
}

// icmp_unreach, icmp_redirect and icmp_socket_deliver: an error quotes the header it is about and eight bytes more.
icmp_layer::verdict icmp_layer::quoted(sk_buff& skb, std::uint8_t type, std::uint8_t code) {
  if (!skb.may_pull(ipv4_view::bytes)) return verdict::dropped;
  const std::size_t header_bytes = ipv4_view(skb.data()).header_bytes();
  if (type != kind::redirect && header_bytes < ipv4_view::bytes) return verdict::dropped;
  if (type == kind::unreachable && code > highest_unreachable_code) return verdict::taken;
  if (type == kind::time_exceeded && code == reassembly_time) return verdict::taken;
  const std::uint8_t protocol = ipv4_view(skb.data()).protocol();
  if (!skb.may_pull(header_bytes + 8) || protocol == protocol_raw) return verdict::counted;
  if (net_protocol* const about = ip_.find_protocol(protocol); about != nullptr)  // icmp_socket_deliver
    about->err_handler(skb, error_info(icmp_view(skb.transport_header())));
  return verdict::taken;
}

}  // namespace ringside::stack
