// SPDX-License-Identifier: Apache-2.0
// Each field of each header at the place the standard's drawing gives it: bytes written by hand, no two alike.
#include "sw/stack/headers.h"

#include <gtest/gtest.h>

#include <array>
#include <numeric>

namespace ringside::stack {
namespace {

// 01 02 03 ...: a field's value says which bytes it was read from.
std::array<std::byte, 32> counting() {
  std::array<std::byte, 32> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i + 1);
  return bytes;
}

constexpr mac_address mac_from(std::uint8_t first) {
  mac_address address{};
  std::iota(address.begin(), address.end(), first);
  return address;
}

TEST(headers, ethernet_and_vlan) {
  const auto bytes = counting();
  const ethernet_view header(bytes.data());
  EXPECT_EQ(header.destination(), mac_from(1));
  EXPECT_EQ(header.source(), mac_from(7));
  EXPECT_EQ(header.type(), 0x0D0E);
  EXPECT_EQ(ethernet_view::bytes, 14U);
  EXPECT_EQ(vlan_view(bytes.data()).tci(), 0x0102);
  EXPECT_EQ(vlan_view(bytes.data()).type(), 0x0304);
  EXPECT_EQ(vlan_view::bytes, 4U);
}

// RFC 826: ar$hrd, ar$pro, ar$hln, ar$pln, ar$op, ar$sha, ar$spa, ar$tha, ar$tpa.
TEST(headers, arp) {
  const auto bytes = counting();
  const arp_view header(bytes.data());
  EXPECT_EQ(header.hardware(), 0x0102);
  EXPECT_EQ(header.protocol(), 0x0304);
  EXPECT_EQ(header.hardware_bytes(), 5);
  EXPECT_EQ(header.protocol_bytes(), 6);
  EXPECT_EQ(header.operation(), 0x0708);
  EXPECT_EQ(header.sender_hardware(), mac_from(9));
  EXPECT_EQ(header.sender(), 0x0F101112U);
  EXPECT_EQ(header.target_hardware(), mac_from(19));
  EXPECT_EQ(header.target(), 0x191A1B1CU);
  EXPECT_EQ(arp_view::bytes, 28U);
}

TEST(headers, ipv4) {
  auto bytes = counting();
  bytes[0] = std::byte{0x4F};
  const ipv4_view header(bytes.data());
  EXPECT_EQ(header.version(), 4U);
  EXPECT_EQ(header.header_bytes(), 60U);
  EXPECT_EQ(header.type_of_service(), 2);
  EXPECT_EQ(header.total_length(), 0x0304U);
  EXPECT_EQ(header.identification(), 0x0506);
  EXPECT_EQ(header.fragment(), 0x0708);
  EXPECT_EQ(header.time_to_live(), 9);
  EXPECT_EQ(header.protocol(), 10);
  EXPECT_EQ(header.checksum(), 0x0B0C);
  EXPECT_EQ(header.source(), 0x0D0E0F10U);
  EXPECT_EQ(header.destination(), 0x11121314U);
  EXPECT_EQ(ipv4_view::bytes, 20U);
}

TEST(headers, icmp_and_udp) {
  const auto bytes = counting();
  const icmp_view message(bytes.data());
  EXPECT_EQ(message.type(), 1);
  EXPECT_EQ(message.code(), 2);
  EXPECT_EQ(message.checksum(), 0x0304);
  EXPECT_EQ(message.rest(), 0x05060708U);
  EXPECT_EQ(message.pointer(), 5);
  EXPECT_EQ(message.gateway(), 0x05060708U);
  EXPECT_EQ(message.identifier(), 0x0506);
  EXPECT_EQ(message.sequence(), 0x0708);
  EXPECT_EQ(message.next_hop_mtu(), 0x0708);
  EXPECT_EQ(icmp_view::bytes, 8U);
  const udp_view datagram(bytes.data());
  EXPECT_EQ(datagram.source_port(), 0x0102);
  EXPECT_EQ(datagram.destination_port(), 0x0304);
  EXPECT_EQ(datagram.length(), 0x0506U);
  EXPECT_EQ(datagram.checksum(), 0x0708);
  EXPECT_EQ(udp_view::bytes, 8U);
}

TEST(headers, tcp) {
  auto bytes = counting();
  bytes[12] = std::byte{0xF1};
  const tcp_view header(bytes.data());
  EXPECT_EQ(header.source_port(), 0x0102);
  EXPECT_EQ(header.destination_port(), 0x0304);
  EXPECT_EQ(header.sequence(), 0x05060708U);
  EXPECT_EQ(header.acknowledgment(), 0x090A0B0CU);
  EXPECT_EQ(header.header_bytes(), 60U);
  EXPECT_EQ(header.flags(), 14);
  EXPECT_EQ(header.window(), 0x0F10);
  EXPECT_EQ(header.checksum(), 0x1112);
  EXPECT_EQ(header.urgent(), 0x1314);
  EXPECT_EQ(tcp_view::bytes, 20U);
}

}  // namespace
}  // namespace ringside::stack
