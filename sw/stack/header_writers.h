// SPDX-License-Identifier: Apache-2.0
// The headers of a packet that is made, field by field as the standards print them: what headers.h is for packets that
// come in.
//
// A writer checks nothing: whoever makes one has seen to it that the bytes are there.
#pragma once

#include "sw/stack/headers.h"

namespace ringside::stack {

inline void store8(std::byte* p, std::uint8_t value) {
  *p = static_cast<std::byte>(value);
}
inline void store_be16(std::byte* p, std::uint16_t value) {
  store8(p, static_cast<std::uint8_t>(value >> 8));
  store8(p + 1, static_cast<std::uint8_t>(value & 0xFF));
}
inline void store_be32(std::byte* p, std::uint32_t value) {
  store_be16(p, static_cast<std::uint16_t>(value >> 16));
  store_be16(p + 2, static_cast<std::uint16_t>(value & 0xFFFF));
}
inline void store_mac(std::byte* p, const mac_address& address) {
  for (const std::uint8_t byte : address) store8(p++, byte);
}

class ethernet_writer {
 public:
  explicit ethernet_writer(std::byte* at) : at_(at) {}
  void set_destination(const mac_address& a) { store_mac(at_, a); }
  void set_source(const mac_address& a) { store_mac(at_ + ethernet::address_bytes, a); }
  void set_type(std::uint16_t type) { store_be16(at_ + ethernet::type_offset, type); }

 private:
  std::byte* at_;
};

/// RFC 826, for IPv4 over Ethernet: writes all of it.
class arp_writer {
 public:
  explicit arp_writer(std::byte* at) : at_(at) {}
  void set_kind(std::uint16_t operation) {
    store_be16(at_, 1);  // Ethernet
    store_be16(at_ + 2, ethernet::type_ipv4);
    store8(at_ + 4, ethernet::address_bytes);
    store8(at_ + 5, sizeof(ipv4_address));
    store_be16(at_ + 6, operation);
  }
  void set_sender(const mac_address& hardware, ipv4_address address) {
    store_mac(at_ + 8, hardware);
    store_be32(at_ + 14, address);
  }
  void set_target(const mac_address& hardware, ipv4_address address) {
    store_mac(at_ + 18, hardware);
    store_be32(at_ + 24, address);
  }

 private:
  std::byte* at_;
};

class ipv4_writer {
 public:
  explicit ipv4_writer(std::byte* at) : at_(at) {}
  void set_version_and_length(std::size_t bytes) { store8(at_, static_cast<std::uint8_t>(0x40 | bytes / 4)); }
  void set_type_of_service(std::uint8_t value) { store8(at_ + 1, value); }
  void set_total_length(std::size_t bytes) { store_be16(at_ + 2, static_cast<std::uint16_t>(bytes)); }
  void set_identification(std::uint16_t value) { store_be16(at_ + 4, value); }
  /// Flags and fragment offset: inet::dont_fragment, more_fragments, fragment_offset.
  void set_fragment(std::uint16_t value) { store_be16(at_ + 6, value); }
  void set_time_to_live(std::uint8_t value) { store8(at_ + 8, value); }
  void set_protocol(std::uint8_t value) { store8(at_ + 9, value); }
  void set_checksum(std::uint16_t value) { store_be16(at_ + 10, value); }
  void set_source(ipv4_address value) { store_be32(at_ + 12, value); }
  void set_destination(ipv4_address value) { store_be32(at_ + 16, value); }

 private:
  std::byte* at_;
};

class icmp_writer {
 public:
  explicit icmp_writer(std::byte* at) : at_(at) {}
  void set_type(std::uint8_t type, std::uint8_t code) {
    store8(at_, type);
    store8(at_ + 1, code);
  }
  void set_checksum(std::uint16_t value) { store_be16(at_ + 2, value); }
  /// The four bytes that mean something else for each type.
  void set_rest(std::uint32_t value) { store_be32(at_ + 4, value); }
  void set_identifier(std::uint16_t value) { store_be16(at_ + 4, value); }  // echo

 private:
  std::byte* at_;
};

class udp_writer {
 public:
  explicit udp_writer(std::byte* at) : at_(at) {}
  void set_ports(std::uint16_t source, std::uint16_t destination) {
    store_be16(at_, source);
    store_be16(at_ + 2, destination);
  }
  void set_length(std::size_t bytes) { store_be16(at_ + 4, static_cast<std::uint16_t>(bytes)); }
  void set_checksum(std::uint16_t value) { store_be16(at_ + 6, value); }

 private:
  std::byte* at_;
};

/// Of what is not written here, the acknowledgment and the urgent pointer, the maker leaves what was there.
class tcp_writer {
 public:
  explicit tcp_writer(std::byte* at) : at_(at) {}
  void set_ports(std::uint16_t source, std::uint16_t destination) {
    store_be16(at_, source);
    store_be16(at_ + 2, destination);
  }
  void set_sequence(std::uint32_t value) { store_be32(at_ + 4, value); }
  void set_header_bytes(std::size_t bytes) { store8(at_ + 12, static_cast<std::uint8_t>(bytes / 4 << 4)); }
  /// As tcp_view::flags() gives them.
  void set_flags(std::uint8_t value) { store8(at_ + 13, value); }
  void set_window(std::uint16_t value) { store_be16(at_ + 14, value); }
  void set_checksum(std::uint16_t value) { store_be16(at_ + tcp_view::checksum_at, value); }

 private:
  std::byte* at_;
};

}  // namespace ringside::stack
