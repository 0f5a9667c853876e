// SPDX-License-Identifier: Apache-2.0
// Ring registers written while the card is at work: and what must not be lost by it.
//
// The rule: what the bus has been asked for ends as if software had written afterwards.  Then DD in memory, RDH and the
// cause agree, whatever the moment of the write.
#include <gtest/gtest.h>

#include <string>

#include "tests/hw/tlm/model/card_bench.h"

namespace ringside::test {
namespace {

constexpr auto payload = tlm::dma_kind::payload;
constexpr auto payload_end = tlm::dma_kind::payload_end;
constexpr auto writeback = tlm::dma_kind::writeback;
constexpr std::uint32_t ring = 16;

/// Frame 1 is in memory and its descriptor on its way, the receiver is off; frame 2 comes 300 us later.
struct stopped_in_write_back : card_bench {
  explicit stopped_in_write_back(std::uint32_t first = 0, std::uint32_t tail = ring - 1) {
    for (unsigned i = 0; i < 2; ++i) plan(plain_frame(own_address, 64 + i, i * 300 * us));
    bus_overhead = 2 * us;
    open(ring, 0, 0);
    write(reg::RDH, first);
    write(reg::RCTL, rctl::EN);
    write(reg::RDT, tail);
    run_for(20 * us);
    start_traffic();
    EXPECT_TRUE(run_until_seen([this] { return on_bus(payload_end) != 0; }));
    write(reg::RCTL, 0);
    EXPECT_TRUE(run_until_seen([this] { return on_bus(writeback) != 0; }));
  }
  void resume() {
    run_for(20 * us);
    EXPECT_EQ(on_bus(writeback), 0U);
    write(reg::RCTL, rctl::EN);
    run_for(500 * us);
  }
  /// Nothing of frame 1 is lost, and frame 2 goes where it would have gone, N-2.
  void expect_both_frames_as_if_left_alone() {
    run_for(20 * us);
    EXPECT_TRUE(done(0));
    EXPECT_EQ(read(reg::RDH), 1U);
    EXPECT_EQ(read(reg::ICR) & icr::RXT0, icr::RXT0);
    resume();
    EXPECT_EQ(descriptor(0).length, 64U);
    EXPECT_EQ(descriptor(1).length, 65U);
    EXPECT_EQ(read(reg::RDH), 2U);
  }
};

// A driver that pauses, refills and goes on.
TEST(ring_rewrite, rdt_leaves_a_write_back_on_the_bus_alone) {
  stopped_in_write_back bench;
  bench.write(reg::RDT, ring - 2);
  EXPECT_EQ(bench.on_bus(writeback), 1U) << "too late to see anything";
  bench.expect_both_frames_as_if_left_alone();
}

// The same values again, or another end of the ring: RDH goes on as it would have before.
TEST(ring_rewrite, base_and_length_leave_a_write_back_on_the_bus_alone) {
  for (const std::uint32_t written : {reg::RDBAL, reg::RDBAH, reg::RDLEN}) {
    SCOPED_TRACE(written);
    stopped_in_write_back bench;
    bench.write(written, bench.read(written));
    EXPECT_EQ(bench.on_bus(writeback), 1U) << "too late to see anything";
    bench.expect_both_frames_as_if_left_alone();
  }
}

// The last descriptor of a ring of 16 is followed by the first, also when the ring has 32 by the time it is written.
TEST(ring_rewrite, rdh_wraps_by_the_length_it_was_written_with) {
  stopped_in_write_back bench(15, 8);
  bench.write(reg::RDLEN, 2 * ring * rxd::SIZE);
  EXPECT_EQ(bench.on_bus(writeback), 1U) << "too late to see anything";
  bench.run_for(20 * us);
  EXPECT_EQ(bench.read(reg::RDH), 0U);
  bench.resume();
  EXPECT_EQ(bench.descriptor(15).length, 64U);
  EXPECT_EQ(bench.descriptor(0).length, 65U);
  EXPECT_EQ(bench.read(reg::RDH), 1U);
}

// A ring cut short below the place the bus is working at has no descriptors, before RDH gets there too.
TEST(ring_rewrite, a_ring_cut_short_below_the_write_back_is_not_used) {
  stopped_in_write_back bench(7, 10);
  bench.write(reg::RDLEN, 8 * rxd::SIZE);
  bench.write(reg::RDT, 4);
  bench.write(reg::RCTL, rctl::EN);
  EXPECT_EQ(bench.on_bus(writeback), 1U) << "too late to see anything";
  bench.run_for(500 * us);
  EXPECT_EQ(bench.transfers(tlm::dma_kind::fetch).size(), 1U);
  EXPECT_EQ(bench.read(reg::RDH), 8U);
}

// Another ring: the frame is in the old one, the next index of the new one is used.
TEST(ring_rewrite, rdbal_moves_the_ring_behind_the_write_back) {
  constexpr std::uint32_t elsewhere = 0x800;
  stopped_in_write_back bench;
  for (std::uint32_t i = 0; i < ring; ++i)
    bench.put_descriptor(elsewhere / rxd::SIZE + i, card_bench::buffers_at + 0x8'0000 + i * card_bench::buffer_stride);
  bench.write(reg::RDBAL, card_bench::ring_at + elsewhere);
  EXPECT_EQ(bench.on_bus(writeback), 1U) << "too late to see anything";
  bench.resume();
  EXPECT_TRUE(bench.done(0));
  EXPECT_EQ(bench.descriptor(elsewhere / rxd::SIZE + 1).length, 65U);
  EXPECT_EQ(bench.read(reg::RDH), 2U);
}

// RDH is software's to set; what was on the bus moves it no more, and its cause still comes (I-1).
TEST(ring_rewrite, rdh_stays_where_software_puts_it) {
  stopped_in_write_back bench;
  bench.write(reg::RDH, 5);
  EXPECT_EQ(bench.on_bus(writeback), 1U) << "too late to see anything";
  bench.run_for(20 * us);
  EXPECT_TRUE(bench.done(0));
  EXPECT_EQ(bench.read(reg::RDH), 5U);
  EXPECT_EQ(bench.read(reg::ICR) & icr::RXT0, icr::RXT0);
  bench.resume();
  EXPECT_EQ(bench.descriptor(5).length, 65U);
  EXPECT_EQ(bench.read(reg::RDH), 6U);
}

// after CTRL.RST a burst of before moves nothing.
TEST(ring_rewrite, reset_is_the_last_word_over_a_write_back) {
  stopped_in_write_back bench;
  bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::RST);
  EXPECT_EQ(bench.on_bus(writeback), 1U) << "too late to see anything";
  while ((bench.read(reg::CTRL) & ctrl::RST) != 0) bench.run_for(100 * ns);
  EXPECT_EQ(bench.on_bus(writeback), 0U);
  EXPECT_EQ(bench.read(reg::RDH), 0U);
  EXPECT_EQ(bench.read(reg::ICR), 0U);
  bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::SLU);
  bench.open(ring, ring - 1, rctl::EN);
  bench.run_for(500 * us);
  EXPECT_EQ(bench.descriptor(0).length, 65U);
  EXPECT_EQ(bench.read(reg::RDH), 1U);
}

// an abort that the bus reports after CTRL.RST concerns what was reset; DMA is not dead.
TEST(ring_rewrite, an_abort_after_reset_stops_nothing) {
  card_bench bench;
  bench.plan(plain_frame(own_address, 1500));
  bench.plan(plain_frame(own_address, 65, 300 * us));
  bench.bus_overhead = 2 * us;
  bench.open(std::vector<std::uint64_t>(ring, 0x7000'0000), ring - 1, rctl::EN);  // nobody claims that
  bench.run_for(20 * us);
  bench.start_traffic();
  EXPECT_TRUE(bench.run_until_seen([&] { return bench.on_bus(payload) != 0; }));
  bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::RST);
  EXPECT_NE(bench.on_bus(payload), 0U) << "too late to see anything";
  while ((bench.read(reg::CTRL) & ctrl::RST) != 0) bench.run_for(100 * ns);
  EXPECT_EQ(bench.on_bus(payload), 0U);
  bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::SLU);
  bench.open(ring, ring - 1, rctl::EN);
  bench.run_for(500 * us);
  EXPECT_EQ(bench.descriptor(0).length, 65U);
  EXPECT_EQ(bench.access(tlm::pci_space::config, false, 4, 0) >> 29 & 1U, 1U);  // and Status says what happened
}

// N-8, N-12: a frame under way keeps the descriptors it has, and goes on in those that are fetched anew.
TEST(ring_rewrite, a_frame_under_way_goes_on_in_new_descriptors) {
  constexpr std::size_t size = 3000;  // twelve buffers of 256
  constexpr std::uint32_t replaced = 8;
  constexpr std::uint64_t elsewhere = 0x80'0000;
  card_bench bench;
  const offered_frame frame = plain_frame(own_address, size);
  bench.plan(frame);
  bench.bus_overhead = 3 * us;
  bench.open(ring, ring - 1, rctl::EN | rctl::LPE | rctl::SECRC | 3U << rctl::BSIZE_SHIFT);
  bench.run_for(20 * us);
  bench.start_traffic();
  EXPECT_TRUE(bench.run_until_seen([&] { return bench.on_bus(payload) != 0; }));
  bench.write(reg::RCTL, rctl::LPE | rctl::SECRC | 3U << rctl::BSIZE_SHIFT);
  EXPECT_TRUE(bench.transfers(payload).empty());  // four bursts at most can have been asked for
  for (std::uint32_t i = replaced; i < ring; ++i) bench.put_descriptor(i, elsewhere + i * card_bench::buffer_stride);
  bench.write(reg::RDT, ring - 2);
  bench.run_for(200 * us);
  EXPECT_EQ(bench.read(reg::ICR) & icr::RXT0, 0U);  // no fetch while off
  const std::uint32_t so_far = bench.read(reg::RDH);
  EXPECT_GT(so_far, 0U);
  EXPECT_LT(so_far, replaced);
  bench.write(reg::RCTL, rctl::EN | rctl::LPE | rctl::SECRC | 3U << rctl::BSIZE_SHIFT);
  bench.run_for(200 * us);
  EXPECT_EQ(bench.read(reg::RDH), 12U);
  EXPECT_EQ(bench.read(reg::ICR) & icr::RXT0, icr::RXT0);
  std::vector<std::uint8_t> got;
  for (std::uint32_t i = 0; i < 12; ++i) {
    const host_descriptor d = bench.descriptor(i);
    EXPECT_EQ((d.status & rxd_status::EOP) != 0, i == 11) << i;
    EXPECT_EQ(d.address >= elsewhere, i >= replaced) << i;
    const auto part = bench.bytes(d.address, d.length);
    got.insert(got.end(), part.begin(), part.end());
  }
  EXPECT_EQ(got, frame.bytes);
}

// FS 7.4, X-4: what RDTR and RADV will announce is in memory; only a reset stops them.  The cause comes 50 units after
// the last byte, as if the ring had been left alone.
TEST(ring_rewrite, receive_timers_run_on) {
  constexpr sim_time unit = 1024 * ns;
  for (const std::uint32_t timer : {reg::RDTR, reg::RADV})
    for (const std::uint32_t written : {reg::RDT, reg::RDLEN, reg::RDH}) {
      SCOPED_TRACE(std::to_string(timer) + " " + std::to_string(written));
      sim_time waited[2] = {};
      for (const bool rewrite : {false, true}) {
        card_bench bench;
        bench.plan(plain_frame(own_address, 64));
        bench.write(reg::RDTR, timer == reg::RDTR ? 50 : 100);
        bench.write(reg::RADV, timer == reg::RDTR ? 0 : 50);
        bench.open(ring, ring - 1, rctl::EN);
        bench.run_for(20 * us);
        bench.start_traffic();
        bench.run_for(20 * us);
        bench.write(reg::RCTL, 0);
        if (rewrite) bench.write(written, bench.read(written));
        bench.run_for(200 * us);
        const auto causes = bench.events(stage::cause_set);
        ASSERT_FALSE(causes.empty());
        EXPECT_EQ(causes.back().a, icr::RXT0);
        waited[rewrite ? 1 : 0] = causes.back().time - bench.transfers(payload_end).at(0).ended;
      }
      EXPECT_EQ(waited[0], waited[1]);
      EXPECT_GE(waited[1], 50 * unit);
      EXPECT_LT(waited[1], 51 * unit);
    }
}

TEST(ring_rewrite, reset_stops_the_receive_timers) {
  card_bench bench;
  bench.plan(plain_frame(own_address, 64));
  bench.write(reg::RDTR, 50);
  bench.open(ring, ring - 1, rctl::EN);
  bench.start_traffic();
  bench.run_for(20 * us);
  bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::RST);
  bench.run_for(200 * us);
  EXPECT_EQ(bench.read(reg::ICR), 0U);
}

}  // namespace
}  // namespace ringside::test
