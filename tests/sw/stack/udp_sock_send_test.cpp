// SPDX-License-Identifier: Apache-2.0
// What a UDP socket sends, byte by byte (RFC 768, 791, 826; UD-1 to UD-10, IP-1 to IP-3).
#include <gtest/gtest.h>

#include <cerrno>

#include "tests/sw/stack/send_bench.h"

namespace ringside::test {
namespace udp_sock_send_tests {
namespace {

namespace abi = stack::abi;

class udp_send : public send_bench {};

// The first packet asks who the peer is, and waits for the answer.
TEST_F(udp_send, a_datagram_leaves_when_the_peer_has_answered) {
  const int fd = udp(5000);
  EXPECT_EQ(send_to(fd, pattern(10, 3)), 10);
  ASSERT_EQ(left.size(), 1U);
  expect_ethernet(left[0].data, everybody, 0x0806);
  bytes request = arp_packet(1, own_address, other_address);
  std::copy_n(station_address().begin(), 6, request.begin() + 8);
  std::fill_n(request.begin() + 18, 6, std::uint8_t{0});
  EXPECT_EQ(part(left[0].data, 14), request);
  feed(arp_reply());
  ASSERT_EQ(left.size(), 2U);
  const bytes& frame = left[1].data;
  expect_ethernet(frame, peer_address_bytes, 0x0800);
  expect_ipv4(frame, {.length = 38});
  EXPECT_EQ(frame.size(), 52U);
  EXPECT_EQ(at16(frame, 34), 5000);
  EXPECT_EQ(at16(frame, 36), 4000);
  EXPECT_EQ(at16(frame, 38), 18);
  EXPECT_EQ(udp_sum(own_address, other_address, part(frame, 34)), 0);
  EXPECT_EQ(part(frame, 42), pattern(10, 3));
  EXPECT_EQ(net.udp().counters().out_datagrams, 1U);
  EXPECT_EQ(net.output().counters().out_packets, 1U);
  EXPECT_EQ(net.output().counters().out_octets, 38U);
}

// TX-1: the order of the path, and each packet is a frame from when its first bytes were taken.
TEST_F(udp_send, stages_tell_the_way_of_the_frame) {
  know_peer();
  const int fd = udp(5000);
  host.events.clear();
  EXPECT_EQ(send_to(fd, pattern(10, 3)), 10);
  ASSERT_EQ(left.size(), 1U);
  std::vector<stage> way;
  for (const event& e : host.events)
    if (e.frame == left[0].frame) way.push_back(e.what);
  EXPECT_EQ(way, (std::vector{stage::frame_made, stage::tx_socket, stage::tx_udp, stage::tx_ip, stage::tx_neigh,
                              stage::tx_complete}));
  const event made = host.of(stage::frame_made).front();
  EXPECT_EQ(made.a, 0U);
  EXPECT_EQ(made.b, static_cast<std::uint64_t>(cause_kind::task));
  const event taken = host.of(stage::tx_socket).front();
  EXPECT_EQ(taken.a, 5000U);
  EXPECT_EQ(taken.b, 10U);
}

}  // namespace
}  // namespace udp_sock_send_tests
}  // namespace ringside::test
