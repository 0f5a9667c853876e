// SPDX-License-Identifier: Apache-2.0
#include "sw/driver/transmitter.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "sw/stack/checksum.h"
#include "sw/stack/eth.h"
#include "sw/stack/gso.h"
#include "sw/stack/headers.h"
#include "sw/stack/ip.h"

namespace ringside::driver {
namespace {

// Where sums and lengths stand in their headers (RFC 791, RFC 9293).
constexpr std::size_t ip_length_at = 2;
constexpr std::size_t ip_sum_at = 10;
constexpr std::size_t tcp_sum_at = 16;

/// TXD_USE_COUNT: pieces of at most 2^power bytes.
constexpr std::uint32_t pieces(std::uint32_t bytes, unsigned power) {
  return (bytes + (1U << power) - 1) >> power;
}

/// vlan_get_protocol: the type behind tags that are in the data.
std::uint16_t protocol_of(const stack::sk_buff& skb) {
  std::uint16_t type = skb.protocol;
  std::size_t at = stack::eth_header_bytes;
  while (type == stack::ether_type::vlan || type == stack::ether_type::service_vlan) {
    std::array<std::byte, stack::vlan_view::bytes> tag;
    if (!skb.copy_bits(at, tag)) break;
    type = stack::vlan_view(tag.data()).type();
    at += stack::vlan_view::bytes;
  }
  return type;
}

void put16(std::byte* at, std::uint16_t value) {
  at[0] = static_cast<std::byte>(value >> 8);
  at[1] = static_cast<std::byte>(value & 0xFF);
}

}  // namespace

transmitter::transmitter(stack::net_stack& net, stack::net_device& dev, registers& regs, const config& settings,
                         const bool& down)
    : kernel_(net.os()),
      host_(net.machine()),
      net_(net),
      dev_(dev),
      regs_(regs),
      settings_(settings),
      down_(down),
      ring_(net.os()) {}

// eth_skb_pad: the chip's own padding is not relied on.
bool transmitter::pad(stack::sk_buff& skb) {
  if (skb.len() >= shortest_frame) return true;
  const std::size_t missing = shortest_frame - skb.len();
  if (skb.frag_count() != 0 && !skb.may_pull(skb.len())) return false;
  if ((skb.tailroom() < missing || skb.cloned()) && !skb.expand_head(0, missing)) return false;
  std::memset(skb.put(missing), 0, missing);
  return true;
}

// As Linux counts before it maps: never fewer than are used then.  One more for the piece of four bytes that may be
// split off.
std::uint32_t transmitter::descriptors_needed(const stack::sk_buff& skb, std::uint32_t most) const {
  const unsigned power = static_cast<unsigned>(std::bit_width(most)) - 1;
  std::uint32_t count = 1;
  if (skb.is_gso() || skb.ip_summed == stack::checksum_state::partial) ++count;
  if (skb.frag_count() == 0 && ring_.last_was_tso && !skb.is_gso()) ++count;
  count += pieces(static_cast<std::uint32_t>(skb.headlen()), power);
  for (std::size_t i = 0; i < skb.frag_count(); ++i)
    count += pieces(static_cast<std::uint32_t>(skb.frag(i).size()), power);
  return count;
}

// e1000_maybe_stop_tx.  What another CPU gave back since is seen only once the queue is stopped.
bool transmitter::room_for(std::uint32_t count) {
  host_.sync_software();
  if (ring_.at.unused() >= count) return true;
  tx_queue().stop();
  host_.sync_software();
  if (ring_.at.unused() < count) return false;
  tx_queue().start();
  ++counters_.restarts;
  return true;
}

stack::netdev_tx transmitter::xmit_frame(stack::skb_ptr& skb) {
  host_.consume(kernel::cost::tx_driver);
  const auto give_up = [&](drop_reason reason) {
    ++dev_.stats.tx_dropped;
    net_.skbs().drop(std::move(skb), reason);
    return stack::netdev_tx::ok;
  };
  if (!pad(*skb)) return give_up(drop_reason::tx_invalid);

  const std::uint32_t mss = skb->shared().gso_size;
  // The card must have room in its FIFO for four segments before it reads a buffer.
  const std::uint32_t most = mss != 0 ? std::min(mss << 2, txd::max_bytes) : txd::max_bytes;
  // Two more, so that the tail never meets the head.
  if (!room_for(descriptors_needed(*skb, most) + 2)) {
    ++counters_.busy;
    return stack::netdev_tx::busy;
  }

  const std::uint32_t first = ring_.at.next_to_use;
  const frame_id frame = skb->frame;
  const std::uint16_t protocol = protocol_of(*skb);
  std::uint32_t command = txd::IFCS;
  std::uint32_t options = 0;
  if (skb->is_gso()) {
    if (!put_tso_context(*skb)) return give_up(drop_reason::tx_invalid);
    ring_.last_was_tso = true;
    command |= txd::DEXT | txd::DTYP_DATA | txd::TSE;
    options |= txd::TXSM;
    if (protocol == stack::ether_type::ipv4) options |= txd::IXSM;
  } else if (skb->ip_summed == stack::checksum_state::partial) {
    put_checksum_context(*skb);
    command |= txd::DEXT | txd::DTYP_DATA;
    options |= txd::TXSM;
  }
  if (skb->has_vlan_tag()) {
    command |= txd::VLE;
    options |= static_cast<std::uint32_t>(skb->vlan_tci) << txd::special_shift;
  }

  const auto bytes = static_cast<std::uint32_t>(skb->len());
  const std::uint32_t contexts = ring_.at.next_to_use == first ? 0 : 1;
  const std::uint32_t count = map(skb, first, most);
  counters_.descriptors += count + contexts;
  ++counters_.packets;
  host_.emit(stage::tx_driver, frame, bytes, count + contexts);
  tx_queue().sent_queue(bytes);
  queue(frame, command, options, count);
  room_for(stop_below);
  if (!tx_queue().xmit_more || tx_queue().stopped()) ring_doorbell();
  return stack::netdev_tx::ok;
}

// e1000_tso (DR-3): the card adds the length of each segment to the pseudo-header's sum, and writes IP's length and
// sum.
bool transmitter::put_tso_context(stack::sk_buff& skb) {
  if (!skb.unclone()) return false;  // skb_cow_head
  const auto network = static_cast<std::uint32_t>(skb.network_offset());
  const auto transport = static_cast<std::uint32_t>(skb.transport_offset());
  const std::uint32_t header = stack::gso_header_bytes(skb);
  std::byte* const ip = skb.network_header();
  put16(ip + ip_length_at, 0);
  put16(ip + ip_sum_at, 0);
  stack::inet_sum pseudo;
  pseudo.add32(stack::ipv4_view(ip).source());
  pseudo.add32(stack::ipv4_view(ip).destination());
  pseudo.add16(stack::ip_protocol::tcp);
  put16(skb.transport_header() + tcp_sum_at, pseudo.folded());
  tx_context c;
  c.ip_start = static_cast<std::uint8_t>(network);
  c.ip_sum_at = static_cast<std::uint8_t>(network + ip_sum_at);
  c.ip_end = static_cast<std::uint16_t>(transport - 1);
  c.transport_start = static_cast<std::uint8_t>(transport);
  c.transport_sum_at = static_cast<std::uint8_t>(transport + tcp_sum_at);
  c.payload_bytes = static_cast<std::uint32_t>(skb.len()) - header;
  c.header_bytes = static_cast<std::uint8_t>(header);
  c.mss = skb.shared().gso_size;
  c.command = txd::DEXT | txd::TSE | txd::TCP | txd::IP;
  put_context(c, skb.frame);
  return true;
}

// e1000_tx_csum: one for every packet, even when it says what the last one said.
void transmitter::put_checksum_context(const stack::sk_buff& skb) {
  tx_context c;
  c.transport_start = static_cast<std::uint8_t>(skb.csum_start - skb.headroom());
  c.transport_sum_at = static_cast<std::uint8_t>(c.transport_start + skb.csum_offset);
  c.command = txd::DEXT;
  std::array<std::byte, stack::ipv4_view::bytes> header;
  if (protocol_of(skb) == stack::ether_type::ipv4 && skb.copy_bits(skb.network_offset(), header) &&
      stack::ipv4_view(header.data()).protocol() == stack::ip_protocol::tcp)
    c.command |= txd::TCP;
  put_context(c, skb.frame);
}

void transmitter::put_context(const tx_context& context, frame_id frame) {
  const std::uint32_t index = ring_.at.next_to_use;
  tx_buffer& buffer = ring_.buffer(index);
  buffer.in_use = true;
  buffer.time_stamp = kernel_.clock().jiffies();
  buffer.next_to_watch = index;
  write(index, make_context(context), frame);
  ring_.at.next_to_use = ring_.at.after(index);
}

}  // namespace ringside::driver
