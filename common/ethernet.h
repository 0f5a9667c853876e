// SPDX-License-Identifier: Apache-2.0
// Ethernet as IEEE 802.3 and 802.1Q lay it out: lengths, limits and EtherTypes, for cards, checker, stack and sources
// alike.
//
// Facts of the standard are shared; what the chip does with a frame each card and the checker decide on their own.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ringside::ethernet {

inline constexpr std::size_t address_bytes = 6;
inline constexpr std::size_t type_offset = 12;  // behind both addresses
inline constexpr std::size_t header_bytes = 14;
inline constexpr std::size_t tag_bytes = 4;  // 802.1Q: EtherType and TCI
inline constexpr std::size_t fcs_bytes = 4;

// Frames from DA to FCS.
inline constexpr std::uint32_t least_frame = 64;  // 802.3 3.2.8
inline constexpr std::uint32_t least_without_fcs = least_frame - fcs_bytes;
inline constexpr std::uint32_t longest_untagged = 1518;  // 802.3 3.2.7
inline constexpr std::uint32_t longest_frame =
    longest_untagged + tag_bytes;                         // what the chip takes with LPE = 0 (FS 6.8)
inline constexpr std::uint32_t longest_with_lpe = 16384;  // and with LPE = 1 (FS 6.8)

inline constexpr std::uint16_t type_ipv4 = 0x0800;
inline constexpr std::uint16_t type_arp = 0x0806;
inline constexpr std::uint16_t type_vlan = 0x8100;  // 802.1Q, customer tag
inline constexpr std::uint16_t type_ipv6 = 0x86DD;
inline constexpr std::uint16_t type_8021ad = 0x88A8;      // service tag
inline constexpr std::uint16_t type_qinq = 0x9100;        // service tag before 802.1ad
inline constexpr std::uint16_t type_experiment = 0x88B5;  // 802 9.2.4: local experiments

}  // namespace ringside::ethernet
