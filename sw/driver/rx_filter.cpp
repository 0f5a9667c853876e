// SPDX-License-Identifier: Apache-2.0
#include "sw/driver/rx_filter.h"

#include <array>

namespace ringside::driver {
namespace {

constexpr std::uint32_t bit_in_word = 0x1F;  // 32 bits a word: MTA and VFTA alike (FS 6.7)
constexpr unsigned word_shift = 5;

}  // namespace

void write_address(registers& regs, std::uint32_t entry, std::uint32_t low, std::uint32_t high) {
  regs.write(reg::RAL + entry * reg::RAL_STRIDE, low);
  regs.flush();
  regs.write(reg::RAH + entry * reg::RAH_STRIDE, high);
  regs.flush();
}

void write_address(registers& regs, std::uint32_t entry, const stack::mac_address& a) {
  const auto low = static_cast<std::uint32_t>(a[0] | a[1] << 8 | a[2] << 16) | static_cast<std::uint32_t>(a[3]) << 24;
  const auto high = static_cast<std::uint32_t>(a[4] | a[5] << 8);
  write_address(regs, entry, low, high | rah::AV);
}

std::uint32_t multicast_hash(const stack::mac_address& a, std::uint32_t offset) {
  static constexpr std::array<unsigned, 4> shifts{4, 3, 2, 0};  // FS 6.7, V-51
  const std::uint32_t last_two = a[4] | static_cast<std::uint32_t>(a[5]) << 8;
  return last_two >> shifts.at(offset) & 0xFFF;
}

void rx_filter::set_rx_mode(const stack::net_device& dev) {
  const bool unicast_fits = dev.unicast.size() <= address_entries_used - 1;
  std::uint32_t control = regs_.read(reg::RCTL) & ~(rctl::UPE | rctl::MPE);
  if (dev.promiscuous) {
    control |= rctl::UPE | rctl::MPE;
    control &= ~rctl::VFE;
  } else {
    if (dev.all_multicast) control |= rctl::MPE;
    if (!unicast_fits) control |= rctl::UPE;
    if (vlan_used()) control |= rctl::VFE;
  }
  regs_.write(reg::RCTL, control);

  std::uint32_t entry = 1;
  if (unicast_fits)
    for (const stack::mac_address& address : dev.unicast) write_address(regs_, entry++, address);
  std::array<std::uint32_t, reg::MTA_COUNT> table{};
  for (const stack::mac_address& address : dev.multicast) {
    if (entry < address_entries_used) {
      write_address(regs_, entry++, address);
      continue;
    }
    const std::uint32_t hash = multicast_hash(address, settings_.multicast_offset);
    table.at(hash >> word_shift) |= 1U << (hash & bit_in_word);
  }
  for (; entry < address_entries_used; ++entry) write_address(regs_, entry, 0, 0);
  // FS 10.2 step 2: from the last word down, and whole: an address that stays is never missing in between.
  for (std::uint32_t i = reg::MTA_COUNT; i-- > 0;) regs_.write(reg::MTA + i * reg::MTA_STRIDE, table.at(i));
  regs_.flush();
}

void rx_filter::set_vlan_strip(bool on) {
  const std::uint32_t control = regs_.read(reg::CTRL);
  regs_.write(reg::CTRL, on ? control | ctrl::VME : control & ~ctrl::VME);
}

void rx_filter::set_vlan_filter(bool on, const stack::net_device& dev) {
  std::uint32_t control = regs_.read(reg::RCTL);
  if (!on) {
    control &= ~rctl::VFE;
  } else {
    control &= ~rctl::CFIEN;
    if (!dev.promiscuous) control |= rctl::VFE;
  }
  regs_.write(reg::RCTL, control);
}

void rx_filter::write_vlan_bit(std::uint16_t vid, bool on) {
  const std::uint32_t offset = reg::VFTA + (static_cast<std::uint32_t>(vid) >> word_shift) * reg::VFTA_STRIDE;
  const std::uint32_t bit = 1U << (vid & bit_in_word);
  const std::uint32_t word = regs_.read(offset);
  regs_.write(offset, on ? word | bit : word & ~bit);
  regs_.flush();
}

void rx_filter::add_vlan(std::uint16_t vid) {
  write_vlan_bit(vid, true);
  vlans_.insert(vid);
}

void rx_filter::add_priority_tag() {
  write_vlan_bit(0, true);
  priority_tag_ = true;
}

void rx_filter::remove_vlan(std::uint16_t vid) {
  if (vid != 0) write_vlan_bit(vid, false);
  vlans_.erase(vid);
}

void rx_filter::restore_vlans(const stack::net_device& dev) {
  if (!vlan_used()) return;
  set_vlan_strip(settings_.vlan_offload);
  set_vlan_filter(true, dev);
  write_vlan_bit(0, true);
  for (const std::uint16_t vid : vlans_) write_vlan_bit(vid, true);
}

}  // namespace ringside::driver
