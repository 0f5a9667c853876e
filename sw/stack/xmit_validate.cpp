// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/xmit_validate.h"

#include <cstring>

#include "common/ethernet.h"
#include "sw/stack/checksum.h"
#include "sw/stack/eth.h"
#include "sw/stack/header_writers.h"

namespace ringside::stack {
namespace {

constexpr std::size_t gso_max_size = 65536;  // GSO_LEGACY_MAX_SIZE

}  // namespace

// No other sum than the Internet's is begun here, and the card completes it whatever the protocol (NETIF_F_HW_CSUM).
feature_set netif_skb_features(const sk_buff& skb, const net_device& dev) {
  feature_set features = dev.features;
  if (skb.is_gso() && (skb.len() >= gso_max_size || skb.shared().gso_type == 0))
    features = features.without(device_feature::tso);
  const bool tagged =
      skb.has_vlan_tag() || skb.protocol == ether_type::vlan || skb.protocol == ether_type::service_vlan;
  if (tagged) features = features & (dev.vlan_features | feature_set{device_feature::tx_vlan});
  if (skb.ip_summed != checksum_state::none && !features.has(device_feature::tx_checksum))
    features = features.without(device_feature::tso);
  return features;
}

bool xmit_validator::push_tag_inside(sk_buff& skb) {
  host_.consume(kernel::cost::vlan_untag);
  const bool room = skb.headroom() >= ethernet::tag_bytes && !skb.cloned();
  if (!room && !skb.expand_head(ethernet::tag_bytes, 0)) return false;
  std::byte* const start = skb.push(ethernet::tag_bytes);
  std::memmove(start, start + ethernet::tag_bytes, 2 * eth_address_bytes);
  store_be16(start + 2 * eth_address_bytes, skb.vlan_proto);
  store_be16(start + 2 * eth_address_bytes + 2, skb.vlan_tci);
  skb.reset_mac_header();
  skb.protocol = skb.vlan_proto;
  skb.clear_vlan_tag();
  return true;
}

// A sum of 0 is sent as all ones: to UDP 0 would say that there is none (CSUM_MANGLED_0).
bool xmit_validator::checksum_help(sk_buff& skb) {
  const std::size_t from = skb.csum_start - skb.headroom();
  const std::size_t field = from + skb.csum_offset;
  if (from >= skb.headlen() || field + 2 > skb.headlen()) return false;
  if (!skb.unclone()) return false;
  host_.consume(kernel::cost::checksum_per_byte, skb.len() - from);
  inet_sum sum;
  add_packet(sum, skb, from, skb.len() - from);
  const auto complement = static_cast<std::uint16_t>(~sum.folded());
  store_be16(skb.data() + field, complement == 0 ? 0xFFFF : complement);
  skb.ip_summed = checksum_state::none;
  return true;
}

void xmit_validator::validate(skb_ptr skb, net_device& dev, sk_buff_queue& out) {
  const auto give_up = [&](skb_ptr lost) {
    ++dev.stats.tx_dropped;
    skbs_.drop(std::move(lost), drop_reason::tx_invalid);
  };
  const feature_set features = netif_skb_features(*skb, dev);
  const bool tag_offload = features.has(device_feature::tx_vlan) && skb->vlan_proto == ether_type::vlan;
  if (skb->has_vlan_tag() && !tag_offload && !push_tag_inside(*skb)) return give_up(std::move(skb));
  const bool sum_begun = skb->ip_summed == checksum_state::partial;
  if (skb->is_gso() && !(features.has(device_feature::tso) && sum_begun && gso_layer::is_tcp4(*skb))) {
    sk_buff_queue segments;
    if (!gso_.segment(*skb, features, segments)) return give_up(std::move(skb));
    out.splice_back(segments);
    skbs_.consume(std::move(skb));
    return;
  }
  if (skb->frag_count() != 0 && !features.has(device_feature::sg) && !skb->may_pull(skb->len()))
    return give_up(std::move(skb));
  if (sum_begun && !features.has(device_feature::tx_checksum) && !checksum_help(*skb)) return give_up(std::move(skb));
  out.push_back(std::move(skb));
}

void xmit_validator::validate_list(sk_buff_queue& list, net_device& dev) {
  sk_buff_queue out;
  while (skb_ptr skb = list.pop_front()) validate(std::move(skb), dev, out);
  list = std::move(out);
}

}  // namespace ringside::stack
