// SPDX-License-Identifier: Apache-2.0
#include "tests/sw/frames.h"

namespace ringside::test {

bytes station_address() {
  return {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
}

std::uint16_t slow_checksum(std::span<const std::uint8_t> data, std::uint32_t start) {
  std::uint32_t sum = start;
  for (std::size_t i = 0; i < data.size(); i += 2) {
    sum += static_cast<std::uint32_t>(data[i] << 8) + (i + 1 < data.size() ? data[i + 1] : 0U);
    if (sum > 0xFFFF) sum -= 0xFFFF;  // end-around carry at every step
  }
  return static_cast<std::uint16_t>(~sum);
}

void put16(bytes& to, std::size_t at, std::uint16_t value) {
  to[at] = static_cast<std::uint8_t>(value >> 8);
  to[at + 1] = static_cast<std::uint8_t>(value);
}

void put32(bytes& to, std::size_t at, std::uint32_t value) {
  put16(to, at, static_cast<std::uint16_t>(value >> 16));
  put16(to, at + 2, static_cast<std::uint16_t>(value));
}

bytes pattern(std::size_t size, std::uint8_t seed) {
  bytes result(size);
  for (std::size_t i = 0; i < size; ++i) result[i] = static_cast<std::uint8_t>(seed + i * 7 + (i >> 8));
  return result;
}

void fix_ip_checksum(bytes& packet, std::size_t at) {
  put16(packet, at + 10, 0);
  const std::size_t header = (packet[at] & 0x0FU) * 4U;
  put16(packet, at + 10, slow_checksum(std::span(packet).subspan(at, header)));
}

bytes ipv4_packet(std::uint8_t protocol, const bytes& payload, const udp_frame_options& o) {
  bytes packet;
  packet.reserve(20 + o.ip_options.size() + payload.size());
  packet.resize(20);
  packet.insert(packet.end(), o.ip_options.begin(), o.ip_options.end());
  packet[0] = static_cast<std::uint8_t>(0x40 | (packet.size() / 4));
  packet.insert(packet.end(), payload.begin(), payload.end());
  put16(packet, 2, static_cast<std::uint16_t>(packet.size()));
  packet[8] = 64;
  packet[9] = protocol;
  put32(packet, 12, o.source);
  put32(packet, 16, o.destination);
  fix_ip_checksum(packet);
  return packet;
}

bytes ethernet_frame(std::uint16_t type, const bytes& payload, const udp_frame_options& o) {
  bytes frame = o.destination_mac;
  frame.insert(frame.end(), {0x02, 0x00, 0x00, 0x00, 0x00, 0x01, 0, 0});
  put16(frame, 12, type);
  frame.insert(frame.end(), payload.begin(), payload.end());
  if (o.pad && frame.size() < 60) frame.resize(60);
  return frame;
}

bytes udp_frame(const bytes& payload, const udp_frame_options& o) {
  bytes datagram(8, 0);
  put16(datagram, 0, o.source_port);
  put16(datagram, 2, o.destination_port);
  datagram.insert(datagram.end(), payload.begin(), payload.end());
  const auto length = static_cast<std::uint16_t>(datagram.size());
  put16(datagram, 4, length);
  if (o.udp_checksum) {
    bytes pseudo(12, 0);
    put32(pseudo, 0, o.source);
    put32(pseudo, 4, o.destination);
    pseudo[9] = 17;
    put16(pseudo, 10, length);
    pseudo.insert(pseudo.end(), datagram.begin(), datagram.end());
    std::uint16_t sum = slow_checksum(pseudo);
    if (sum == 0) sum = 0xFFFF;  // RFC 768
    put16(datagram, 6, sum);
  }
  return ethernet_frame(0x0800, ipv4_packet(17, datagram, o), o);
}

bytes icmp_echo(std::size_t size) {
  bytes message = pattern(8 + size, 3);
  message[0] = 8;
  message[1] = 0;
  put16(message, 2, 0);
  put16(message, 2, slow_checksum(message));
  return message;
}

bytes arp_packet(std::uint16_t operation, std::uint32_t sender, std::uint32_t target) {
  bytes p(28, 0);
  put16(p, 0, 1);
  put16(p, 2, 0x0800);
  p[4] = 6;
  p[5] = 4;
  put16(p, 6, operation);
  p[8] = 0x02;
  p[13] = 0x01;
  put32(p, 14, sender);
  put32(p, 24, target);
  return p;
}

}  // namespace ringside::test
