// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/arp.h"
#include "sw/stack/icmp.h"
#include "tests/sw/stack/stack_bench.h"

namespace ringside::test {
namespace {

class icmp : public stack_bench {};
class arp : public stack_bench {};

constexpr std::uint32_t us_address = 0xC0A80002;
constexpr std::uint32_t peer = 0xC0A80001;

TEST_F(icmp, counts_and_consumes_an_echo_request) {
  for (const std::size_t size : {0U, 1U, 56U, 57U}) feed(ethernet_frame(0x0800, ipv4_packet(1, icmp_echo(size))));
  EXPECT_EQ(net.icmp().counters().by_type[8], 4U);
  EXPECT_EQ(net.skbs().consumed(), 4U);
  EXPECT_EQ(host.count(stage::icmp_rcv), 4U);
}

TEST_F(icmp, does_not_see_ethernet_padding) {
  bytes frame = ethernet_frame(0x0800, ipv4_packet(1, icmp_echo(4)));  // 46 bytes, padded to 60
  frame[58] = 0xAB;                                                    // padding need not be zero
  feed(frame);
  EXPECT_EQ(net.skbs().consumed(), 1U);
}

TEST_F(icmp, drops_a_wrong_checksum) {
  bytes message = icmp_echo(40);
  message[20] ^= 4;
  feed(ethernet_frame(0x0800, ipv4_packet(1, message)));
  EXPECT_EQ(dropped(drop_reason::icmp_checksum), 1U);
}

/// An ICMP message of that type and code, its checksum right.
bytes icmp_message(std::uint8_t type, std::uint8_t code, const bytes& data) {
  bytes message(8 + data.size(), 0);
  message[0] = type;
  message[1] = code;
  std::copy(data.begin(), data.end(), message.begin() + 8);
  put16(message, 2, slow_checksum(message));
  return message;
}

// icmp_rcv: the sum comes before the length, so what is short and wrong is wrong.
TEST_F(icmp, drops_a_short_message_and_an_unknown_type) {
  feed(ethernet_frame(0x0800, ipv4_packet(1, pattern(7, 1))));
  EXPECT_EQ(dropped(drop_reason::icmp_checksum), 1U);
  feed(ethernet_frame(0x0800, ipv4_packet(1, bytes{})));  // the sum of nothing is not right
  EXPECT_EQ(dropped(drop_reason::icmp_checksum), 2U);
  bytes message{8, 0, 0, 0, 1, 2, 3};
  put16(message, 2, slow_checksum(message));
  feed(ethernet_frame(0x0800, ipv4_packet(1, message)));
  EXPECT_EQ(dropped(drop_reason::icmp_header), 1U);
  EXPECT_EQ(net.icmp().counters().by_type[8], 0U);
  feed(ethernet_frame(0x0800, ipv4_packet(1, icmp_message(200, 0, {}))));
  EXPECT_EQ(dropped(drop_reason::icmp_header), 2U);
  EXPECT_EQ(net.icmp().counters().by_type[200], 1U);
  EXPECT_EQ(net.icmp().counters().messages, 4U);
}

// icmp_rcv: types above NR_ICMP_TYPES (18, address mask reply) are discarded, but for the two of RFC 8335.
TEST_F(icmp, knows_types_up_to_eighteen) {
  std::uint64_t expected = 0;
  for (const auto& [type, known] :
       {std::pair<std::uint8_t, bool>{18, true}, {19, false}, {41, false}, {42, true}, {43, true}, {44, false}}) {
    feed(ethernet_frame(0x0800, ipv4_packet(1, icmp_message(type, 0, pattern(8, 1)))));
    expected += known ? 1 : 0;
    EXPECT_EQ(net.skbs().consumed(), expected) << int{type};
  }
  EXPECT_EQ(net.icmp().counters().header_errors, 3U);
}

// RFC 1122 3.2.2.6 and 3.2.2.8, icmp_echo_ignore_broadcasts = 1: to many, only address masks are no error.
TEST_F(icmp, what_goes_to_many_is_an_error) {
  for (const std::uint32_t to : {0xE0000001U, 0xFFFFFFFFU, 0xC0A800FFU}) {
    udp_frame_options o;
    o.destination = to;
    const std::uint64_t before = net.icmp().counters().header_errors;
    for (const std::uint8_t type : bytes{8, 13, 0, 14, 3, 17, 18, 42})
      feed(ethernet_frame(0x0800, ipv4_packet(1, icmp_message(type, 0, pattern(40, 1)), o)));
    EXPECT_EQ(net.icmp().counters().header_errors - before, 5U);
  }
  EXPECT_EQ(dropped(drop_reason::icmp_header), 15U);
}

// icmp_unreach, icmp_redirect, icmp_timestamp, icmp_socket_deliver: what a type wants behind its header.
TEST_F(icmp, messages_that_lack_what_their_type_needs) {
  struct row {
    std::uint8_t type, code;
    std::size_t bytes;
    std::uint8_t first;  // of the quoted header: version and length
    std::uint64_t errors, dropped;
  };
  for (const row& r : {row{13, 0, 3, 0, 1, 1}, row{13, 0, 4, 0, 0, 0},          //
                       row{3, 3, 19, 0x45, 1, 1}, row{3, 3, 20, 0x44, 1, 1},    //
                       row{3, 3, 27, 0x45, 1, 0}, row{3, 3, 28, 0x45, 0, 0},    // handled, but for nobody
                       row{3, 3, 28, 0x46, 1, 0}, row{3, 16, 20, 0x45, 0, 0},   // beyond NR_ICMP_UNREACH
                       row{11, 0, 20, 0x45, 1, 0}, row{11, 1, 20, 0x45, 0, 0},  // ICMP_EXC_FRAGTIME
                       row{5, 0, 19, 0x45, 1, 1}, row{5, 0, 28, 0x45, 0, 0}, row{12, 0, 19, 0x45, 1, 1},
                       row{4, 0, 28, 0x45, 0, 0}, row{17, 0, 0, 0, 0, 0}, row{0, 0, 0, 0, 0, 0}}) {
    SCOPED_TRACE(testing::Message() << int{r.type} << "/" << int{r.code} << ", " << r.bytes);
    bytes data(r.bytes, 1);
    if (!data.empty()) data[0] = r.first;
    const std::uint64_t errors = net.icmp().counters().header_errors;
    const std::uint64_t dropped_before = dropped(drop_reason::icmp_header);
    feed(ethernet_frame(0x0800, ipv4_packet(1, icmp_message(r.type, r.code, data))));
    EXPECT_EQ(net.icmp().counters().header_errors - errors, r.errors);
    EXPECT_EQ(dropped(drop_reason::icmp_header) - dropped_before, r.dropped);
  }
}

TEST_F(arp, learns_a_sender_that_asks_for_us) {
  feed(ethernet_frame(0x0806, arp_packet(1, peer, us_address)));
  ASSERT_NE(net.arp().neighbour(dev, peer), nullptr);
  EXPECT_EQ(*net.arp().neighbour(dev, peer), (stack::mac_address{2, 0, 0, 0, 0, 1}));
  EXPECT_EQ(net.arp().counters().requests_for_us, 1U);
  EXPECT_EQ(net.skbs().consumed(), 1U);
}

// NB-9, NB-10: who is not known is entered only when it asks for us, and another address counts when the last one is
// older than locktime, a second.
TEST_F(arp, refreshes_known_senders_only_when_not_the_target) {
  feed(ethernet_frame(0x0806, arp_packet(1, peer, peer + 7)));
  EXPECT_EQ(net.arp().neighbour(dev, peer), nullptr);
  feed(ethernet_frame(0x0806, arp_packet(2, peer, us_address)));
  EXPECT_EQ(net.arp().neighbour(dev, peer), nullptr);
  EXPECT_EQ(net.arp().counters().replies, 1U);
  feed(ethernet_frame(0x0806, arp_packet(1, peer, us_address)));
  bytes moved = arp_packet(1, peer, peer + 7);
  moved[13] = 0x55;
  feed(ethernet_frame(0x0806, moved));
  ASSERT_NE(net.arp().neighbour(dev, peer), nullptr);
  EXPECT_EQ((*net.arp().neighbour(dev, peer))[5], 1);
  host.run_for(1010 * ms);
  feed(ethernet_frame(0x0806, moved));
  EXPECT_EQ((*net.arp().neighbour(dev, peer))[5], 0x55);
}

TEST_F(arp, a_probe_teaches_nothing) {
  feed(ethernet_frame(0x0806, arp_packet(1, 0, us_address)));
  EXPECT_EQ(net.neighbours().size(), 0U);
  EXPECT_EQ(net.skbs().consumed(), 1U);
}

TEST_F(arp, malformed_packets) {
  const std::vector<std::pair<const char*, std::function<void(bytes&)>>> rows{
      {"hardware type", [](bytes& p) { put16(p, 0, 7); }}, {"protocol type", [](bytes& p) { put16(p, 2, 0x86DD); }},
      {"hardware length", [](bytes& p) { p[4] = 8; }},     {"protocol length", [](bytes& p) { p[5] = 16; }},
      {"operation 0", [](bytes& p) { put16(p, 6, 0); }},   {"operation 3", [](bytes& p) { put16(p, 6, 3); }},
      {"27 bytes", [](bytes& p) { p.resize(27); }},
  };
  udp_frame_options o;
  o.pad = false;
  for (const auto& [what, change] : rows) {
    SCOPED_TRACE(what);
    bytes p = arp_packet(1, peer, us_address);
    change(p);
    const std::uint64_t before = dropped(drop_reason::arp_header);
    feed(ethernet_frame(0x0806, p, o));
    EXPECT_EQ(dropped(drop_reason::arp_header), before + 1);
  }
  EXPECT_EQ(net.neighbours().size(), 0U);
}

}  // namespace
}  // namespace ringside::test
