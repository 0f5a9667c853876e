#include "sw/stack/arp.h"
#include "sw/stack/icmp.h"
#include "tests/unit/stack_bench.h"

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

TEST_F(icmp, drops_a_short_message_and_an_unknown_type) {
  feed(ethernet_frame(0x0800, ipv4_packet(1, pattern(7, 1))));
  EXPECT_EQ(dropped(drop_reason::icmp_header), 1U);
  bytes message = icmp_echo(8);
  message[0] = 200;
  put16(message, 2, 0);
  put16(message, 2, slow_checksum(message));
  feed(ethernet_frame(0x0800, ipv4_packet(1, message)));
  EXPECT_EQ(dropped(drop_reason::icmp_header), 2U);
  EXPECT_EQ(net.icmp().counters().by_type[200], 1U);
}

// icmp_rcv: types above NR_ICMP_TYPES (18, address mask reply) are discarded.
TEST_F(icmp, knows_types_up_to_eighteen) {
  for (const auto& [type, consumed] : {std::pair<std::uint8_t, std::uint64_t>{18, 1}, {19, 1}}) {
    bytes message = icmp_echo(8);
    message[0] = type;
    put16(message, 2, 0);
    put16(message, 2, slow_checksum(message));
    feed(ethernet_frame(0x0800, ipv4_packet(1, message)));
    EXPECT_EQ(net.skbs().consumed(), consumed) << int{type};
  }
  EXPECT_EQ(dropped(drop_reason::icmp_header), 1U);
}

TEST_F(arp, learns_a_sender_that_asks_for_us) {
  feed(ethernet_frame(0x0806, arp_packet(1, peer, us_address)));
  ASSERT_NE(net.arp().neighbour(peer), nullptr);
  EXPECT_EQ(*net.arp().neighbour(peer), (stack::mac_address{2, 0, 0, 0, 0, 1}));
  EXPECT_EQ(net.arp().counters().requests_for_us, 1U);
  EXPECT_EQ(net.skbs().consumed(), 1U);
}

TEST_F(arp, refreshes_known_senders_only_when_not_the_target) {
  feed(ethernet_frame(0x0806, arp_packet(1, peer, peer + 7)));
  EXPECT_EQ(net.arp().neighbour(peer), nullptr);
  feed(ethernet_frame(0x0806, arp_packet(2, peer, us_address)));
  bytes moved = arp_packet(1, peer, peer + 7);
  moved[13] = 0x55;
  feed(ethernet_frame(0x0806, moved));
  EXPECT_EQ((*net.arp().neighbour(peer))[5], 0x55);
  EXPECT_EQ(net.arp().counters().replies, 1U);
}

TEST_F(arp, a_probe_teaches_nothing) {
  feed(ethernet_frame(0x0806, arp_packet(1, 0, us_address)));
  EXPECT_EQ(net.arp().neighbours(), 0U);
  EXPECT_EQ(net.skbs().consumed(), 1U);
}

TEST_F(arp, malformed_packets) {
  const std::vector<std::pair<const char*, std::function<void(bytes&)>>> rows{
      {"hardware type", [](bytes& p) { put16(p, 0, 6); }}, {"protocol type", [](bytes& p) { put16(p, 2, 0x86DD); }},
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
  EXPECT_EQ(net.arp().neighbours(), 0U);
}

}  // namespace
}  // namespace ringside::test
