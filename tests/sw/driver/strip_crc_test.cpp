// SPDX-License-Identifier: Apache-2.0
// The chip strips the FCS (RCTL.SECRC, R-42): lengths are taken as they come, nothing is trimmed.
#include "tests/sw/driver/bench.h"

namespace ringside::test::strip_crc_tests {
namespace {

constexpr std::uint32_t rctl = reg::RCTL, secrc = 1U << 26;  // FS 6.1

driver::config stripping(std::uint32_t buffer_size = 0, std::uint32_t copybreak = 256) {
  driver::config c;
  c.strip_crc = true;
  c.buffer_size = buffer_size;
  c.copybreak = copybreak;
  return c;
}

/// Frames of the given sizes without FCS, sent stripped; every payload must arrive as it was.
void expect_delivered(const driver::config& settings, const std::vector<std::size_t>& sizes) {
  constexpr std::size_t headers = 14 + 20 + 8;
  bench b(settings);
  b.up();
  b.listen({5000});
  b.host.run_for(1 * ms);
  EXPECT_EQ((b.nic.registers[rctl] & secrc) != 0, settings.strip_crc);
  std::vector<bytes> sent;
  for (const std::size_t size : sizes) {
    sent.push_back(pattern(size - headers, static_cast<std::uint8_t>(size)));
    fake_frame f;
    f.bytes = udp_frame(sent.back());
    f.append_fcs = !settings.strip_crc;
    ASSERT_EQ(f.bytes.size(), size);
    b.receive(std::move(f));
    b.host.run_for(1 * ms);
  }
  const auto builds = b.host.of(stage::skb_build);
  ASSERT_EQ(builds.size(), sizes.size());
  ASSERT_EQ(b.read.size(), sizes.size());
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    EXPECT_EQ(builds[i].a, sizes[i]);
    EXPECT_TRUE(b.read[i].second == sent[i]) << "frame of " << sizes[i] << " bytes";
  }
  EXPECT_EQ(b.card.receive_counters().dropped_length, 0U);
}

const std::vector<std::size_t> single_sizes{60, 61, 251, 252, 253, 255, 256, 257, 1000, 1513, 1514};

TEST(strip_crc, single_buffers_copied_and_built) {
  expect_delivered(stripping(), single_sizes);
}
TEST(strip_crc, single_buffers_never_copied) {
  expect_delivered(stripping(0, 0), single_sizes);
}
TEST(strip_crc, the_same_frames_with_their_fcs) {
  driver::config c = stripping();
  c.strip_crc = false;
  expect_delivered(c, single_sizes);
}

// 252...256: with an FCS these end in, at and behind the end of the first buffer of 256.
TEST(strip_crc, chains_end_where_the_frame_ends) {
  const std::vector<std::size_t> sizes{60, 252, 253, 255, 256, 257, 511, 512, 513, 1024, 1514};
  expect_delivered(stripping(256), sizes);
  expect_delivered(stripping(256, 0), sizes);
  driver::config with_fcs = stripping(256, 0);
  with_fcs.strip_crc = false;
  expect_delivered(with_fcs, sizes);
}

TEST(strip_crc, copybreak_counts_what_is_in_memory) {
  bench b(stripping());
  b.up();
  for (const std::size_t size : {256U, 257U}) {
    fake_frame f;
    f.bytes = udp_frame(pattern(size - 42, 1));
    f.append_fcs = false;
    b.receive(std::move(f));
  }
  b.host.run_for(1 * ms);
  EXPECT_EQ(b.card.receive_counters().copied, 1U);
  EXPECT_EQ(b.card.receive_counters().built, 1U);
}

// Without an FCS the smallest frame the driver takes is an Ethernet header.
TEST(strip_crc, a_header_alone_is_a_frame_and_less_is_not) {
  for (const std::uint32_t buffer : {0U, 256U}) {
    SCOPED_TRACE(buffer);
    bench b(stripping(buffer));
    b.up();
    for (const std::size_t size : {14U, 13U}) {
      fake_frame f;
      f.bytes = udp_frame(pattern(30, 1));
      f.bytes.resize(size);
      f.append_fcs = false;
      b.receive(std::move(f));
    }
    b.host.run_for(1 * ms);
    EXPECT_EQ(b.host.count(stage::skb_build), 1U);
    EXPECT_EQ(b.card.receive_counters().dropped_length, 1U);
  }
}

}  // namespace
}  // namespace ringside::test::strip_crc_tests
