// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/icmp.h"

#include "sw/stack/checksum.h"
#include "sw/stack/headers.h"
#include "sw/stack/ip.h"
#include "sw/stack/ip_output.h"
#include "sw/stack/ping.h"
#include "sw/stack/raw.h"

namespace ringside::stack {
namespace {
constexpr std::size_t timestamp_bytes = 4;  // what icmp_timestamp wants behind the header
namespace kind = icmp_type;
}  // namespace

// What icmp_unreach and icmp_redirect tell of the header: RFC 1191 next-hop MTU, RFC 792 pointer and gateway.  Without
// path MTU discovery no number is believed, only that it is too little.
std::uint32_t icmp_layer::error_info(const icmp_view& header) const {
  if (header.type() == kind::unreachable && header.code() == icmp_code::fragmentation_needed)
    return out_.routes().sysctls().no_pmtu_disc ? 0 : header.next_hop_mtu();
  if (header.type() == kind::parameter_problem) return header.pointer();
  return header.type() == kind::redirect ? header.gateway() : 0;
}

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
    if (header.type() == kind::echo_reply && skb->dst->type == route_type::local) return deliver_reply(std::move(skb));
    result = handle(*skb, header.type(), header.code());
  }
  if (result != verdict::taken) ++counters_.header_errors;
  if (result == verdict::dropped)
    skbs_.drop(std::move(skb), drop_reason::icmp_header);
  else
    skbs_.consume(std::move(skb));
}

// ping_rcv.  One nobody waits for is dropped, unless a raw socket has had it.
void icmp_layer::deliver_reply(skb_ptr skb) {
  if (ping_ != nullptr) skb = ping_->rcv(std::move(skb));
  if (skb == nullptr) return;
  if (skb->ip().seen_raw)
    skbs_.consume(std::move(skb));
  else
    skbs_.drop(std::move(skb), drop_reason::no_socket);
}

void icmp_layer::err_handler(sk_buff& skb, std::uint32_t info) {
  const ipv4_view quoted(skb.data());
  const icmp_view about(skb.data() + quoted.header_bytes());
  if (about.type() != kind::echo_reply) {
    if (ping_ != nullptr) ping_->err(skb, info);
    return;
  }
  const icmp_view said(skb.transport_header());
  if (said.type() != kind::unreachable || said.code() != icmp_code::fragmentation_needed) return;
  flow way;  // ipv4_update_pmtu
  way.destination = quoted.destination();
  way.source = quoted.source();
  way.protocol = ip_protocol::icmp;
  long error = 0;
  if (const dst_ref route = out_.routes().output(way, error); route) out_.routes().update_pmtu(route, way, info);
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
  if (!skb.may_pull(header_bytes + 8) || protocol == ip_protocol::raw) return verdict::counted;
  const std::uint32_t info = error_info(icmp_view(skb.transport_header()));
  if (raw_ != nullptr) raw_->icmp_error(skb, info);
  if (net_protocol* const about = ip_.find_protocol(protocol); about != nullptr)  // icmp_socket_deliver
    about->err_handler(skb, info);
  return verdict::taken;
}

}  // namespace ringside::stack
