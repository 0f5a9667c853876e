// SPDX-License-Identifier: Apache-2.0
#include "tools/regress/expected_interface.h"

#include <algorithm>

#include "common/ethernet.h"
#include "platform/source/odd_packets.h"

namespace ringside::platform {
namespace {

constexpr std::size_t exact_entries = 14;  // RA1..RA14 (FS 10.1, FS 10.2)
constexpr std::uint32_t header_tag_fcs = ethernet::header_bytes + ethernet::tag_bytes + ethernet::fcs_bytes;

template <typename list, typename item>
bool has(const list& all, const item& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

template <typename item>
void change_list(std::vector<item>& all, const item& one, bool add) {
  if (add && !has(all, one)) all.push_back(one);
  if (!add) std::erase(all, one);
}

std::array<std::uint8_t, 6> address_of(std::uint64_t word) {
  std::array<std::uint8_t, 6> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(word >> (8 * i));
  return out;
}

// RFC 1112 6.4: 01:00:5E and the lower 23 bits of the group.
std::array<std::uint8_t, 6> group_address(std::uint32_t group) {
  return {0x01,
          0x00,
          0x5E,
          static_cast<std::uint8_t>(group >> 16 & 0x7F),
          static_cast<std::uint8_t>(group >> 8),
          static_cast<std::uint8_t>(group)};
}

// FS 6.7: address bits 47:36, 46:35, 45:34, 43:32 for MO 0..3.
std::uint32_t hash_of(const std::array<std::uint8_t, 6>& to, std::uint32_t offset) {
  constexpr unsigned lowest[] = {36, 35, 34, 32};
  std::uint32_t hash = 0;
  for (unsigned i = 0; i < 12; ++i) {
    const unsigned bit = lowest[offset] + i;
    hash |= static_cast<std::uint32_t>(to[bit / 8] >> (bit % 8) & 1) << i;
  }
  return hash;
}

}  // namespace

bool takes_down(reconfiguration what) {
  using enum reconfiguration;
  return what == ring_size || what == mtu || what == rx_checksum || what == store_bad || what == tx_ring_size ||
         what == restart;
}

expected_interface::expected_interface(const scenario& s)
    : own_(s.nic.mac_address),
      hash_offset_(s.driver.multicast_offset),
      promiscuous_(s.driver.promiscuous),
      all_multicast_(s.driver.all_multicast),
      vlans_(s.driver.vlans.begin(), s.driver.vlans.end()),
      filters_vlans_(!s.driver.vlans.empty()),
      strip_wanted_(s.driver.vlan_offload),
      strips_(s.driver.vlan_offload),
      verifies_(s.driver.checksum_offload),
      mtu_(s.driver.mtu),
      store_bad_(s.driver.store_bad) {
  for (const address& a : s.driver.unicast) change_list(unicast_, a, true);
  // 224.0.0.1 and the groups joined, as they come up with the interface (Linux ip_mc_up), then its own list.
  change_list(multicast_, group_address(0xE0000001), true);
  for (const std::uint32_t group : std::set<std::uint32_t>(s.stack.groups.begin(), s.stack.groups.end()))
    change_list(multicast_, group_address(group), true);
  for (const address& a : s.driver.multicast) change_list(multicast_, a, true);
}

void expected_interface::apply(const reconfigure_action& change) {
  const bool on = change.value != 0;
  switch (change.what) {
    case reconfiguration::mtu:
      mtu_ = static_cast<std::uint32_t>(change.value);
      went_down_and_up();
      break;
    case reconfiguration::ring_size:
    case reconfiguration::tx_ring_size:
    case reconfiguration::restart:
      went_down_and_up();
      break;
    case reconfiguration::rx_checksum:
      if (on != verifies_) went_down_and_up();
      verifies_ = on;
      break;
    case reconfiguration::promiscuous:
      promiscuous_ = on;
      break;
    case reconfiguration::all_multicast:
      all_multicast_ = on;
      break;
    case reconfiguration::multicast_add:
    case reconfiguration::multicast_remove:
      change_list(multicast_, address_of(change.value), change.what == reconfiguration::multicast_add);
      break;
    case reconfiguration::unicast_add:
    case reconfiguration::unicast_remove:
      change_list(unicast_, address_of(change.value), change.what == reconfiguration::unicast_add);
      break;
    case reconfiguration::vlan_add:
      if (!filters_vlans_) strips_ = strip_wanted_;
      filters_vlans_ = true;
      vlans_.insert(static_cast<std::uint16_t>(change.value));
      break;
    case reconfiguration::vlan_remove:
      vlans_.erase(static_cast<std::uint16_t>(change.value));
      break;
    case reconfiguration::vlan_strip:
      if (on != strip_wanted_) strips_ = on;
      strip_wanted_ = on;
      break;
    case reconfiguration::store_bad:
      if (on != store_bad_) went_down_and_up();
      store_bad_ = on;
      break;
    default:
      break;
  }
}

// X-4, FS 10.8: the reset clears VME, and only with VLANs it is set again.
void expected_interface::went_down_and_up() {
  ++downs_;
  strips_ = strip_wanted_ && filters_vlans_;
}

// R-80; BAM is always set.  Multicast addresses beyond the exact entries go to the hash, unicast ones turn UPE on.
bool expected_interface::takes(const address& to) const {
  const bool group = (to[0] & 1) != 0;
  const bool overflow = unicast_.size() > exact_entries;
  if (promiscuous_ || to == own_ || has(unicast_, to)) return true;
  if (!group) return overflow;
  const bool broadcast = std::all_of(to.begin(), to.end(), [](std::uint8_t b) { return b == 0xFF; });
  return broadcast || all_multicast_ || has(multicast_, to) || hash_takes(to);
}

bool expected_interface::hash_takes(const address& to) const {
  const std::size_t room = exact_entries - (unicast_.size() > exact_entries ? 0 : unicast_.size());
  for (std::size_t i = room; i < multicast_.size(); ++i)
    if (hash_of(multicast_[i], hash_offset_) == hash_of(to, hash_offset_)) return true;
  return false;
}

// FS 6.8: with LPE, which the driver sets for an MTU above 1500, the limit is 16384.
fate_set expected_interface::damage_of(const planned_frame& frame) const {
  const bool bad_fcs = frame.offer.bad_fcs;
  if (frame.wire_bytes < ethernet::least_frame)
    return fates({bad_fcs ? drop_reason::fragment : drop_reason::undersize});
  if (frame.wire_bytes > (mtu_ > 1500 ? ethernet::longest_with_lpe : ethernet::longest_frame))
    return fates({bad_fcs ? drop_reason::jabber : drop_reason::oversize});
  if (frame.offer.rx_er_at != no_rx_er) return fates({drop_reason::rx_error});
  return bad_fcs ? fates({drop_reason::crc_error}) : fate_set{};
}

fate_set expected_interface::fates_of(const planned_frame& frame) const {
  address to{};
  std::copy_n(frame.offer.bytes.begin(), to.size(), to.begin());
  // Whether the card obeys PAUSE hangs on the link partner: one may go as such or as any frame (F-3, F-4).
  const fate_set control = frame.kind == "pause" ? fates({drop_reason::mac_control}) : fate_set{};
  if (!takes(to)) return control | fates({drop_reason::address_filter});
  const auto vid = static_cast<std::uint16_t>(frame.vid);
  const bool tagged = frame.vid >= 0;
  // FS 6.7 step 4; a promiscuous interface has VFE off (FS 10.8), and so has one that was opened with rx-all, until its
  // address filter is written again (Linux e1000_setup_rctl, e1000_set_rx_mode).
  fate_set filtered;
  if (tagged && vid != 0 && !promiscuous_ && filters_vlans_ && !vlans_.contains(vid)) {
    filtered = fates({drop_reason::vlan_filter});
    if (!store_bad_) return filtered;
  }
  if (!stores(frame)) return damage_of(frame);
  return control | filtered | driver_fates_of(frame, to);
}

fate_set expected_interface::driver_fates_of(const planned_frame& frame, const address& to) const {
  // FS 10.5, 10.6: buffers are chosen for the MTU; a longer frame, which the chip takes with LPE or SBP, may need more
  // of them than the driver joins.
  const std::uint32_t longest = std::max<std::uint32_t>(ethernet::longest_frame, mtu_ + header_tag_fcs);
  const fate_set chain = frame.wire_bytes > longest ? fates({drop_reason::driver_chain}) : fate_set{};
  // What SBP stores goes up, marked or not (NETIF_F_RXALL); a short frame must hold an Ethernet header and its FCS.
  const fate_set length = frame.wire_bytes < header_tag_fcs ? fates({drop_reason::driver_error}) : fate_set{};
  return chain | length | stack_fates_of(frame, to);
}

fate_set expected_interface::stack_fates_of(const planned_frame& frame, const address& to) const {
  const auto vid = static_cast<std::uint16_t>(frame.vid);
  // A priority tag (VID 0) belongs to no VLAN: the packet goes on as if it had none (Linux vlan_do_receive).
  if (frame.vid >= 0 && vid != 0 && !vlans_.contains(vid)) return fates({drop_reason::vlan_unknown});
  if ((to[0] & 1) == 0 && to != own_) return fates({drop_reason::other_host});
  return frame.meant;
}

std::vector<expected_interface> epochs_of(const scenario& s) {
  std::vector<expected_interface> out{expected_interface(s)};
  for (const reconfigure_action& change : s.reconfigure.actions) {
    expected_interface next = out.back();
    next.apply(change);
    out.push_back(std::move(next));
  }
  return out;
}

}  // namespace ringside::platform
