// SPDX-License-Identifier: Apache-2.0
#include "platform/source/generator.h"

#include <gtest/gtest.h>

#include "platform/scenario/loader.h"
#include "platform/source/udp_frame.h"

namespace ringside::platform {
namespace {

scenario with(const std::vector<std::string>& settings) {
  return load_scenario("", settings);
}

std::uint32_t be16(const std::vector<std::uint8_t>& f, std::size_t at) {
  return static_cast<std::uint32_t>(f[at] << 8 | f[at + 1]);
}

// RFC 1071 section 3: the bytes 00 01 f2 03 f4 f5 f6 f7 sum to ddf2.
TEST(udp_frame, sums_as_rfc_1071) {
  const std::vector<std::uint8_t> bytes{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
  EXPECT_EQ(ones_sum(bytes), 0xddf2U);
  EXPECT_EQ(internet_checksum(0xddf2), 0x220d);
  const std::vector<std::uint8_t> odd{0x12, 0x34, 0x56};
  EXPECT_EQ(ones_sum(odd), 0x1234U + 0x5600U);
}

// A well-known header: 4500 0073 0000 4000 4011 ---- c0a8 0001 c0a8 00c7 has checksum b861 (RFC 1071 worked example).
TEST(udp_frame, header_checksum_of_a_known_packet) {
  const std::vector<std::uint8_t> payload(0x73 - 28, 0);
  const auto frame = make_udp_frame({.to_ip = 0xC0A800C7, .from_ip = 0xC0A80001}, 0, payload);
  EXPECT_EQ(be16(frame, 14 + 10), 0xB861U);
}

// Hand computed: pseudo header 0a00+0001+0a00+0002+0011+000a, UDP 2710+1389+000a, payload 4142:
// 0a00+0001+0a00+0002+0011+000a = 141e; +2710 = 3b2e; +1389 = 4eb7; +000a = 4ec1; +4142 = 9003; inverted 6ffc.
TEST(udp_frame, udp_checksum_by_hand) {
  const std::vector<std::uint8_t> payload{0x41, 0x42};
  const auto frame =
      make_udp_frame({.to_ip = 0x0A000002, .from_ip = 0x0A000001, .to_port = 5001, .from_port = 10000}, 1, payload);
  EXPECT_EQ(be16(frame, 34 + 6), 0x6FFCU);
  EXPECT_EQ(frame.size(), 44U);
}

// A sum of ffff inverts to 0, which would mean "no checksum": RFC 768 sends ffff.
TEST(udp_frame, zero_checksum_is_sent_as_ones) {
  // As above with payload p: 4ec1 + p = ffff for p = b13e.
  const std::vector<std::uint8_t> payload{0xB1, 0x3E};
  const auto frame =
      make_udp_frame({.to_ip = 0x0A000002, .from_ip = 0x0A000001, .to_port = 5001, .from_port = 10000}, 1, payload);
  EXPECT_EQ(be16(frame, 34 + 6), 0xFFFFU);
}

TEST(generator, sizes_include_the_fcs) {
  generator g(with({"gen.size=64,128,1518", "gen.count=4"}));
  EXPECT_EQ(g.next()->bytes.size(), 60U);
  EXPECT_EQ(g.next()->bytes.size(), 124U);
  EXPECT_EQ(g.next()->bytes.size(), 1514U);
  EXPECT_EQ(g.next()->bytes.size(), 60U);
  EXPECT_FALSE(g.next());
  EXPECT_FALSE(g.next());
}

// Frames made of old memory are the same: longer and shorter ones, padded and spoilt ones.
TEST(generator, what_memory_held_before_does_not_matter) {
  const scenario s = with({"gen.size=64..300", "gen.count=400", "gen.runt_per_million=100000",
                           "gen.oversize_per_million=100000", "gen.payload=random"});
  generator fresh(s);
  generator again(s);
  std::vector<std::uint8_t> used(2000, 0xA5);
  for (int n = 0; n < 400; ++n) {
    again.give_back(std::move(used));
    auto frame = again.next();
    ASSERT_TRUE(frame);
    ASSERT_EQ(frame->bytes, fresh.next()->bytes) << n;
    used = std::move(frame->bytes);
    std::fill(used.begin(), used.end(), std::uint8_t{0xA5});
  }
}

TEST(generator, every_frame_is_addressed_numbered_and_checks) {
  const scenario s =
      with({"gen.size=64..300", "gen.count=500", "gen.flows=3", "stack.udp_ports=53,5001", "run.seed=7"});
  generator g(s);
  for (std::uint64_t n = 0; n < 500; ++n) {
    const auto frame = g.next();
    ASSERT_TRUE(frame);
    const auto& b = frame->bytes;
    EXPECT_TRUE(std::equal(s.nic.mac_address.begin(), s.nic.mac_address.end(), b.begin()));
    EXPECT_EQ(be16(b, 12), 0x0800U);
    EXPECT_EQ(be16(b, 16), b.size() - 14);                       // IP total length: no padding was needed
    EXPECT_EQ(ones_sum(std::span(b).subspan(14, 20)), 0xFFFFU);  // a right header sums to ones
    EXPECT_EQ(be16(b, 34), 10'000 + n % 3);
    EXPECT_EQ(be16(b, 36), n % 3 == 1 ? 5001U : 53U);
    // UDP with pseudo header sums to ones.
    const auto udp = static_cast<std::uint32_t>(b.size() - 34);
    EXPECT_EQ(ones_sum(std::span(b).subspan(34), ones_sum(std::span(b).subspan(26, 8), 17 + udp)), 0xFFFFU);
    const auto payload = generator_payload(payload_kind::random, 7, n, b.size() - 42);
    EXPECT_TRUE(std::equal(payload.begin(), payload.end(), b.begin() + 42));
    std::uint64_t sequence = 0;
    for (std::size_t i = 0; i < 8; ++i) sequence = sequence << 8 | b[42 + i];
    EXPECT_EQ(sequence, n);
  }
  EXPECT_EQ(g.made(), 500U);
}

TEST(generator, seed_decides_and_nothing_else) {
  const std::vector<std::string> base{"gen.size=64..1518", "gen.count=50"};
  auto seeded = base;
  seeded.push_back("gen.seed=9");
  auto other_run = seeded;
  other_run.push_back("run.seed=5");
  generator a(with(base));
  generator b(with(base));
  generator c(with(seeded));
  generator d(with(other_run));
  bool differs = false;
  for (int i = 0; i < 50; ++i) {
    const auto bytes = a.next()->bytes;
    EXPECT_EQ(bytes, b.next()->bytes);
    const auto with_seed = c.next()->bytes;
    EXPECT_EQ(with_seed, d.next()->bytes);
    differs = differs || bytes != with_seed;
  }
  EXPECT_TRUE(differs);
}

TEST(generator, payload_patterns) {
  EXPECT_EQ(generator_payload(payload_kind::zeros, 1, 0x0102, 10),
            (std::vector<std::uint8_t>{0, 0, 0, 0, 0, 0, 1, 2, 0, 0}));
  EXPECT_EQ(generator_payload(payload_kind::counting, 1, 3, 10),
            (std::vector<std::uint8_t>{0, 0, 0, 0, 0, 0, 0, 3, 8, 9}));
  EXPECT_NE(generator_payload(payload_kind::random, 1, 3, 32), generator_payload(payload_kind::random, 2, 3, 32));
}

struct error_counts {
  int bad_fcs = 0;
  int rx_er = 0;
  int runt = 0;
  int oversize = 0;
};

error_counts spoiled(const std::vector<std::string>& settings, std::size_t limit) {
  generator g(with(settings));
  error_counts out;
  while (const auto frame = g.next()) {
    const std::size_t length = frame->bytes.size() + 4;
    out.bad_fcs += frame->bad_fcs ? 1 : 0;
    if (frame->rx_er_at >= 0) {
      ++out.rx_er;
      EXPECT_LT(static_cast<std::size_t>(frame->rx_er_at), frame->bytes.size());
    }
    if (!frame->pad) {
      ++out.runt;
      EXPECT_LT(length, 64U);
      EXPECT_GE(length, 18U);
    }
    out.oversize += length > limit ? 1 : 0;
  }
  return out;
}

TEST(generator, errors_come_at_their_rates_one_a_frame) {
  // 100,000 draws at 10 %: 10,000 expected, standard deviation 95; five of them allowed.
  const std::vector<std::string> settings{"gen.count=100000", "gen.bad_fcs_per_million=100000",
                                          "gen.rx_er_per_million=100000", "gen.runt_per_million=100000",
                                          "gen.oversize_per_million=100000"};
  const error_counts counts = spoiled(settings, 1522);
  for (const int n : {counts.bad_fcs, counts.rx_er, counts.runt, counts.oversize}) EXPECT_NEAR(n, 10'000, 475);
}

TEST(generator, certain_errors_hit_every_frame) {
  EXPECT_EQ(spoiled({"gen.count=50", "gen.bad_fcs_per_million=1000000"}, 1522).bad_fcs, 50);
  EXPECT_EQ(spoiled({"gen.count=50", "gen.oversize_per_million=1000000"}, 1522).oversize, 50);
  // With a jumbo MTU the chip takes 16384 bytes (FS 6.8).
  EXPECT_EQ(spoiled({"gen.count=50", "gen.oversize_per_million=1000000", "driver.mtu=9000"}, 16384).oversize, 50);
  EXPECT_EQ(spoiled({"gen.count=50"}, 1522).runt, 0);
}

}  // namespace
}  // namespace ringside::platform
