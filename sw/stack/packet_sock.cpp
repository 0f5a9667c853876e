// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/packet_sock.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/ethernet.h"
#include "sw/stack/eth.h"
#include "sw/stack/gso.h"
#include "sw/stack/headers.h"
#include "sw/stack/ip_output.h"

namespace ringside::stack {
namespace {

constexpr std::size_t tcp_sum_at = 16;  // RFC 9293 3.1
constexpr std::size_t sum_bytes = 2;
constexpr std::uint16_t least_gso_size = 8;  // TCP_MIN_GSO_SIZE

// net_xmit_errno.
long errno_of(int result) {
  if (result > 0) return result == net_xmit::congestion_notification ? 0 : -ENOBUFS;
  return result;
}

// vlan_get_protocol: the network header stands behind the tags that are in the data (packet_parse_headers).
void parse_headers(sk_buff& skb) {
  skb.reset_mac_header();
  std::size_t at = eth_header_bytes;
  std::uint16_t type = ethernet_view(skb.data()).type();
  skb.protocol = type;
  while (type == ether_type::vlan || type == ether_type::service_vlan) {
    if (!skb.may_pull(at + ethernet::tag_bytes)) break;
    type = vlan_view(skb.data() + at).type();
    at += ethernet::tag_bytes;
  }
  skb.set_network_header(at);
}

}  // namespace

net_device* packet_sock::device(int index) const {
  const auto& all = packets_.devices();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [index](const net_device* dev) { return static_cast<int>(dev->index) == index; });
  return found == all.end() ? nullptr : *found;
}

poll_mask packet_sock::poll(poll_table* table, bool /*nonblocking*/) {
  if (table != nullptr) table->queue(sk_wait);
  return writeable() ? abi::epollout | abi::epollwrnorm | abi::epollwrband : 0;
}

long packet_sock::protocol_setsockopt(int level, int name, std::span<const std::byte> value, const credentials& who) {
  if (level != abi::sol_packet) return sock::protocol_setsockopt(level, name, value, who);
  if (name != abi::packet_vnet_hdr) return -ENOPROTOOPT;
  int number = 0;
  if (value.size() < sizeof number) return -EINVAL;
  std::memcpy(&number, value.data(), sizeof number);
  vnet_header_ = number != 0;
  return 0;
}

// packet_alloc_skb: what the header asks for, or all of a packet below a page, is linear, the rest in pages.
skb_ptr packet_sock::make(std::span<const std::byte> bytes, std::size_t linear, bool nonblocking, long& error) {
  if (ip_output::link_reserve + bytes.size() < sk_buff::page_bytes || linear == 0) linear = bytes.size();
  skb_ptr skb = alloc_send_skb(skbs_, ip_output::link_reserve + linear, nonblocking, error);
  if (skb == nullptr) return nullptr;
  skb->reserve(ip_output::link_reserve - eth_header_bytes);
  std::copy_n(bytes.begin(), linear, skb->put(linear));
  machine.consume(kernel::cost::copy_from_user_per_byte, linear);
  for (std::size_t at = linear; at < bytes.size();) {
    const std::size_t part = std::min<std::size_t>(bytes.size() - at, sk_buff::page_bytes);
    machine.sync_software();
    const kernel::bus_address page = os_.memory().alloc(sk_buff::page_bytes);
    machine.consume(kernel::cost::page_alloc);
    if (page == 0 || !skb->add_frag(page, 0, static_cast<std::uint32_t>(part))) {
      if (page != 0) os_.memory().free(page);
      error = page == 0 ? -ENOBUFS : -EMSGSIZE;
      skbs_.free_silently(std::move(skb));
      return nullptr;
    }
    machine.consume(kernel::cost::copy_from_user_per_byte, part);
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), part, os_.memory().at(page));
    machine.sync_software();  // as in set_owner_w()
    charge_w(sk_buff::page_bytes);
    at += part;
  }
  return skb;
}

// virtio_net_hdr_to_skb, of TCP over IPv4 and of sums alone.  DODGY has the stack count the segments once more
// (tcp4_gso_segment); here they are counted at once.
bool packet_sock::take_header(sk_buff& skb, const abi::virtio_net_hdr& header) {
  const bool cut = header.gso_type != abi::virtio_net_hdr_gso_none;
  if (cut && (header.gso_type != abi::virtio_net_hdr_gso_tcpv4 || header.gso_size == 0)) return false;
  if ((header.flags & abi::virtio_net_hdr_f_needs_csum) == 0) return !cut;
  const std::size_t field = header.csum_offset + sum_bytes;
  const std::size_t needed = header.csum_start + (cut ? std::max(tcp_view::bytes, field) : field);
  if (!skb.may_pull(needed)) return false;
  skb.ip_summed = checksum_state::partial;
  skb.csum_start = static_cast<std::uint16_t>(skb.headroom() + header.csum_start);
  skb.csum_offset = header.csum_offset;
  skb.set_transport_header(header.csum_start);
  if (!cut) return true;
  if (header.csum_offset != tcp_sum_at || skb.transport_offset() <= skb.network_offset()) return false;
  const std::size_t headers = gso_header_bytes(skb);
  if (headers < header.csum_start + tcp_view::bytes || !skb.may_pull(headers)) return false;
  const std::uint16_t size = std::max(header.gso_size, least_gso_size);
  if (skb.len() - headers <= size) return true;  // too small to be cut
  skb_shared_info& shared = skb.shared();
  shared.gso_size = size;
  shared.gso_type = gso_type::tcpv4 | gso_type::dodgy;
  shared.gso_segs = static_cast<std::uint16_t>((skb.len() - headers + size - 1) / size);
  return true;
}

long packet_sock::sendmsg(const send_message& message, int flags) {
  machine.consume(kernel::cost::sendmsg);
  if (message.link == nullptr) return -ENXIO;
  if (message.link->family != abi::af_packet) return -EINVAL;
  machine.sync_software();  // devices come and go, and their links
  net_device* const dev = device(message.link->ifindex);
  if (dev == nullptr) return -ENXIO;
  if (!dev->up) return -ENETDOWN;
  std::span<const std::byte> bytes = message.payload;
  abi::virtio_net_hdr header;
  std::size_t linear = 0;
  if (vnet_header_) {
    if (bytes.size() < sizeof header) return -EINVAL;
    std::memcpy(&header, bytes.data(), sizeof header);
    bytes = bytes.subspan(sizeof header);
    linear = header.hdr_len;
    if ((header.flags & abi::virtio_net_hdr_f_needs_csum) != 0)
      linear = std::max(linear, static_cast<std::size_t>(header.csum_start) + header.csum_offset + sum_bytes);
    if (linear > bytes.size()) return -EINVAL;
  }
  if (bytes.size() < eth_header_bytes) return -EINVAL;
  const bool tagged = ethernet_view(bytes.data()).type() == ether_type::vlan;
  const std::size_t longest = dev->mtu + eth_header_bytes + (tagged ? ethernet::tag_bytes : 0);
  if (header.gso_type == abi::virtio_net_hdr_gso_none && bytes.size() > longest) return -EMSGSIZE;
  long error = 0;
  skb_ptr skb = make(bytes, std::max(linear, eth_header_bytes), (flags & abi::msg_dontwait) != 0, error);
  if (skb == nullptr) return error;
  skb->dev = dev;
  skb->priority = sk_priority;
  skb->mark = sk_mark;
  parse_headers(*skb);
  if (vnet_header_ && !take_header(*skb, header)) {
    skbs_.free_silently(std::move(skb));
    return -EINVAL;
  }
  machine.sync_software();  // frames of other CPUs take their numbers in the order of time
  skb->frame = frames_.made(message.cause, message.cause != 0 ? cause_kind::frame : cause_kind::task);
  machine.emit(stage::tx_socket, skb->frame, sk_id, bytes.size());
  error = errno_of(transmit_.dev_queue_xmit(std::move(skb)));
  return error == 0 ? static_cast<long>(message.payload.size()) : error;
}

}  // namespace ringside::stack
