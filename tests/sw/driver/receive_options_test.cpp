// SPDX-License-Identifier: Apache-2.0
// What Linux leaves alone and a scenario may set: thresholds, small packets, bad packets, where buffers begin.
#include "tests/sw/driver/bench.h"

namespace ringside::test {
namespace {

// FS 6.4, FS 6.1, FS 7.4: field positions from the sheet.
TEST(receive_options, thresholds_are_written_only_when_asked) {
  {
    bench b;
    b.up();
    for (const auto& w : b.nic.writes) EXPECT_TRUE(w.offset != reg::RXDCTL && w.offset != reg::RSRPD) << w.offset;
  }
  driver::config c;
  c.pthresh = 8;
  c.hthresh = 16;
  c.wthresh = 4;
  c.rdmts = 2;
  c.rsrpd = 128;
  bench b(c);
  b.up();
  EXPECT_EQ(b.nic.registers[reg::RXDCTL], 8U | 16U << 8 | 4U << 16 | 1U << 24);
  EXPECT_EQ(b.nic.registers[reg::RCTL], 0x00008202U);
  EXPECT_EQ(b.nic.registers[reg::RSRPD], 128U);
}

// NETIF_F_RXALL (FS 6.1, 6.8, R-40): with SBP the chip may fill a buffer, so all of BSIZE is posted; what it marks as
// damaged goes up the stack as it is, MAC control frames too, and no tag is filtered (e1000_setup_rctl).
TEST(receive_options, store_bad_posts_whole_buffers_and_keeps_what_is_marked) {
  driver::config c;
  bench plain(c);
  plain.up();
  EXPECT_EQ(plain.nic.registers[reg::RCTL] & 1U << 2, 0U);
  for (const event& e : plain.host.of(stage::dma_map)) EXPECT_EQ(e.b, 1522U);
  c.store_bad = true;
  bench b(c);
  b.up();
  EXPECT_EQ(b.nic.registers[reg::RCTL] & 1U << 2, 1U << 2);
  for (const event& e : b.host.of(stage::dma_map)) EXPECT_EQ(e.b, 2048U);
  b.listen({5000});
  b.host.run_for(1 * ms);
  fake_frame bad;
  bad.bytes = udp_frame(pattern(100, 1));
  bad.errors = rxd_error::CE;
  b.receive(bad);
  fake_frame runt;  // 20 bytes of a packet, sound FCS
  runt.bytes = udp_frame(pattern(100, 2));
  runt.bytes.resize(34);
  b.receive(runt);
  b.receive(udp_frame(pattern(100, 3)));
  b.host.run_for(1 * ms);
  ASSERT_EQ(b.read.size(), 2U);
  EXPECT_TRUE(b.read[0].second == pattern(100, 1));
  EXPECT_EQ(b.card.device().stats.rx_packets, 3U);
  EXPECT_EQ(b.net.skbs().dropped(drop_reason::driver_error), 0U);
  EXPECT_EQ(b.net.skbs().dropped(drop_reason::ip_length), 1U);
}

TEST(receive_options, store_bad_opens_the_filters_of_tags_and_control_frames) {
  constexpr std::uint32_t sbp = 1U << 2, vfe = 1U << 18, cfien = 1U << 19, dpf = 1U << 22, pmcf = 1U << 23;
  driver::config c;
  c.vlans = {5};
  bench b(c);
  b.up();
  EXPECT_EQ(b.nic.registers[reg::RCTL] & (sbp | vfe | cfien | dpf | pmcf), vfe);
  b.host.run_task([&] { EXPECT_EQ(b.card.set_store_bad(true), driver::driver_status::ok); });
  EXPECT_EQ(b.nic.registers[reg::RCTL] & (sbp | vfe | cfien | dpf | pmcf), sbp | pmcf);
  b.host.run_task([&] { EXPECT_EQ(b.card.set_store_bad(false), driver::driver_status::ok); });
  EXPECT_EQ(b.nic.registers[reg::RCTL] & (sbp | vfe | cfien | dpf | pmcf), vfe);
}

TEST(receive_options, a_damaged_chain_is_kept_too) {
  driver::config c;
  c.store_bad = true;
  c.mtu = 9000;
  bench b(c);
  b.up();
  b.listen({5000});
  b.host.run_for(1 * ms);
  fake_frame bad;
  bad.bytes = udp_frame(pattern(8000, 1));
  bad.errors = rxd_error::RXE;
  b.receive(bad);
  b.host.run_for(1 * ms);
  ASSERT_EQ(b.read.size(), 1U);
  EXPECT_TRUE(b.read[0].second == pattern(8000, 1));
}

/// Frames of the given payloads through buffers that begin `offset` bytes later; returns the addresses posted at open.
std::vector<std::uint64_t> delivered_with_offset(driver::config c, std::uint32_t offset,
                                                 const std::vector<std::size_t>& payloads) {
  c.buffer_offset = offset;
  c.ring_size = 48;
  bench b(c);
  b.up();
  std::vector<std::uint64_t> posted;
  for (const event& e : b.host.of(stage::desc_post)) posted.push_back(e.b);
  b.listen({5000});
  b.host.run_for(1 * ms);
  std::vector<bytes> sent;
  for (int round = 0; round < 20; ++round)  // twice and more round the ring
    for (const std::size_t size : payloads) {
      sent.push_back(pattern(size, static_cast<std::uint8_t>(sent.size())));
      b.receive(udp_frame(sent.back()));
      b.host.run_for(1 * ms);
    }
  EXPECT_EQ(b.read.size(), sent.size());
  for (std::size_t i = 0; i < std::min(sent.size(), b.read.size()); ++i)
    EXPECT_TRUE(b.read[i].second == sent[i]) << "payload of frame " << i + 1;
  return posted;
}

// 5: any byte alignment is allowed; without an offset a buffer begins at a cache line (NET_SKB_PAD 64, NET_IP_ALIGN 0).
TEST(receive_options, buffers_begin_at_any_byte) {
  for (const std::uint32_t offset : {0U, 1U, 3U, 62U, 4030U, 4095U}) {
    SCOPED_TRACE(offset);
    const auto posted = delivered_with_offset({}, offset, {3, 180, 200, 1472});
    ASSERT_EQ(posted.size(), 47U);
    for (const std::uint64_t address : posted) EXPECT_EQ(address % 64, offset % 64);
  }
}

TEST(receive_options, buffers_of_chains_begin_at_any_byte) {
  driver::config c;
  c.buffer_size = 512;
  for (const std::uint32_t offset : {0U, 1U, 255U, 4095U}) {
    SCOPED_TRACE(offset);
    const auto posted = delivered_with_offset(c, offset, {3, 180, 470, 1472});
    ASSERT_EQ(posted.size(), 47U);
    for (const std::uint64_t address : posted) EXPECT_EQ(address % 64, offset % 64);
  }
}

}  // namespace
}  // namespace ringside::test
