// SPDX-License-Identifier: Apache-2.0
// Which frames the chip takes: exact addresses, multicast hash, promiscuous bits, VLANs.  Register sequences only.
//
// Owner: driver::e1000.  Callers: open and up (all of it), reconfiguration while the interface runs (FS 10.2, FS 10.8,
//
#pragma once

#include <cstdint>
#include <set>

#include "sw/driver/config.h"
#include "sw/driver/registers.h"
#include "sw/stack/net_device.h"

namespace ringside::driver {

/// Exact entries the driver uses: RA0 is the station's own, RA15 stays untouched (FS 10.1).
inline constexpr std::uint32_t address_entries_used = 15;

/// Writes RAL and RAH of an entry, each pushed to the chip before the next (FS 10.2 step 2).
void write_address(registers& regs, std::uint32_t entry, std::uint32_t low, std::uint32_t high);
/// The same for an address, with AV=1.
void write_address(registers& regs, std::uint32_t entry, const stack::mac_address& address);

/// The twelve bits of a multicast address that choose its bit in MTA, for RCTL.MO = `offset` (FS 6.7).
std::uint32_t multicast_hash(const stack::mac_address& address, std::uint32_t offset);

class rx_filter {
 public:
  rx_filter(registers& regs, const config& settings) : regs_(regs), settings_(settings) {}

  /// Everything the address filter needs to know of the device (e1000_set_rx_mode): unicast and multicast addresses
  /// share RA1..RA14; more multicast ones go to MTA, more unicast ones turn UPE on.
  void set_rx_mode(const stack::net_device& dev);

  /// CTRL.VME (__e1000_vlan_mode).
  void set_vlan_strip(bool on);
  /// RCTL.VFE, which a promiscuous interface keeps off; CFIEN off (e1000_vlan_filter_on_off).
  void set_vlan_filter(bool on, const stack::net_device& dev);
  /// The VID's bit in VFTA; that of VID 0 stays once it is there.
  void add_vlan(std::uint16_t vid);
  void remove_vlan(std::uint16_t vid);
  /// VID 0, from the first VLAN on.
  void add_priority_tag();
  bool vlan_used() const { return priority_tag_; }
  bool has_vlan(std::uint16_t vid) const { return vlans_.contains(vid); }
  /// After a reset (FS 10.2 step 3): with VIDs, VME, VFE and every bit; without, nothing, so that VME stays 0
  /// (FS 10.8).
  void restore_vlans(const stack::net_device& dev);
  /// Remembers a VID for the next restore_vlans().
  void note_vlan(std::uint16_t vid) {
    priority_tag_ = true;
    vlans_.insert(vid);
  }
  void forget_vlan(std::uint16_t vid) { vlans_.erase(vid); }

 private:
  void write_vlan_bit(std::uint16_t vid, bool on);

  registers& regs_;
  const config& settings_;
  std::set<std::uint16_t> vlans_;  // active_vlans, but for VID 0 that came by itself
  bool priority_tag_ = false;
};

}  // namespace ringside::driver
