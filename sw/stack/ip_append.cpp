// SPDX-License-Identifier: Apache-2.0
// Datagrams put together: cut into fragments as they grow, so that nothing has to be copied again when they leave
// (__ip_append_data, __ip_make_skb; UD-4 to UD-7).
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/inet.h"
#include "sw/kernel/jiffies.h"
#include "sw/stack/header_writers.h"
#include "sw/stack/ip_output.h"
#include "sw/stack/net_device.h"

namespace ringside::stack {

namespace {
constexpr std::size_t header_bytes = ipv4_view::bytes;
constexpr std::size_t largest_packet = 65535;  // IP_MAX_MTU
constexpr std::uint32_t least_mtu = 68;        // IPV4_MIN_MTU
constexpr std::size_t alignment_reserve = 15;  // of alloc_extra
}  // namespace

struct ip_output::append_state {
  inet_sock& sk;
  ip_cork& cork;
  sk_buff_queue& queue;
  const payload_source& from;
  std::size_t length;            // to come, header of the transport included
  std::size_t transport_header;  // not made yet
  int flags;
  bool partial;  // the device will sum
  std::size_t mtu;
  std::size_t most;            // in a packet that is not the last (maxfraglen)
  std::size_t offset = 0;      // in `from`
  std::size_t wmem_delta = 0;  // charged at the end
};

long ip_output::setup(const inet_sock& sk, ip_cork& cork) const {
  cork.fragsize = sk.use_pmtu() ? routes_.mtu(*cork.route) : cork.route->dev->mtu;
  cork.length = 0;
  return cork.fragsize < least_mtu ? -ENETUNREACH : 0;
}

long ip_output::append_data(inet_sock& sk, ip_cork& cork, sk_buff_queue& queue, const payload_source& from,
                            std::size_t length, std::size_t transport_header, int flags) {
  const net_device& dev = *cork.route->dev;
  const std::size_t mtu = cork.fragsize;
  const std::size_t longest = (sk.ignore_df() ? largest_packet : mtu) - header_bytes;
  if (cork.length + length > longest) {
    sk.local_error(skbs_, EMSGSIZE, cork.way.destination, sk.peer_port(), static_cast<std::uint32_t>(mtu));
    return -EMSGSIZE;
  }
  if (!queue.empty()) transport_header = 0;
  const bool partial = transport_header != 0 && length + header_bytes <= mtu &&
                       dev.features.has(device_feature::tx_checksum) && (flags & abi::msg_more) == 0;
  append_state s{sk,     cork,
                 queue,  from,
                 length, transport_header,
                 flags,  partial,
                 mtu,    ((mtu - header_bytes) & ~std::size_t{7}) + header_bytes};
  cork.length += length;
  long error = 0;
  bool first = queue.empty();
  while (error == 0 && (first || s.length > 0)) {
    std::size_t copy = 0;
    if (!first) {
      const std::size_t filled = queue.back()->len();
      copy = mtu > filled ? mtu - filled : 0;
      if (copy < s.length) copy = s.most > filled ? s.most - filled : 0;
    }
    error = copy == 0 ? append_fragment(s) : append_to_page(s, std::min(copy, s.length));
    first = false;
  }
  host_.sync_software();
  sk.charge_w(s.wmem_delta);
  if (error == 0) return 0;
  cork.length -= s.length;
  ++counters_.out_discards;
  return error;
}

// One more packet, which takes over from the last one what it holds beyond whole units of eight bytes.
long ip_output::append_fragment(append_state& s) {
  sk_buff* const previous = s.queue.back();
  const net_device& dev = *s.cork.route->dev;
  const std::size_t gap = previous == nullptr ? 0 : previous->len() - s.most;
  std::size_t data = s.length + gap;
  if (data > s.mtu - header_bytes) data = s.most - header_bytes;
  const std::size_t bytes = data + header_bytes;
  std::size_t room = bytes;
  if ((s.flags & abi::msg_more) != 0 && !dev.features.has(device_feature::sg)) room = s.mtu;
  room += link_reserve + alignment_reserve;

  skb_ptr skb;
  long error = -ENOBUFS;
  if (s.transport_header != 0) {
    skb = s.sk.alloc_send_skb(skbs_, room, (s.flags & abi::msg_dontwait) != 0, error);
  } else {
    host_.sync_software();
    if (s.sk.wmem_alloc() + s.wmem_delta <= 2 * s.sk.sndbuf()) skb = skbs_.alloc_to_send(room);
  }
  if (skb == nullptr) return error;
  if (previous == nullptr) {
    skb->frame = frames_.made(s.cork.cause, s.cork.why);
    s.sk.frame_begun(skb->frame, s.length - s.transport_header);
  }
  skb->ip_summed = s.partial ? checksum_state::partial : checksum_state::none;
  skb->reserve(link_reserve);
  std::byte* at = skb->put(bytes) + header_bytes + s.transport_header;
  skb->reset_network_header();
  skb->set_transport_header(header_bytes);
  if (gap != 0) {
    previous->copy_bits(s.most, {at, gap});
    host_.consume(kernel::cost::copy_per_byte, gap);
    at += gap;
    previous->trim(s.most);
  }
  const std::size_t copy = data - s.transport_header - gap;
  if (copy != 0) s.from.copy(s.offset, {at, copy});
  s.offset += copy;
  s.length -= copy + s.transport_header;
  s.transport_header = 0;
  s.partial = false;
  if (skb->destructor == nullptr) {
    skb->sk = &s.sk;
    skb->destructor = &sock::wfree;
    s.wmem_delta += skb->truesize();
  }
  s.queue.push_back(std::move(skb));
  return 0;
}

// Into the packet that is there: behind its bytes, or, where the device takes pieces, into the socket's page.
long ip_output::append_to_page(append_state& s, std::size_t copy) {
  sk_buff& skb = *s.queue.back();
  if (!s.cork.route->dev->features.has(device_feature::sg) && skb.tailroom() >= copy) {
    s.from.copy(s.offset, {skb.put(copy), copy});
  } else {
    page_fragment& page = s.sk.page;
    if (page.page == 0 || page.offset == sk_buff::page_bytes) {  // sk_page_frag_refill
      host_.sync_software();
      page.release(memory_);
      page = {memory_.alloc(sk_buff::page_bytes), 0};
      host_.consume(kernel::cost::page_alloc);
      if (page.page == 0) return -ENOMEM;
    }
    copy = std::min<std::size_t>(copy, sk_buff::page_bytes - page.offset);
    const auto size = static_cast<std::uint32_t>(copy);
    if (!skb.append_page(page.page, page.offset, size)) return -EMSGSIZE;
    s.from.copy(s.offset, {memory_.at(page.page) + page.offset, copy});
    page.offset += size;
    s.wmem_delta += copy;
  }
  s.offset += copy;
  s.length -= copy;
  return 0;
}

// The fragments behind the first give up their place for a header, which is made when they leave.
skb_ptr ip_output::make_skb(inet_sock& sk, ip_cork& cork, sk_buff_queue& queue) {
  skb_ptr skb = queue.pop_front();
  if (skb == nullptr) return nullptr;
  std::size_t length = skb->len();
  std::size_t truesize = skb->truesize();
  while (skb_ptr next = queue.pop_front()) {
    next->pull(header_bytes);
    next->destructor = nullptr;
    next->sk = nullptr;
    length += next->len();
    truesize += next->truesize();
    skb->frag_list.push_back(std::move(next));
  }
  skb->set_truesize(truesize);
  skb->ignore_df = sk.ignore_df();
  const int discovery = sk.mtu_discovery();
  const bool always = discovery == abi::ip_pmtudisc_do || discovery == abi::ip_pmtudisc_probe;
  // ip_dont_fragment.
  const bool wanted =
      discovery == abi::ip_pmtudisc_do || (discovery == abi::ip_pmtudisc_want && !cork.route->mtu_locked);
  const bool dont_fragment = always || (length <= routes_.mtu(*cork.route) && wanted);
  std::uint8_t ttl = cork.ttl;
  if (ttl == 0) ttl = cork.route->type == route_type::multicast ? sk.multicast_ttl() : sk.time_to_live();

  ipv4_writer header(skb->network_header());
  header.set_version_and_length(header_bytes);
  header.set_type_of_service(cork.tos < 0 ? sk.type_of_service() : static_cast<std::uint8_t>(cork.tos));
  header.set_total_length(0);
  header.set_fragment(dont_fragment ? inet::dont_fragment : 0);
  header.set_time_to_live(ttl);
  header.set_protocol(sk.protocol_number());
  header.set_checksum(0);
  header.set_source(cork.way.source);
  header.set_destination(cork.way.destination);
  // ip_select_ident.
  if (sk.peer_address() != 0)
    header.set_identification(sk.next_id());
  else if (dont_fragment && !skb->ignore_df)
    header.set_identification(0);
  else
    header.set_identification(
        idents_.next(cork.way.destination, cork.way.source, sk.protocol_number(), host_.now() / kernel::jiffy));
  skb->priority = sk.priority();
  skb->mark = sk.mark();
  skb->dst = std::move(cork.route);
  return skb;
}

void ip_output::flush(sk_buff_queue& queue, ip_cork& cork) {
  while (skb_ptr skb = queue.pop_front()) {
    if (skb->frame != 0)
      skbs_.drop(std::move(skb), drop_reason::tx_flushed);
    else
      skbs_.free_silently(std::move(skb));
  }
  cork.route.reset();
  cork.length = 0;
}

}  // namespace ringside::stack
