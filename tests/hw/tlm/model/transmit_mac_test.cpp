// SPDX-License-Identifier: Apache-2.0
// FIFO, MAC, stops and counters of the transmit side: T-17, T-70 to T-76, T-80, T-90, and PAUSE as it is obeyed (F-2,
// F-11).
#include <gtest/gtest.h>

#include "tests/hw/tlm/model/transmit_bench.h"

namespace ringside::test::transmit_mac_tests {
namespace {

constexpr sim_time byte_on_wire = 8 * ns;
constexpr std::uint32_t kilobyte = 1024;

struct transmit_mac : testing::Test {
  transmit_bench bench;

  /// A frame of `size` bytes in one descriptor at `i`.
  void post(std::uint32_t i, std::size_t size, std::uint8_t first = 0x02) {
    bench.post(i, counting_frame(size, first));
  }
  std::size_t stored() { return bench.events(stage::tx_fifo_commit).size(); }
  void reset_card() {
    bench.write(reg::CTRL, ctrl::RST | ctrl::SLU);
    bench.run_for(2 * ms);
    bench.write(reg::CTRL, ctrl::SLU);
    bench.read(reg::ICR);
  }
  void pause_for(std::uint16_t units) {
    offered_frame f = plain_frame({0x01, 0x80, 0xC2, 0x00, 0x00, 0x01}, 64, 0, 0x8808);
    f.bytes[14] = 0;
    f.bytes[15] = 1;
    f.bytes[16] = static_cast<std::uint8_t>(units >> 8);
    f.bytes[17] = static_cast<std::uint8_t>(units);
    bench.plan(std::move(f));
  }
  void obey_pause() {
    bench.write(reg::FCAL, 0x00C2'8001);
    bench.write(reg::FCAH, 0x0100);
    bench.write(reg::FCT, 0x8808);
    bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::RFCE);
    bench.open(8, 7, rctl::EN);
  }
  /// When the last byte of the wire's last frame had come.
  sim_time arrived() { return bench.events(stage::wire_eof).back().time + byte_on_wire; }
};

// ---- FIFO

TEST_F(transmit_mac, fifo_holds_sixteen_kilobytes) {  // T-70
  bench.open_transmit(64);
  bench.write(reg::CTRL, 0);  // no link: frames stay (T-72)
  for (std::uint32_t i = 0; i < 40; ++i) post(i, 1001);
  bench.doorbell(40);
  bench.run_for(1 * ms);
  // 1001 bytes take 1008 and 16: exactly sixteen fit.
  EXPECT_EQ(stored(), 16U);
  EXPECT_TRUE(bench.tx_done(15)) << "complete is what is in the FIFO, not what was sent (T-42)";
  EXPECT_FALSE(bench.tx_done(16));
  bench.write(reg::CTRL, ctrl::SLU);
  bench.run_for(1 * ms);
  EXPECT_EQ(bench.sent().size(), 40U);
}

TEST_F(transmit_mac, a_tag_takes_room) {  // T-70
  bench.open_transmit(64);
  bench.write(reg::CTRL, ctrl::VME);  // no link: frames stay
  // 1008 bytes take 1024 with their status, sixteen of them all of the FIFO; with a tag they take 1032.
  for (std::uint32_t i = 0; i < 40; ++i) bench.post(i, counting_frame(1008), cmd::whole | cmd::VLE);
  bench.doorbell(40);
  bench.run_for(1 * ms);
  EXPECT_EQ(stored(), 15U);
  bench.write(reg::CTRL, ctrl::SLU | ctrl::VME);
  bench.run_for(1 * ms);
  EXPECT_EQ(bench.sent().size(), 40U);
}

TEST_F(transmit_mac, a_tag_takes_room_while_its_frame_waits) {  // T-70
  bench.open_transmit(256);
  bench.write(reg::CTRL, ctrl::VME);  // no link: frames stay
  // 60 bytes with their tags take 64 and 16 more: 204 of them 16320 of 16384.  Without tags it would be 56 and 16.
  for (std::uint32_t i = 0; i < 250; ++i) bench.post(i, counting_frame(56), cmd::whole | cmd::VLE);
  bench.doorbell(250);
  bench.run_for(2 * ms);
  EXPECT_EQ(stored(), 204U);
}

TEST_F(transmit_mac, fifo_is_as_large_as_pba_says_at_reset) {  // T-70, X-5
  bench.write(reg::PBA, 56);
  EXPECT_EQ(bench.read(reg::PBA), 56U | 8U << 16);
  const auto fill = [&] {
    bench.open_transmit(64);
    bench.write(reg::CTRL, 0);
    const std::size_t before = stored();
    for (std::uint32_t i = 0; i < 40; ++i) post(i, 1001);
    bench.doorbell(40);
    bench.run_for(1 * ms);
    return stored() - before;
  };
  EXPECT_EQ(fill(), 16U) << "not in force yet";
  reset_card();
  EXPECT_EQ(fill(), 8U);
  bench.write(reg::PBA, 40);
  reset_card();
  EXPECT_EQ(fill(), 24U);
}

TEST_F(transmit_mac, packets_beyond_the_limit_are_dropped_whole) {  // T-17
  bench.open_transmit(64);
  const byte_vector longest = counting_frame(16288);
  bench.put_bytes(bench.buffer(0), longest);
  bench.legacy(0, bench.buffer(0), 16288, cmd::whole);
  bench.put_bytes(bench.buffer(1), counting_frame(16289));
  bench.legacy(1, bench.buffer(1), 16289, cmd::whole);
  bench.legacy(2, bench.buffer(1), 16000, 0);
  bench.legacy(3, bench.buffer(1), 16000, cmd::whole);
  post(4, 100);
  bench.doorbell(5);
  bench.run_for(1 * ms);
  ASSERT_EQ(bench.sent().size(), 2U);
  EXPECT_EQ(bench.sent()[0].bytes, with_fcs(longest));
  EXPECT_EQ(bench.sent()[1].bytes, with_fcs(counting_frame(100)));
  EXPECT_TRUE(bench.tx_done(1) && bench.tx_done(3)) << "their descriptors finish as usual";
  EXPECT_EQ(bench.read(reg::TDH), 5U);
  EXPECT_EQ(bench.read(reg::TPT), 2U);
}

TEST_F(transmit_mac, packets_beyond_a_small_fifo_are_dropped_whole) {  // T-17, T-70
  bench.write(reg::PBA, 56);
  reset_card();
  bench.open_transmit(64);
  constexpr std::size_t fits = 8 * kilobyte - 16;
  for (std::uint32_t i = 0; i < 2; ++i) {
    bench.put_bytes(bench.buffer(i), counting_frame(fits + i));
    bench.legacy(i, bench.buffer(i), static_cast<std::uint32_t>(fits + i), cmd::whole);
  }
  bench.write(reg::CTRL, ctrl::SLU | ctrl::VME);
  bench.put_bytes(bench.buffer(2), counting_frame(fits));
  bench.legacy(2, bench.buffer(2), fits, 0);
  bench.legacy(3, bench.buffer(2), 0, cmd::whole | cmd::VLE);  // the tag is too much
  bench.doorbell(4);
  bench.run_for(1 * ms);
  ASSERT_EQ(bench.sent().size(), 1U);
  EXPECT_EQ(bench.sent()[0].bytes, with_fcs(counting_frame(fits)));
  EXPECT_EQ(bench.read(reg::TDH), 4U);
}

// ---- when a frame begins

TEST_F(transmit_mac, disabling_ends_after_the_frame_on_the_wire) {  // T-72, T-80
  bench.open_transmit(64);
  for (std::uint32_t i = 0; i < 10; ++i) post(i, 1000);
  bench.doorbell(10);
  ASSERT_TRUE(bench.run_until_seen([&] { return bench.events(stage::tx_wire_sof).size() == 2; }));
  bench.run_for(1 * us);
  bench.write(reg::TCTL, tctl::PSP);
  const std::size_t reads = bench.transfers().size() + bench.on_bus(tlm::dma_kind::tx_payload) +
                            bench.on_bus(tlm::dma_kind::tx_fetch) + bench.on_bus(tlm::dma_kind::tx_writeback);
  bench.run_for(100 * us);
  EXPECT_EQ(bench.sent().size(), 2U);
  EXPECT_EQ(bench.sent()[1].bytes, with_fcs(counting_frame(1000))) << "whole";
  const std::size_t back = bench.transfers(tlm::dma_kind::tx_writeback).size();
  EXPECT_LE(bench.transfers().size(), reads + back) << "nothing more is read (T-80)";
  bench.write(reg::TCTL, tctl::EN | tctl::PSP);
  bench.run_for(200 * us);
  EXPECT_EQ(bench.sent().size(), 10U) << "what stood in the FIFO goes on";
  for (const tlm::sent_frame& f : bench.sent()) EXPECT_EQ(f.bytes, with_fcs(counting_frame(1000)));
}

TEST_F(transmit_mac, a_packet_half_read_goes_on_when_enabled) {  // T-80
  bench.open_transmit(64);
  post(0, 1400);
  bench.doorbell(1);
  ASSERT_TRUE(bench.run_until_seen([&] { return bench.on_bus(tlm::dma_kind::tx_payload) >= 2; }));
  bench.write(reg::TCTL, 0);
  bench.run_for(50 * us);
  EXPECT_TRUE(bench.sent().empty());
  EXPECT_FALSE(bench.tx_done(0));
  EXPECT_EQ(bench.on_bus(tlm::dma_kind::tx_payload), 0U);
  bench.write(reg::TCTL, tctl::EN);
  bench.run_for(50 * us);
  ASSERT_EQ(bench.sent().size(), 1U);
  EXPECT_EQ(bench.sent()[0].bytes, with_fcs(counting_frame(1400)));
}

TEST_F(transmit_mac, what_is_complete_is_written_back_while_off) {  // T-45 d
  bench.open_transmit(64);
  bench.write(reg::TXDCTL, 1U << 24 | 30U << 16);
  for (std::uint32_t i = 0; i < 20; ++i) post(i, 600);
  bench.doorbell(20);
  ASSERT_TRUE(bench.run_until_seen([&] { return stored() == 5; }));
  EXPECT_TRUE(bench.transfers(tlm::dma_kind::tx_writeback).empty());
  bench.write(reg::TCTL, 0);
  bench.run_for(50 * us);
  EXPECT_EQ(bench.transfers(tlm::dma_kind::tx_writeback).size(), stored());
  EXPECT_EQ(bench.read(reg::TDH), stored());
}

TEST_F(transmit_mac, no_frame_begins_without_link) {  // T-72
  bench.open_transmit(64);
  for (std::uint32_t i = 0; i < 3; ++i) post(i, 1000);
  bench.doorbell(3);
  ASSERT_TRUE(bench.run_until_seen([&] { return bench.events(stage::tx_wire_sof).size() == 1; }));
  bench.card().set_link(false, bench.now());
  bench.run_for(100 * us);
  ASSERT_EQ(bench.sent().size(), 1U) << "the frame on the wire is not cut";
  EXPECT_EQ(bench.sent()[0].bytes, with_fcs(counting_frame(1000)));
  bench.card().set_link(true, bench.now());
  bench.run_for(100 * us);
  EXPECT_EQ(bench.sent().size(), 3U);
}

TEST_F(transmit_mac, pause_holds_the_next_frame) {  // F-2, F-11
  bench.open_transmit(64);
  obey_pause();
  constexpr std::uint16_t units = 100;
  pause_for(units);
  bench.start_traffic();
  ASSERT_TRUE(bench.run_until_seen([&] { return !bench.events(stage::wire_eof).empty(); }));
  bench.run_for(200 * ns);
  EXPECT_EQ(bench.read(reg::STATUS) & status::TXOFF, status::TXOFF);
  const std::size_t before = bench.sent().size();
  post(0, 100);
  bench.doorbell(1);
  const sim_time end = arrived() + units * 64 * byte_on_wire;
  bench.run_until(end - 1 * us);
  EXPECT_EQ(bench.sent().size(), before);
  EXPECT_EQ(stored(), 1U) << "only the MAC waits";
  bench.run_until(end + 3 * us);
  ASSERT_EQ(bench.sent().size(), before + 1);
  EXPECT_GE(bench.sent().back().start, end);
  EXPECT_LE(bench.sent().back().start, end + 100 * ns);
  EXPECT_EQ(bench.read(reg::STATUS) & status::TXOFF, 0U);
}

TEST_F(transmit_mac, a_pause_of_zero_lets_go_and_a_frame_under_way_ends) {  // F-2
  bench.open_transmit(64);
  obey_pause();
  pause_for(0xFFFF);
  pause_for(0);
  bench.start_traffic();  // they follow each other with the least gap
  for (std::uint32_t i = 0; i < 3; ++i) post(i, 1500);
  bench.doorbell(3);
  bench.run_for(60 * us);
  EXPECT_EQ(bench.sent().size(), 3U);
  EXPECT_EQ(bench.read(reg::XOFFRXC), 1U);
  EXPECT_EQ(bench.read(reg::XONRXC), 1U);
}

TEST_F(transmit_mac, half_duplex_does_not_obey) {  // T-76
  bench.write(reg::CTRL, (bench.read(reg::CTRL) | ctrl::FRCDPX) & ~ctrl::FD);
  bench.open_transmit(64);
  obey_pause();
  pause_for(0xFFFF);
  bench.start_traffic();
  bench.run_for(5 * us);
  EXPECT_EQ(bench.read(reg::STATUS) & (status::TXOFF | status::FD), 0U);
  post(0, 100);
  bench.doorbell(1);
  bench.run_for(20 * us);
  EXPECT_EQ(bench.sent().size(), 1U);
}

TEST_F(transmit_mac, without_rfce_a_pause_is_any_frame) {  // F-3
  bench.open_transmit(64);
  obey_pause();
  bench.write(reg::CTRL, bench.read(reg::CTRL) & ~ctrl::RFCE);
  pause_for(0xFFFF);
  bench.start_traffic();
  post(0, 100);
  bench.run_for(5 * us);
  bench.doorbell(1);
  bench.run_for(20 * us);
  EXPECT_EQ(bench.sent().size(), 1U);
}

TEST_F(transmit_mac, a_full_receiver_does_not_stop_it) {  // N-14
  bench.open_transmit(64);
  bench.open(8, 0, rctl::EN | rctl::UPE);  // no descriptors
  for (unsigned i = 0; i < 60; ++i) bench.plan(plain_frame(own_address, 1518));
  bench.start_traffic();
  bench.run_for(800 * us);
  EXPECT_GT(bench.read(reg::MPC), 0U);
  post(0, 100);
  bench.doorbell(1);
  bench.run_for(20 * us);
  EXPECT_EQ(bench.sent().size(), 1U);
}

// ---- counters

TEST_F(transmit_mac, counts_by_size_and_address) {  // T-90
  bench.open_transmit(64);
  struct row {
    std::size_t size;  // with FCS
    std::uint8_t first;
    std::uint32_t bin;
  };
  const std::vector<row> rows{{64, 0x02, reg::PTC64},     {65, 0x02, reg::PTC127},    {127, 0x03, reg::PTC127},
                              {128, 0x02, reg::PTC255},   {255, 0x02, reg::PTC255},   {256, 0x05, reg::PTC511},
                              {511, 0x02, reg::PTC511},   {512, 0x02, reg::PTC1023},  {1023, 0x02, reg::PTC1023},
                              {1024, 0x02, reg::PTC1522}, {1522, 0x02, reg::PTC1522}, {9000, 0x02, reg::PTC1522}};
  std::uint32_t i = 0;
  std::uint64_t octets = 0;
  for (const row& r : rows) {
    post(i++, r.size - 4, r.first);
    octets += r.size;
  }
  byte_vector broadcast = counting_frame(60);
  std::fill_n(broadcast.begin(), 6, std::uint8_t{0xFF});
  bench.post(i++, broadcast);
  octets += 64;
  bench.doorbell(i);
  bench.run_for(1 * ms);
  ASSERT_EQ(bench.sent().size(), rows.size() + 1);
  EXPECT_EQ(bench.read(reg::GPTC), 13U);
  EXPECT_EQ(bench.read(reg::TPT), 13U);
  EXPECT_EQ(bench.read(reg::PTC64), 2U);
  for (const auto& [offset, count] : {std::pair<std::uint32_t, std::uint32_t>{reg::PTC127, 2},
                                      {reg::PTC255, 2},
                                      {reg::PTC511, 2},
                                      {reg::PTC1023, 2},
                                      {reg::PTC1522, 3}})
    EXPECT_EQ(bench.read(offset), count) << std::hex << offset;
  EXPECT_EQ(bench.read(reg::MPTC), 2U);
  EXPECT_EQ(bench.read(reg::BPTC), 1U);
  EXPECT_EQ(bench.read(reg::GOTCL), octets);
  EXPECT_EQ(bench.read(reg::TOTL), octets);
  EXPECT_EQ(bench.read(reg::TOTH), 0U);
  EXPECT_EQ(bench.read(reg::GOTCH), 0U);
  EXPECT_EQ(bench.read(reg::GPTC), 0U) << "a read clears";
  EXPECT_EQ(bench.read(reg::PTC127), 0U);
  EXPECT_EQ(bench.read(reg::GOTCL), 0U) << "by its high word (R-50)";
  EXPECT_EQ(bench.read(reg::MPTC), 0U);
}

TEST_F(transmit_mac, runts_count_in_the_totals_only) {  // T-90
  bench.open_transmit(64, tctl::EN);
  post(0, 40);
  bench.doorbell(1);
  bench.run_for(20 * us);
  EXPECT_EQ(bench.read(reg::TPT), 1U);
  EXPECT_EQ(bench.read(reg::TOTL), 44U);
  EXPECT_EQ(bench.read(reg::GPTC), 0U);
  EXPECT_EQ(bench.read(reg::GOTCL), 0U);
  EXPECT_EQ(bench.read(reg::PTC64), 0U);
}

TEST_F(transmit_mac, counts_at_the_last_byte_and_gives_no_count_away) {  // T-90, R-51
  bench.open_transmit(64);
  for (std::uint32_t i = 0; i < 30; ++i) post(i, 60);
  bench.doorbell(30);
  std::uint32_t counted = 0;
  for (unsigned i = 0; i < 300; ++i) counted += bench.read(reg::GPTC);
  EXPECT_EQ(bench.sent().size(), 30U);
  EXPECT_EQ(counted, 30U);
  EXPECT_EQ(bench.read(reg::TPT), 30U);
}

TEST_F(transmit_mac, reset_clears_the_counters) {
  bench.open_transmit(64);
  post(0, 100);
  bench.doorbell(1);
  bench.run_for(20 * us);
  reset_card();
  EXPECT_EQ(bench.read(reg::GPTC), 0U);
  EXPECT_EQ(bench.read(reg::TOTL), 0U);
}

TEST_F(transmit_mac, slower_links_take_longer) {  // T-75
  transmit_bench slow{card_under_test, 1000};
  slow.open_transmit();
  slow.post(0, counting_frame(60));
  slow.doorbell(1);
  slow.run_for(10 * us);
  ASSERT_EQ(slow.sent().size(), 1U);
  EXPECT_EQ(slow.sent()[0].end - slow.sent()[0].start, 72 * byte_on_wire);
}

}  // namespace
}  // namespace ringside::test::transmit_mac_tests
