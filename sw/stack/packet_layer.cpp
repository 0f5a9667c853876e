#include "sw/stack/packet_layer.h"

#include <array>
#include <cstring>

#include "common/ethernet.h"
#include "sw/stack/eth.h"

namespace ringside::stack {
namespace {
constexpr std::uint16_t vid_mask = 0x0FFF;

bool is_vlan(std::uint16_t type) {  // eth_type_vlan
  return type == ether_type::vlan || type == ether_type::service_vlan;
}
}  // namespace

packet_layer::packet_layer(kernel::kernel& k, skb_allocator& skbs)
    : host_(k.machine()),
      kernel_(k),
      skbs_(skbs),
      tap_alone_{0,
                 [this](skb_ptr skb) {
                   const bool foreign = skb->type == packet_type::other_host;
                   skbs_.drop(std::move(skb), foreign ? drop_reason::other_host : drop_reason::no_protocol);
                 },
                 {}} {}

void packet_layer::dev_add_pack(std::uint16_t ether_type, handler receive, list_handler receive_list) {
  host_.emit(stage::boot_proto_register, 0, ether_type);
  protocols_.push_back({ether_type, std::move(receive), std::move(receive_list)});
}

void packet_layer::netif_rx(skb_ptr skb) {
  kernel::packet_ptr refused = kernel_.net().netif_rx(std::move(skb));
  if (refused == nullptr) return;
  sk_buff* back = static_cast<sk_buff*>(refused.release());
  if (back->dev != nullptr) ++back->dev->stats.rx_dropped;
  skbs_.drop(skb_ptr(back), drop_reason::backlog_full);
}

void packet_layer::netif_receive_skb(skb_ptr skb) {
  if (const protocol* to = receive_core(skb); to != nullptr) to->receive(std::move(skb));
}

// __netif_receive_skb_list_core: what goes to one protocol goes there together, and before anything that came later.
void packet_layer::netif_receive_skb_list(kernel::packet_list& list) {
  const protocol* current = nullptr;
  sk_buff_queue together;
  while (kernel::packet_ptr packet = list.pop_front()) {
    skb_ptr skb(static_cast<sk_buff*>(packet.release()));
    const protocol* to = receive_core(skb);
    if (to == nullptr) continue;
    if (current != nullptr && to != current) deliver_list(*current, together);
    current = to;
    together.push_back(std::move(skb));
  }
  if (current != nullptr) deliver_list(*current, together);
}

void packet_layer::deliver_list(const protocol& to, sk_buff_queue& list) {
  if (to.receive_list) return to.receive_list(list);
  while (skb_ptr skb = list.pop_front()) to.receive(std::move(skb));
}

// __netif_receive_skb_core.  Null, and the packet has its fate, when nobody wants it.
const packet_layer::protocol* packet_layer::receive_core(skb_ptr& skb) {
  host_.consume(kernel::cost::netif_receive_skb);
  ++received_;
  kernel_.net().count_processed();
  skb->reset_network_header();
  host_.emit(stage::netif_receive_skb, skb->frame, skb->len() + eth_header_bytes);
  if (is_vlan(skb->protocol) && !untag(*skb)) return refuse(skb, drop_reason::vlan_unknown);
  if (!taps_.empty()) deliver_to_taps(*skb);
  if (!skb->has_vlan_tag() && skb->type != packet_type::other_host)
    for (const protocol& p : protocols_)
      if (p.type == skb->protocol) return &p;
  return receive_odd(skb);
}

// What is not simply for us: tagged, for another host, or of a type nobody takes.
const packet_layer::protocol* packet_layer::receive_odd(skb_ptr& skb) {
  bool tapped = !taps_.empty();  // the last tap takes it if no protocol does (pt_prev)
  bool foreign = skb->type == packet_type::other_host;
  bool inside = false;  // a VLAN device
  drop_reason unwanted = foreign ? drop_reason::other_host : drop_reason::no_protocol;
  if (skb->has_vlan_tag()) {
    tapped = false;
    const tags found = strip_tags(*skb, inside);
    if (found == tags::cut) return refuse(skb, drop_reason::vlan_unknown);
    if (found == tags::unknown) {  // PACKET_OTHERHOST
      foreign = true;
      unwanted = drop_reason::vlan_unknown;
    }
  }
  for (const protocol& p : protocols_) {
    if (p.type != skb->protocol) continue;
    return foreign ? refuse(skb, unwanted) : &p;  // ip_rcv_core, arp_rcv: PACKET_OTHERHOST
  }
  if (tapped) return &tap_alone_;
  // dev_core_stats_rx_dropped_inc, of the device it has come to; what a VLAN counts is shown nowhere.
  if (!inside && skb->dev != nullptr) ++skb->dev->stats.rx_dropped;
  return refuse(skb, unwanted);
}

const packet_layer::protocol* packet_layer::refuse(skb_ptr& skb, drop_reason reason) {
  skbs_.drop(std::move(skb), reason);
  return nullptr;
}

// From tag to tag until the packet belongs to a device.  A VLAN device has no VLANs of its own, so of two tags at most
// one leads on.  VID 0 is a priority tag (IEEE 802.1Q 6.9.1): what stands behind it decides.
packet_layer::tags packet_layer::strip_tags(sk_buff& skb, bool& inside) {
  while (skb.has_vlan_tag()) {
    if (!enter_vlan(skb, inside)) {
      const bool unknown = (skb.vlan_tci & vid_mask) != 0;
      skb.clear_vlan_tag();
      if (unknown) return tags::unknown;
    }
    if (is_vlan(skb.protocol) && !untag(skb)) return tags::cut;
  }
  return tags::followed;
}

// vlan_do_receive, and another_round, which counts the packet again.
bool packet_layer::enter_vlan(sk_buff& skb, bool& inside) {
  const auto vid = static_cast<std::uint16_t>(skb.vlan_tci & vid_mask);
  if (inside || !vlans_.contains({skb.vlan_proto, vid})) return false;
  inside = true;
  skb.clear_vlan_tag();
  kernel_.net().count_processed();
  return true;
}

// skb_vlan_untag: the tag leaves the data and the addresses move up to the EtherType behind it.  A packet whose outer
// tag is out already keeps the inner one in the data, until the outer one has led somewhere.
bool packet_layer::untag(sk_buff& skb) {
  if (skb.has_vlan_tag()) return true;
  host_.consume(kernel::cost::vlan_untag);
  if (!skb.may_pull(vlan_header_bytes + sizeof(std::uint16_t)) || !skb.unclone()) return false;
  skb.put_vlan_tag(skb.protocol, load_be16(skb.data()));
  const std::uint16_t type = load_be16(skb.data() + 2);
  std::byte* old_header = skb.data() - eth_header_bytes;
  std::memmove(old_header + ethernet::tag_bytes, old_header, 2 * eth_address_bytes);
  skb.pull(ethernet::tag_bytes);
  skb.push(eth_header_bytes);
  skb.reset_mac_header();
  skb.pull(eth_header_bytes);
  skb.reset_network_header();
  skb.protocol = type >= ether_type::first ? type : ether_type::ieee_802_2;
  return true;
}

void packet_layer::deliver_to_taps(sk_buff& skb) {
  std::array<std::span<const std::byte>, sk_buff::max_frags + 4> pieces;
  std::array<std::byte, ethernet::tag_bytes> tag;
  std::size_t count = 0;
  std::size_t bytes = 0;
  const auto add = [&](std::span<const std::byte> piece) {
    pieces[count++] = piece;
    bytes += piece.size();
  };

  skb.push(eth_header_bytes);
  if (skb.has_vlan_tag()) {
    tag = {static_cast<std::byte>(skb.vlan_proto >> 8), static_cast<std::byte>(skb.vlan_proto & 0xFF),
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
