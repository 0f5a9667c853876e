#include "sw/stack/packet_layer.h"

#include <array>
#include <cstring>

#include "sw/stack/eth.h"

namespace ringside::stack {
namespace {
constexpr std::size_t vlan_header_bytes = 4;
constexpr std::uint16_t vid_mask = 0x0FFF;
}  // namespace

void packet_layer::dev_add_pack(std::uint16_t ether_type, handler receive) {
  host_.emit(stage::boot_proto_register, 0, ether_type);
  protocols_.emplace_back(ether_type, std::move(receive));
}

void packet_layer::netif_rx(skb_ptr skb) {
  kernel::packet_ptr refused = kernel_.net().netif_rx(std::move(skb));
  if (refused == nullptr) return;
  sk_buff* back = static_cast<sk_buff*>(refused.release());
  if (back->dev != nullptr) ++back->dev->stats.rx_dropped;
  skbs_.drop(skb_ptr(back), drop_reason::backlog_full);
}

void packet_layer::netif_receive_skb(skb_ptr skb) {
  host_.consume(kernel::cost::netif_receive_skb);
  ++received_;
  skb->reset_network_header();
  host_.emit(stage::netif_receive_skb, skb->frame, skb->len() + eth_header_bytes);

  const bool tagged_in_data = skb->protocol == ether_type::vlan || skb->protocol == ether_type::service_vlan;
  if (tagged_in_data && !untag(*skb)) {
    skbs_.drop(std::move(skb), drop_reason::vlan_unknown);
    return;
  }
  if (!taps_.empty()) deliver_to_taps(*skb);

  // VID 0 is a priority tag: the packet belongs to the untagged interface (IEEE 802.1Q 6.9.1).
  if (skb->vlan_tci != sk_buff::no_vlan && (skb->vlan_tci & vid_mask) != 0) {
    if (!vlans_.contains(static_cast<std::uint16_t>(skb->vlan_tci & vid_mask))) {
      skbs_.drop(std::move(skb), drop_reason::vlan_unknown);
      return;
    }
  }
  if (skb->type == packet_type::other_host) {
    skbs_.drop(std::move(skb), drop_reason::other_host);
    return;
  }
  for (const auto& [type, receive] : protocols_) {
    if (type != skb->protocol) continue;
    receive(std::move(skb));
    return;
  }
  skbs_.drop(std::move(skb), drop_reason::no_protocol);
}

// skb_vlan_untag: the tag leaves the data and the addresses move up to the EtherType behind it.
bool packet_layer::untag(sk_buff& skb) {
  host_.consume(kernel::cost::vlan_untag);
  if (skb.vlan_tci != sk_buff::no_vlan || !skb.may_pull(vlan_header_bytes)) return false;  // a second tag: not handled
  skb.vlan_tci = load_be16(skb.data());
  const std::uint16_t type = load_be16(skb.data() + 2);
  std::byte* old_header = skb.data() - eth_header_bytes;
  std::memmove(old_header + vlan_header_bytes, old_header, 2 * eth_address_bytes);
  skb.pull(vlan_header_bytes);
  skb.push(eth_header_bytes);
  skb.reset_mac_header();
  skb.pull(eth_header_bytes);
  skb.reset_network_header();
  skb.protocol = type >= ether_type::first ? type : ether_type::ieee_802_2;
  return true;
}

void packet_layer::deliver_to_taps(sk_buff& skb) {
  std::array<std::span<const std::byte>, sk_buff::max_frags + 4> pieces;
  std::array<std::byte, vlan_header_bytes> tag;
  std::size_t count = 0;
  std::size_t bytes = 0;
  const auto add = [&](std::span<const std::byte> piece) {
    pieces[count++] = piece;
    bytes += piece.size();
  };

  skb.push(eth_header_bytes);
  if (skb.vlan_tci != sk_buff::no_vlan) {
    tag = {std::byte{ether_type::vlan >> 8}, std::byte{ether_type::vlan & 0xFF},
           static_cast<std::byte>(skb.vlan_tci >> 8), static_cast<std::byte>(skb.vlan_tci & 0xFF)};
    add(skb.linear().first(2 * eth_address_bytes));
    add(tag);
    add(skb.linear().subspan(2 * eth_address_bytes));
  } else {
    add(skb.linear());
  }
  for (std::size_t i = 0; i < skb.frag_count(); ++i) add(skb.frag(i));
  for (tap* t : taps_) {
    host_.consume(kernel::cost::tap_per_packet);
    host_.consume(kernel::cost::tap_per_byte, bytes);
    host_.emit(stage::tap, skb.frame, bytes);
    host_.sync();  // now() counts the interrupts up to here
    t->on_packet(host_.now(), skb.frame, std::span(pieces).first(count), bytes);
  }
  skb.pull(eth_header_bytes);
}

}  // namespace ringside::stack
