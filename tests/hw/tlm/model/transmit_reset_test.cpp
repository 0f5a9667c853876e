// SPDX-License-Identifier: Apache-2.0
// The transmit side under CTRL.RST, bus mastering, D3 and bus errors, P-3, P-9, N-9, T-80 to T-83.
#include <gtest/gtest.h>

#include "tests/hw/tlm/model/transmit_bench.h"

namespace ringside::test::transmit_reset_tests {
namespace {

constexpr std::uint32_t command_offset = 0x04, pm_control = 0xE0;
constexpr std::uint32_t command_all = 7, command_no_master = 3;
constexpr sim_time byte_on_wire = 8 * ns;

struct transmit_reset : testing::Test {
  transmit_bench bench;

  void command(std::uint32_t value) { bench.access(tlm::pci_space::config, true, command_offset, value); }
  void post(std::uint32_t i, std::size_t size) { bench.post(i, counting_frame(size)); }
  void start(std::uint32_t frames, std::size_t size) {
    bench.open_transmit(64);
    for (std::uint32_t i = 0; i < frames; ++i) post(i, size);
    bench.doorbell(frames);
  }
  std::size_t asked() const {
    return bench.transfers().size() + bench.on_bus(tlm::dma_kind::tx_payload) + bench.on_bus(tlm::dma_kind::tx_fetch) +
           bench.on_bus(tlm::dma_kind::tx_writeback);
  }
  void works_again() {
    const std::size_t before = bench.sent().size();
    bench.open_transmit(64);
    post(0, 333);
    bench.doorbell(1);
    bench.run_for(50 * us);
    ASSERT_EQ(bench.sent().size(), before + 1);
    EXPECT_EQ(bench.sent().back().bytes, with_fcs(counting_frame(333)));
    EXPECT_TRUE(bench.tx_done(0));
    EXPECT_EQ(bench.read(reg::TDH), 1U);
  }
};

TEST_F(transmit_reset, reset_ends_everything) {  // T-82
  start(20, 1000);
  ASSERT_TRUE(bench.run_until_seen([&] { return bench.events(stage::tx_wire_sof).size() == 3; }));
  bench.run_for(2 * us);
  bench.write(reg::CTRL, ctrl::RST | ctrl::SLU);
  const std::size_t before = asked();
  bench.run_for(100 * us);
  EXPECT_EQ(asked(), before) << "nothing new on the bus (X-7)";
  EXPECT_EQ(bench.read(reg::TDH), 0U);
  EXPECT_EQ(bench.read(reg::TDT), 0U);
  EXPECT_EQ(bench.read(reg::TCTL), 0U);
  EXPECT_EQ(bench.read(reg::TXDCTL), 0U);
  EXPECT_EQ(bench.read(reg::ICR), 0U) << "what is on the bus raises nothing";
  EXPECT_EQ(bench.sent().size(), 3U) << "no frame begins after it";
  bench.write(reg::CTRL, ctrl::SLU);
  works_again();
}

TEST_F(transmit_reset, reset_cuts_the_frame_on_the_wire) {  // T-82
  start(1, 1000);
  ASSERT_TRUE(bench.run_until_seen([&] { return !bench.events(stage::tx_wire_sof).empty(); }));
  const sim_time start_of_frame = bench.events(stage::tx_wire_sof)[0].time;
  bench.run_until(start_of_frame + 400 * byte_on_wire);
  bench.write(reg::CTRL, ctrl::RST);
  bench.run_for(20 * us);
  ASSERT_EQ(bench.sent().size(), 1U);
  const tlm::sent_frame& cut = bench.sent()[0];
  EXPECT_EQ(static_cast<sim_time>(cut.bytes.size()), (cut.end - cut.start) / byte_on_wire - 8);
  EXPECT_GT(cut.bytes.size(), 380U);
  EXPECT_LT(cut.bytes.size(), 450U);
  const byte_vector whole = with_fcs(counting_frame(1000));
  EXPECT_TRUE(std::equal(cut.bytes.begin(), cut.bytes.end(), whole.begin()));
  const std::vector<event> ended = bench.events(stage::tx_wire_eof);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].a, cut.bytes.size());
  EXPECT_NE(ended[0].b & wire_mark::bad_fcs, 0U);
  EXPECT_EQ(bench.read(reg::TPT), 0U) << "it counts nowhere (T-90)";
}

TEST_F(transmit_reset, a_write_back_under_way_moves_nothing) {  // T-82
  start(1, 100);
  ASSERT_TRUE(bench.run_until_seen([&] { return bench.on_bus(tlm::dma_kind::tx_writeback) == 1; }));
  bench.card().deliver_access({tlm::pci_space::memory, true, reg::CTRL, 0xF, ctrl::RST}, bench.now());
  bench.run_for(30 * us);
  EXPECT_TRUE(bench.tx_done(0)) << "the bus had it";
  EXPECT_EQ(bench.read(reg::TDH), 0U);
  EXPECT_EQ(bench.read(reg::ICR), 0U);
}

TEST_F(transmit_reset, segments_in_the_fifo_have_a_fate) {  // T-35, X-4
  bench.open_transmit(64);
  bench.write(reg::CTRL, 0);  // no link
  byte_vector block = counting_frame(30);
  for (unsigned i = 0; i < 300; ++i) block.push_back(static_cast<std::uint8_t>(i));
  bench.put_bytes(bench.buffer(1), block);
  bench.mark_frame(bench.buffer(1), block.size(), make_frame_id(frame_kind::made, 0, 9));
  bench.context(0, {.paylen = 300, .hdrlen = 30, .mss = 100, .tucmd = cmd::TSE});
  bench.data(1, bench.buffer(1), 330, cmd::TSE | cmd::whole);
  bench.doorbell(2);
  bench.run_for(30 * us);
  EXPECT_EQ(bench.events(stage::tx_fifo_commit).size(), 3U);
  bench.write(reg::CTRL, ctrl::RST);
  bench.run_for(10 * us);
  const std::vector<event> lost = bench.events(stage::fifo_drop);
  ASSERT_EQ(lost.size(), 3U);
  for (const event& e : lost) {
    EXPECT_EQ(kind_of(e.frame), frame_kind::derived);
    EXPECT_EQ(e.b, static_cast<std::uint64_t>(drop_reason::tx_reset));
  }
}

// X-4, T-82: whatever the clock of the reset, no frame goes into the FIFO behind it, and later frames keep their ids.
TEST_F(transmit_reset, nothing_is_stored_behind_it) {
  constexpr frame_id later = 77;
  for (sim_time after = 0; after < 1600 * ns; after += 8 * ns) {
    transmit_bench b;
    b.open_transmit(8);
    b.post(0, counting_frame(64), cmd::EOP | cmd::IFCS);  // no write-back: the bus is idle when it goes into the FIFO
    b.doorbell(1);
    b.run_for(after);
    b.write(reg::CTRL, ctrl::RST | ctrl::SLU);
    b.run_for(5 * us);
    b.write(reg::CTRL, ctrl::SLU);
    const std::vector<event> resets = b.events(stage::nic_reset);
    ASSERT_EQ(resets.size(), 1U);
    bool behind = false;
    std::size_t stored = 0;
    for (const event& e : b.all_events()) {
      behind = behind || e.what == stage::nic_reset;
      stored += behind && e.what == stage::tx_fifo_commit;
    }
    EXPECT_EQ(stored, 0U) << "reset " << after / ns << " ns behind the doorbell";
    const std::size_t ended = b.events(stage::tx_wire_eof).size();
    b.open_transmit(8);
    b.post(0, counting_frame(100));
    b.mark_frame(b.buffer(0), 100, later);
    b.doorbell(1);
    b.run_for(5 * us);
    const std::vector<event> ends = b.events(stage::tx_wire_eof);
    ASSERT_EQ(ends.size(), ended + 1);
    EXPECT_EQ(ends.back().frame, later);
  }
}

TEST_F(transmit_reset, nothing_is_asked_for_without_bus_mastering) {  // P-3, N-9
  bench.open_transmit(64);
  command(command_no_master);
  post(0, 100);
  bench.doorbell(1);
  bench.run_for(50 * us);
  EXPECT_EQ(asked(), 0U);
  command(command_all);
  bench.run_for(50 * us);
  EXPECT_EQ(bench.sent().size(), 1U);
}

TEST_F(transmit_reset, goes_on_when_bus_mastering_returns) {  // P-3, T-81
  start(5, 1400);
  ASSERT_TRUE(bench.run_until_seen([&] { return bench.on_bus(tlm::dma_kind::tx_payload) != 0; }));
  bench.hold_bus(true);
  command(command_no_master);
  bench.run_for(50 * us);
  const std::size_t before = asked();
  bench.run_for(50 * us);
  EXPECT_EQ(asked(), before);
  command(command_all);
  bench.hold_bus(false);
  bench.run_for(200 * us);
  ASSERT_EQ(bench.sent().size(), 5U);
  for (const tlm::sent_frame& f : bench.sent()) EXPECT_EQ(f.bytes, with_fcs(counting_frame(1400)));
}

TEST_F(transmit_reset, what_waits_is_withdrawn_when_sending_is_off_too) {  // T-81
  start(5, 1400);
  ASSERT_TRUE(bench.run_until_seen([&] { return bench.transfers(tlm::dma_kind::tx_fetch).size() == 1; }));
  bench.hold_bus(true);
  bench.run_for(2 * us);
  ASSERT_NE(bench.on_bus(tlm::dma_kind::tx_payload), 0U);
  command(command_no_master);
  bench.run_for(10 * us);
  const std::size_t done = bench.transfers().size();
  bench.write(reg::TCTL, 0);
  bench.run_for(10 * us);
  bench.hold_bus(false);
  command(command_all);
  bench.run_for(100 * us);
  EXPECT_EQ(bench.transfers().size(), done) << "never done";
  EXPECT_EQ(bench.read(reg::TDH), 0U);
  bench.write(reg::TCTL, tctl::EN);
  bench.run_for(200 * us);
  EXPECT_EQ(bench.sent().size(), 5U) << "the ring goes on at TDH";
}

TEST_F(transmit_reset, a_receiver_that_is_on_keeps_what_waits) {  // T-81
  bench.open(8, 7, rctl::EN);
  start(2, 1400);
  ASSERT_TRUE(bench.run_until_seen([&] { return bench.transfers(tlm::dma_kind::tx_fetch).size() == 1; }));
  bench.hold_bus(true);
  bench.run_for(2 * us);
  const std::size_t waiting = bench.on_bus(tlm::dma_kind::tx_payload);
  command(command_no_master);
  bench.write(reg::TCTL, 0);
  bench.run_for(10 * us);
  EXPECT_EQ(bench.on_bus(tlm::dma_kind::tx_payload), waiting);
  bench.write(reg::RCTL, 0);
  bench.hold_bus(false);
  bench.run_for(20 * us);
  EXPECT_FALSE(bench.card().config_state().withdraws);
}

TEST_F(transmit_reset, a_bus_error_stops_both_directions) {  // T-83
  bench.open(8, 7, rctl::EN);
  start(3, 600);
  bench.fail_next(tlm::dma_kind::tx_payload, tlm::dma_status::target_abort);
  bench.plan(plain_frame(own_address, 100));
  bench.run_for(50 * us);
  EXPECT_TRUE(bench.sent().empty());
  EXPECT_FALSE(bench.tx_done(0));
  bench.start_traffic();
  bench.run_for(50 * us);
  EXPECT_TRUE(bench.transfers(tlm::dma_kind::payload).empty());
  EXPECT_NE(bench.access(tlm::pci_space::config, false, command_offset, 0) & 1U << 28, 0U) << "received target abort";
  bench.write(reg::CTRL, ctrl::RST | ctrl::SLU);
  bench.run_for(50 * us);
  bench.write(reg::CTRL, ctrl::SLU);
  works_again();
}

TEST_F(transmit_reset, d3_sends_nothing) {  // P-9, T-72
  start(3, 1000);
  ASSERT_TRUE(bench.run_until_seen([&] { return bench.events(stage::tx_wire_sof).size() == 1; }));
  bench.access(tlm::pci_space::config, true, pm_control, 3);
  bench.run_for(100 * us);
  EXPECT_EQ(bench.sent().size(), 1U);
  bench.access(tlm::pci_space::config, true, pm_control, 0);
  bench.run_for(2 * ms);
  command(command_all);
  bench.write(reg::CTRL, ctrl::SLU);
  bench.run_for(20 * us);
  EXPECT_EQ(bench.sent().size(), 1U) << "the way out is a reset";
  works_again();
}

}  // namespace
}  // namespace ringside::test::transmit_reset_tests
