// SPDX-License-Identifier: Apache-2.0
// The receiver switched off, the link down, and what a full FIFO lets through: FS 6.1, FS 3.4, FS 6.6.
#include <gtest/gtest.h>

#include <algorithm>

#include "common/drop_reason.h"
#include "tests/hw/tlm/model/card_bench.h"

namespace ringside::test {
namespace {

void plan_frames(card_bench& bench, unsigned count, sim_time spacing) {
  for (unsigned i = 0; i < count; ++i) bench.plan(plain_frame(own_address, 64, i * spacing));
}

// R-5, N-10: what is complete goes back at once, so that nothing is left to be written when buffers are freed.
TEST(enable, off_writes_back_what_is_complete_and_is_silent_then) {
  card_bench bench;
  plan_frames(bench, 3, 10 * us);
  bench.write(reg::RXDCTL, rxdctl::GRAN | 32U << rxdctl::WTHRESH_SHIFT);
  bench.write(reg::RDTR, 20'000);  // 20 ms
  bench.open(32, 31, rctl::EN);
  bench.start_traffic();
  bench.run_for(60 * us);
  EXPECT_EQ(bench.read(reg::RDH), 0U);
  bench.write(reg::RCTL, 0);
  bench.run_for(100 * us);
  EXPECT_EQ(bench.read(reg::RDH), 3U);
  const std::size_t so_far = bench.transfers().size();
  bench.run_for(40 * ms);
  EXPECT_EQ(bench.transfers().size(), so_far);
}

TEST(enable, off_takes_no_frame_from_the_wire) {
  card_bench bench;
  plan_frames(bench, 2, 50 * us);
  bench.open(16, 15, rctl::EN);
  bench.start_traffic();
  bench.run_for(20 * us);
  bench.write(reg::RCTL, 0);
  bench.run_for(100 * us);
  bench.write(reg::RCTL, rctl::EN);
  bench.run_for(100 * us);
  EXPECT_EQ(bench.read(reg::RDH), 1U);
  EXPECT_EQ(bench.read(reg::TPR), 1U);  // FS 6.10: counts only while RCTL.EN
}

// without LPE and SBP the buffers may have 1522 bytes, whatever BSIZE says.  A longer frame that waits in the
// FIFO is discarded when its turn comes; it takes no descriptor (N-4), and the next frame follows.
TEST(long_packets, one_that_waits_is_discarded_when_lpe_is_off) {
  struct row {
    std::uint32_t rctl_at_last;
    std::size_t size;
    std::uint32_t frames;
  };
  constexpr std::uint32_t off = rctl::EN;
  for (const row& r : {row{off, 1523, 1}, row{off, 9000, 1}, row{off | rctl::LPE, 9000, 6}, row{off, 1522, 2},
                       row{off | rctl::SBP, 9000, 6}, row{off | rctl::SECRC, 1523, 1}}) {
    SCOPED_TRACE(r.size);
    card_bench bench;
    bench.plan(plain_frame(own_address, r.size));
    bench.plan(plain_frame(own_address, 64));
    bench.open(16, 0, rctl::EN | rctl::LPE);
    bench.start_traffic();
    bench.run_for(200 * us);
    bench.write(reg::RCTL, 0);
    bench.write(reg::RCTL, r.rctl_at_last);
    bench.write(reg::RDT, 15);
    bench.run_for(200 * us);
    EXPECT_EQ(bench.read(reg::RDH), r.frames);
    EXPECT_EQ(bench.descriptor(r.frames - 1).length, 64U);
    EXPECT_EQ(bench.read(reg::GPRC), 2U);  // both were stored
    const auto lost = bench.events(stage::fifo_drop);
    EXPECT_EQ(lost.size(), r.size > 1522 && r.frames == 1 ? 1U : 0U);
    for (const event& e : lost) EXPECT_EQ(e.b, static_cast<std::uint64_t>(drop_reason::oversize));
    std::uint64_t most = 0;
    for (const auto& t : bench.transfers(tlm::dma_kind::payload))
      most = std::max(most, (t.address + t.length - 1) % card_bench::buffer_stride + 1);
    EXPECT_LE(most, (r.rctl_at_last & (rctl::LPE | rctl::SBP)) != 0 ? 2048U : 1522U);
  }
}

// R-40 by what is written: 1526 bytes without FCS are 1522.
TEST(long_packets, what_counts_is_what_is_written) {
  card_bench bench;
  bench.plan(plain_frame(own_address, 1526));
  bench.open(16, 0, rctl::EN | rctl::LPE | rctl::SECRC);
  bench.start_traffic();
  bench.run_for(200 * us);
  bench.write(reg::RCTL, rctl::EN | rctl::SECRC);
  bench.write(reg::RDT, 15);
  bench.run_for(200 * us);
  EXPECT_EQ(bench.descriptor(0).length, 1522U);
}

// a frame that was begun is finished by the settings it was begun with; its buffers were posted for it.
TEST(long_packets, one_that_was_begun_is_finished) {
  card_bench bench;
  bench.plan(plain_frame(own_address, 6000));
  bench.bus_overhead = 2 * us;
  bench.open(16, 15, rctl::EN | rctl::LPE);
  bench.run_for(20 * us);
  bench.start_traffic();
  EXPECT_TRUE(bench.run_until_seen([&] { return bench.on_bus(tlm::dma_kind::payload) != 0; }));
  bench.write(reg::RCTL, rctl::EN);
  bench.run_for(200 * us);
  EXPECT_EQ(bench.read(reg::RDH), 3U);
  EXPECT_NE(bench.descriptor(2).status & rxd_status::EOP, 0U);
}

// FS 2.5: RDFH and the like are diagnostics.  A frame begun before EN fell is still arriving: it is stored whole.
TEST(diagnostics, a_pointer_write_does_not_tear_the_frame_that_arrives) {
  constexpr std::size_t size = 1000;
  for (const std::uint32_t pointer : {reg::RDFH, reg::RDFT, reg::RDFHS, reg::RDFTS})
    for (const sim_time after :
         {sim_time{0}, 8 * ns, 16 * ns, 24 * ns, 32 * ns, 40 * ns, 48 * ns, 56 * ns, 64 * ns, 2 * us}) {
      SCOPED_TRACE(after);
      card_bench bench;
      const offered_frame frame = plain_frame(own_address, size);
      bench.plan(frame);
      bench.open(16, 0, rctl::EN);
      bench.start_traffic();
      bench.run_for(1080 * ns);  // the delimiter came at 1 us and 56 ns
      bench.write(reg::RCTL, 0);
      bench.run_for(after);
      bench.write(pointer, 0x123);
      bench.run_for(50 * us);
      bench.write(reg::RCTL, rctl::EN);
      bench.write(reg::RDT, 15);
      bench.run_for(50 * us);
      ASSERT_EQ(bench.descriptor(0).length, size);
      EXPECT_EQ(bench.bytes(card_bench::buffers_at, size - 4), frame.bytes);
    }
}

TEST(link, down_takes_no_frame_from_the_wire) {  // L-6
  card_bench bench;
  plan_frames(bench, 3, 50 * us);
  bench.open(16, 15, rctl::EN);
  bench.start_traffic();
  bench.run_for(20 * us);
  bench.card().set_link(false, bench.now());
  bench.run_for(50 * us);
  bench.card().set_link(true, bench.now());
  bench.run_for(100 * us);
  EXPECT_EQ(bench.read(reg::RDH), 2U);
  EXPECT_EQ(bench.read(reg::GPRC), 2U);
}

// L-3: whoever sees LU = 1 sees the speed and duplex that belong to it.
TEST(link, speed_and_duplex_are_final_with_lu) {
  constexpr std::uint32_t full_duplex_1000 = status::FD | 2U << status::SPEED_SHIFT;
  card_bench bench;
  for (int i = 0; i < 3; ++i) {
    bench.card().set_link(false, bench.now());
    bench.run_for(1 * us);
    EXPECT_EQ(bench.read(reg::STATUS) & status::LU, 0U);
    bench.card().set_link(true, bench.now() + i * 72 * ns);
    std::uint32_t value = 0;
    while (((value = bench.read(reg::STATUS)) & status::LU) == 0) continue;
    EXPECT_EQ(value & (status::FD | status::SPEED), full_duplex_1000);
  }
}

// a FIFO that overflows while it drains stores whole frames or none.  With the FCS stripped a frame
// of 68 bytes takes nine words to arrive and eight to be stored: losing its first word must lose all of it.
TEST(overflow, what_is_stored_is_whole) {
  constexpr std::size_t size = 68;
  constexpr std::uint32_t ring = 64;
  card_bench bench;
  std::vector<std::vector<std::uint8_t>> sent;
  for (unsigned i = 0; i < 1600; ++i) {
    offered_frame frame = plain_frame(own_address, size);
    for (std::size_t at = 14; at < frame.bytes.size(); ++at)
      frame.bytes[at] = static_cast<std::uint8_t>(i * 7 + at * 13 + (at % 2 == 0 ? i >> 8 : i));
    sent.push_back(frame.bytes);
    bench.plan(std::move(frame));
  }
  bench.divide_buffer(8);
  bench.open(ring, 0, rctl::EN | rctl::SECRC);
  bench.start_traffic();
  bench.run_for(100 * us);
  std::uint32_t next = 0;
  std::size_t at = 0;
  unsigned received = 0;
  // One descriptor at a time and less often than frames come: room returns at every phase of the frame that arrives.
  for (unsigned step = 0; step < 700; ++step) {
    bench.write(reg::RDT, (next + 1) % ring);
    bench.run_for(800 * ns + (step % 89) * 8 * ns);
    for (; bench.done(next); next = (next + 1) % ring, ++received) {
      const auto got = bench.bytes(bench.descriptor(next).address, size - 4);
      const auto found = std::find(sent.begin() + static_cast<std::ptrdiff_t>(at), sent.end(), got);
      ASSERT_NE(found, sent.end()) << "frame " << received << " is none that was sent";
      at = static_cast<std::size_t>(found - sent.begin()) + 1;
      bench.put_descriptor(next, bench.descriptor(next).address);
    }
  }
  EXPECT_GT(received, 300U);
  EXPECT_GT(bench.read(reg::MPC), 20U);
}

// a frame for which there was no descriptor while EN was 1 has not been begun; one that comes later, by a
// fetch the bus had taken in time, does not begin it.
TEST(enable, off_begins_no_frame_that_waited_for_a_descriptor) {
  card_bench bench;
  plan_frames(bench, 1, 0);
  bench.hold_bus(true);
  bench.open(16, 15, rctl::EN);
  bench.start_traffic();
  bench.run_for(50 * us);
  EXPECT_EQ(bench.on_bus(tlm::dma_kind::fetch), 1U);
  bench.write(reg::RCTL, 0);
  bench.run_for(1 * us);
  bench.hold_bus(false);
  bench.run_for(100 * us);
  EXPECT_EQ(bench.transfers(tlm::dma_kind::fetch).size(), 1U);
  EXPECT_TRUE(bench.transfers(tlm::dma_kind::payload).empty());
  bench.write(reg::RCTL, rctl::EN);
  bench.run_for(100 * us);
  EXPECT_EQ(bench.read(reg::RDH), 1U);
}

}  // namespace
}  // namespace ringside::test
