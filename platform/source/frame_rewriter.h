// SPDX-License-Identifier: Apache-2.0
// Makes frames of somebody else's network frames for the machine: addresses, and the checksums over them.
//
// Used by pcap_source.h where wire.rewrite is on; docs/captures.md tells users what it does.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace ringside::platform {

struct rewrite_target {
  std::array<std::uint8_t, 6> mac{};
  std::uint32_t address = 0;  // IPv4, host byte order
  unsigned prefix_bits = 24;  // of the network it is in (stack.prefix)
};

/// Rewrites a frame (DA .. last byte, no FCS), behind VLAN tags too:
///  - an individual DA becomes the target's; groups and broadcast stay;
///  - the destination of IPv4, and the target of ARP, becomes the target's address.  Multicast and 255.255.255.255
///    stay, and what was broadcast on Ethernet goes to the broadcast address of the target's network;
///  - a source that is the target's own address, which a host refuses, becomes a neighbour's;
///  - the checksum of the IPv4 header is computed anew, as are those of UDP and TCP where the datagram is whole.  Where
///    it is not (a fragment, a snapped record) they follow the change of the addresses (RFC 1624).
/// True when a byte has changed.
bool rewrite_frame(std::vector<std::uint8_t>& frame, const rewrite_target& target);

}  // namespace ringside::platform
