// SPDX-License-Identifier: Apache-2.0
// The Internet checksum of RFC 1071 over bytes in pieces.
//
// Callers: IPv4, ICMP, UDP receive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sw/stack/sk_buff.h"

namespace ringside::stack {

/// One's complement sum of big-endian 16-bit words, fed piece by piece; an odd piece is continued by the next.
class inet_sum {
 public:
  void add(std::span<const std::byte> bytes);
  void add16(std::uint16_t word) { sum_ += word; }
  void add32(std::uint32_t words) { sum_ += (words >> 16) + (words & 0xFFFF); }
  /// Folded sum; 0xFFFF for data that includes a correct checksum.
  std::uint16_t folded() const;

 private:
  std::uint64_t sum_ = 0;
  bool odd_ = false;
};

/// True when the bytes, checksum field included, sum to all ones.
bool checksum_valid(std::span<const std::byte> bytes);

/// Adds [offset, offset + bytes) of a packet.
void add_packet(inet_sum& sum, const sk_buff& skb, std::size_t offset, std::size_t bytes);

/// Writes the checksum of an IPv4 header that is whole but for it (ip_send_check).
void write_ip_checksum(std::byte* header);

/// The sum a device was to complete, from csum_start on, completed here (skb_checksum_help); spends what it costs.
/// False when the place for it is not in the head or memory is out.
bool complete_checksum(kernel::host& machine, sk_buff& skb);

/// Pseudo header of RFC 768 of a packet that leaves.
void add_pseudo_header(inet_sum& sum, std::uint32_t source, std::uint32_t destination, std::uint8_t protocol,
                       std::size_t length);
/// The same of one that came in.
void add_pseudo_header(inet_sum& sum, const sk_buff& skb, std::uint8_t protocol, std::size_t length);

}  // namespace ringside::stack
