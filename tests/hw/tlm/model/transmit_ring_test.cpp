// SPDX-License-Identifier: Apache-2.0
// When the card fetches transmit descriptors, writes them back and tells of it: T-41 to T-47, T-60 to T-64.
#include <gtest/gtest.h>

#include "tests/hw/tlm/model/transmit_bench.h"

namespace ringside::test::transmit_ring_tests {
namespace {

constexpr sim_time timer_unit = 1024 * ns;
constexpr std::uint32_t gran = 1U << 24, wthresh = 1U << 16, hthresh = 1U << 8;
constexpr std::uint32_t lwthresh_at = 25;

struct transmit_ring : testing::Test {
  transmit_bench bench;

  void post(std::uint32_t from, std::uint32_t n, std::uint32_t command = cmd::whole) {
    for (std::uint32_t i = from; i < from + n; ++i) bench.post(i, counting_frame(64), command);
  }
  std::vector<std::uint64_t> written_back() const {
    std::vector<std::uint64_t> indexes;
    for (const auto& r : bench.transfers(tlm::dma_kind::tx_writeback)) {
      EXPECT_EQ(r.length, 4U);
      indexes.push_back((r.address - 12 - transmit_bench::tx_ring_at) / 16);
    }
    return indexes;
  }
  std::vector<std::uint32_t> fetched() const {
    std::vector<std::uint32_t> lengths;
    for (const auto& r : bench.transfers(tlm::dma_kind::tx_fetch)) lengths.push_back(r.length / 16);
    return lengths;
  }
  /// Times at which ICR got these bits.
  std::vector<sim_time> times_of(std::uint32_t bit) {
    std::vector<sim_time> times;
    for (const event& e : bench.events(stage::cause_set))
      if ((e.a & bit) != 0) times.push_back(e.time);
    return times;
  }
  std::vector<sim_time> completions() {
    std::vector<sim_time> times;
    for (const event& e : bench.events(stage::tx_fifo_commit)) times.push_back(e.time);
    return times;
  }
};

// ---- fetching

TEST_F(transmit_ring, the_chip_holds_sixty_four) {  // T-41
  bench.open_transmit(256);
  post(0, 200, cmd::EOP | cmd::IFCS);
  bench.write(reg::TCTL, 0);
  bench.doorbell(200);
  bench.write(reg::TCTL, tctl::EN);
  bench.run_for(10 * us);
  ASSERT_FALSE(fetched().empty());
  EXPECT_EQ(fetched()[0], 64U);
  bench.run_for(400 * us);
  EXPECT_EQ(bench.sent().size(), 200U);
  for (const std::uint32_t n : fetched()) EXPECT_LE(n, 64U);
}

TEST_F(transmit_ring, fetches_only_when_empty_unless_told) {  // T-41
  bench.open_transmit(64);
  bench.write(reg::TXDCTL, gran);
  post(0, 30);
  bench.hold_bus(true);
  bench.doorbell(10);
  bench.run_for(1 * us);
  bench.doorbell(30);
  bench.run_for(1 * us);
  EXPECT_EQ(bench.on_bus(tlm::dma_kind::tx_fetch), 1U) << "one fetch outstanding";
  bench.hold_bus(false);
  bench.run_for(100 * us);
  EXPECT_EQ(fetched(), (std::vector<std::uint32_t>{10, 20}));
  const sim_time second = bench.transfers(tlm::dma_kind::tx_fetch)[1].requested;
  std::size_t read = 0;
  for (const auto& r : bench.transfers(tlm::dma_kind::tx_payload)) read += r.ended <= second ? 1 : 0;
  EXPECT_GE(read, 4U) << "all ten were used: the others' reads are under way";
}

TEST_F(transmit_ring, prefetches_below_pthresh_what_reaches_hthresh) {  // T-41
  bench.open_transmit(64);
  bench.write(reg::TXDCTL, gran | 5 | 4 * hthresh);
  post(0, 30);
  bench.doorbell(8);
  ASSERT_TRUE(bench.run_until_seen([&] { return fetched().size() == 1; }));
  bench.hold_bus(true);  // four are used while their bytes are read; four wait: below PTHRESH
  bench.doorbell(11);    // three more: below HTHRESH
  bench.run_for(2 * us);
  EXPECT_EQ(bench.on_bus(tlm::dma_kind::tx_fetch), 0U);
  bench.doorbell(12);  // four
  bench.run_for(2 * us);
  EXPECT_EQ(bench.on_bus(tlm::dma_kind::tx_fetch), 1U);
  bench.hold_bus(false);
  bench.run_for(100 * us);
  EXPECT_EQ(bench.sent().size(), 12U);
}

TEST_F(transmit_ring, bursts_end_at_the_ring_s_end) {  // T-41
  bench.open_transmit(16);
  post(0, 12);
  bench.doorbell(12);
  bench.run_for(60 * us);
  post(12, 4);
  post(0, 6);
  bench.doorbell(6);
  bench.run_for(60 * us);
  EXPECT_EQ(fetched(), (std::vector<std::uint32_t>{12, 4, 6}));
  EXPECT_EQ(bench.sent().size(), 22U);
}

// ---- write-back

TEST_F(transmit_ring, each_rs_descriptor_at_once_as_linux_sets_it) {  // T-45
  bench.open_transmit();
  bench.write(reg::TXDCTL, gran | wthresh);
  post(0, 3);
  bench.doorbell(3);
  bench.run_for(60 * us);
  EXPECT_EQ(written_back(), (std::vector<std::uint64_t>{0, 1, 2}));
}

TEST_F(transmit_ring, only_rs_descriptors_go_back_and_in_order) {  // T-44
  bench.open_transmit();
  for (std::uint32_t i = 0; i < 12; ++i)
    bench.post(i, counting_frame(64), i % 3 == 1 ? cmd::whole : cmd::EOP | cmd::IFCS);
  bench.doorbell(12);
  bench.run_for(60 * us);
  EXPECT_EQ(written_back(), (std::vector<std::uint64_t>{1, 4, 7, 10}));
  for (std::uint32_t i = 0; i < 12; ++i) EXPECT_EQ(bench.tx_done(i), i % 3 == 1) << i;
  EXPECT_EQ(bench.read(reg::TDH), 12U);
}

TEST_F(transmit_ring, head_stops_before_what_is_not_done) {  // T-43
  bench.open_transmit();
  bench.post(0, counting_frame(64), cmd::EOP | cmd::IFCS);
  bench.post(1, counting_frame(64));
  bench.post(2, counting_frame(64), cmd::EOP | cmd::IFCS);
  bench.doorbell(3);
  ASSERT_TRUE(bench.run_until_seen([&] { return bench.on_bus(tlm::dma_kind::tx_writeback) == 1; }));
  bench.hold_bus(true);  // not for this one, it has begun
  bench.run_for(8 * ns);
  EXPECT_EQ(bench.read(reg::TDH), 1U);
  bench.hold_bus(false);
  bench.run_for(60 * us);
  EXPECT_EQ(bench.read(reg::TDH), 3U);
}

TEST_F(transmit_ring, wthresh_gathers_rs_descriptors) {  // T-45 a
  bench.open_transmit(64);
  bench.write(reg::TXDCTL, gran | 4 * wthresh);
  bench.hold_bus(true);
  post(0, 40);
  bench.doorbell(1);
  bench.run_for(1 * us);
  bench.doorbell(40);
  bench.hold_bus(false);
  ASSERT_TRUE(bench.run_until_seen([&] { return !written_back().empty(); }));
  EXPECT_GE(completions().size(), 4U) << "not before four wait";
  bench.run_for(200 * us);
  EXPECT_EQ(written_back().size(), 40U) << "the ring is drained: all go back (T-45 c)";
}

TEST_F(transmit_ring, wthresh_counts_cache_lines_without_gran) {  // T-45, FS 6.4
  bench.access(tlm::pci_space::config, true, 0x0C, 0x10);         // 16 dwords: four descriptors a line
  bench.open_transmit(64);
  bench.write(reg::TXDCTL, 2 * wthresh);
  post(0, 40);
  bench.doorbell(40);
  ASSERT_TRUE(bench.run_until_seen([&] { return bench.on_bus(tlm::dma_kind::tx_writeback) != 0; }));
  EXPECT_GE(completions().size(), 8U);
  EXPECT_LT(completions().size(), 40U);
}

TEST_F(transmit_ring, a_full_chip_gives_its_descriptors_back) {  // T-45 c
  bench.open_transmit(256);
  bench.write(reg::TXDCTL, gran | 63 * wthresh);
  for (std::uint32_t i = 0; i < 200; ++i)
    bench.post(i % 256, counting_frame(64), i % 10 == 0 ? cmd::whole : cmd::EOP | cmd::IFCS);
  bench.doorbell(200);
  bench.run_for(400 * us);
  EXPECT_EQ(bench.sent().size(), 200U) << "63 with RS never stand on chip together";
  EXPECT_EQ(written_back().size(), 20U);
}

// ---- causes

TEST_F(transmit_ring, txdw_follows_the_write_back_and_txqe_the_last) {  // T-60, T-62
  bench.open_transmit();
  post(0, 2);
  bench.doorbell(2);
  bench.run_for(40 * us);
  const auto back = bench.transfers(tlm::dma_kind::tx_writeback);
  const auto done = times_of(icr::TXDW), empty = times_of(icr::TXQE);
  ASSERT_EQ(back.size(), 2U);
  ASSERT_EQ(done.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_GT(done[i], back[i].ended);
  ASSERT_EQ(empty.size(), 1U) << "once, when TDH becomes TDT";
  EXPECT_GT(empty[0], back[1].ended);
}

TEST_F(transmit_ring, no_txdw_without_rs) {  // T-60
  bench.open_transmit();
  bench.write(reg::TIDV, 4);
  post(0, 2, cmd::EOP | cmd::IFCS | cmd::IDE);  // IDE without RS is nothing (T-61)
  bench.doorbell(2);
  bench.run_for(100 * us);
  EXPECT_EQ(bench.sent().size(), 2U);
  EXPECT_TRUE(times_of(icr::TXDW).empty());
  EXPECT_EQ(times_of(icr::TXQE).size(), 1U);
}

TEST_F(transmit_ring, low_threshold_is_an_edge_in_eights) {  // T-63
  bench.open_transmit(64);
  bench.write(reg::TXDCTL, gran | 2U << lwthresh_at);
  bench.hold_bus(true);
  post(0, 30);
  bench.doorbell(30);
  bench.hold_bus(false);
  bench.run_for(100 * us);
  const auto low = times_of(icr::TXD_LOW);
  ASSERT_EQ(low.size(), 1U);
  // With the 14th complete 16 are left.
  const std::vector<sim_time> complete = completions();
  EXPECT_GE(low[0], complete.at(13));
  EXPECT_LT(low[0], complete.at(14) + 100 * ns);
  post(30, 10);
  bench.doorbell(40);  // 10 given: never above the threshold
  bench.run_for(100 * us);
  EXPECT_EQ(times_of(icr::TXD_LOW).size(), 1U);
}

TEST_F(transmit_ring, low_threshold_of_zero_is_the_last_one) {  // T-63
  bench.open_transmit(64);
  post(0, 5);
  bench.doorbell(5);
  bench.run_for(60 * us);
  const auto low = times_of(icr::TXD_LOW);
  ASSERT_EQ(low.size(), 1U);
  EXPECT_GE(low[0], completions().at(4));
}

// ---- timers

TEST_F(transmit_ring, tidv_delays_txdw_and_is_loaded_anew) {  // T-61
  bench.open_transmit();
  bench.write(reg::TIDV, 20);
  bench.post(0, counting_frame(64), cmd::whole | cmd::IDE);
  bench.doorbell(1);
  bench.run_for(15 * timer_unit);
  EXPECT_TRUE(bench.tx_done(0)) << "the write-back is not delayed";
  bench.post(1, counting_frame(64), cmd::whole | cmd::IDE);
  bench.doorbell(2);
  bench.run_for(100 * us);
  const auto done = times_of(icr::TXDW);
  ASSERT_EQ(done.size(), 1U);
  const sim_time start = completions().at(1);
  EXPECT_GE(done[0], start + 20 * timer_unit);
  EXPECT_LE(done[0], start + 20 * timer_unit + 100 * ns);
}

TEST_F(transmit_ring, tadv_bounds_the_delay) {  // T-61
  bench.open_transmit();
  bench.write(reg::TIDV, 20);
  bench.write(reg::TADV, 45);
  for (std::uint32_t i = 0; i < 5; ++i) {
    bench.post(i, counting_frame(64), cmd::whole | cmd::IDE);
    bench.doorbell(i + 1);
    bench.run_for(15 * timer_unit);
  }
  bench.run_for(100 * us);
  const auto done = times_of(icr::TXDW);
  ASSERT_EQ(done.size(), 2U);
  const sim_time bound = completions().at(0) + 45 * timer_unit;
  EXPECT_GE(done[0], bound);
  EXPECT_LE(done[0], bound + 100 * ns);
  EXPECT_GE(done[1], completions().at(4) + 20 * timer_unit) << "the bound's end stopped the other timer";
}

TEST_F(transmit_ring, rs_without_ide_reports_at_once_and_stops_the_timers) {  // T-60
  bench.open_transmit();
  bench.write(reg::TIDV, 20);
  bench.write(reg::TADV, 25);
  bench.post(0, counting_frame(64), cmd::whole | cmd::IDE);
  bench.post(1, counting_frame(64));
  bench.doorbell(2);
  bench.run_for(100 * us);
  EXPECT_EQ(times_of(icr::TXDW).size(), 1U);
  EXPECT_LT(times_of(icr::TXDW)[0], completions().at(1) + 2 * us);
}

TEST_F(transmit_ring, tidv_of_zero_is_at_once) {  // T-61
  bench.open_transmit();
  bench.write(reg::TADV, 10);
  bench.post(0, counting_frame(64), cmd::whole | cmd::IDE);
  bench.doorbell(1);
  bench.run_for(60 * us);
  ASSERT_EQ(times_of(icr::TXDW).size(), 1U);
  EXPECT_LT(times_of(icr::TXDW)[0], completions().at(0) + 2 * us);
}

TEST_F(transmit_ring, a_timer_writes_back_what_wthresh_holds) {  // T-45 b, T-61
  bench.open_transmit(64);
  bench.write(reg::TXDCTL, gran | 20 * wthresh);
  bench.write(reg::TIDV, 10);
  bench.write(reg::TCTL, 0);
  // The bytes of the second frame do not come: unused descriptors stay on chip, and only the timer can report the
  // first.
  bench.post(0, counting_frame(64), cmd::whole | cmd::IDE);
  for (std::uint32_t i = 1; i < 12; ++i) bench.legacy(i, bench.buffer(1), 64, i == 11 ? cmd::whole : 0);
  bench.doorbell(12);
  bench.write(reg::TCTL, tctl::EN);
  ASSERT_TRUE(bench.run_until_seen([&] { return completions().size() == 1; }));
  bench.hold_bus(true);
  const sim_time start = completions()[0];
  bench.run_until(start + 9 * timer_unit);
  EXPECT_EQ(bench.on_bus(tlm::dma_kind::tx_writeback), 0U);
  bench.run_until(start + 11 * timer_unit);
  EXPECT_EQ(bench.on_bus(tlm::dma_kind::tx_writeback), 1U);
  EXPECT_TRUE(times_of(icr::TXDW).empty()) << "not before DD is in memory";
  bench.hold_bus(false);
  bench.run_for(2 * us);
  EXPECT_FALSE(times_of(icr::TXDW).empty());
}

// ---- the ring is set up anew

TEST_F(transmit_ring, tail_written_while_off_reads_again) {  // T-47
  bench.open_transmit(16);
  bench.hold_bus(true);
  post(0, 8);
  bench.doorbell(8);
  bench.run_for(1 * us);
  bench.hold_bus(false);
  ASSERT_TRUE(bench.run_until_seen([&] { return fetched().size() == 1; }));
  bench.run_for(100 * ns);
  bench.write(reg::TCTL, 0);
  bench.run_for(50 * us);
  const std::uint32_t head = bench.read(reg::TDH);
  ASSERT_LT(head, 7U) << "some are on chip and unused";
  const byte_vector other = counting_frame(200);
  bench.post(7, other);
  bench.doorbell(8);
  bench.write(reg::TCTL, tctl::EN);
  bench.run_for(60 * us);
  ASSERT_EQ(bench.sent().size(), 8U);
  EXPECT_EQ(bench.sent().back().bytes, with_fcs(other)) << "as software has left it";
}

TEST_F(transmit_ring, ring_written_anew_begins_at_its_head) {  // T-47
  bench.open_transmit(16);
  post(0, 8);
  bench.doorbell(8);
  ASSERT_TRUE(bench.run_until_seen([&] { return bench.sent().size() == 2; }));
  bench.write(reg::TCTL, 0);
  bench.run_for(50 * us);
  const std::size_t sent = bench.sent().size();
  const std::size_t stored = completions().size();
  ASSERT_LE(sent, stored);
  for (std::uint32_t i = 0; i < 16; ++i) bench.post(i, counting_frame(300 + i));
  bench.write(reg::TDLEN, 256);
  bench.write(reg::TDT, 4);
  bench.write(reg::TDH, 4);
  bench.doorbell(6);
  bench.write(reg::TCTL, tctl::EN);
  bench.run_for(100 * us);
  ASSERT_EQ(bench.sent().size(), stored + 2) << "what is in the FIFO goes out, what is not is forgotten";
  EXPECT_EQ(bench.sent()[stored].bytes, with_fcs(counting_frame(304)));
  EXPECT_EQ(bench.sent()[stored + 1].bytes, with_fcs(counting_frame(305)));
  EXPECT_EQ(bench.read(reg::TDH), 6U);
  EXPECT_TRUE(bench.tx_done(4) && bench.tx_done(5));
}

TEST_F(transmit_ring, a_half_read_packet_is_forgotten_with_its_ring) {  // T-47
  bench.open_transmit(16);
  const byte_vector bytes = counting_frame(1000);
  bench.put_bytes(bench.buffer(0), bytes);
  bench.legacy(0, bench.buffer(0), 500, 0);
  bench.legacy(1, bench.buffer(0) + 500, 500, cmd::whole);
  bench.doorbell(1);  // its end is not given
  bench.run_for(20 * us);
  bench.write(reg::TCTL, 0);
  bench.write(reg::TDH, 0);
  bench.write(reg::TDT, 0);
  bench.post(0, counting_frame(70));
  bench.doorbell(1);
  bench.write(reg::TCTL, tctl::EN);
  bench.run_for(40 * us);
  ASSERT_EQ(bench.sent().size(), 1U);
  EXPECT_EQ(bench.sent()[0].bytes, with_fcs(counting_frame(70)));
}

TEST_F(transmit_ring, head_moves_on_from_a_write_back_under_way) {  // T-47
  bench.open_transmit(16);
  post(0, 3);
  bench.doorbell(3);
  ASSERT_TRUE(bench.run_until_seen([&] { return bench.on_bus(tlm::dma_kind::tx_writeback) == 1; }));
  bench.write(reg::TCTL, 0);
  bench.run_for(8 * ns);
  bench.write(reg::TDLEN, 256);
  bench.run_for(40 * us);
  const std::uint32_t head = bench.read(reg::TDH);
  EXPECT_EQ(head, written_back().size()) << "what was granted ends and moves TDH, nothing else does";
  EXPECT_EQ(times_of(icr::TXDW).size(), head);
}

// T-60, T-61: one that is complete while the write-back of another without IDE is under way has its own interrupt.
TEST_F(transmit_ring, a_delayed_one_outlives_the_cause_of_another) {
  bench.write(reg::TIDV, 50);
  bench.open_transmit(64);
  unsigned written = 0;
  bench.bus_delay = [&](const tlm::dma_transfer& t) {
    return t.kind == tlm::dma_kind::tx_writeback && written++ == 0 ? 10 * us : sim_time{0};
  };
  post(0, 1);
  post(1, 1, cmd::whole | cmd::IDE);
  bench.doorbell(2);
  bench.run_for(30 * us);
  ASSERT_TRUE(bench.tx_done(0) && bench.tx_done(1));
  EXPECT_EQ(times_of(icr::TXDW).size(), 1U) << "of the first";
  bench.run_for(60 * us);
  ASSERT_EQ(times_of(icr::TXDW).size(), 2U) << "TIDV brings that of the second";
  const sim_time expired = completions().at(1) + 50 * timer_unit;
  EXPECT_GE(times_of(icr::TXDW)[1], expired);
  EXPECT_LE(times_of(icr::TXDW)[1], expired + 1 * us);
}

}  // namespace
}  // namespace ringside::test::transmit_ring_tests
