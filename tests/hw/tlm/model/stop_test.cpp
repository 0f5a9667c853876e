// SPDX-License-Identifier: Apache-2.0
// Software stops all DMA: Command.BusMaster and RCTL.EN both 0 (P-3, N-9, N-10).  What the bus had not begun is never
// done later, and when both are 1 again the ring goes on at RDH.
#include <gtest/gtest.h>

#include <string>

#include "common/drop_reason.h"
#include "tests/hw/tlm/model/card_bench.h"

namespace ringside::test::stop_tests {
namespace {

constexpr auto fetch = tlm::dma_kind::fetch;
constexpr auto payload = tlm::dma_kind::payload;
constexpr auto payload_end = tlm::dma_kind::payload_end;
constexpr auto writeback = tlm::dma_kind::writeback;
constexpr std::uint32_t ring = 16;
constexpr std::size_t first_size = 3000, second_size = 77;
constexpr std::uint32_t on = rctl::EN | rctl::LPE;

/// Two frames, the second 100 ms behind the first.
struct stopped_card : card_bench {
  stopped_card() {
    plan(plain_frame(own_address, first_size));
    plan(plain_frame(own_address, second_size, 100 * ms));
  }
  void set_bus_master(bool on_now) { access(tlm::pci_space::config, true, 4, on_now ? 7 : 3); }
  void stop(bool master_first) {
    if (master_first) set_bus_master(false);
    write(reg::RCTL, rctl::LPE);
    if (!master_first) set_bus_master(false);
  }
  /// Brings the card to where it waits for the bus with a transfer of this kind.
  void wait_for_the_bus(tlm::dma_kind kind) {
    bus_overhead = 2 * us;
    if (kind == fetch) hold_bus(true);
    open(ring, ring - 1, on);
    run_for(20 * us);
    start_traffic();
    if (kind == payload) hold_bus(true);
    if (kind == writeback) {
      EXPECT_TRUE(run_until_seen([this] { return on_bus(payload_end) != 0; }));
      hold_bus(true);
    }
    EXPECT_TRUE(run_until_seen([this, kind] { return on_bus(kind) != 0; }));
    run_for(50 * us);
  }
  /// The second frame is the first one the ring has seen.
  void expect_the_ring_goes_on_at(std::uint32_t index) {
    write(reg::RCTL, on);
    run_for(100 * ms);
    EXPECT_EQ(descriptor(index).length, second_size);
    EXPECT_TRUE(done(index));
    EXPECT_EQ(read(reg::RDH), index + 1);
  }
};

TEST(stop, what_waited_for_the_bus_is_never_done) {
  for (const tlm::dma_kind kind : {fetch, payload, writeback})
    for (const bool master_first : {true, false}) {
      SCOPED_TRACE(std::to_string(static_cast<int>(kind)) + (master_first ? " BusMaster first" : " EN first"));
      stopped_card bench;
      bench.wait_for_the_bus(kind);
      const std::size_t before = bench.transfers().size();
      bench.stop(master_first);
      bench.run_for(20 * ms);
      bench.hold_bus(false);
      bench.set_bus_master(true);
      bench.run_for(20 * ms);
      EXPECT_EQ(bench.transfers().size(), before);
      EXPECT_EQ(bench.read(reg::RDH), 0U);
      EXPECT_EQ(bench.access(tlm::pci_space::config, false, 4, 0) >> 16, 0x0230U) << "it is no error of the bus";
      // A frame that had not been begun waits in the FIFO and comes first.
      if (kind == fetch) {
        bench.write(reg::RCTL, on);
        bench.run_for(1 * ms);
        EXPECT_EQ(bench.read(reg::RDH), 2U);
        EXPECT_EQ(bench.descriptor(1).length, first_size - 2048);
      } else {
        bench.expect_the_ring_goes_on_at(0);
      }
    }
}

// the frame that was under way is lost, and the card says so.
TEST(stop, the_frame_under_way_is_discarded) {
  stopped_card bench;
  bench.wait_for_the_bus(payload);
  bench.stop(true);
  bench.run_for(100 * us);
  const auto lost = bench.events(stage::fifo_drop);
  ASSERT_EQ(lost.size(), 1U);
  EXPECT_EQ(lost[0].b, static_cast<std::uint64_t>(drop_reason::nic_reset));
  EXPECT_EQ(bench.read(reg::GPRC), 1U);  // it had been stored
}

// What the bus has begun ends: DD in memory and RDH agree.
TEST(stop, a_write_back_under_way_ends) {
  for (const bool master_first : {true, false}) {
    stopped_card bench;
    bench.bus_overhead = 2 * us;
    bench.open(ring, ring - 1, on);
    bench.run_for(20 * us);
    bench.start_traffic();
    EXPECT_TRUE(bench.run_until_seen([&] { return bench.on_bus(writeback) != 0; }));
    bench.stop(master_first);
    EXPECT_EQ(bench.on_bus(writeback), 1U) << "too late to see anything";
    bench.run_for(100 * us);
    EXPECT_TRUE(bench.done(1));
    EXPECT_EQ(bench.read(reg::RDH), 2U);
    EXPECT_EQ(bench.read(reg::ICR) & icr::RXT0, icr::RXT0);
    bench.set_bus_master(true);
    bench.expect_the_ring_goes_on_at(2);
  }
}

// One of them alone takes nothing back: N-9 and N-10 leave what was asked for in time to the bus.
TEST(stop, half_a_stop_forgets_nothing) {
  for (const bool master : {true, false}) {
    stopped_card bench;
    bench.wait_for_the_bus(payload);
    if (master)
      bench.set_bus_master(false);
    else
      bench.write(reg::RCTL, rctl::LPE);
    bench.run_for(100 * us);
    bench.hold_bus(false);
    if (master) bench.set_bus_master(true);
    bench.run_for(200 * us);
    EXPECT_EQ(bench.read(reg::RDH), 2U);
    EXPECT_TRUE(bench.events(stage::fifo_drop).empty());
  }
}

// At any moment of reception: nothing of before is done after the stop, RDH agrees with what is in memory, and frames
// that come later are received in order from there.
TEST(stop, at_any_moment_the_ring_and_memory_agree) {
  constexpr std::uint32_t small_buffers = rctl::EN | 3U << rctl::BSIZE_SHIFT;  // 256 bytes
  constexpr std::uint32_t count = 64, per_frame = 3;
  constexpr std::size_t size = 700;
  for (unsigned step = 0; step < 150; ++step) {
    SCOPED_TRACE(step);
    card_bench bench;
    for (unsigned i = 0; i < 4; ++i) bench.plan(plain_frame(own_address, size, i * 7 * us));
    bench.plan(plain_frame(own_address, size, 10 * ms));
    bench.open(count, count - 1, small_buffers);
    if (step % 2 != 0) bench.run_for(10 * us);
    bench.start_traffic();
    bench.run_for(1 * us + step * 250 * ns);
    bench.hold_bus(true);
    bench.access(tlm::pci_space::config, true, 4, 3);
    bench.write(reg::RCTL, 0);
    bench.run_for(200 * us);
    bench.hold_bus(false);
    const std::size_t before = bench.transfers().size();
    bench.access(tlm::pci_space::config, true, 4, 7);
    bench.run_for(1 * ms);
    EXPECT_EQ(bench.transfers().size(), before);
    const std::uint32_t stopped_at = bench.read(reg::RDH);
    EXPECT_EQ(stopped_at % per_frame, 0U);
    for (std::uint32_t i = 0; i < count; ++i) EXPECT_EQ(bench.done(i), i < stopped_at) << i;
    bench.write(reg::RCTL, small_buffers);
    bench.run_for(12 * ms);
    const std::uint32_t now_at = bench.read(reg::RDH);
    EXPECT_EQ(now_at % per_frame, 0U);
    EXPECT_GE(now_at, stopped_at + per_frame);
    for (std::uint32_t i = 0; i < count; ++i) EXPECT_EQ(bench.done(i), i < now_at) << i;
    EXPECT_EQ(bench.descriptor(now_at - 1).length, size - 2 * 256);
    const std::size_t lost = bench.events(stage::fifo_drop).size();
    EXPECT_LE(now_at / per_frame + lost, bench.read(reg::GPRC));
  }
}

}  // namespace
}  // namespace ringside::test::stop_tests
