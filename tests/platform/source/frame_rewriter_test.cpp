// SPDX-License-Identifier: Apache-2.0
// Somebody else's frames made the machine's: what they become, by the frames a sender would have sent to it.
#include "platform/source/frame_rewriter.h"

#include <gtest/gtest.h>

#include <span>

#include "common/rng.h"
#include "platform/source/udp_frame.h"
#include "tests/platform/source/captures.h"

namespace ringside::platform::frame_rewriter_tests {
namespace {

using test::bytes;
using test::frames_of;
using test::ours;

constexpr rewrite_target us{{0x02, 0, 0, 0, 0, 0x02}, 0x0A000002};
constexpr rewrite_target elsewhere{{0x02, 0, 0, 0, 0, 0x09}, 0xAC100509};  // 172.16.5.9
constexpr udp_addresses foreign{.to_mac = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55},
                                .from_mac = {0x00, 0x11, 0x22, 0x33, 0x44, 0x66},
                                .to_ip = 0xC0A80709,  // 192.168.7.9
                                .from_ip = 0xC0A80701,
                                .to_port = 53,
                                .from_port = 4000};
udp_addresses with_destination(std::array<std::uint8_t, 6> mac, std::uint32_t address) {
  udp_addresses out = foreign;
  out.to_mac = mac;
  out.to_ip = address;
  return out;
}
constexpr std::array<std::uint8_t, 6> broadcast{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

bytes rewritten(bytes frame, const rewrite_target& target = us) {
  rewrite_frame(frame, target);
  return frame;
}

/// RFC 1071: with its checksum the sum over the pseudo header and the payload of IPv4 is 0xFFFF.
bool payload_sum_is_right(std::span<const std::uint8_t> ip, std::span<const std::uint8_t> payload) {
  bytes all(ip.begin() + 12, ip.begin() + 20);
  for (const std::size_t value : {std::size_t{ip[9]}, payload.size()}) {
    all.push_back(static_cast<std::uint8_t>(value >> 8));
    all.push_back(static_cast<std::uint8_t>(value));
  }
  all.insert(all.end(), payload.begin(), payload.end());
  if (all.size() % 2 != 0) all.push_back(0);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < all.size(); i += 2) sum += static_cast<std::uint64_t>(all[i] << 8 | all[i + 1]);
  while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  return sum == 0xFFFF;
}

TEST(frame_rewriter, a_datagram_becomes_the_one_sent_to_us) {
  for (const std::size_t size : {0U, 1U, 18U, 333U, 1472U}) {
    const bytes payload(size, 0x61);
    bytes frame = make_udp_frame(foreign, 7, payload);
    const bytes expected = make_udp_frame(with_destination(us.mac, us.address), 7, payload);
    EXPECT_TRUE(rewrite_frame(frame, us));
    EXPECT_EQ(frame, expected) << size;
    EXPECT_FALSE(rewrite_frame(frame, us)) << "it is there";
    frame = make_udp_frame(foreign, 7, payload);
    frame[41] ^= 0x55;  // what a sender that leaves checksums to its card shows a capture
    frame[24] ^= 0x55;
    EXPECT_EQ(rewritten(frame), expected);
    frame.resize(frame.size() + 9);  // padding is no part of it
    bytes with_padding = expected;
    with_padding.resize(expected.size() + 9);
    EXPECT_EQ(rewritten(frame), with_padding);
  }
}

TEST(frame_rewriter, groups_stay_and_broadcasts_are_our_networks) {
  const bytes payload(40, 1);
  const auto same = [&](std::array<std::uint8_t, 6> mac, std::uint32_t address) {
    const bytes frame = make_udp_frame(with_destination(mac, address), 7, payload);
    EXPECT_EQ(rewritten(frame), frame);
  };
  same({0x01, 0x00, 0x5E, 0x01, 0x02, 0x03}, 0xEF010203);
  same(broadcast, 0xFFFFFFFF);
  EXPECT_EQ(rewritten(make_udp_frame(with_destination(broadcast, 0xC0A807FF), 7, payload)),
            make_udp_frame(with_destination(broadcast, 0x0A0000FF), 7, payload));
}

// A host takes nothing from its own address.
TEST(frame_rewriter, our_own_address_is_no_source) {
  udp_addresses own = foreign;
  own.from_ip = us.address;
  udp_addresses expected = with_destination(us.mac, us.address);
  expected.from_ip = 0x0A000001;
  EXPECT_EQ(rewritten(make_udp_frame(own, 7, bytes(20, 1))), make_udp_frame(expected, 7, bytes(20, 1)));
  own.from_ip = 0x0A000001;
  const rewrite_target first{us.mac, 0x0A000001};
  EXPECT_EQ(rewritten(make_udp_frame(own, 7, bytes(20, 1)), first)[29], 2);
}

// RFC 919: all ones in the host part, of whatever length; RFC 3021: a link of two has no such address.
TEST(frame_rewriter, broadcast_and_neighbour_are_of_the_networks_prefix) {
  struct example {
    unsigned prefix_bits;
    std::uint32_t own, expected_broadcast, neighbour;
  };
  for (const example& e : {example{16, 0x0A000002, 0x0A00FFFF, 0x0A000001},
                           {30, 0x0A000002, 0x0A000003, 0x0A000001},
                           {30, 0x0A000005, 0x0A000007, 0x0A000006},
                           {8, 0x0A000001, 0x0AFFFFFF, 0x0A000002},
                           {31, 0x0A000003, 0xFFFFFFFF, 0x0A000002},
                           {32, 0x0A000002, 0xFFFFFFFF, 0x0A000003}}) {
    const rewrite_target target{us.mac, e.own, e.prefix_bits};
    udp_addresses shouted = with_destination(broadcast, 0xC0A807FF);
    shouted.from_ip = e.own;
    udp_addresses expected = with_destination(broadcast, e.expected_broadcast);
    expected.from_ip = e.neighbour;
    EXPECT_EQ(rewritten(make_udp_frame(shouted, 7, bytes(40, 1)), target), make_udp_frame(expected, 7, bytes(40, 1)))
        << e.prefix_bits;
  }
}

TEST(frame_rewriter, no_checksum_stays_none_and_zero_is_written_as_ones) {  // RFC 768
  bytes frame = make_udp_frame(foreign, 7, bytes(20, 1));
  frame[40] = frame[41] = 0;
  const bytes after = rewritten(frame);
  EXPECT_EQ(after[40], 0);
  EXPECT_EQ(after[41], 0);
  bool ones = false;
  for (std::uint32_t word = 0; word < 0x10000; ++word) {
    const bytes got = rewritten(
        make_udp_frame(foreign, 7, bytes{static_cast<std::uint8_t>(word >> 8), static_cast<std::uint8_t>(word)}));
    ASSERT_FALSE(got[40] == 0 && got[41] == 0) << word;
    ones = ones || (got[40] == 0xFF && got[41] == 0xFF);
  }
  EXPECT_TRUE(ones);
}

TEST(frame_rewriter, tcp_and_tags) {
  const bytes segment = frames_of(ours("captures/protocols.pcap"))[6].bytes;  // 512 bytes of payload
  ASSERT_EQ(segment[23], 6);
  const bytes moved = rewritten(segment, elsewhere);
  EXPECT_NE(moved, segment);
  EXPECT_TRUE(payload_sum_is_right(std::span(moved).subspan(14), std::span(moved).subspan(34)));
  EXPECT_EQ(rewritten(moved), segment) << "and back";
  // IEEE 802.1Q, 802.1ad, two of them.
  for (const bytes& tags :
       {bytes{0x81, 0x00, 0xA0, 100}, bytes{0x88, 0xA8, 0, 100}, bytes{0x88, 0xA8, 0, 1, 0x81, 0x00, 0, 2}}) {
    bytes tagged = make_udp_frame(with_destination(us.mac, us.address), 7, bytes(30, 1));
    tagged.insert(tagged.begin() + 12, tags.begin(), tags.end());
    const std::size_t ip = 14 + tags.size();
    const bytes there = rewritten(tagged, elsewhere);
    EXPECT_EQ(there[ip + 16], 172);
    EXPECT_TRUE(payload_sum_is_right(std::span(there).subspan(ip), std::span(there).subspan(ip + 20)));
    EXPECT_EQ(rewritten(there), tagged);
  }
}

// RFC 791: the checksum is in the first fragment and covers all; RFC 1624 keeps it right without them.
TEST(frame_rewriter, fragments_stay_a_datagram) {
  const auto frames = frames_of(ours("captures/ipv4.pcap"));
  bytes payload;
  bytes first;
  for (std::size_t i = 0; i < 3; ++i) {
    const bytes frame = rewritten(frames[i].bytes, elsewhere);
    if (i == 0) first = frame;
    payload.insert(payload.end(), frame.begin() + 34, frame.end());
  }
  ASSERT_EQ(payload.size(), 2008U);
  EXPECT_TRUE(payload_sum_is_right(std::span(first).subspan(14), payload));
}

TEST(frame_rewriter, what_was_cut_becomes_what_the_whole_would_be_cut) {
  const bytes whole = make_udp_frame(foreign, 7, bytes(600, 0x37));
  const bytes expected = rewritten(whole);
  for (std::size_t size = 1; size < whole.size(); ++size) {
    const bytes cut = rewritten(bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    ASSERT_EQ(cut.size(), size);
    if (size >= 42) {
      EXPECT_EQ(cut, bytes(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(size))) << size;
    }
  }
}

TEST(frame_rewriter, arp_asks_for_us) {  // RFC 826
  const auto frames = frames_of(ours("captures/protocols.pcap"));
  const bytes request = rewritten(frames[2].bytes);  // who has 10.0.0.77?
  EXPECT_EQ(request, frames[0].bytes);               // who has 10.0.0.2?
  const bytes reply = rewritten(frames[1].bytes, elsewhere);
  EXPECT_EQ(bytes(reply.begin() + 32, reply.begin() + 38), bytes(elsewhere.mac.begin(), elsewhere.mac.end()));
  EXPECT_EQ(bytes(reply.begin() + 38, reply.begin() + 42), (bytes{172, 16, 5, 9}));
}

TEST(frame_rewriter, any_bytes_keep_their_number) {
  rng random(3);
  for (int i = 0; i < 3000; ++i) {
    bytes frame(random.between(1, 90));
    for (std::uint8_t& byte : frame) byte = static_cast<std::uint8_t>(random.next());
    if (frame.size() > 16 && random.below(2) == 0) {
      frame[12] = 8;
      frame[13] = 0;
      frame[14] = static_cast<std::uint8_t>(0x40 | random.below(16));
      if (frame.size() > 23) frame[23] = random.below(2) == 0 ? 17 : 6;
    }
    EXPECT_EQ(rewritten(frame).size(), frame.size());
  }
}

// A frame that is changed gets the FCS it would have had: right, or wrong as before.
TEST(frame_rewriter, captured_fcs_follows) {
  const std::string file = ours("captures/fcs.pcap");
  const auto before = frames_of(file);
  const auto after = frames_of(file, {.rewrite = elsewhere});
  ASSERT_EQ(after.size(), before.size());
  for (std::size_t i = 0; i < 18; ++i) {
    EXPECT_FALSE(after[i].has_fcs) << i;
    EXPECT_FALSE(after[i].pad) << i;
    EXPECT_EQ(after[i].bad_fcs, i % 2 == 1) << i;
    EXPECT_EQ(after[i].bytes.size(), before[i].bytes.size() - 4) << i;
    EXPECT_EQ(after[i].bytes[5], 9) << i;
  }
  pcap_source source = test::source_of(file, {.passes = 2, .rewrite = elsewhere});
  while (source.next()) {
  }
  EXPECT_EQ(source.counts().rewritten, 19U) << "of one pass";
}

}  // namespace
}  // namespace ringside::platform::frame_rewriter_tests
