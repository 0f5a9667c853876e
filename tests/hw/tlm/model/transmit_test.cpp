// SPDX-License-Identifier: Apache-2.0
// Frames of legacy descriptors, buffer to wire and back: T-10, T-40 to T-46, T-71 to T-75.
#include <gtest/gtest.h>

#include "tests/hw/tlm/model/transmit_bench.h"

namespace ringside::test::transmit_tests {
namespace {

constexpr sim_time byte_on_wire = 8 * ns;  // 1000 Mb/s
constexpr sim_time gap = 12 * byte_on_wire;

struct transmit : testing::Test {
  transmit_bench bench;

  const byte_vector& frame(std::size_t i) const { return bench.sent().at(i).bytes; }
};

TEST_F(transmit, one_frame_leaves_whole_and_its_descriptor_is_done) {  // T-42, T-44, T-73
  bench.open_transmit();
  const byte_vector bytes = counting_frame(100);
  bench.post(0, bytes);
  bench.doorbell(1);
  bench.run_for(20 * us);
  ASSERT_EQ(bench.sent().size(), 1U);
  EXPECT_EQ(frame(0), with_fcs(bytes));
  EXPECT_EQ(bench.sent()[0].marks, 0U);
  EXPECT_EQ(bench.dword(0, 3), 1U) << "DD and nothing else in bytes 12 to 15";
  EXPECT_EQ(bench.dword(0, 2), 100U | cmd::whole << 24) << "the rest of the descriptor is as it was";
  EXPECT_EQ(bench.read(reg::TDH), 1U);
  EXPECT_EQ(bench.causes(), icr::TXDW | icr::TXQE | icr::TXD_LOW);
}

TEST_F(transmit, preamble_and_length_take_their_time_on_the_wire) {  // T-73, T-75
  bench.open_transmit();
  for (std::uint32_t i = 0; i < 3; ++i) bench.post(i, counting_frame(200 + 100 * i));
  bench.doorbell(3);
  bench.run_for(40 * us);
  ASSERT_EQ(bench.sent().size(), 3U);
  for (const tlm::sent_frame& f : bench.sent())
    EXPECT_EQ(f.end - f.start, static_cast<sim_time>(8 + f.bytes.size()) * byte_on_wire);
  EXPECT_EQ(bench.sent()[1].start, bench.sent()[0].end + gap) << "ready frames follow with TIPG's gap";
  EXPECT_EQ(bench.sent()[2].start, bench.sent()[1].end + gap);
}

TEST_F(transmit, gap_is_what_tipg_says_and_four_more) {  // T-75
  bench.open_transmit();
  bench.write(reg::TIPG, 0x3FF'0'0000U | 50);  // IPGR1 and IPGR2 do not count
  for (std::uint32_t i = 0; i < 2; ++i) bench.post(i, counting_frame(1000));
  bench.doorbell(2);
  bench.run_for(60 * us);
  ASSERT_EQ(bench.sent().size(), 2U);
  EXPECT_EQ(bench.sent()[1].start - bench.sent()[0].end, (50 + 4) * byte_on_wire);
}

TEST_F(transmit, buffers_of_any_length_and_alignment_make_one_frame) {  // T-10
  bench.open_transmit();
  const byte_vector bytes = counting_frame(1514);
  const std::vector<std::uint32_t> lengths{1, 2, 3, 7, 64, 129, 255, 256, 257, 540};
  std::size_t from = 0;
  for (std::uint32_t i = 0; i < lengths.size(); ++i) {
    const std::uint64_t at = bench.buffer(i) + 0xFF9 + i;  // some cross a page
    bench.put_bytes(at, {bytes.begin() + static_cast<std::ptrdiff_t>(from),
                         bytes.begin() + static_cast<std::ptrdiff_t>(from + lengths[i])});
    from += lengths[i];
    bench.legacy(i, at, lengths[i], i + 1 == lengths.size() ? cmd::whole : cmd::IFCS);
  }
  ASSERT_EQ(from, bytes.size());
  bench.doorbell(static_cast<std::uint32_t>(lengths.size()));
  bench.run_for(60 * us);
  ASSERT_EQ(bench.sent().size(), 1U);
  EXPECT_EQ(frame(0), with_fcs(bytes));
  for (const auto& r : bench.transfers(tlm::dma_kind::tx_payload))
    EXPECT_EQ(r.address / 4096, (r.address + r.length - 1) / 4096) << "no read crosses a page (T-46)";
  EXPECT_FALSE(bench.tx_done(0)) << "no DD without RS (T-44)";
  EXPECT_TRUE(bench.tx_done(9));
  EXPECT_EQ(bench.read(reg::TDH), 10U) << "TDH moves over descriptors without RS too (T-43)";
}

TEST_F(transmit, empty_descriptors_carry_nothing_and_are_done) {  // T-10
  bench.open_transmit();
  const byte_vector bytes = counting_frame(80);
  bench.put_bytes(bench.buffer(1), bytes);
  bench.legacy(0, bench.buffer(0), 0, cmd::RS);     // no length
  bench.legacy(1, bench.buffer(1), 80, cmd::IFCS);  // the frame
  bench.legacy(2, 0, 500, cmd::RS);                 // no address
  bench.legacy(3, bench.buffer(3), 0, cmd::whole);  // its end
  bench.legacy(4, 0, 100, cmd::whole);              // a packet of nothing
  bench.doorbell(5);
  bench.run_for(40 * us);
  ASSERT_EQ(bench.sent().size(), 1U);
  EXPECT_EQ(frame(0), with_fcs(bytes));
  EXPECT_TRUE(bench.tx_done(0) && bench.tx_done(2) && bench.tx_done(3) && bench.tx_done(4));
  EXPECT_EQ(bench.read(reg::TDH), 5U);
  EXPECT_EQ(bench.transfers(tlm::dma_kind::tx_payload).size(), 1U);
}

TEST_F(transmit, short_frames_are_padded_with_zeros_only_with_psp) {  // T-74
  bench.open_transmit();
  bench.post(0, counting_frame(20));
  bench.post(1, counting_frame(60));
  bench.doorbell(2);
  bench.run_for(20 * us);
  bench.write(reg::TCTL, tctl::EN);
  bench.post(2, counting_frame(20));
  bench.doorbell(3);
  bench.run_for(20 * us);
  ASSERT_EQ(bench.sent().size(), 3U);
  EXPECT_EQ(frame(0), padded_with_fcs(counting_frame(20)));
  EXPECT_EQ(frame(1), with_fcs(counting_frame(60)));
  EXPECT_EQ(frame(2), with_fcs(counting_frame(20)));
}

TEST_F(transmit, without_ifcs_the_frame_brings_its_own) {  // T-73
  bench.open_transmit();
  bench.post(0, with_fcs(counting_frame(70)), cmd::EOP | cmd::RS);
  bench.post(1, with_fcs(counting_frame(30)), cmd::EOP | cmd::RS);  // and is not padded
  bench.doorbell(2);
  bench.run_for(20 * us);
  ASSERT_EQ(bench.sent().size(), 2U);
  EXPECT_EQ(frame(0), with_fcs(counting_frame(70)));
  EXPECT_EQ(frame(1), with_fcs(counting_frame(30)));
}

TEST_F(transmit, ring_wraps_and_the_tail_is_not_fetched) {  // T-40, T-41
  bench.open_transmit(16);
  std::vector<byte_vector> expected;
  std::uint32_t next = 0;
  for (unsigned round = 0; round < 10; ++round) {
    for (unsigned n = 0; n < 1 + round; ++n) {
      expected.push_back(counting_frame(64 + expected.size()));
      bench.post(next, expected.back());
      next = (next + 1) % 16;
    }
    bench.put(next, bench.buffer(next), 100 | cmd::whole << 24, 0);  // behind the tail: not the card's
    bench.doorbell(next);
    bench.run_for(30 * us);
    EXPECT_EQ(bench.read(reg::TDH), next);
  }
  ASSERT_EQ(bench.sent().size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(frame(i), with_fcs(expected[i]));
  for (const auto& r : bench.transfers(tlm::dma_kind::tx_fetch)) {
    EXPECT_GE(r.address, transmit_bench::tx_ring_at);
    EXPECT_LE(r.address + r.length, transmit_bench::tx_ring_at + 16 * 16);
  }
}

TEST_F(transmit, senseless_rings_read_nothing) {  // T-40
  bench.open_transmit(16);
  bench.write(reg::TCTL, 0);
  for (const auto& [length, head, tail] : {std::array<std::uint32_t, 3>{0, 0, 5}, {256, 16, 3}, {256, 0, 16}}) {
    bench.write(reg::TDLEN, length);
    bench.write(reg::TDH, head);
    bench.write(reg::TDT, tail);
    bench.write(reg::TCTL, tctl::EN);
    bench.run_for(20 * us);
    bench.write(reg::TCTL, 0);
  }
  EXPECT_TRUE(bench.transfers().empty());
}

TEST_F(transmit, tail_written_before_enable_counts) {  // T-80
  bench.open_transmit(16, 0);
  bench.post(0, counting_frame(64));
  bench.doorbell(1);
  bench.run_for(20 * us);
  EXPECT_TRUE(bench.transfers().empty()) << "no fetch with EN = 0 (T-41)";
  bench.write(reg::TCTL, tctl::EN);
  bench.run_for(20 * us);
  EXPECT_EQ(bench.sent().size(), 1U);
}

TEST_F(transmit, frames_keep_the_id_of_their_buffers) {
  bench.open_transmit();
  bench.post(0, counting_frame(900));
  bench.post(1, counting_frame(70));
  bench.mark_frame(bench.buffer(0), 900, 0x8000'0000'0000'0011);
  bench.mark_frame(bench.buffer(1), 70, 0x8000'0000'0000'0012);
  bench.doorbell(2);
  bench.run_for(40 * us);
  ASSERT_EQ(bench.sent().size(), 2U);
  EXPECT_EQ(bench.sent()[0].id, 0x8000'0000'0000'0011U);
  EXPECT_EQ(bench.sent()[1].id, 0x8000'0000'0000'0012U);
  const std::vector<event> begun = bench.events(stage::tx_wire_sof), ended = bench.events(stage::tx_wire_eof),
                           stored = bench.events(stage::tx_fifo_commit);
  ASSERT_EQ(ended.size(), 2U);
  EXPECT_EQ(ended[0].frame, 0x8000'0000'0000'0011U);
  EXPECT_EQ(ended[0].a, 904U);
  EXPECT_EQ(ended[0].time, bench.sent()[0].end - 8 * ns) << "with the last FCS byte; TX_EN falls behind it";
  EXPECT_EQ(begun.at(1).time, bench.sent()[1].start);
  EXPECT_EQ(stored.at(1).frame, 0x8000'0000'0000'0012U);
  EXPECT_EQ(stored.at(1).a, 70U);
  EXPECT_LT(stored.at(0).time, begun.at(0).time) << "store and forward (T-71)";
}

TEST_F(transmit, several_reads_are_under_way) {  // T-46
  bench.open_transmit();
  bench.post(0, counting_frame(1500));
  bench.hold_bus(true);
  bench.doorbell(1);
  bench.run_for(2 * us);
  EXPECT_EQ(bench.on_bus(tlm::dma_kind::tx_fetch), 1U);
  bench.hold_bus(false);
  bench.run_until_seen([&] { return bench.transfers(tlm::dma_kind::tx_fetch).size() == 1; });
  bench.hold_bus(true);
  bench.run_for(2 * us);
  EXPECT_GT(bench.on_bus(tlm::dma_kind::tx_payload), 1U);
  EXPECT_TRUE(bench.sent().empty());
  EXPECT_FALSE(bench.tx_done(0));
  bench.hold_bus(false);
  bench.run_for(40 * us);
  EXPECT_EQ(bench.sent().size(), 1U);
}

TEST_F(transmit, data_then_status_then_head_then_cause) {  // T-42
  bench.open_transmit();
  bench.post(0, counting_frame(400));
  bench.doorbell(1);
  ASSERT_TRUE(bench.run_until_seen([&] { return bench.tx_done(0); }));
  const auto reads = bench.transfers(tlm::dma_kind::tx_payload);
  const auto status = bench.transfers(tlm::dma_kind::tx_writeback);
  ASSERT_EQ(status.size(), 1U);
  EXPECT_EQ(status[0].length, 4U);
  EXPECT_EQ(status[0].address, transmit_bench::tx_ring_at + 12U);
  EXPECT_GE(status[0].requested, reads.back().ended);
  bench.run_for(1 * us);
  ASSERT_FALSE(bench.events(stage::cause_set).empty());
  EXPECT_GT(bench.events(stage::cause_set).back().time, status[0].ended);
}

}  // namespace
}  // namespace ringside::test::transmit_tests
