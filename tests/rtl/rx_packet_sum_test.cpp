// Packet checksum, section 5.3: RFC 1071 sums over what is stored, from RXCSUM.PCSS on.
#include <Ve1000_rx_packet_sum.h>

#include <random>

#include "tests/rtl/module_bench.h"
#include "tests/rtl/wire_bytes.h"

namespace ringside::rtl_test {
namespace {

std::uint16_t run(module_bench<Ve1000_rx_packet_sum>& bench, const bytes& frame, unsigned pcss, bool secrc,
                  bool strip) {
  auto& m = bench.pins();
  m.pcss_i = static_cast<std::uint8_t>(pcss);
  m.secrc_i = secrc;
  m.strip_i = 0;
  m.byte_en_i = 0;
  m.sfd_i = 1;
  bench.tick();
  m.sfd_i = 0;
  for (std::size_t i = 0; i < frame.size(); ++i) {
    m.byte_en_i = 1;
    m.byte_i = frame[i];
    m.index_i = static_cast<std::uint16_t>(i);
    m.strip_i = strip && i >= 14;
    bench.tick();
  }
  m.byte_en_i = 0;
  bench.tick();
  return m.csum_o;
}

// RFC 1071 on paper: 32-bit accumulation, folded at the end.
std::uint16_t reference(bytes stored, unsigned pcss, bool secrc, bool strip) {
  if (secrc) stored.resize(stored.size() - 4);
  if (strip) stored.erase(stored.begin() + 12, stored.begin() + 16);
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

TEST(rx_packet_sum, is_all_ones_when_it_starts_behind_the_frame) {
  module_bench<Ve1000_rx_packet_sum> bench;
  EXPECT_EQ(run(bench, bytes(64, 0x11), 64, false, false), 0xFFFF);
  EXPECT_EQ(run(bench, bytes(64, 0x11), 60, true, false), 0xFFFF);
  EXPECT_EQ(run(bench, bytes(64, 0x11), 63, false, false), 0xFFFF & ~0x1100);
}

}  // namespace
}  // namespace ringside::rtl_test
