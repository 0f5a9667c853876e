// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/transmit_offload.h"

#include <zlib.h>

#include <algorithm>

#include "common/ethernet.h"
#include "hw/tlm/model/received_frame.h"

namespace ringside::tlm::model {
namespace {

constexpr std::uint32_t longest_header = 240;  // T-30
// Fields that segmentation changes: offset and end within their header (RFC 791, RFC 8200, RFC 793, RFC 768).
constexpr std::uint32_t ip_total_length = 2, ip_identification = 4, ip_changed_end = 6;
constexpr std::uint32_t ipv6_payload_length = 4, ipv6_header = 40;
constexpr std::uint32_t tcp_sequence = 4, tcp_flags = 13, tcp_changed_end = 14;
constexpr std::uint32_t udp_length = 4, udp_changed_end = 6;
constexpr std::uint8_t tcp_fin = 0x01, tcp_psh = 0x08;

void put(std::vector<std::uint8_t>& bytes, std::size_t at, std::uint64_t value, unsigned n) {
  for (unsigned i = 0; i < n; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * (n - 1 - i)));
}

std::uint32_t big_endian_32(std::span<const std::uint8_t> bytes, std::size_t at) {
  return std::uint32_t{big_endian_16(bytes, at)} << 16 | big_endian_16(bytes, at + 2);
}

std::uint16_t sum_of(std::span<const std::uint8_t> bytes, std::uint64_t addend) {
  std::uint64_t total = addend;
  for (std::size_t i = 0; i < bytes.size(); ++i) total += std::uint64_t{bytes[i]} << (i % 2 == 0 ? 8 : 0);
  while (total >> 16 != 0) total = (total & 0xFFFF) + (total >> 16);
  return static_cast<std::uint16_t>(total);
}

bool inside(const checksum_order& o, std::size_t frame) {
  return o.start < frame && o.place + 1 < frame && (o.end == 0 || o.end >= o.start);
}

}  // namespace

void insert_checksums(std::vector<std::uint8_t>& frame, std::span<const checksum_order> orders) {
  const std::vector<std::uint8_t> before = frame;
  for (const checksum_order& o : orders) {
    if (!inside(o, frame.size())) continue;
    const std::size_t behind = o.end == 0 ? frame.size() : std::min<std::size_t>(o.end + std::size_t{1}, frame.size());
    const auto summed = std::span(before).subspan(o.start, behind - o.start);
    auto value = static_cast<std::uint16_t>(~sum_of(summed, o.addend));
    if (value == 0 && o.never_zero) value = 0xFFFF;
    put(frame, o.place, value, 2);
  }
}

void insert_tag(std::vector<std::uint8_t>& frame, const vlan_tag& tag) {
  if (frame.size() < ethernet::type_offset) return;
  frame.insert(frame.begin() + ethernet::type_offset, ethernet::tag_bytes, std::uint8_t{0});
  put(frame, ethernet::type_offset, tag.type, 2);
  put(frame, ethernet::type_offset + 2, tag.control, 2);
}

bool usable_context(const transmit_context& c, std::uint32_t longest) {
  if (c.segment == 0 || c.payload == 0 || c.header == 0 || c.header > longest_header) return false;
  if (c.header + c.segment > longest) return false;
  if ((c.ipv4 || c.tcp) && c.ip_start + ip_changed_end > c.header) return false;
  if (c.tcp) return c.l4_start + tcp_changed_end <= c.header;
  return !c.ipv4 || c.l4_start + udp_changed_end <= c.header;
}

void update_header(std::vector<std::uint8_t>& segment, const transmit_context& c, std::uint32_t number, bool last) {
  const auto length = static_cast<std::uint32_t>(segment.size());
  if (c.ipv4) {
    put(segment, c.ip_start + ip_total_length, length - c.ip_start, 2);
    const std::size_t id_at = c.ip_start + ip_identification;
    put(segment, id_at, big_endian_16(segment, id_at) + number, 2);
  } else if (c.tcp) {
    put(segment, c.ip_start + ipv6_payload_length, length - c.ip_start - ipv6_header, 2);
  }
  if (c.tcp) {
    const std::size_t sequence_at = c.l4_start + tcp_sequence;
    put(segment, sequence_at, big_endian_32(segment, sequence_at) + number * c.segment, 4);
    if (!last) segment[c.l4_start + tcp_flags] &= static_cast<std::uint8_t>(~(tcp_fin | tcp_psh));
  } else if (c.ipv4) {
    put(segment, c.l4_start + udp_length, length - c.l4_start, 2);
  }
}

std::array<std::uint8_t, 4> frame_check_sequence(std::span<const std::uint8_t> bytes) {
  const uLong crc = crc32(0L, bytes.data(), static_cast<uInt>(bytes.size()));
  std::array<std::uint8_t, 4> fcs{};
  for (unsigned i = 0; i < fcs.size(); ++i) fcs[i] = static_cast<std::uint8_t>(crc >> (8 * i));
  return fcs;
}

}  // namespace ringside::tlm::model
