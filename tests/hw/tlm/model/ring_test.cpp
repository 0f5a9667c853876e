// SPDX-License-Identifier: Apache-2.0
// Ring, prefetch, write-back, null descriptors, overflow and reset: FS 6.2 to FS 6.6, FS 3.1 and FS 10.9 by hand.
#include <gtest/gtest.h>

#include "tests/hw/tlm/model/card_bench.h"

namespace ringside::test::ring_tests {
namespace {

constexpr auto fetch = tlm::dma_kind::fetch;
constexpr auto writeback = tlm::dma_kind::writeback;
constexpr auto payload = tlm::dma_kind::payload;

void plan_frames(card_bench& bench, unsigned count, std::size_t size = 64, sim_time spacing = 10 * us) {
  for (unsigned i = 0; i < count; ++i) bench.plan(plain_frame(own_address, size, i * spacing));
}
void start(card_bench& bench, sim_time span) {
  bench.start_traffic();
  bench.run_for(span);
}

TEST(rx_ring, tail_is_exclusive) {  // N-2
  card_bench bench;
  plan_frames(bench, 10);
  bench.open(16, 5, rctl::EN);
  start(bench, 300 * us);
  EXPECT_EQ(bench.read(reg::RDH), 5U);
  EXPECT_TRUE(bench.done(4));
  EXPECT_FALSE(bench.done(5));
  EXPECT_EQ(bench.transfers(fetch).size(), 1U);
  EXPECT_EQ(bench.transfers(fetch)[0].length, 5 * rxd::SIZE);
  bench.write(reg::RDT, 10);  // what was stored goes on
  bench.run_for(300 * us);
  EXPECT_EQ(bench.read(reg::RDH), 10U);
  EXPECT_TRUE(bench.done(9));
}

TEST(rx_ring, wraps_after_the_last_descriptor) {  // R-12, split at the ring's end (FS 6.3)
  card_bench bench;
  plan_frames(bench, 20);
  bench.open(8, 7, rctl::EN);
  bench.start_traffic();
  for (std::uint32_t tail = 8; tail < 20; ++tail) {
    bench.run_for(20 * us);
    bench.write(reg::RDT, tail % 8);
  }
  bench.run_for(300 * us);
  EXPECT_EQ(bench.read(reg::RDH), 19U % 8);
  for (const auto& t : bench.transfers(fetch)) EXPECT_LE(t.address + t.length, card_bench::ring_at + 8 * rxd::SIZE);
  for (const auto& t : bench.transfers(writeback)) EXPECT_LE(t.address + t.length, card_bench::ring_at + 8 * rxd::SIZE);
}

TEST(rx_ring, nothing_is_fetched_without_leave) {  // N-9, P-3
  card_bench disabled;
  disabled.open(16, 15, 0);
  disabled.run_for(50 * us);
  EXPECT_TRUE(disabled.transfers().empty());
  card_bench no_length;
  no_length.open(16, 0, 0);
  no_length.write(reg::RDLEN, 0);
  no_length.write(reg::RCTL, rctl::EN);
  no_length.write(reg::RDT, 5);
  no_length.run_for(50 * us);
  EXPECT_TRUE(no_length.transfers().empty());
  card_bench outside;
  outside.open(16, 0, 0);
  outside.write(reg::RDH, 16);
  outside.write(reg::RCTL, rctl::EN);
  outside.write(reg::RDT, 5);
  outside.run_for(50 * us);
  EXPECT_TRUE(outside.transfers().empty());
  card_bench no_master;
  no_master.access(tlm::pci_space::config, true, 4, 3);
  no_master.open(16, 15, rctl::EN);
  no_master.run_for(50 * us);
  EXPECT_TRUE(no_master.transfers().empty());
  no_master.access(tlm::pci_space::config, true, 4, 7);
  no_master.run_for(50 * us);
  EXPECT_EQ(no_master.transfers(fetch).size(), 1U);
}

TEST(rx_ring, enable_looks_at_the_tail_again) {
  card_bench bench;
  bench.open(16, 15, 0);
  bench.write(reg::RCTL, rctl::EN);
  bench.run_for(50 * us);
  EXPECT_EQ(bench.transfers(fetch).size(), 1U);
}

TEST(rx_ring, rewritten_descriptors_are_fetched_again) {  // R-16, N-8
  card_bench bench;
  plan_frames(bench, 1);
  bench.open(16, 15, rctl::EN);
  bench.run_for(50 * us);
  bench.write(reg::RCTL, 0);
  bench.put_descriptor(0, 0x40'0000);
  bench.write(reg::RDT, 15);
  bench.write(reg::RCTL, rctl::EN);
  start(bench, 50 * us);
  EXPECT_EQ(bench.transfers(fetch).size(), 2U);
  EXPECT_EQ(bench.transfers(payload)[0].address, 0x40'0000U);
}

TEST(prefetch, below_pthresh_when_hthresh_are_there) {  // FS 6.3
  const auto fetches = [](std::uint32_t control) {
    card_bench bench;
    plan_frames(bench, 8);
    bench.write(reg::RXDCTL, control);
    bench.open(64, 10, rctl::EN);
    bench.run_for(20 * us);
    bench.write(reg::RDT, 20);
    start(bench, 200 * us);
    return bench.transfers(fetch);
  };
  // 10 on chip, 10 to be had: 8 frames leave 2 unused.
  EXPECT_EQ(fetches(0x0101'0000).size(), 1U);                // P = H = 0: only when empty
  EXPECT_EQ(fetches(0x0101'0000 | 4).size(), 2U);            // at the 7th frame 3 < 4
  EXPECT_EQ(fetches(0x0101'0000 | 4 | 10 << 8).size(), 2U);  // H = 10: 10 >= 10
  EXPECT_EQ(fetches(0x0101'0000 | 4 | 11 << 8).size(), 1U);
  EXPECT_EQ(fetches(0x0101'0000 | 2).size(), 1U);  // 2 < 2 never
}

// FS 6.3: thresholds that change while the receiver runs hold from then on.
TEST(prefetch, higher_pthresh_and_lower_hthresh_look_at_once) {
  card_bench bench;
  bench.write(reg::RXDCTL, rxdctl::GRAN);
  bench.open(64, 10, rctl::EN);
  bench.run_for(20 * us);
  bench.write(reg::RDT, 20);
  const auto fetches_with = [&bench](std::uint32_t pthresh, std::uint32_t hthresh) {
    bench.write(reg::RXDCTL, rxdctl::GRAN | pthresh << rxdctl::PTHRESH_SHIFT | hthresh << rxdctl::HTHRESH_SHIFT);
    bench.run_for(20 * us);
    return bench.transfers(fetch).size();
  };
  EXPECT_EQ(fetches_with(10, 0), 1U);   // 10 on chip are not below 10
  EXPECT_EQ(fetches_with(11, 11), 1U);  // 10 to be had are not 11
  EXPECT_EQ(fetches_with(11, 10), 2U);
  EXPECT_EQ(fetches_with(63, 0), 2U);  // nothing is left to be had
}

TEST(rx_ring, addresses_have_64_bits) {  // P-5
  constexpr std::uint64_t high = 0x1'2345'0000;
  card_bench buffer;
  plan_frames(buffer, 1);
  buffer.open(std::vector<std::uint64_t>(16, high), 15, rctl::EN);
  start(buffer, 20 * us);
  ASSERT_EQ(buffer.transfers(payload).size(), 1U);
  EXPECT_EQ(buffer.transfers(payload)[0].address, high);
  card_bench ring;
  ring.open(16, 0, 0);
  ring.write(reg::RDBAH, 1);
  ring.write(reg::RCTL, rctl::EN);
  ring.write(reg::RDT, 15);
  ring.run_for(20 * us);
  ASSERT_EQ(ring.transfers(fetch).size(), 1U);
  EXPECT_EQ(ring.transfers(fetch)[0].address, 1ULL << 32 | card_bench::ring_at);
}

TEST(rx_ring, rfctl_does_not_change_the_descriptor) {
  card_bench bench;
  plan_frames(bench, 1);
  bench.write(0x5008, 1U << 15);  // RFCTL.EXTEN of later chips
  bench.open(16, 15, rctl::EN);
  start(bench, 50 * us);
  EXPECT_EQ(bench.descriptor(0).address, card_bench::buffers_at);
  EXPECT_EQ(bench.descriptor(0).length, 64U);
  EXPECT_EQ(bench.descriptor(0).status, 0x07U);
}

// R-12b: free descriptors are counted by buffers filled, not by RDH, which waits for the write-back.
TEST(rx_ring, free_count_does_not_wait_for_the_write_back) {
  card_bench bench;
  plan_frames(bench, 8);
  bench.write(reg::RXDCTL, rxdctl::GRAN | 32U << rxdctl::WTHRESH_SHIFT);
  bench.write(reg::RDTR, 0xFFFF);
  bench.open(16, 15, rctl::EN);  // the seventh frame leaves 8 of 16
  start(bench, 100 * us);
  EXPECT_EQ(bench.read(reg::RDH), 0U);
  EXPECT_NE(bench.read(reg::ICR) & icr::RXDMT0, 0U);
}

TEST(prefetch, cache_holds_64_descriptors) {
  card_bench bench;
  bench.open(256, 200, rctl::EN);
  bench.run_for(50 * us);
  ASSERT_EQ(bench.transfers(fetch).size(), 1U);
  EXPECT_EQ(bench.transfers(fetch)[0].length, 64 * rxd::SIZE);
}

TEST(write_back, waits_for_wthresh) {  // R-20 a; timers far away
  card_bench bench;
  plan_frames(bench, 7);
  bench.write(reg::RXDCTL, rxdctl::GRAN | 4U << rxdctl::WTHRESH_SHIFT);
  bench.write(reg::RDTR, 0xFFFF);
  bench.open(32, 31, rctl::EN);
  start(bench, 200 * us);
  const auto bursts = bench.transfers(writeback);
  ASSERT_EQ(bursts.size(), 1U);
  EXPECT_EQ(bursts[0].length, 4 * rxd::SIZE);
  EXPECT_EQ(bench.read(reg::RDH), 4U);
  EXPECT_EQ(bench.read(reg::ICR) & icr::RXT0, 0U);
  bench.write(reg::RDTR, rdtr::FPD | 0xFFFF);  // R-20 c: all, and RXT0
  bench.run_for(10 * us);
  EXPECT_EQ(bench.read(reg::RDH), 7U);
  EXPECT_NE(bench.read(reg::ICR) & icr::RXT0, 0U);
  bench.write(reg::RDTR, rdtr::FPD);  // FS 7.4: even with nothing pending
  EXPECT_NE(bench.read(reg::ICR) & icr::RXT0, 0U);
}

// R-20 a: five are complete when WTHRESH changes.
TEST(write_back, a_lower_wthresh_writes_what_is_complete) {
  card_bench bench;
  plan_frames(bench, 5);
  const auto head_with = [&bench](std::uint32_t wthresh) {
    bench.write(reg::RXDCTL, rxdctl::GRAN | wthresh << rxdctl::WTHRESH_SHIFT);
    bench.run_for(10 * us);
    return bench.read(reg::RDH);
  };
  head_with(8);
  bench.write(reg::RDTR, 0xFFFF);
  bench.open(32, 31, rctl::EN);
  start(bench, 100 * us);
  EXPECT_EQ(bench.read(reg::RDH), 0U);
  EXPECT_EQ(head_with(6), 0U);
  EXPECT_EQ(head_with(5), 5U);
  ASSERT_EQ(bench.transfers(writeback).size(), 1U);
  EXPECT_EQ(bench.transfers(writeback)[0].length, 5 * rxd::SIZE);
  EXPECT_EQ(bench.read(reg::ICR) & icr::RXT0, 0U);  // a threshold is no interrupt
}

// FS 6.4: GRAN = 0 counts cache lines; CLS = 16 dwords hold 4 descriptors.
TEST(write_back, threshold_in_cache_lines) {
  card_bench bench;
  plan_frames(bench, 11);
  bench.access(tlm::pci_space::config, true, 0x0C, 16);
  bench.write(reg::RXDCTL, 2U << rxdctl::WTHRESH_SHIFT);
  bench.write(reg::RDTR, 0xFFFF);
  bench.open(32, 31, rctl::EN);
  start(bench, 200 * us);
  EXPECT_EQ(bench.read(reg::RDH), 8U);
}

// with RDTR = 0 every frame is flushed, whatever WTHRESH says and although IMS = 0.
TEST(write_back, does_not_wait_for_wthresh_without_timers) {
  card_bench bench;
  plan_frames(bench, 3, 64, 50 * us);
  bench.write(reg::RXDCTL, rxdctl::GRAN | 8U << rxdctl::WTHRESH_SHIFT);
  bench.open(32, 31, rctl::EN);
  start(bench, 20 * us);
  EXPECT_TRUE(bench.done(0));
  bench.run_for(100 * us);
  EXPECT_TRUE(bench.done(2));
  EXPECT_TRUE(bench.asserted().empty());
}

TEST(write_back, nothing_sticks_when_the_ring_is_used_up) {  // R-20 d
  card_bench bench;
  plan_frames(bench, 3);
  bench.write(reg::RXDCTL, rxdctl::GRAN | 8U << rxdctl::WTHRESH_SHIFT);
  bench.write(reg::RDTR, 0xFFFF);
  bench.open(16, 3, rctl::EN);
  start(bench, 200 * us);
  EXPECT_EQ(bench.read(reg::RDH), 3U);
}

TEST(write_back, data_then_descriptor_then_cause_then_interrupt) {
  card_bench bench;
  plan_frames(bench, 1, 1000);
  bench.write(reg::IMS, icr::RXT0);
  bench.open(16, 15, rctl::EN);
  start(bench, 100 * us);
  const auto data = bench.transfers(payload);
  const auto written = bench.transfers(writeback);
  ASSERT_EQ(written.size(), 1U);
  EXPECT_GT(written[0].requested, data.back().ended);
  ASSERT_FALSE(bench.asserted().empty());
  const auto causes = bench.events(stage::cause_set);
  EXPECT_GT(causes.back().time, written[0].ended);
  EXPECT_GE(bench.asserted()[0], causes.back().time);
  for (const auto& t : data) {  // bursts end at multiples of 256
    EXPECT_LE(t.length, 256U);
    EXPECT_EQ(t.address / 256, (t.address + t.length - 1) / 256);
  }
}

TEST(write_back, frame_over_several_descriptors) {
  card_bench bench;
  plan_frames(bench, 1, 1000);
  bench.open(16, 15, rctl::EN | 3U << rctl::BSIZE_SHIFT);
  start(bench, 100 * us);
  for (std::uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(bench.descriptor(i).status, 0x01U);
    EXPECT_EQ(bench.descriptor(i).length, 256U);
  }
  EXPECT_EQ(bench.descriptor(3).status, 0x07U);  // DD, EOP, IXSM
  EXPECT_EQ(bench.descriptor(3).length, 1000U - 3 * 256);
  EXPECT_EQ(bench.read(reg::RDH), 4U);
}

TEST(write_back, null_descriptor_gets_dd_only) {
  card_bench bench;
  plan_frames(bench, 1, 500);
  bench.open(16, 0, rctl::EN | 3U << rctl::BSIZE_SHIFT);
  bench.put_descriptor(0, 0);
  bench.put_descriptor(2, 0);
  bench.write(reg::RDT, 15);
  start(bench, 100 * us);
  EXPECT_EQ(bench.descriptor(0), (host_descriptor{0, 0, 0, 1, 0, 0}));
  EXPECT_EQ(bench.descriptor(1).length, 256U);
  EXPECT_EQ(bench.descriptor(2), (host_descriptor{0, 0, 0, 1, 0, 0}));
  EXPECT_EQ(bench.descriptor(3).length, 244U);
  EXPECT_EQ(bench.read(reg::RDH), 4U);
}

TEST(write_back, longest_frame_passes_a_full_cache_with_a_null_descriptor) {
  card_bench bench;
  plan_frames(bench, 1, 16384);
  bench.open(128, 0, rctl::EN | rctl::LPE | 3U << rctl::BSIZE_SHIFT);
  bench.put_descriptor(20, 0);
  bench.write(reg::RDT, 127);
  start(bench, 1 * ms);
  EXPECT_EQ(bench.read(reg::RDH), 65U);
  EXPECT_NE(bench.descriptor(64).status & rxd_status::EOP, 0U);
}

TEST(write_back, starved_frame_gives_up_what_it_filled) {
  card_bench bench;
  plan_frames(bench, 1, 1000);
  bench.open(16, 2, rctl::EN | 3U << rctl::BSIZE_SHIFT);
  start(bench, 100 * us);
  EXPECT_EQ(bench.read(reg::RDH), 2U);
  EXPECT_EQ(bench.descriptor(1).status, 0x01U);
  EXPECT_EQ(bench.read(reg::ICR) & icr::RXT0, 0U);
  bench.write(reg::RDT, 8);
  bench.run_for(100 * us);
  EXPECT_EQ(bench.read(reg::RDH), 4U);
  EXPECT_EQ(bench.descriptor(3).status, 0x07U);
  EXPECT_NE(bench.read(reg::ICR) & icr::RXT0, 0U);
}

TEST(overflow, whole_frames_are_missed_and_reception_goes_on) {  // N-15, I-41
  card_bench bench;
  // 48 KB take 31 frames of 1518 bytes: 1520 + 16 bytes each, 49152 / 1536 = 32.
  plan_frames(bench, 40, 1518, 13 * us);
  bench.plan(plain_frame(own_address, 1518, 2 * ms));
  bench.open(64, 0, rctl::EN);
  start(bench, 1 * ms);
  EXPECT_EQ(bench.read(reg::MPC), 8U);
  EXPECT_EQ(bench.read(reg::RNBC), 40U);
  EXPECT_EQ(bench.read(reg::GPRC), 32U);
  EXPECT_EQ(bench.read(reg::TPR), 40U);
  EXPECT_NE(bench.read(reg::ICR) & icr::RXO, 0U);
  bench.write(reg::RDT, 63);
  bench.run_for(2 * ms);
  EXPECT_EQ(bench.read(reg::RDH), 33U);
  EXPECT_EQ(bench.read(reg::GPRC), 1U);
}

TEST(reset, clears_what_it_must_and_keeps_the_rest) {
  card_bench bench;
  plan_frames(bench, 3);
  bench.open(16, 15, rctl::EN | rctl::UPE);
  bench.write(reg::IMS, 0x9D);
  bench.write(reg::PBA, 40);
  bench.write(reg::MTA + 4, 0x1234'5678);
  bench.write(reg::VFTA + 8, 0x9ABC'DEF0);
  bench.write(reg::RAH + 8, 0x8000'0001);
  bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::VME | ctrl::SWDPIO);
  start(bench, 60 * us);
  EXPECT_TRUE(bench.intx_level());
  bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::RST);
  bench.run_for(1 * us);
  EXPECT_FALSE(bench.intx_level());
  EXPECT_EQ(bench.read(reg::CTRL), 0xA01U | ctrl::SWDPIO);
  for (const std::uint32_t zero :
       {reg::RCTL, reg::IMS, reg::ICR, reg::RDH, reg::RDT, reg::TPR, reg::GPRC, reg::RDLEN, reg::RAH + 8})
    EXPECT_EQ(bench.read(zero), 0U) << std::hex << zero;
  EXPECT_EQ(bench.read(reg::PBA), 0x0018'0028U);
  EXPECT_EQ(bench.read(reg::MTA + 4), 0x1234'5678U);
  EXPECT_EQ(bench.read(reg::VFTA + 8), 0x9ABC'DEF0U);
  EXPECT_EQ(bench.read(reg::RDBAL), card_bench::ring_at);
  EXPECT_EQ(bench.read(reg::RAL), 0x1200'5452U);
  EXPECT_EQ(bench.access(tlm::pci_space::config, false, 4, 0), 0x0230'0007U);
}

TEST(reset, through_the_io_window_in_the_middle_of_traffic) {  // N-10
  card_bench bench;
  plan_frames(bench, 30, 1518, 13 * us);
  bench.open(16, 15, rctl::EN);
  start(bench, 100 * us);
  bench.access(tlm::pci_space::io, true, 0, reg::CTRL);
  bench.access(tlm::pci_space::io, true, 4, ctrl::RST);
  while ((bench.read(reg::CTRL) & ctrl::RST) != 0) bench.run_for(100 * ns);
  const std::size_t so_far = bench.transfers().size();
  bench.run_for(400 * us);
  EXPECT_EQ(bench.transfers().size(), so_far);
  // Every frame has one fate on the chip or is in memory.
  std::map<frame_id, unsigned> fates;
  for (const stage what : {stage::filter_reject, stage::fifo_drop})
    for (const event& e : bench.events(what)) ++fates[e.frame];
  for (const auto& t : bench.transfers(writeback))
    for (const frame_id f : t.frames) ++fates[f];
  for (frame_id f = 1; f <= 30; ++f) EXPECT_EQ(fates[f], 1U) << f;
}

TEST(enable, off_keeps_what_is_stored) {
  card_bench bench;
  plan_frames(bench, 3);
  bench.open(16, 0, rctl::EN);
  start(bench, 60 * us);
  bench.write(reg::RCTL, 0);
  bench.write(reg::RDT, 15);
  bench.run_for(50 * us);
  EXPECT_TRUE(bench.transfers().empty());
  bench.write(reg::RCTL, rctl::EN);
  bench.run_for(50 * us);
  EXPECT_EQ(bench.read(reg::RDH), 3U);
}

}  // namespace
}  // namespace ringside::test::ring_tests
