// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/packet_layer.h"

#include <array>
#include <cstring>

#include "common/ethernet.h"
#include "sw/stack/eth.h"
#include "sw/stack/headers.h"

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
  const protocol* const to = receive_core(skb);
  if (to != nullptr && skb != nullptr) to->receive(std::move(skb));
}

// __netif_receive_skb_list_core: what has come by one device and goes to one protocol goes there together, and before
// anything that came later, be it that the protocol refuses it.
void packet_layer::netif_receive_skb_list(kernel::packet_list& list) {
  const protocol* current = nullptr;
  const net_device* device = nullptr;
  sk_buff_queue together;
  while (kernel::packet_ptr packet = list.pop_front()) {
    skb_ptr skb(static_cast<sk_buff*>(packet.release()));
    const net_device* const came_by = skb->dev;
    const protocol* to = receive_core(skb);
    if (to == nullptr) continue;
    if (current != nullptr && (to != current || came_by != device)) deliver_list(*current, together);
    current = to;
    device = came_by;
    if (skb != nullptr) together.push_back(std::move(skb));
  }
  if (current != nullptr) deliver_list(*current, together);
}

void packet_layer::deliver_list(const protocol& to, sk_buff_queue& list) {
  if (to.receive_list) return to.receive_list(list);
  while (skb_ptr skb = list.pop_front()) to.receive(std::move(skb));
}

// One pass on skb->dev.  `seen`: a tap has it last (pt_prev), unless a tag or a handler came behind the taps.
packet_layer::round packet_layer::receive_round(skb_ptr& skb, bool& seen, bool& exact) {
  kernel_.net().count_processed();
  net_device* const dev = skb->dev;
  if (dev != nullptr) skb->skb_iif = dev->index;
  if (is_vlan(skb->protocol) && !untag(*skb)) {
    refuse(skb, drop_reason::vlan_unknown);
    return round::ended;
  }
  seen = tapped(*skb);
  if (seen) deliver_to_taps(*skb);
  if (skb->has_vlan_tag()) {
    seen = false;
    if (vlan_do_receive(skb)) return round::another;
    if (skb == nullptr) return round::ended;
  }
  if (dev != nullptr && dev->rx_handler) [[unlikely]] {
    seen = false;
    switch (dev->rx_handler(skb)) {
      case rx_handler_result::consumed:
        return round::ended;
      case rx_handler_result::another:
        return round::another;
      case rx_handler_result::exact:
        exact = true;
        break;
      case rx_handler_result::pass:
        break;
    }
  }
  return skb->has_vlan_tag() ? follow_tag(skb) : round::up;
}

// check_vlan_id: no device has this tag.  VID 0 is a priority tag (IEEE 802.1Q 6.9.1): what stands behind it decides.
packet_layer::round packet_layer::follow_tag(skb_ptr& skb) {
  while ((skb->vlan_tci & vid_mask) == 0 && is_vlan(skb->protocol)) {
    skb->clear_vlan_tag();
    if (!untag(*skb)) {
      refuse(skb, drop_reason::vlan_unknown);
      return round::ended;
    }
    if (vlan_do_receive(skb)) return round::another;
    if (skb == nullptr) return round::ended;
  }
  return round::up;
}

// To the protocol of its type.  A VLAN nobody made is another host's (PACKET_OTHERHOST).
const packet_layer::protocol* packet_layer::receive_up(skb_ptr& skb, bool seen, bool exact) {
  drop_reason unwanted = drop_reason::no_protocol;
  if (skb->type == packet_type::other_host) unwanted = drop_reason::other_host;
  if (skb->has_vlan_tag()) {
    if ((skb->vlan_tci & vid_mask) != 0) {
      skb->type = packet_type::other_host;
      unwanted = drop_reason::vlan_unknown;
    }
    skb->clear_vlan_tag();
  }
  if (!exact)
    for (const protocol& p : protocols_)
      if (p.type == skb->protocol) {
        if (skb->type == packet_type::other_host) {  // ip_rcv_core, arp_rcv
          if (p.type == ether_type::ipv4 && skb->dev != nullptr) ++skb->dev->stats.rx_otherhost_dropped;
          refuse(skb, unwanted);
        }
        return &p;
      }
  if (seen) return &tap_alone_;
  // dev_core_stats_rx_dropped_inc, of the device it has come to.
  if (skb->dev != nullptr) ++(exact ? skb->dev->stats.rx_nohandler : skb->dev->stats.rx_dropped);
  return refuse(skb, unwanted);
}

// __netif_receive_skb_core.  Null, and the packet has its fate, when nobody wants it.
const packet_layer::protocol* packet_layer::receive_core(skb_ptr& skb) {
  host_.consume(kernel::cost::netif_receive_skb);
  ++received_;
  if (stamps_wanted_ != 0 && skb->tstamp == 0) [[unlikely]]
    skb->tstamp = host_.now();  // net_timestamp_check
  skb->reset_network_header();
  host_.emit(stage::netif_receive_skb, skb->frame, skb->len() + eth_header_bytes);
  bool seen = false;
  bool exact = false;
  round next = round::another;
  while (next == round::another) next = receive_round(skb, seen, exact);
  return next == round::up ? receive_up(skb, seen, exact) : nullptr;
}

const packet_layer::protocol* packet_layer::refuse(skb_ptr& skb, drop_reason reason) {
  skbs_.drop(std::move(skb), reason);
  return nullptr;
}

// The packet comes to the device of its tag, if there is one; at one that is down it ends.
bool packet_layer::vlan_do_receive(skb_ptr& packet) {
  sk_buff& skb = *packet;
  if (skb.dev == nullptr) return false;
  net_device* const vlan = skb.dev->find_vlan(skb.vlan_proto, skb.vlan_tci & vid_mask);
  if (vlan == nullptr) return false;
  if (!vlan->up) {
    refuse(packet, drop_reason::device_not_ready);
    return false;
  }
  skb.dev = vlan;
  skb.clear_vlan_tag();
  // Taken for another's before: a VLAN's device may have an address of its own.
  if (skb.type == packet_type::other_host && ethernet_view(skb.mac_header()).destination() == vlan->address)
    skb.type = packet_type::host;
  ++vlan->stats.rx_packets;
  vlan->stats.rx_bytes += skb.len();
  if (skb.type == packet_type::multicast) ++vlan->stats.multicast;
  return true;
}

// dev_alloc_name
void packet_layer::name_device(net_device& dev) const {
  const std::size_t number_at = dev.name.find("%d");
  if (number_at == std::string::npos) return;
  const std::string pattern = dev.name;
  for (unsigned number = 0;; ++number) {
    dev.name = pattern;
    dev.name.replace(number_at, 2, std::to_string(number));
    const auto same = [&dev](const net_device* other) { return other->name == dev.name; };
    if (std::none_of(devices_.begin(), devices_.end(), same)) return;
  }
}

void packet_layer::register_netdevice(net_device& dev) {
  name_device(dev);
  devices_.push_back(&dev);
  dev.index = ++last_index_;
  for (const auto& [tpid, vid] : std::exchange(planned_vlans_, {})) add_vlan(dev, tpid, vid);
}

void packet_layer::set_address(net_device& dev, const mac_address& address) {
  const mac_address old = std::exchange(dev.address, address);
  for (const vlan_membership& v : dev.vlans)
    if (v.device->address == old) set_address(*v.device, address);
}

void packet_layer::set_mtu(net_device& dev, std::uint32_t mtu) {
  dev.mtu = mtu;
  for (const vlan_membership& v : dev.vlans)
    if (v.device->mtu > mtu) set_mtu(*v.device, mtu);
}

void packet_layer::unregister_netdevice(net_device& dev) {
  while (!dev.vlans.empty()) remove_vlan(dev, dev.vlans.front().tpid, dev.vlans.front().vid);
  std::erase(devices_, &dev);
}

net_device& packet_layer::add_vlan(net_device& real, std::uint16_t tpid, std::uint16_t vid) {
  if (net_device* const known = real.find_vlan(tpid, vid); known != nullptr) return *known;
  net_device& vlan = *vlan_devices_.emplace_back(std::make_unique<net_device>());
  vlan.name = real.name + '.' + std::to_string(vid);
  vlan.address = real.address;
  vlan.mtu = real.mtu;
  vlan.ops = vlan_ops_;
  vlan.keeps_dst = true;  // vlan_setup
  inherit_features(vlan, real);
  register_netdevice(vlan);
  link_upper(real, vlan);
  real.vlans.push_back({tpid, vid, &vlan});
  return vlan;
}

void packet_layer::remove_vlan(net_device& real, std::uint16_t tpid, std::uint16_t vid) {
  net_device* const vlan = real.find_vlan(tpid, vid);
  if (vlan == nullptr) return;
  while (!vlan->vlans.empty()) remove_vlan(*vlan, vlan->vlans.front().tpid, vlan->vlans.front().vid);
  std::erase_if(real.vlans, [vlan](const vlan_membership& v) { return v.device == vlan; });
  unlink_upper(real, *vlan);
  std::erase(devices_, vlan);
  vlan->up = false;
}

// skb_vlan_untag: the tag leaves the data and the addresses move up to the EtherType behind it.  A packet whose outer
// tag is out already keeps the inner one in the data, until the outer one has led somewhere.
bool packet_layer::untag(sk_buff& skb) {
  if (skb.has_vlan_tag()) return true;
  host_.consume(kernel::cost::vlan_untag);
  if (!skb.may_pull(ethernet::tag_bytes + sizeof(std::uint16_t)) || !skb.unclone()) return false;
  const vlan_view tag(skb.data());
  skb.put_vlan_tag(skb.protocol, tag.tci());
  const std::uint16_t type = tag.type();
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

bool packet_layer::tapped(const sk_buff& skb) const {
  return !taps_.empty() || (skb.dev != nullptr && !skb.dev->taps.empty());
}

void packet_layer::deliver_to_taps(sk_buff& skb) {
  skb.push(eth_header_bytes);
  show_to_taps(skb, skb.dev);
  skb.pull(eth_header_bytes);
}

void packet_layer::dev_queue_xmit_nit(sk_buff& skb, net_device& dev) {
  if (taps_.empty() && dev.taps.empty()) return;
  host_.consume(kernel::cost::build_skb);  // skb_clone
  show_to_taps(skb, &dev);
}

void packet_layer::show_to_taps(const sk_buff& skb, net_device* dev) {
  std::array<std::span<const std::byte>, sk_buff::max_frags + 4> pieces;
  std::array<std::byte, ethernet::tag_bytes> tag;
  std::size_t count = 0;
  std::size_t bytes = 0;
  const auto add = [&](std::span<const std::byte> piece) {
    pieces[count++] = piece;
    bytes += piece.size();
  };

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
  const auto deliver = [&](tap* t) {
    host_.consume(kernel::cost::tap_per_packet);
    host_.consume(kernel::cost::tap_per_byte, bytes);
    host_.emit(stage::tap, skb.frame, bytes);
    host_.sync();  // now() counts the interrupts up to here
    t->on_packet(host_.now(), skb.frame, std::span(pieces).first(count), bytes);
  };
  for (tap* t : taps_) deliver(t);
  if (dev != nullptr)
    for (tap* t : dev->taps) deliver(t);
}

}  // namespace ringside::stack
