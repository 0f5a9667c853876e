// SPDX-License-Identifier: Apache-2.0
// Typed looks at the headers of a packet, field by field as the standards print them.
//
// A view copies nothing and checks nothing: whoever makes one has seen to it that `bytes` are there (may_pull,
// copy_bits) and makes a new one when they may have moved.  Lengths are in bytes, numbers in host order.
#pragma once

#include "common/ethernet.h"
#include "common/inet.h"
#include "sw/stack/bytes.h"

namespace ringside::stack {

/// IEEE 802.3 clause 3.2.
class ethernet_view {
 public:
  static constexpr std::size_t bytes = ethernet::header_bytes;
  explicit ethernet_view(const std::byte* at) : at_(at) {}
  mac_address destination() const { return load_mac(at_); }
  mac_address source() const { return load_mac(at_ + ethernet::address_bytes); }
  std::uint16_t type() const { return load_be16(at_ + 2 * ethernet::address_bytes); }

 private:
  const std::byte* at_;
};

/// A tag without its TPID, as it stands behind an EtherType that says there is one: IEEE 802.1Q 9.6.
class vlan_view {
 public:
  static constexpr std::size_t bytes = ethernet::tag_bytes;
  explicit vlan_view(const std::byte* at) : at_(at) {}
  std::uint16_t tci() const { return load_be16(at_); }
  std::uint16_t type() const { return load_be16(at_ + 2); }

 private:
  const std::byte* at_;
};

/// RFC 826, for IPv4 over Ethernet.
class arp_view {
 public:
  static constexpr std::size_t bytes = inet::arp_bytes;
  explicit arp_view(const std::byte* at) : at_(at) {}
  std::uint16_t hardware() const { return load_be16(at_); }
  std::uint16_t protocol() const { return load_be16(at_ + 2); }
  std::uint8_t hardware_bytes() const { return load8(at_ + 4); }
  std::uint8_t protocol_bytes() const { return load8(at_ + 5); }
  std::uint16_t operation() const { return load_be16(at_ + 6); }
  mac_address sender_hardware() const { return load_mac(at_ + 8); }
  ipv4_address sender() const { return load_be32(at_ + 14); }
  mac_address target_hardware() const { return load_mac(at_ + 18); }
  ipv4_address target() const { return load_be32(at_ + 24); }

 private:
  const std::byte* at_;
};

/// RFC 791 section 3.1.
class ipv4_view {
 public:
  static constexpr std::size_t bytes = inet::ipv4_header_bytes;  // without options
  explicit ipv4_view(const std::byte* at) : at_(at) {}
  unsigned version() const { return load8(at_) >> 4; }
  std::size_t header_bytes() const { return (load8(at_) & 0x0FU) * 4U; }
  std::uint8_t type_of_service() const { return load8(at_ + 1); }
  std::size_t total_length() const { return load_be16(at_ + 2); }
  std::uint16_t identification() const { return load_be16(at_ + 4); }
  /// Flags and fragment offset: inet::dont_fragment, more_fragments, fragment_offset.
  std::uint16_t fragment() const { return load_be16(at_ + 6); }
  std::uint8_t time_to_live() const { return load8(at_ + 8); }
  std::uint8_t protocol() const { return load8(at_ + 9); }
  std::uint16_t checksum() const { return load_be16(at_ + 10); }
  ipv4_address source() const { return load_be32(at_ + 12); }
  ipv4_address destination() const { return load_be32(at_ + 16); }

 private:
  const std::byte* at_;
};

/// RFC 792: what all messages have, and the four bytes behind it that mean something else for each type.
class icmp_view {
 public:
  static constexpr std::size_t bytes = 8;
  explicit icmp_view(const std::byte* at) : at_(at) {}
  std::uint8_t type() const { return load8(at_); }
  std::uint8_t code() const { return load8(at_ + 1); }
  std::uint16_t checksum() const { return load_be16(at_ + 2); }
  std::uint32_t rest() const { return load_be32(at_ + 4); }          // the four bytes as they stand
  std::uint8_t pointer() const { return load8(at_ + 4); }            // parameter problem
  ipv4_address gateway() const { return load_be32(at_ + 4); }        // redirect
  std::uint16_t identifier() const { return load_be16(at_ + 4); }    // echo
  std::uint16_t sequence() const { return load_be16(at_ + 6); }      // echo
  std::uint16_t next_hop_mtu() const { return load_be16(at_ + 6); }  // fragmentation needed, RFC 1191

 private:
  const std::byte* at_;
};

/// RFC 768.
class udp_view {
 public:
  static constexpr std::size_t bytes = inet::udp_header_bytes;
  explicit udp_view(const std::byte* at) : at_(at) {}
  std::uint16_t source_port() const { return load_be16(at_); }
  std::uint16_t destination_port() const { return load_be16(at_ + 2); }
  std::size_t length() const { return load_be16(at_ + 4); }
  std::uint16_t checksum() const { return load_be16(at_ + 6); }  // 0: the sender computed none

 private:
  const std::byte* at_;
};

/// RFC 9293 section 3.1.
class tcp_view {
 public:
  static constexpr std::size_t bytes = 20;  // without options
  static constexpr std::uint16_t checksum_at = 16;
  explicit tcp_view(const std::byte* at) : at_(at) {}
  std::uint16_t source_port() const { return load_be16(at_); }
  std::uint16_t destination_port() const { return load_be16(at_ + 2); }
  std::uint32_t sequence() const { return load_be32(at_ + 4); }
  std::uint32_t acknowledgment() const { return load_be32(at_ + 8); }
  std::size_t header_bytes() const { return (load8(at_ + 12) >> 4) * std::size_t{4}; }
  /// CWR, ECE, URG, ACK, PSH, RST, SYN, FIN from bit 7 to bit 0.
  std::uint8_t flags() const { return load8(at_ + 13); }
  std::uint16_t window() const { return load_be16(at_ + 14); }
  std::uint16_t checksum() const { return load_be16(at_ + checksum_at); }
  std::uint16_t urgent() const { return load_be16(at_ + 18); }

 private:
  const std::byte* at_;
};

}  // namespace ringside::stack
