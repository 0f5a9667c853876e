// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/checksum.h"

#include "common/rng.h"
#include "tests/sw/stack/stack_bench.h"

namespace ringside::test {
namespace {

std::span<const std::byte> view(const bytes& b) {
  return std::as_bytes(std::span(b));
}

TEST(checksum, matches_the_example_of_rfc_1071) {
  // RFC 1071 section 3: 00 01 f2 03 f4 f5 f6 f7 sums to ddf2 in one's complement.
  stack::inet_sum sum;
  sum.add(view({0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7}));
  EXPECT_EQ(sum.folded(), 0xddf2);
}

TEST(checksum, accepts_a_known_ipv4_header) {
  // The header often printed for this purpose (Wikipedia, "Internet checksum"): checksum 0xb861.
  const bytes header{0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
                     0xb8, 0x61, 0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7};
  EXPECT_TRUE(stack::checksum_valid(view(header)));
  for (std::size_t i = 0; i < header.size(); ++i) {
    bytes broken = header;
    broken[i] ^= 0x10;
    EXPECT_FALSE(stack::checksum_valid(view(broken))) << i;
  }
}

TEST(checksum, pads_an_odd_end_with_zero) {
  stack::inet_sum odd;
  odd.add(view({0x12, 0x34, 0x56}));
  EXPECT_EQ(odd.folded(), 0x1234 + 0x5600);
}

TEST(checksum, is_the_same_however_the_bytes_are_cut) {
  constexpr std::uint64_t seed = 11;
  SCOPED_TRACE(seed);
  rng random(seed);
  for (int round = 0; round < 300; ++round) {
    bytes data(random.below(400));
    for (std::uint8_t& b : data) b = static_cast<std::uint8_t>(random.next());
    stack::inet_sum sum;
    for (std::size_t at = 0; at < data.size();) {
      const std::size_t n = std::min<std::size_t>(1 + random.below(50), data.size() - at);
      sum.add(view(data).subspan(at, n));
      at += n;
    }
    const auto expected = static_cast<std::uint16_t>(~slow_checksum(data));
    // 0 and 0xFFFF are the same number in one's complement.
    EXPECT_EQ(sum.folded() % 0xFFFF, expected % 0xFFFF) << round;
  }
}

}  // namespace
}  // namespace ringside::test
