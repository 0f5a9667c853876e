// SPDX-License-Identifier: Apache-2.0
// Expected values: the paper's and the reference implementation's vectors; the streams' by OpenSSL's SIPHASH MAC.
#include "sw/kernel/entropy.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <vector>

#include "sw/kernel/kernel.h"
#include "tests/sw/fake_host.h"

namespace ringside::kernel {
namespace entropy_tests {
namespace {

// Key 00 01 ... 0F, message 00 01 ... of that length (Aumasson and Bernstein, appendix A: 15 bytes; vectors_sip64 of
// the reference implementation: the others).
TEST(siphash24, gives_the_published_values) {
  const siphash_key key{0x0706050403020100, 0x0F0E0D0C0B0A0908};
  std::array<std::byte, 63> message{};
  for (std::size_t i = 0; i < message.size(); ++i) message[i] = static_cast<std::byte>(i);
  struct row {
    std::size_t bytes;
    std::uint64_t hash;
  };
  for (const row& r : {row{0, 0x726FDB47DD0E0E31}, row{1, 0x74F839C593DC67FD}, row{7, 0xAB0200F58B01D137},
                       row{8, 0x93F5F5799A932462}, row{15, 0xA129CA6149BE45E5}, row{63, 0x958A324CEB064572}})
    EXPECT_EQ(siphash24(key, std::span(message).first(r.bytes)), r.hash) << r.bytes;
}

TEST(entropy, a_seed_and_a_name_give_the_same_numbers_everywhere) {
  entropy one(1);
  entropy_stream& isn = one.stream("tcp_isn");
  EXPECT_EQ(isn.u64(), 0x5091326A05BA653C);
  EXPECT_EQ(isn.u64(), 0x533C5014775EAA06);
  EXPECT_EQ(isn.u64(), 0x1B416D03E996088A);
  EXPECT_EQ(one.stream("ip_id").u64(), 0xD074D7836CC3725D);
  entropy two(2);
  EXPECT_EQ(two.stream("tcp_isn").u64(), 0x79DDD84EB14C3272);
}

TEST(entropy, a_stream_does_not_depend_on_what_others_draw) {
  entropy quiet(7);
  entropy busy(7);
  for (int i = 0; i < 1000; ++i) {
    busy.stream("a new user").u64();
    busy.stream("ip_id").u64();
    EXPECT_EQ(busy.stream("tcp_isn").u64(), quiet.stream("tcp_isn").u64());
  }
}

TEST(entropy, a_stream_goes_on_where_its_last_user_left_it) {
  entropy e(1);
  EXPECT_EQ(e.stream("tcp_isn").u64(), 0x5091326A05BA653C);
  EXPECT_EQ(e.stream("tcp_isn").u64(), 0x533C5014775EAA06);
}

TEST(entropy, bytes_secrets_and_words_are_the_numbers) {
  entropy e(1);
  std::array<std::byte, 11> bytes{};
  e.stream("tcp_isn").fill(bytes);
  const std::vector<unsigned> expected = {0x3C, 0x65, 0xBA, 0x05, 0x6A, 0x32, 0x91, 0x50, 0x06, 0xAA, 0x5E};
  for (std::size_t i = 0; i < bytes.size(); ++i) EXPECT_EQ(std::to_integer<unsigned>(bytes[i]), expected[i]) << i;
  EXPECT_EQ(e.stream("tcp_isn").u32(), 0x1B416D03U) << "the third";
  entropy again(1);
  EXPECT_EQ(again.stream("tcp_isn").secret(), (siphash_key{0x5091326A05BA653C, 0x533C5014775EAA06}));
}

TEST(entropy, a_bounded_number_is_below_its_bound_and_any_of_them) {
  entropy e(3);
  entropy_stream& s = e.stream("port");
  std::set<std::uint32_t> seen;
  std::array<unsigned, 3> of_three{};
  for (int i = 0; i < 3000; ++i) {
    const std::uint32_t drawn = s.below(28232);
    EXPECT_LT(drawn, 28232U);
    seen.insert(drawn);
    ++of_three[s.below(3)];
  }
  EXPECT_GT(seen.size(), 2700U) << "28232 * (1 - exp(-3000 / 28232)) = 2847 expected";
  for (const unsigned n : of_three) EXPECT_NEAR(n, 1000, 130) << "five standard deviations";
  EXPECT_EQ(s.below(1), 0U);
  // 3 << 30 bounds: a plain product would draw each third number twice as often.  2^32 mod 3*2^30 = 2^30 are drawn
  // anew.
  unsigned low = 0;
  for (int i = 0; i < 3000; ++i) low += s.below(3U << 30) % 3 == 0 ? 1 : 0;
  EXPECT_NEAR(low, 1000, 130);
}

TEST(entropy, the_kernels_has_the_seed_of_its_configuration) {
  test::fake_host host;
  kernel::config settings;
  settings.seed = 2;
  kernel os(host, settings);
  EXPECT_EQ(os.random().stream("tcp_isn").u64(), 0x79DDD84EB14C3272);
}

}  // namespace
}  // namespace entropy_tests
}  // namespace ringside::kernel
