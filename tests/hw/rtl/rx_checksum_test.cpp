// SPDX-License-Identifier: Apache-2.0
// Checksum offload, FS 5.4: what is claimed (IPCS, TCPCS) and what is found (IPE, TCPE), against packets built
// here with checksums of RFC 791, 793, 768 and 8200.
#include <Ve1000_rx_checksum.h>

#include <random>

#include "tests/hw/rtl/module_bench.h"
#include "tests/hw/rtl/wire_bytes.h"

namespace ringside::rtl_test {
namespace {

constexpr unsigned ipofl = 1;
constexpr unsigned tuofl = 2;
constexpr unsigned ipv6ofl = 4;
constexpr std::uint8_t tcp = 6;
constexpr std::uint8_t udp = 17;

struct verdict {
  bool ipcs = false, tcpcs = false, ipe = false, tcpe = false;
  bool operator==(const verdict&) const = default;
};

std::ostream& operator<<(std::ostream& out, const verdict& v) {
  return out << "ipcs " << v.ipcs << " tcpcs " << v.tcpcs << " ipe " << v.ipe << " tcpe " << v.tcpe;
}

constexpr verdict nothing{};
constexpr verdict ip_good{.ipcs = true};
constexpr verdict all_good{.ipcs = true, .tcpcs = true};
constexpr verdict l4_bad{.ipcs = true, .tcpcs = true, .tcpe = true};

class checksum_bench {
 public:
  checksum_bench() {
    bench_->rst_ni = 0;
    bench_->sfd_i = 0;
    bench_->byte_en_i = 0;
    bench_->end_i = 0;
    bench_.tick();
    bench_->rst_ni = 1;
    bench_->vet_i = 0x8100;
  }

  verdict run(const bytes& frame, unsigned offload) {
    auto& m = bench_.pins();
    m.offload_i = static_cast<std::uint8_t>(offload);
    m.sfd_i = 1;
    bench_.tick();
    m.sfd_i = 0;
    m.byte_en_i = 1;
    for (std::size_t i = 0; i < frame.size(); ++i) {
      m.byte_i = frame[i];
      m.prev_i = i > 0 ? frame[i - 1] : 0xEE;
      m.index_i = static_cast<std::uint16_t>(i);
      bench_.tick();
    }
    m.byte_en_i = 0;
    m.index_i = static_cast<std::uint16_t>(frame.size());
    m.end_i = 1;
    bench_.tick();
    m.end_i = 0;
    m.index_i = 0xFFFF;  // the answer is the end's
    m.eval();
    const bool ipcs = m.ipcs_o;
    const bool tcpcs = m.tcpcs_o;
    const verdict result{.ipcs = ipcs, .tcpcs = tcpcs, .ipe = ipcs && m.ipe_o, .tcpe = tcpcs && m.tcpe_o};
    bench_.tick();
    return result;
  }

 private:
  module_bench<Ve1000_rx_checksum> bench_;
};

void put16(bytes& data, std::size_t at, std::size_t value) {
  data[at] = static_cast<std::uint8_t>(value >> 8);
  data[at + 1] = static_cast<std::uint8_t>(value);
}

std::uint32_t sum_words(const bytes& data) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < data.size(); ++i) sum += i % 2 == 0 ? static_cast<unsigned>(data[i]) << 8 : data[i];
  return sum;
}

std::uint16_t internet_checksum(std::uint32_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

// TCP or UDP with its checksum, given the addresses of the pseudo header.
bytes make_l4(std::uint8_t proto, const bytes& addresses, std::size_t payload, std::mt19937& random) {
  bytes l4((proto == tcp ? 20 : 8) + payload);
  for (auto& byte : l4) byte = static_cast<std::uint8_t>(random());
  const std::size_t at = proto == tcp ? 16 : 6;
  if (proto == tcp) l4[12] = 0x50;
  if (proto == udp) put16(l4, 4, l4.size());
  put16(l4, at, 0);
  const auto pseudo = sum_words(addresses) + proto + static_cast<std::uint32_t>(l4.size());
  std::uint16_t checksum = internet_checksum(sum_words(l4) + pseudo);
  if (proto == udp && checksum == 0) checksum = 0xFFFF;  // RFC 768
  put16(l4, at, checksum);
  return l4;
}

struct recipe {
  std::uint8_t proto = tcp;
  std::size_t payload = 40;
  unsigned option_words = 0;
  bool tag = false;
  bool snap = false;
  std::size_t padding = 0;
  unsigned fragment = 0;  // flags and offset
};

struct packet {
  bytes frame;  // DA..CRC
  std::size_t l3 = 0;
  std::size_t l4 = 0;
  std::size_t end = 0;  // of the datagram
};

packet wrap(const bytes& l3, std::uint16_t type, const recipe& how, std::size_t header) {
  packet result;
  bytes frame = {0x52, 0x54, 0, 0x12, 0x34, 0x56, 2, 0, 0, 0, 0, 1};
  if (how.tag) frame.insert(frame.end(), {0x81, 0x00, 0x20, 0x05});
  if (how.snap) {
    const std::size_t length = 8 + l3.size();
    frame.insert(frame.end(), {static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length), 0xAA, 0xAA,
                               0x03, 0, 0, 0});
  }
  frame.insert(frame.end(), {static_cast<std::uint8_t>(type >> 8), static_cast<std::uint8_t>(type)});
  result.l3 = frame.size();
  result.l4 = result.l3 + header;
  frame.insert(frame.end(), l3.begin(), l3.end());
  result.end = frame.size();
  frame.resize(frame.size() + how.padding, 0xA5);
  result.frame = with_fcs(frame);
  return result;
}

packet ipv4(const recipe& how, std::mt19937& random) {
  bytes ip(20 + 4 * how.option_words);
  for (std::size_t i = 12; i < ip.size(); ++i) ip[i] = static_cast<std::uint8_t>(random());
  const bytes l4 = make_l4(how.proto, bytes(ip.begin() + 12, ip.begin() + 20), how.payload, random);
  ip[0] = static_cast<std::uint8_t>(0x40 | ip.size() / 4);
  put16(ip, 2, ip.size() + l4.size());
  put16(ip, 6, how.fragment);
  ip[8] = 64;
  ip[9] = how.proto;
  put16(ip, 10, internet_checksum(sum_words(ip)));
  const std::size_t header = ip.size();
  ip.insert(ip.end(), l4.begin(), l4.end());
  return wrap(ip, 0x0800, how, header);
}

// `extensions`: header type and length in bytes, in order.
packet ipv6(const recipe& how, const std::vector<std::pair<std::uint8_t, std::size_t>>& extensions,
            std::mt19937& random) {
  bytes ip(40);
  for (std::size_t i = 8; i < 40; ++i) ip[i] = static_cast<std::uint8_t>(random());
  const bytes l4 = make_l4(how.proto, bytes(ip.begin() + 8, ip.end()), how.payload, random);
  ip[0] = 0x60;
  ip[6] = extensions.empty() ? how.proto : extensions.front().first;
  for (std::size_t i = 0; i < extensions.size(); ++i) {
    bytes header(extensions[i].second);
    header[0] = i + 1 < extensions.size() ? extensions[i + 1].first : how.proto;
    header[1] = static_cast<std::uint8_t>(header.size() / 8 - 1);
    for (std::size_t k = 4; k < header.size(); ++k) header[k] = static_cast<std::uint8_t>(random());
    ip.insert(ip.end(), header.begin(), header.end());
  }
  const std::size_t header = ip.size();
  put16(ip, 4, ip.size() - 40 + l4.size());
  ip.insert(ip.end(), l4.begin(), l4.end());
  return wrap(ip, 0x86DD, how, header);
}

TEST(rx_checksum, verifies_tcp_and_udp_over_ipv4) {
  checksum_bench bench;
  std::mt19937 random(1);
  for (const auto proto : {tcp, udp}) {
    for (std::size_t payload = 0; payload < 130; ++payload) {
      for (unsigned options = 0; options <= 10; options += 5) {
        const recipe how{.proto = proto, .payload = payload, .option_words = options, .padding = payload % 7};
        const auto good = ipv4(how, random);
        ASSERT_EQ(bench.run(good.frame, ipofl | tuofl), all_good) << int{proto} << " " << payload << " " << options;
        ASSERT_EQ(bench.run(good.frame, tuofl), (verdict{.tcpcs = true}));
        ASSERT_EQ(bench.run(good.frame, ipofl), ip_good);
        ASSERT_EQ(bench.run(good.frame, 0), nothing);
        ASSERT_EQ(bench.run(good.frame, ipv6ofl), nothing);
      }
    }
  }
}

TEST(rx_checksum, finds_every_flipped_bit) {
  checksum_bench bench;
  std::mt19937 random(2);
  const auto good = ipv4({.payload = 33, .option_words = 1, .padding = 3}, random);
  for (std::size_t at = good.l3; at < good.end; ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      auto bad = good.frame;
      bad[at] ^= static_cast<std::uint8_t>(1U << bit);
      const auto got = bench.run(bad, ipofl | tuofl);
      if (at >= good.l4) {
        ASSERT_EQ(got, l4_bad) << "byte " << at << " bit " << bit;
      } else {
        // The header is not recognised, found bad, or long enough to run into the data; never found good.
        ASSERT_FALSE(got.ipcs && !got.ipe) << "byte " << at << " bit " << bit;
      }
    }
  }
}

TEST(rx_checksum, padding_is_not_summed) {
  checksum_bench bench;
  std::mt19937 random(3);
  for (std::size_t padding = 0; padding < 40; ++padding) {
    EXPECT_EQ(bench.run(ipv4({.proto = udp, .payload = 3, .padding = padding}, random).frame, ipofl | tuofl), all_good);
  }
}

TEST(rx_checksum, claims_nothing_for_a_datagram_cut_short) {
  checksum_bench bench;
  std::mt19937 random(4);
  const auto good = ipv4({.payload = 60}, random);
  for (std::size_t keep = 0; keep < good.frame.size(); ++keep) {
    const bytes cut(good.frame.begin(), good.frame.begin() + static_cast<std::ptrdiff_t>(keep));
    const auto got = bench.run(cut, ipofl | tuofl);
    EXPECT_FALSE(got.tcpcs) << keep;
    EXPECT_EQ(got.ipcs, keep >= good.l4 + 4) << keep;
  }
}

TEST(rx_checksum, sees_through_tag_and_snap) {
  checksum_bench bench;
  std::mt19937 random(5);
  for (const bool tag : {false, true}) {
    for (const bool snap : {false, true}) {
      const auto good = ipv4({.tag = tag, .snap = snap}, random);
      EXPECT_EQ(bench.run(good.frame, ipofl | tuofl), all_good) << tag << snap;
      const auto v6 = ipv6({.tag = tag, .snap = snap}, {}, random);
      EXPECT_EQ(bench.run(v6.frame, 7), (verdict{.tcpcs = true})) << tag << snap;
      for (std::size_t at = good.l3 - 8; snap && at < good.l3 - 2; ++at) {
        auto other = good.frame;
        other[at] ^= 0x04;  // some other protocol behind LLC
        EXPECT_EQ(bench.run(other, ipofl | tuofl), nothing) << at;
      }
    }
  }
}

TEST(rx_checksum, fragments_get_the_ip_check_only) {
  checksum_bench bench;
  std::mt19937 random(6);
  EXPECT_EQ(bench.run(ipv4({.fragment = 0x2000}, random).frame, ipofl | tuofl), ip_good);  // MF
  EXPECT_EQ(bench.run(ipv4({.fragment = 0x0001}, random).frame, ipofl | tuofl), ip_good);  // last one
  EXPECT_EQ(bench.run(ipv4({.fragment = 0x1000}, random).frame, ipofl | tuofl), ip_good);
  EXPECT_EQ(bench.run(ipv4({.fragment = 0x4000}, random).frame, ipofl | tuofl), all_good);  // DF is no fragment
}

TEST(rx_checksum, udp_without_checksum_or_with_another_length_is_left_alone) {
  checksum_bench bench;
  std::mt19937 random(7);
  auto zero = ipv4({.proto = udp}, random);
  put16(zero.frame, zero.l4 + 6, 0);
  EXPECT_EQ(bench.run(zero.frame, ipofl | tuofl), ip_good);  // O-4
  auto shorter = ipv4({.proto = udp}, random);
  put16(shorter.frame, shorter.l4 + 4, 20);
  EXPECT_EQ(bench.run(shorter.frame, ipofl | tuofl), ip_good);
}

TEST(rx_checksum, other_protocols_are_not_recognised) {
  checksum_bench bench;
  std::mt19937 random(8);
  for (unsigned proto = 0; proto < 256; ++proto) {
    if (proto == tcp || proto == udp) continue;
    auto other = ipv4({.proto = static_cast<std::uint8_t>(proto)}, random);
    EXPECT_EQ(bench.run(other.frame, ipofl | tuofl), ip_good) << proto;
  }
  auto arp = ipv4({}, random);
  put16(arp.frame, arp.l3 - 2, 0x0806);
  EXPECT_EQ(bench.run(arp.frame, 7), nothing);
  auto twice = ipv4({.tag = true}, random);
  put16(twice.frame, twice.l3 - 2, 0x8100);  // one tag is skipped, not two
  EXPECT_EQ(bench.run(twice.frame, 7), nothing);
}

TEST(rx_checksum, ipv6_needs_both_bits_and_claims_no_ip_checksum) {
  checksum_bench bench;
  std::mt19937 random(9);
  for (const auto proto : {tcp, udp}) {
    const auto good = ipv6({.proto = proto, .payload = 21}, {}, random);
    for (unsigned offload = 0; offload < 8; ++offload) {
      const bool both = (offload & 6) == 6;
      EXPECT_EQ(bench.run(good.frame, offload), (verdict{.tcpcs = both})) << offload;
    }
    auto bad = good.frame;
    bad[good.end - 1] ^= 1;
    EXPECT_EQ(bench.run(bad, 7), (verdict{.tcpcs = true, .tcpe = true}));
  }
}

TEST(rx_checksum, ipv6_extension_headers_up_to_64_bytes) {
  checksum_bench bench;
  std::mt19937 random(10);
  constexpr verdict good{.tcpcs = true};
  for (const auto type : std::initializer_list<std::uint8_t>{0x00, 0x2B, 0x3C}) {
    for (std::size_t length = 8; length <= 80; length += 8) {
      const auto got = bench.run(ipv6({.payload = 5}, {{type, length}}, random).frame, 7);
      EXPECT_EQ(got, length <= 64 ? good : nothing) << int{type} << " " << length;
    }
  }
  EXPECT_EQ(bench.run(ipv6({.proto = udp}, {{0x00, 8}, {0x3C, 24}, {0x2B, 16}}, random).frame, 7), good);
  EXPECT_EQ(bench.run(ipv6({}, {{0x2C, 8}}, random).frame, 7), nothing);  // fragment header
  auto routed = ipv6({}, {{0x2B, 8}}, random);
  routed.frame[routed.l3 + 43] = 1;  // a stop to go: the pseudo header's destination is not this one
  EXPECT_EQ(bench.run(routed.frame, 7), nothing);
}

}  // namespace
}  // namespace ringside::rtl_test
