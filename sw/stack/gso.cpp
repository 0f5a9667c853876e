// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/gso.h"

#include <algorithm>
#include <cstring>

#include "common/inet.h"
#include "sw/stack/checksum.h"
#include "sw/stack/eth.h"
#include "sw/stack/frame_numbers.h"
#include "sw/stack/header_writers.h"
#include "sw/stack/ip.h"
#include "sw/stack/qdisc.h"

namespace ringside::stack {
namespace {

// TCP flags (RFC 9293 3.1, RFC 3168 6.1.2).
constexpr std::uint8_t fin = 0x01;
constexpr std::uint8_t psh = 0x08;
constexpr std::uint8_t cwr = 0x80;

}  // namespace

std::uint32_t gso_header_bytes(const sk_buff& skb) {
  return static_cast<std::uint32_t>(skb.transport_offset() + tcp_view(skb.transport_header()).header_bytes());
}

bool gso_layer::segment(sk_buff& skb, feature_set features, sk_buff_queue& segments) {
  const std::uint16_t mss = skb.shared().gso_size;
  const std::size_t transport = skb.transport_offset();
  if (!is_tcp4(skb) || mss == 0 || !skb.may_pull(transport + tcp_view::bytes)) return false;
  const std::size_t headers = gso_header_bytes(skb);
  if (headers >= skb.len() || !skb.may_pull(headers)) return false;
  const bool offload_sum = features.has(device_feature::tx_checksum);
  const bool pieces = features.has(device_feature::sg) && offload_sum;
  sk_buff_queue made;
  std::uint32_t number = 0;
  for (std::size_t at = headers; at < skb.len(); at += mss, ++number) {
    const std::size_t bytes = std::min<std::size_t>(mss, skb.len() - at);
    skb_ptr segment = make_segment(skb, headers, at, bytes, pieces);
    if (segment == nullptr) return false;
    write_headers(*segment, skb, number, at + bytes == skb.len(), offload_sum);
    made.push_back(std::move(segment));
  }
  // Frames come to be when all of them are there: until then nothing of it is seen.
  for (sk_buff* each = made.front(); each != nullptr; each = sk_buff_queue::next(*each))
    each->frame = skb.frame == 0 ? 0 : numbers_.derived(skb.frame, link_kind::segment_of);
  // The socket has paid for the whole: the last segment to go tells it so.
  sk_buff& last = *made.back();
  std::swap(last.sk, skb.sk);
  std::swap(last.destructor, skb.destructor);
  if (last.sk != nullptr) {
    const std::size_t paid = skb.truesize();
    skb.set_truesize(last.truesize());
    last.set_truesize(paid);
  }
  segments.splice_back(made);
  return true;
}

// Headers, and what of the payload is linear, are copied; fragments are shared where the device takes pieces and sums
// them itself.
skb_ptr gso_layer::make_segment(const sk_buff& skb, std::size_t headers, std::size_t from, std::size_t bytes,
                                bool pieces) {
  const std::size_t linear = skb.headlen() > from ? std::min(bytes, skb.headlen() - from) : 0;
  const std::size_t copied = pieces ? linear : bytes;
  host_.sync_software();
  skb_ptr segment = skbs_.alloc_skb(headers + copied);
  if (segment == nullptr) return nullptr;
  host_.consume(kernel::cost::copy_per_byte, headers + copied);
  skb.copy_bits(0, {segment->put(headers), headers});
  if (copied != 0) skb.copy_bits(from, {segment->put(copied), copied});
  static_cast<skb_headers&>(*segment) = skb;
  segment->claim_control<qdisc_control>() = skb.control<qdisc_control>();
  segment->reset_mac_header();
  segment->set_network_header(skb.network_offset());
  segment->set_transport_header(skb.transport_offset());
  if (copied == bytes) return segment;
  std::size_t at = skb.headlen();
  const std::size_t end = from + bytes;
  for (std::size_t i = 0; i < skb.frag_count(); ++i) {
    const skb_frag& frag = skb.shared().frags[i];
    const std::size_t first = std::max(at, from + linear);
    const std::size_t last = std::min(at + frag.size, end);
    if (first < last) {
      memory_.get_page(frag.buffer);
      segment->add_frag(frag.buffer, frag.offset + static_cast<std::uint32_t>(first - at),
                        static_cast<std::uint32_t>(last - first), static_cast<std::uint32_t>(last - first));
    }
    at += frag.size;
  }
  return segment;
}

// inet_gso_segment and tcp_gso_segment: what differs from the first segment on.
void gso_layer::write_headers(sk_buff& segment, const sk_buff& of, std::uint32_t number, bool last, bool offload_sum) {
  std::byte* const ip = segment.network_header();
  std::byte* const tcp = segment.transport_header();
  const std::size_t ip_bytes = segment.len() - segment.network_offset();
  const std::size_t ip_header_bytes = ipv4_view(ip).header_bytes();
  ipv4_writer header(ip);
  header.set_total_length(ip_bytes);
  header.set_identification(static_cast<std::uint16_t>(ipv4_view(ip).identification() + number));
  write_ip_checksum(ip);

  tcp_writer transport(tcp);
  transport.set_sequence(tcp_view(tcp).sequence() + number * of.shared().gso_size);
  std::uint8_t flags = tcp_view(tcp).flags();
  if (!last) flags &= static_cast<std::uint8_t>(~(fin | psh));
  if (number != 0) flags &= static_cast<std::uint8_t>(~cwr);
  transport.set_flags(flags);

  const std::size_t tcp_bytes = ip_bytes - ip_header_bytes;
  inet_sum pseudo;
  pseudo.add32(ipv4_view(ip).source());
  pseudo.add32(ipv4_view(ip).destination());
  pseudo.add16(ip_protocol::tcp);
  pseudo.add32(static_cast<std::uint32_t>(tcp_bytes));
  transport.set_checksum(pseudo.folded());
  segment.ip_summed = checksum_state::partial;
  segment.csum_start = static_cast<std::uint16_t>(segment.headroom() + segment.transport_offset());
  segment.csum_offset = tcp_view::checksum_at;
  if (offload_sum) return;
  host_.consume(kernel::cost::checksum_per_byte, tcp_bytes);
  inet_sum sum;
  add_packet(sum, segment, segment.transport_offset(), tcp_bytes);
  transport.set_checksum(static_cast<std::uint16_t>(~sum.folded()));
  segment.ip_summed = checksum_state::none;
}

}  // namespace ringside::stack
