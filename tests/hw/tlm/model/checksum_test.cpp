// SPDX-License-Identifier: Apache-2.0
// Checksum offload and packet checksum, FS 5.3 and FS 5.4, with sums worked out by hand (RFC 1071).
#include <gtest/gtest.h>

#include <ostream>

#include "tests/hw/tlm/model/card_bench.h"

namespace ringside::test {
namespace {

using byte_list = std::vector<std::uint8_t>;

// Header of a 115-byte packet from 192.168.0.1 to 192.168.0.199, protocol 17; its checksum is B861.
byte_list ip_header() {
  return {0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
          0xB8, 0x61, 0xC0, 0xA8, 0x00, 0x01, 0xC0, 0xA8, 0x00, 0xC7};
}
constexpr std::size_t l4_bytes = 115 - 20;

// UDP from port 1 to 2, zeros: C0A8+0001+C0A8+00C7+0011+005F + 0001+0002+005F = 1 82EA, folded 82EB, complement 7D14.
byte_list udp_packet() {
  byte_list p = ip_header();
  p.insert(p.end(), {0x00, 0x01, 0x00, 0x02, 0x00, 0x5F, 0x7D, 0x14});
  p.resize(20 + l4_bytes);
  return p;
}
// TCP, zeros: C0A8+0001+C0A8+00C7+0006+005F = 1 827D, folded 827E, complement 7D81; protocol 6 makes the header's B86C.
byte_list tcp_packet() {
  byte_list p = ip_header();
  p[9] = 6;
  p[11] = 0x6C;
  p.resize(20 + l4_bytes);
  p[36] = 0x7D;
  p[37] = 0x81;
  return p;
}
// The same UDP datagram between fe80::1 and fe80::2: FE80+0001+FE80+0002+0011+005F + 0001+0002+005F = 1 FDD5, folded
// FDD6, complement 0229.
byte_list ipv6_packet(bool extension) {
  byte_list p = {0x60,
                 0,
                 0,
                 0,
                 0,
                 static_cast<std::uint8_t>(l4_bytes + (extension ? 8 : 0)),
                 static_cast<std::uint8_t>(extension ? 0x3C : 17),
                 64};
  for (const std::uint8_t last : {std::uint8_t{1}, std::uint8_t{2}}) {
    p.insert(p.end(), {0xFE, 0x80});
    p.resize(p.size() + 13);
    p.push_back(last);
  }
  if (extension) p.insert(p.end(), {17, 0, 1, 4, 0, 0, 0, 0});  // destination options: PadN
  p.insert(p.end(), {0x00, 0x01, 0x00, 0x02, 0x00, 0x5F, 0x02, 0x29});
  p.resize(p.size() + l4_bytes - 8);
  return p;
}

enum class framing { ethernet, snap, tagged };

offered_frame frame_of(const byte_list& packet, framing how, std::uint16_t type = 0x0800) {
  offered_frame f = plain_frame(own_address, 18);
  byte_list& b = f.bytes;
  b.resize(12);
  const auto put = [&b](unsigned value) {
    b.push_back(static_cast<std::uint8_t>(value >> 8));
    b.push_back(static_cast<std::uint8_t>(value));
  };
  if (how == framing::tagged) {
    put(0x8100);
    put(5);
  }
  if (how == framing::snap) {
    put(static_cast<unsigned>(packet.size() + 8));
    b.insert(b.end(), {0xAA, 0xAA, 3, 0, 0, 0});
  }
  put(type);
  b.insert(b.end(), packet.begin(), packet.end());
  f.pad = true;
  return f;
}

host_descriptor receive(const offered_frame& frame, std::uint32_t rxcsum_value, std::uint32_t rctl_value = 0) {
  card_bench bench;
  bench.plan(frame);
  bench.write(reg::RXCSUM, rxcsum_value);
  bench.open(16, 15, rctl::EN | rctl_value);
  bench.start_traffic();
  bench.run_for(50 * us);
  return bench.descriptor(0);
}

constexpr std::uint32_t ip = rxcsum::IPOFL, l4 = rxcsum::TUOFL, both = ip | l4, v6 = rxcsum::IPV6OFL;

void expect(const offered_frame& frame, std::uint32_t rxcsum_value, std::uint32_t status, std::uint32_t errors) {
  const host_descriptor d = receive(frame, rxcsum_value);
  EXPECT_EQ(d.status, status) << std::hex << rxcsum_value;
  EXPECT_EQ(d.errors, errors) << std::hex << rxcsum_value;
}

TEST(checksum, each_offload_by_its_own_bit) {  // V-34
  const offered_frame f = frame_of(udp_packet(), framing::ethernet);
  expect(f, 0, 0x07, 0);  // IXSM
  expect(f, ip, 0x43, 0);
  expect(f, l4, 0x23, 0);
  expect(f, both, 0x63, 0);
}

TEST(checksum, framings) {
  for (const framing how : {framing::ethernet, framing::snap, framing::tagged}) {
    expect(frame_of(udp_packet(), how), both, 0x63, 0);
    expect(frame_of(tcp_packet(), how), both, 0x63, 0);
  }
  expect(frame_of(udp_packet(), framing::ethernet, 0x88B5), both, 0x07, 0);
}

TEST(checksum, wrong_sums_are_flagged) {
  byte_list bad_header = udp_packet();
  bad_header[11] ^= 1;
  expect(frame_of(bad_header, framing::ethernet), both, 0x63, 0x40);
  expect(frame_of(bad_header, framing::ethernet), l4, 0x23, 0);
  byte_list bad_data = udp_packet();
  bad_data.back() ^= 1;
  expect(frame_of(bad_data, framing::ethernet), both, 0x63, 0x20);
  expect(frame_of(bad_data, framing::ethernet), ip, 0x43, 0);
  byte_list bad_tcp = tcp_packet();
  bad_tcp[60] ^= 1;
  expect(frame_of(bad_tcp, framing::tagged), both, 0x63, 0x20);
}

TEST(checksum, what_cannot_be_verified_is_not_claimed) {  // R-1, O-4
  byte_list none = udp_packet();
  none[26] = none[27] = 0;
  expect(frame_of(none, framing::ethernet), both, 0x43, 0);
  byte_list fragment = udp_packet();  // MF instead of DF: the header's sum falls by 2000, its checksum rises
  fragment[6] = 0x20;
  fragment[10] = 0xD8;
  expect(frame_of(fragment, framing::ethernet), both, 0x43, 0);
  byte_list longer = udp_packet();  // total length 00FF, beyond the frame: checksum B861 - 8C
  longer[3] = 0xFF;
  longer[10] = 0xB7;
  longer[11] = 0xD5;
  expect(frame_of(longer, framing::ethernet), both, 0x43, 0);
  byte_list into_fcs = udp_packet();  // total length 0075, two bytes of it where the FCS stands: checksum B861 - 2
  into_fcs[3] = 0x75;
  into_fcs[11] = 0x5F;
  into_fcs[25] = 0x61;
  expect(frame_of(into_fcs, framing::ethernet), both, 0x43, 0);
}

// R-1, RFC 768: a UDP datagram ends where its length field says.  Where that is not the end of IP's payload, a sum over
// either would call a wrong datagram right: nothing is claimed, and software looks.
TEST(checksum, udp_length_that_is_not_ips) {
  constexpr std::size_t header = 20;
  constexpr unsigned ip_payload = 28;  // total length 0030: header checksum B861 + 0043 = B8A4
  const auto packet = [](unsigned length, std::uint16_t sum) {
    byte_list p = ip_header();
    p[3] = 20 + ip_payload;
    p[11] = 0xA4;
    p.insert(p.end(), {0x00, 0x01, 0x00, 0x02, 0x00, static_cast<std::uint8_t>(length),
                       static_cast<std::uint8_t>(sum >> 8), static_cast<std::uint8_t>(sum)});
    p.resize(header + ip_payload);
    p[header + 8] = 0x12;   // inside 20 bytes
    p[header + 24] = 0x34;  // behind them
    return p;
  };
  // C0A8+0001+C0A8+00C7 = 18218, folded 8219.  All 28 bytes: +11+1C + 1+2+1C + 1200+3400 = C865, complement 379A.
  expect(frame_of(packet(28, 0x379A), framing::ethernet), both, 0x63, 0);
  expect(frame_of(packet(28, 0x379B), framing::ethernet), both, 0x63, 0x20);
  // The first 20: +11+14 + 1+2+14 + 1200 = 9455, complement 6BAA: right by RFC 768.
  expect(frame_of(packet(20, 0x6BAA), framing::ethernet), both, 0x43, 0);
  // Length 20, summed over all 28 with IP's length in the pseudo header: C865 - 8, complement 37A2: wrong by RFC 768.
  expect(frame_of(packet(20, 0x37A2), framing::ethernet), both, 0x43, 0);
  // Length 36, longer than what IP carries; 0.
  expect(frame_of(packet(36, 0x379A - 8), framing::ethernet), both, 0x43, 0);
  expect(frame_of(packet(0, 0x379A + 28), framing::ethernet), both, 0x43, 0);
}

TEST(checksum, ipv6_needs_two_bits) {
  for (const bool extension : {false, true}) {
    const offered_frame f = frame_of(ipv6_packet(extension), framing::ethernet, 0x86DD);
    expect(f, both, 0x07, 0);
    expect(f, both | v6, 0x23, 0);
    expect(f, v6, 0x07, 0);
  }
}

TEST(packet_checksum, covers_what_is_stored_from_pcss_on) {  // the sum or its complement
  offered_frame f = plain_frame(own_address, 64);
  std::fill(f.bytes.begin() + 14, f.bytes.end(), std::uint8_t{0});
  f.bytes[20] = 0x12;
  f.bytes[21] = 0x34;
  const std::uint32_t even = receive(f, 14, rctl::SECRC).checksum;
  EXPECT_TRUE(even == 0x1234 || even == 0xEDCB) << std::hex << even;
  const std::uint32_t odd = receive(f, 15, rctl::SECRC).checksum;  // words begin at PCSS
  EXPECT_TRUE(odd == 0x3412 || odd == 0xCBED) << std::hex << odd;
}

}  // namespace
}  // namespace ringside::test
