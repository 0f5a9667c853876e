// SPDX-License-Identifier: Apache-2.0
// A frame on the wire judged by itself: each header right, and each field wrong alone.
#include "tests/tools/regress/send_bench.h"

namespace ringside::platform::sending {
namespace {

std::string fault_of(octets frame) {
  return look_at(frame).fault;
}
/// The same with one octet changed and the FCS made anew.
octets with(octets frame, std::size_t at, unsigned value) {
  frame.resize(frame.size() - 4);
  frame.at(at) = static_cast<std::uint8_t>(value);
  return send_bench::sealed(frame);
}

TEST(sent_frame, of_each_kind_is_sound) {
  const send_bench b;
  EXPECT_EQ(fault_of(b.frame({.payload = send_bench::counting(1)})), "");
  EXPECT_EQ(fault_of(b.frame({.payload = send_bench::counting(1472)})), "");
  EXPECT_EQ(fault_of(b.frame({.payload = send_bench::counting(99), .protocol = 6})), "");
  EXPECT_EQ(fault_of(b.frame({.payload = send_bench::counting(99), .tag = {0x81, 0x00, 0x00, 0x05}})), "");
  EXPECT_EQ(fault_of(b.ipv4({.fragment = 0x2000}, send_bench::counting(1480))), "");
  EXPECT_EQ(fault_of(b.pause_frame(0xFFFF)), "");
}

TEST(sent_frame, fields_are_read) {
  const send_bench b;
  const octets bytes = b.frame({.payload = send_bench::counting(5),
                                .protocol = 6,
                                .id = 0x1234,
                                .lives = 7,
                                .to_port = 80,
                                .sequence = 0x89ABCDEF,
                                .flags = 0x11,
                                .tag = {0x88, 0xA8, 0x0B, 0xB8}});
  const seen_frame f = look_at(bytes);
  EXPECT_EQ(f.fault, "");
  ASSERT_EQ(f.tags.size(), 1U);
  EXPECT_EQ(f.tags[0].tpid, 0x88A8);
  EXPECT_EQ(f.tags[0].tci, 3000);
  EXPECT_EQ(f.id, 0x1234);
  EXPECT_EQ(f.time_to_live, 7);
  EXPECT_EQ(f.to_port, 80);
  EXPECT_EQ(f.sequence, 0x89ABCDEFU);
  EXPECT_EQ(f.flags, 0x11);
  EXPECT_EQ(octets(f.payload.begin(), f.payload.end()), send_bench::counting(5));
}

TEST(sent_frame, fcs_and_least_length) {
  const send_bench b;
  octets frame = b.frame({.payload = send_bench::counting(100)});
  for (std::size_t at = 0; at < frame.size(); at += 13) {
    octets other = frame;
    other[at] ^= 0x10;
    EXPECT_EQ(fault_of(other), "has a wrong FCS") << at;
  }
  EXPECT_EQ(fault_of(octets(63)), "has 63 bytes, and 64 is the least");
}

TEST(sent_frame, padding_is_zeros_and_no_more_than_needed) {
  const send_bench b;
  const octets frame = b.frame({.payload = send_bench::counting(1)});
  ASSERT_EQ(frame.size(), 64U);
  EXPECT_EQ(fault_of(with(frame, 59, 1)), "has other padding than zeros");
  octets longer(frame.begin(), frame.end() - 4);
  longer.resize(61);
  EXPECT_EQ(fault_of(send_bench::sealed(longer)), "is longer than its packet and the least frame");
}

TEST(sent_frame, of_ipv4) {
  const send_bench b;
  const octets frame = b.frame({.payload = send_bench::counting(100)});
  EXPECT_EQ(fault_of(with(frame, 14, 0x46)), "has no plain IPv4 header");
  EXPECT_EQ(fault_of(with(frame, 16, 0x10)), "has an IPv4 length of 4224, and 128 bytes");
  EXPECT_EQ(fault_of(with(frame, 18, 0x77)), "has a wrong IPv4 checksum");
  EXPECT_EQ(fault_of(b.frame({.payload = send_bench::counting(100), .lives = 0})), "has a time to live of 0");
  EXPECT_EQ(fault_of(b.ipv4({.protocol = 132}, send_bench::counting(100))),
            "is of IP protocol 132, which nobody here sends");
  EXPECT_EQ(fault_of(b.ipv4({.fragment = 0x6000}, send_bench::counting(96))),
            "is a fragment that must not be fragmented");
  EXPECT_EQ(fault_of(b.ipv4({.fragment = 0x2000}, send_bench::counting(97))), "is a fragment of odd length");
  EXPECT_EQ(fault_of(b.ethernet({}, 0x86DD, send_bench::counting(60))),
            "is of EtherType 86dd, which nobody here sends");
}

TEST(sent_frame, of_udp_and_tcp) {
  const send_bench b;
  const octets udp = b.frame({.payload = send_bench::counting(101)});
  EXPECT_EQ(fault_of(with(udp, 39, udp[39] + 1)), "has a UDP length that is not the 109 bytes of its packet");
  EXPECT_EQ(fault_of(with(udp, 60, udp[60] + 1)), "has a wrong UDP checksum");
  EXPECT_EQ(fault_of(with(with(udp, 40, 0), 41, 0)), "has no UDP checksum");
  const octets tcp = b.frame({.payload = send_bench::counting(101), .protocol = 6});
  EXPECT_EQ(fault_of(with(tcp, 38, tcp[38] + 1)), "has a wrong TCP checksum");
  EXPECT_EQ(fault_of(with(tcp, 46, 0x40)), "has a TCP header that does not fit its packet");
}

TEST(sent_frame, of_icmp) {
  const send_bench b;
  octets echo{8, 0, 0, 0, 0, 1, 0, 1, 9, 9, 9};
  const std::uint16_t value = send_bench::sum(echo);
  echo[2] = static_cast<std::uint8_t>(value >> 8);
  echo[3] = static_cast<std::uint8_t>(value);
  EXPECT_EQ(fault_of(b.ipv4({.protocol = 1}, echo)), "");
  echo[9] = 8;
  EXPECT_EQ(fault_of(b.ipv4({.protocol = 1}, echo)), "has a wrong ICMP checksum");
  EXPECT_EQ(fault_of(b.ipv4({.protocol = 1}, octets(7))), "is ICMP without a header");
}

TEST(sent_frame, of_arp_and_pause) {
  const send_bench b;
  octets arp{0, 1, 8, 0, 6, 4, 0, 1};
  arp.insert(arp.end(), b.plan.nic.mac_address.begin(), b.plan.nic.mac_address.end());
  arp.resize(28);
  EXPECT_EQ(fault_of(b.ethernet({}, 0x0806, arp)), "");
  octets other = arp;
  other[7] = 3;
  EXPECT_EQ(fault_of(b.ethernet({}, 0x0806, other)), "is ARP of operation 3");
  other = arp;
  other[9] ^= 1;
  EXPECT_EQ(fault_of(b.ethernet({}, 0x0806, other)), "is ARP whose sender is not who sends it");
  other = arp;
  other[4] = 8;
  EXPECT_EQ(fault_of(b.ethernet({}, 0x0806, other)), "is no ARP for IPv4 over Ethernet");
  const octets pause = b.pause_frame(7);
  EXPECT_EQ(fault_of(with(pause, 5, 2)), "is a PAUSE to another address than 01:80:c2:00:00:01");
  EXPECT_EQ(fault_of(with(pause, 15, 2)), "is MAC control and no PAUSE");
  EXPECT_EQ(fault_of(with(pause, 40, 1)), "is a PAUSE with something behind its time");
}

}  // namespace
}  // namespace ringside::platform::sending
