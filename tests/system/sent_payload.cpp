// SPDX-License-Identifier: Apache-2.0
#include "tests/system/sent_payload.h"

#include <algorithm>
#include <span>

namespace ringside::test {
namespace {

using bytes = std::span<const std::uint8_t>;

constexpr std::size_t udp_header = 8;

std::size_t get16(bytes from, std::size_t at) {
  return static_cast<std::size_t>(from[at] << 8 | from[at + 1]);
}

/// The packet behind Ethernet header and tags, as long as IPv4 says; empty when it is none.
bytes ipv4_packet(const std::vector<std::uint8_t>& frame) {
  std::size_t at = 12;
  while (at + 6 <= frame.size() && (get16(frame, at) == 0x8100 || get16(frame, at) == 0x88A8)) at += 4;
  if (at + 22 > frame.size() || get16(frame, at) != 0x0800) return {};
  const bytes packet = bytes(frame).subspan(at + 2);
  const std::size_t total = get16(packet, 2);
  return total > packet.size() ? bytes{} : packet.first(total);
}

std::size_t header_of(bytes packet) {
  return (packet[0] & 0xFU) * 4U;
}

/// RFC 791: source, destination, protocol and identification tell datagrams apart.
bool same_datagram(bytes x, bytes y) {
  return std::equal(x.begin() + 12, x.begin() + 20, y.begin() + 12) && x[9] == y[9] && get16(x, 4) == get16(y, 4);
}

std::vector<std::uint8_t> datagram_of(const sent_frames& frames, bytes one) {
  std::vector<std::uint8_t> out;
  for (const auto& frame : frames) {
    const bytes packet = ipv4_packet(frame);
    if (packet.size() < 20 || !same_datagram(packet, one)) continue;
    const bytes piece = packet.subspan(header_of(packet));
    const std::size_t begin = (get16(packet, 6) & 0x1FFF) * 8;
    out.resize(std::max(out.size(), begin + piece.size()));
    std::copy(piece.begin(), piece.end(), out.begin() + static_cast<std::ptrdiff_t>(begin));
  }
  return out;
}

}  // namespace

std::optional<std::vector<std::uint8_t>> sent_payload(const sent_frames& frames, std::size_t index) {
  const bytes packet = ipv4_packet(frames.at(index));
  if (packet.size() < 20) return std::nullopt;
  const bool fragment = (get16(packet, 6) & 0x3FFF) != 0;  // more to come, or not the first
  const bytes own = packet.subspan(std::min(header_of(packet), packet.size()));
  const std::vector<std::uint8_t> datagram =
      fragment ? datagram_of(frames, packet) : std::vector<std::uint8_t>(own.begin(), own.end());
  if (datagram.size() < udp_header) return std::nullopt;
  const std::size_t length = get16(datagram, 4);
  if (length < udp_header || length > datagram.size()) return std::nullopt;
  return std::vector<std::uint8_t>(datagram.begin() + udp_header,
                                   datagram.begin() + static_cast<std::ptrdiff_t>(length));
}

}  // namespace ringside::test
