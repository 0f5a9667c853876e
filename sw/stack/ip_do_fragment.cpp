// SPDX-License-Identifier: Apache-2.0
// Packets that are too long for their way are cut (RFC 791 section 3.2; ip_do_fragment of Linux 6.1, IP-5, UD-7): those
// put together as fragments only get headers, others are copied piece by piece.
#include <algorithm>
#include <cerrno>

#include "common/inet.h"
#include "sw/stack/checksum.h"
#include "sw/stack/header_writers.h"
#include "sw/stack/icmp.h"
#include "sw/stack/ip_output.h"
#include "sw/stack/net_device.h"

namespace ringside::stack {

namespace {
/// DF is gone: who asked for it but lets the host cut (IP_PMTUDISC_WANT) has been overtaken by a shorter path
/// (ip_fraglist_init, ip_frag_next without IPSKB_FRAG_PMTU).
void write_fragment_header(sk_buff& skb, std::size_t offset, bool more) {
  ipv4_writer header(skb.network_header());
  header.set_fragment(
      static_cast<std::uint16_t>((more ? inet::more_fragments : 0) | static_cast<std::uint16_t>(offset / 8)));
  header.set_total_length(skb.len());
  write_ip_checksum(skb.network_header());
}
}  // namespace

int ip_output::fragment(skb_ptr skb, std::size_t mtu) {
  const bool forbidden = (ipv4_view(skb->network_header()).fragment() & inet::dont_fragment) != 0 && !skb->ignore_df;
  if (!forbidden) return do_fragment(std::move(skb));
  ++counters_.frag_fails;
  icmp_->icmp_send(*skb, icmp_type::unreachable, icmp_code::fragmentation_needed, static_cast<std::uint32_t>(mtu));
  skbs_.drop(std::move(skb), drop_reason::packet_too_big);
  return -EMSGSIZE;
}

// Whether what is behind the first packet are fragments as they have to be, each with room for its headers.
bool ip_output::cut_already(const sk_buff& skb, std::size_t header, std::size_t space) {
  const std::size_t first = skb.len() - header;
  if (skb.frag_list.empty() || first > space || first % 8 != 0 || skb.cloned() || skb.headroom() < link_reserve)
    return false;
  for (const sk_buff* f = skb.frag_list.front(); f != nullptr; f = sk_buff_queue::next(*f)) {
    const bool last = sk_buff_queue::next(*f) == nullptr;
    if (f->len() > space || (f->len() % 8 != 0 && !last) || f->headroom() < header + link_reserve || f->cloned())
      return false;
  }
  return true;
}

int ip_output::do_fragment(skb_ptr skb) {
  const auto fail = [&](long error, drop_reason reason) {
    skbs_.drop(std::move(skb), reason);
    ++counters_.frag_fails;
    return static_cast<int>(error);
  };
  if (skb->ip_summed == checksum_state::partial && !complete_checksum(host_, *skb))
    return fail(-EINVAL, drop_reason::tx_invalid);
  const auto* const sender = static_cast<const inet_sock*>(skb->sk);
  const std::size_t mtu = sender == nullptr || sender->use_pmtu() ? routes_.mtu(*skb->dst) : skb->dst->dev->mtu;
  const std::size_t header = ipv4_view(skb->network_header()).header_bytes();
  if (mtu < header + 8) return fail(-EMSGSIZE, drop_reason::packet_too_big);
  const std::size_t space = mtu - header;
  return cut_already(*skb, header, space) ? send_list(std::move(skb), header)
                                          : send_copies(std::move(skb), header, space);
}

// The fast path: ip_fraglist_init, _prepare, _next.  Every fragment pays for itself from here on.
int ip_output::send_list(skb_ptr skb, std::size_t header) {
  sk_buff_queue rest;
  std::swap(rest, skb->frag_list);
  sock* const payer = skb->sk;
  std::size_t truesize = skb->truesize();
  for (sk_buff* f = rest.front(); f != nullptr; f = sk_buff_queue::next(*f)) {
    if (payer != nullptr) {
      f->sk = payer;
      f->destructor = &sock::wfree;
    }
    truesize -= f->truesize();
  }
  skb->set_truesize(truesize);
  const frame_id whole = skb->frame;
  std::size_t offset = 0;
  int error = 0;
  write_fragment_header(*skb, 0, true);
  for (;;) {
    // The header of the next one, before this one is gone.
    sk_buff* const next = rest.front();
    if (next != nullptr) {
      host_.consume(kernel::cost::ip_fragment);
      offset += skb->len() - header;
      next->ip_summed = checksum_state::none;
      next->reset_transport_header();
      std::byte* const at = next->push(header);
      next->reset_network_header();
      skb->copy_bits(0, {at, header});
      static_cast<skb_headers&>(*next) = *skb;  // ip_copy_metadata
      next->dst = skb->dst;
      write_fragment_header(*next, offset, sk_buff_queue::next(*next) != nullptr);
      next->frame = frames_.derived(whole, link_kind::segment_of);
    }
    error = finish_output2(std::move(skb));
    if (error == 0) ++counters_.frag_creates;
    if (error != 0 || next == nullptr) break;
    skb = rest.pop_front();
  }
  if (error == 0) {
    ++counters_.fragmented;
    return 0;
  }
  // The one that has its header is a frame already (kfree_skb_list).
  while (skb_ptr left = rest.pop_front()) {
    if (left->frame != 0)
      skbs_.drop(std::move(left), drop_reason::tx_flushed);
    else
      skbs_.free_silently(std::move(left));
  }
  ++counters_.frag_fails;
  return error;
}

// ip_frag_next: `bytes` from `at` on, behind a copy of the header.
skb_ptr ip_output::next_copy(sk_buff& skb, std::size_t header, std::size_t at, std::size_t bytes, bool last) {
  skb_ptr piece = skbs_.alloc_to_send(bytes + header + link_reserve);
  if (piece == nullptr) return nullptr;
  host_.consume(kernel::cost::ip_fragment);
  static_cast<skb_headers&>(*piece) = skb;
  piece->dst = skb.dst;
  piece->reserve(link_reserve);
  std::byte* to = piece->put(bytes + header);
  piece->reset_network_header();
  piece->set_transport_header(header);
  if (skb.sk != nullptr) skb.sk->set_owner_w(*piece);
  skb.copy_bits(0, {to, header});
  to += header;
  // Of the packet and what is behind it.
  std::size_t from = header + at;
  std::size_t left = bytes;
  for (const sk_buff* f = &skb; left != 0; f = f == &skb ? skb.frag_list.front() : sk_buff_queue::next(*f)) {
    if (from < f->len()) {
      const std::size_t take = std::min(left, f->len() - from);
      f->copy_bits(from, {to, take});
      to += take;
      left -= take;
      from += take;
    }
    from -= f->len();
  }
  host_.consume(kernel::cost::copy_per_byte, bytes + header);
  const std::uint16_t before = ipv4_view(skb.network_header()).fragment();
  const std::size_t offset = static_cast<std::size_t>(before & inet::fragment_offset) * 8 + at;
  const bool more = !last || (before & inet::more_fragments) != 0;
  write_fragment_header(*piece, offset, more);
  return piece;
}

// The slow path.  The first piece is the packet's frame.
int ip_output::send_copies(skb_ptr skb, std::size_t header, std::size_t space) {
  const std::size_t whole = whole_length(*skb) - header;
  const frame_id frame = skb->frame;
  std::size_t at = 0;
  int error = 0;
  while (at < whole && error == 0) {
    std::size_t bytes = std::min(whole - at, space);
    if (at + bytes < whole) bytes &= ~std::size_t{7};
    skb_ptr piece = next_copy(*skb, header, at, bytes, at + bytes == whole);
    if (piece == nullptr) {
      error = -ENOMEM;
      break;
    }
    piece->frame = at == 0 ? frame : frames_.derived(frame, link_kind::segment_of);
    at += bytes;
    error = finish_output2(std::move(piece));
    if (error == 0) ++counters_.frag_creates;
  }
  if (at == 0)
    skbs_.drop(std::move(skb), drop_reason::driver_no_memory);
  else
    skbs_.free_silently(std::move(skb));
  ++(error == 0 ? counters_.fragmented : counters_.frag_fails);
  return error;
}

}  // namespace ringside::stack
