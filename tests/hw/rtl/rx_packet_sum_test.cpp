// SPDX-License-Identifier: Apache-2.0
// Packet checksum, FS 5.3: RFC 1071 sums over what is stored, from RXCSUM.PCSS on.
#include <Ve1000_rx_packet_sum.h>

#include <algorithm>
#include <random>

#include "tests/hw/rtl/module_bench.h"
#include "tests/hw/rtl/wire_bytes.h"

namespace ringside::rtl_test {
namespace {

// Drives what the packer shows of the frame: the place in the dword, the last stored bytes, and the tag as it goes.
std::uint16_t run(module_bench<Ve1000_rx_packet_sum>& bench, const bytes& frame, unsigned pcss, bool secrc,
                  bool strip) {
  auto& m = bench.pins();
  m.pcss_i = static_cast<std::uint8_t>(pcss);
  m.secrc_i = secrc;
  m.strip_i = 0;
  m.byte_en_i = 0;
  m.end_i = 0;
  m.sfd_i = 1;
  bench.tick();
  m.sfd_i = 0;
  bytes stored;
  const auto show = [&] {
    m.lane_i = stored.size() % 4;
    std::uint64_t last = 0;
    for (std::size_t i = 0; i < std::min<std::size_t>(8, stored.size()); ++i)
      last |= static_cast<std::uint64_t>(stored[stored.size() - 1 - i]) << (56 - 8 * i);
    m.last_i = last;
  };
  for (std::size_t i = 0; i < frame.size(); ++i) {
    show();
    m.byte_en_i = 1;
    m.strip_i = strip && i == 15;
    bench.tick();
    stored.push_back(frame[i]);
    if (strip && i == 15) stored.resize(12);
  }
  show();
  m.byte_en_i = 0;
  m.strip_i = 0;
  m.end_i = 1;
  bench.tick();
  m.end_i = 0;
  m.last_i = ~m.last_i;  // the answer stands on its own
  bench.tick();
  return m.csum_o;
}

// RFC 1071 on paper: 32-bit accumulation, folded at the end.
std::uint16_t reference(bytes stored, unsigned pcss, bool secrc, bool strip) {
  if (strip && stored.size() >= 16) stored.erase(stored.begin() + 12, stored.begin() + 16);
  if (secrc) stored.resize(stored.size() - std::min<std::size_t>(4, stored.size()));
  std::uint64_t sum = 0;
  for (std::size_t i = pcss; i < stored.size(); ++i) {
    sum += (i - pcss) % 2 == 0 ? static_cast<unsigned>(stored[i]) << 8 : stored[i];
  }
  while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

TEST(rx_packet_sum, gives_the_example_of_rfc_1071) {
  module_bench<Ve1000_rx_packet_sum> bench;
  const bytes example = {0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7};  // RFC 1071 section 3: sum ddf2
  EXPECT_EQ(run(bench, example, 0, false, false), 0xFFFF & ~0xDDF2);
}

TEST(rx_packet_sum, follows_start_strip_and_length) {
  module_bench<Ve1000_rx_packet_sum> bench;
  std::mt19937 random(1071);
  for (int round = 0; round < 4000; ++round) {
    bytes frame(20 + random() % 400);
    for (auto& byte : frame) byte = static_cast<std::uint8_t>(random());
    const auto pcss = static_cast<unsigned>(random() % (round % 2 == 0 ? 24 : 256));
    const bool secrc = random() % 2;
    const bool strip = random() % 2;
    ASSERT_EQ(run(bench, frame, pcss, secrc, strip), reference(frame, pcss, secrc, strip))
        << frame.size() << " bytes, pcss " << pcss << " secrc " << secrc << " strip " << strip;
  }
}

// FS 5.3: over the stored frame, both strips come first.  SBP stores runts too, and one below 20 bytes may end in its
// tag.
TEST(rx_packet_sum, sums_what_is_stored_of_the_shortest_frames) {
  module_bench<Ve1000_rx_packet_sum> bench;
  std::mt19937 random(53);
  for (std::size_t length = 1; length < 24; ++length) {
    bytes frame(length);
    for (auto& byte : frame) byte = static_cast<std::uint8_t>(random());
    for (unsigned pcss = 0; pcss < 26; ++pcss) {
      for (unsigned bits = 0; bits < 4; ++bits) {
        const bool secrc = bits & 1;
        const bool strip = bits & 2;
        ASSERT_EQ(run(bench, frame, pcss, secrc, strip), reference(frame, pcss, secrc, strip))
            << length << " bytes, pcss " << pcss << " secrc " << secrc << " strip " << strip;
      }
    }
  }
}

TEST(rx_packet_sum, is_all_ones_when_it_starts_behind_the_frame) {
  module_bench<Ve1000_rx_packet_sum> bench;
  EXPECT_EQ(run(bench, bytes(64, 0x11), 64, false, false), 0xFFFF);
  EXPECT_EQ(run(bench, bytes(64, 0x11), 60, true, false), 0xFFFF);
  EXPECT_EQ(run(bench, bytes(64, 0x11), 63, false, false), 0xFFFF & ~0x1100);
}

}  // namespace
}  // namespace ringside::rtl_test
