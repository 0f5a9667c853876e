// SPDX-License-Identifier: Apache-2.0
// What can be changed about a network interface while it runs: one list for scenarios, driver events and reports.
#pragma once

#include <cstdint>
#include <string_view>

namespace ringside {

enum class reconfiguration : std::uint8_t {
  ring_size,         // ethtool -G: descriptors
  mtu,               // ip link set mtu: bytes
  promiscuous,       // ip link set promisc: 1 = on
  all_multicast,     // ip link set allmulticast: 1 = on
  multicast_add,     // ip maddr add: an Ethernet address, first byte in bits 7:0
  multicast_remove,  // ip maddr del
  unicast_add,       // bridge fdb add ... self: an Ethernet address
  unicast_remove,    // bridge fdb del
  vlan_add,          // ip link add ... type vlan id: VID
  vlan_remove,       // ip link del
  rx_checksum,       // ethtool -K rx: 1 = on
  vlan_strip,        // ethtool -K rxvlan: 1 = on
  store_bad,         // ethtool -K rx-all: 1 = damaged frames are stored (RCTL.SBP)
  pthresh,           // RXDCTL, descriptors; no tool of Linux' sets these three
  hthresh,
  wthresh,
  count
};

/// The word a scenario uses: "ring", "mtu", "mcast+", ...
std::string_view name(reconfiguration what);

/// Marks in event::a of stage::reconfigure beside the reconfiguration: it has ended; the driver refused it.
inline constexpr std::uint64_t reconfiguration_ended = 1U << 8;
inline constexpr std::uint64_t reconfiguration_refused = 1U << 9;
inline constexpr std::uint64_t reconfiguration_mask = 0xFF;

}  // namespace ringside
