// SPDX-License-Identifier: Apache-2.0
#include "tools/regress/sent_frame.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>

#include "common/ethernet.h"
#include "common/inet.h"

namespace ringside::platform {
namespace {

using bytes = std::span<const std::uint8_t>;

constexpr std::size_t tcp_header_bytes = 20;
constexpr std::size_t icmp_header_bytes = 8;
constexpr std::uint16_t type_mac_control = 0x8808;  // IEEE 802.3 31.4
constexpr std::array<std::uint8_t, 6> pause_address{0x01, 0x80, 0xC2, 0x00, 0x00, 0x01};

std::uint16_t be16(bytes b, std::size_t at) {
  return static_cast<std::uint16_t>(b[at] << 8 | b[at + 1]);
}
std::uint32_t be32(bytes b, std::size_t at) {
  return static_cast<std::uint32_t>(be16(b, at)) << 16 | be16(b, at + 2);
}

// RFC 1071, the plain way: words in network order, an odd byte as if a zero followed.
std::uint32_t sum_of(bytes b, std::uint32_t sum) {
  for (std::size_t i = 0; i + 1 < b.size(); i += 2) sum += be16(b, i);
  if (b.size() % 2 != 0) sum += static_cast<std::uint32_t>(b.back()) << 8;
  while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  return sum;
}

void look_at_pause(seen_frame& f, bytes body) {
  f.pause = true;
  if (body.size() < 4 || be16(body, 0) != 1) {
    f.fault = "is MAC control and no PAUSE";
    return;
  }
  f.pause_time = be16(body, 2);
  if (f.to != pause_address) f.fault = "is a PAUSE to another address than 01:80:c2:00:00:01";
  if (std::any_of(body.begin() + 4, body.end(), [](std::uint8_t b) { return b != 0; }))
    f.fault = "is a PAUSE with something behind its time";
}

void look_at_arp(seen_frame& f, bytes body) {
  if (body.size() < inet::arp_bytes || be16(body, 0) != 1 || be16(body, 2) != ethernet::type_ipv4 || body[4] != 6 ||
      body[5] != 4)
    f.fault = "is no ARP for IPv4 over Ethernet";
  else if (const auto operation = be16(body, 6); operation != 1 && operation != 2)
    f.fault = fmt::format("is ARP of operation {}", operation);
  else if (!std::equal(f.from.begin(), f.from.end(), body.begin() + 8))
    f.fault = "is ARP whose sender is not who sends it";
}

void look_at_transport(seen_frame& f) {
  const bytes b = f.ip_payload;
  if (f.protocol == inet::protocol_icmp) {
    if (b.size() < icmp_header_bytes)
      f.fault = "is ICMP without a header";
    else if (sum_of(b, 0) != 0xFFFF)
      f.fault = "has a wrong ICMP checksum";
  } else if (f.protocol == inet::protocol_udp) {
    if (b.size() < inet::udp_header_bytes || be16(b, 4) != b.size()) {
      f.fault = fmt::format("has a UDP length that is not the {} bytes of its packet", b.size());
      return;
    }
    f.to_port = be16(b, 2);
    f.payload = b.subspan(inet::udp_header_bytes);
    if (be16(b, 6) == 0)
      f.fault = "has no UDP checksum";
    else if (!transport_sum_right(f, b))
      f.fault = "has a wrong UDP checksum";
  } else if (f.protocol == inet::protocol_tcp) {
    const std::size_t header = b.size() < tcp_header_bytes ? 0 : (b[12] >> 4) * std::size_t{4};
    if (header < tcp_header_bytes || header > b.size()) {
      f.fault = "has a TCP header that does not fit its packet";
      return;
    }
    f.to_port = be16(b, 2);
    f.sequence = be32(b, 4);
    f.flags = b[13];
    f.payload = b.subspan(header);
    if (!transport_sum_right(f, b)) f.fault = "has a wrong TCP checksum";
  } else {
    f.fault = fmt::format("is of IP protocol {}, which nobody here sends", f.protocol);
  }
}

void look_at_ipv4(seen_frame& f, bytes body) {
  if (body.size() < inet::ipv4_header_bytes || body[0] != 0x45) {  // no options are sent
    f.fault = "has no plain IPv4 header";
    return;
  }
  f.ip_bytes = be16(body, 2);
  if (f.ip_bytes < inet::ipv4_header_bytes || f.ip_bytes > body.size()) {
    f.fault = fmt::format("has an IPv4 length of {}, and {} bytes", f.ip_bytes, body.size());
    return;
  }
  if (sum_of(body.first(inet::ipv4_header_bytes), 0) != 0xFFFF) {
    f.fault = "has a wrong IPv4 checksum";
    return;
  }
  const std::uint16_t fragment = be16(body, 6);
  f.id = be16(body, 4);
  f.offset = (fragment & inet::fragment_offset) * 8U;
  f.more = (fragment & inet::more_fragments) != 0;
  f.dont_fragment = (fragment & inet::dont_fragment) != 0;
  f.protocol = body[9];
  f.time_to_live = body[8];
  f.source = be32(body, 12);
  f.destination = be32(body, 16);
  f.ip_payload = body.subspan(inet::ipv4_header_bytes, f.ip_bytes - inet::ipv4_header_bytes);
  if (body[8] == 0) f.fault = "has a time to live of 0";
  if (f.fragment() && f.dont_fragment) f.fault = "is a fragment that must not be fragmented";
  if (f.more && (f.ip_payload.size() % 8 != 0 || f.ip_payload.empty())) f.fault = "is a fragment of odd length";
  // What is behind the packet is padding, and as the stack made it zeros (RFC 894).
  if (std::any_of(body.begin() + f.ip_bytes, body.end(), [](std::uint8_t b) { return b != 0; }))
    f.fault = "has other padding than zeros";
  if (body.size() > f.ip_bytes && body.size() + ethernet::header_bytes + f.tags.size() * ethernet::tag_bytes >
                                      ethernet::least_without_fcs + f.tags.size() * ethernet::tag_bytes)
    f.fault = "is longer than its packet and the least frame";
  if (f.fault.empty() && !f.fragment()) look_at_transport(f);
}

}  // namespace

bool transport_sum_right(const seen_frame& f, bytes b) {
  std::uint32_t pseudo = (f.source >> 16) + (f.source & 0xFFFF) + (f.destination >> 16) + (f.destination & 0xFFFF);
  pseudo += f.protocol + static_cast<std::uint32_t>(b.size());
  return sum_of(b, pseudo) == 0xFFFF;
}

seen_frame look_at(bytes frame) {
  seen_frame f;
  if (frame.size() < ethernet::least_frame) {
    f.fault = fmt::format("has {} bytes, and 64 is the least", frame.size());
    return f;
  }
  const bytes covered = frame.first(frame.size() - ethernet::fcs_bytes);
  const auto crc = static_cast<std::uint32_t>(::crc32(0, covered.data(), static_cast<uInt>(covered.size())));
  for (unsigned i = 0; i < ethernet::fcs_bytes; ++i)
    if (frame[covered.size() + i] != (crc >> (8 * i) & 0xFF)) f.fault = "has a wrong FCS";
  std::copy_n(frame.begin(), 6, f.to.begin());
  std::copy_n(frame.begin() + 6, 6, f.from.begin());
  std::size_t at = ethernet::type_offset;
  f.type = be16(frame, at);
  while ((f.type == ethernet::type_vlan || f.type == ethernet::type_8021ad) && f.tags.size() < 2) {
    f.tags.push_back({f.type, be16(frame, at + 2)});
    at += ethernet::tag_bytes;
    f.type = be16(frame, at);
  }
  if (!f.fault.empty()) return f;
  const bytes body = covered.subspan(at + 2);
  if (f.type == type_mac_control)
    look_at_pause(f, body);
  else if (f.type == ethernet::type_arp)
    look_at_arp(f, body);
  else if (f.type == ethernet::type_ipv4)
    look_at_ipv4(f, body);
  else
    f.fault = fmt::format("is of EtherType {:04x}, which nobody here sends", f.type);
  return f;
}

}  // namespace ringside::platform
