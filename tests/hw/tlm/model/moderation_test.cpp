// SPDX-License-Identifier: Apache-2.0
// Interrupt causes, throttle and receive timers: FS 7, to the nanosecond.
#include <gtest/gtest.h>

#include "tests/hw/tlm/model/card_bench.h"

namespace ringside::test {
namespace {

constexpr auto writeback = tlm::dma_kind::writeback;
constexpr auto payload = tlm::dma_kind::payload;
constexpr sim_time timer_unit = 1024 * ns;  // FS 7.4
constexpr sim_time itr_unit = 256 * ns;     // FS 7.3
constexpr sim_time clock = 8 * ns;

sim_time edge(sim_time t) {
  return (t + clock - 1) / clock * clock;
}

struct timing {
  std::vector<sim_time> data;     // last payload phase of each frame, at the card's next edge
  std::vector<sim_time> written;  // request of each write-back
};

timing run_timers(std::uint32_t rdtr_value, std::uint32_t radv_value, std::uint32_t rsrpd_value,
                  const std::vector<std::pair<sim_time, std::size_t>>& frames) {
  card_bench bench;
  for (const auto& [at, size] : frames) bench.plan(plain_frame(own_address, size, at));
  bench.write(reg::RXDCTL, rxdctl::GRAN | 63U << rxdctl::WTHRESH_SHIFT);
  bench.write(reg::RDTR, rdtr_value);
  bench.write(reg::RADV, radv_value);
  bench.write(reg::RSRPD, rsrpd_value);
  bench.open(64, 63, rctl::EN);
  bench.run_for(20 * us);  // 63 descriptors enter the card a dword at a time, before any answer to a write
  bench.start_traffic();
  bench.run_for(5 * ms);
  timing t;
  for (const auto& r : bench.transfers())
    if (r.kind == tlm::dma_kind::payload_end) t.data.push_back(edge(r.ended));
  for (const auto& r : bench.transfers(writeback)) t.written.push_back(r.requested);
  return t;
}

// From a frame's last byte to its write-back's request when nothing delays it.
sim_time immediate() {
  const timing t = run_timers(0, 0, 0, {{0, 64}});
  return t.written.at(0) - t.data.at(0);
}

TEST(receive_timers, packet_timer_counts_from_the_last_byte_of_the_last_frame) {  // I-32, I-53
  const timing t = run_timers(50, 0, 0, {{0, 64}, {20 * us, 64}, {60 * us, 64}});
  ASSERT_EQ(t.written.size(), 1U);
  EXPECT_EQ(t.written[0] - t.data[2], immediate() + 50 * timer_unit);
}

TEST(receive_timers, absolute_timer_counts_from_the_first_frame) {  // FS 7.4
  std::vector<std::pair<sim_time, std::size_t>> frames;
  constexpr int count = 8;
  frames.reserve(count);
  for (int i = 0; i < count; ++i) frames.emplace_back(i * 20 * us, 64);
  const timing t = run_timers(40, 60, 0, frames);
  ASSERT_EQ(t.written.size(), 2U);
  EXPECT_EQ(t.written[0] - t.data[0], immediate() + 60 * timer_unit);  // 61.44 us: four frames
  EXPECT_EQ(t.written[1] - t.data[4], immediate() + 60 * timer_unit);  // started anew by the fifth
}

TEST(receive_timers, radv_is_off_without_rdtr) {  // I-30
  const timing t = run_timers(0, 8, 0, {{0, 64}});
  EXPECT_EQ(t.written.at(0) - t.data[0], immediate());
}

TEST(receive_timers, small_packets_are_reported_at_once) {  // RSRPD, I-50
  const timing t = run_timers(100, 0, 100, {{0, 101}, {20 * us, 100}, {40 * us, 101}});
  ASSERT_EQ(t.written.size(), 2U);
  EXPECT_EQ(t.written[0] - t.data[1], immediate());
  EXPECT_EQ(t.written[1] - t.data[2], immediate() + 100 * timer_unit);
}

// I-50, I-31: the small packet takes the absolute timer of the frames before it along.
TEST(receive_timers, small_packet_stops_the_absolute_timer) {
  const timing t = run_timers(100, 60, 100, {{0, 101}, {20 * us, 100}, {40 * us, 101}});
  ASSERT_EQ(t.written.size(), 2U);
  EXPECT_EQ(t.written[0] - t.data[1], immediate());
  EXPECT_EQ(t.written[1] - t.data[2], immediate() + 60 * timer_unit);
}

TEST(receive_timers, rdtr_above_radv_never_expires_first) {  // I-51
  const timing t = run_timers(61, 60, 0, {{0, 64}, {20 * us, 64}});
  ASSERT_EQ(t.written.size(), 1U);
  EXPECT_EQ(t.written[0] - t.data[0], immediate() + 60 * timer_unit);
}

TEST(receive_timers, small_packet_sets_two_causes) {
  card_bench bench;
  bench.plan(plain_frame(own_address, 64));
  bench.write(reg::RSRPD, 64);
  bench.write(reg::RDTR, 1000);
  bench.open(16, 15, rctl::EN);
  bench.start_traffic();
  bench.run_for(50 * us);
  EXPECT_EQ(bench.read(reg::ICR), icr::SRPD | icr::RXT0);
}

TEST(receive_timers, write_while_counting_waits_for_the_next_start) {  // I-52
  card_bench bench;
  bench.plan(plain_frame(own_address, 64));
  bench.write(reg::RXDCTL, rxdctl::GRAN | 63U << rxdctl::WTHRESH_SHIFT);
  bench.write(reg::RDTR, 50);
  bench.open(64, 63, rctl::EN);
  bench.run_for(20 * us);
  bench.start_traffic();
  bench.run_for(20 * us);
  bench.write(reg::RDTR, 1);
  bench.run_for(200 * us);
  const auto data = bench.transfers(payload);
  const auto written = bench.transfers(writeback);
  ASSERT_EQ(written.size(), 1U);
  EXPECT_EQ(written[0].requested - edge(data[0].ended), immediate() + 50 * timer_unit);
}

TEST(throttle, counts_from_assertion_to_assertion) {  // I-20
  card_bench bench;
  bench.write(reg::ITR, 500);
  bench.write(reg::IMS, icr::LSC);
  for (int i = 0; i < 3; ++i) {
    bench.write(reg::ICS, icr::LSC);
    bench.run_for(i == 0 ? 10 * us : 300 * us);  // the third comes after the interval
    bench.read(reg::ICR);
  }
  ASSERT_EQ(bench.asserted().size(), 3U);
  EXPECT_EQ(bench.asserted()[1] - bench.asserted()[0], 500 * itr_unit);  // 128 us
  EXPECT_GT(bench.asserted()[2] - bench.asserted()[1], 500 * itr_unit);  // idle for longer: not delayed
  EXPECT_EQ(bench.events(stage::moderation_hold).size(), 1U);
}

TEST(throttle, new_interval_counts_from_the_next_assertion) {  // I-52
  card_bench bench;
  bench.write(reg::ITR, 100);
  bench.write(reg::IMS, icr::LSC);
  bench.write(reg::ICS, icr::LSC);
  bench.read(reg::ICR);
  bench.write(reg::ITR, 10);
  bench.write(reg::ICS, icr::LSC);
  bench.run_for(30 * us);
  bench.read(reg::ICR);
  bench.write(reg::ICS, icr::LSC);
  bench.run_for(30 * us);
  ASSERT_EQ(bench.asserted().size(), 3U);
  EXPECT_EQ(bench.asserted()[1] - bench.asserted()[0], 100 * itr_unit);
  EXPECT_LT(bench.asserted()[2] - bench.asserted()[1], 100 * itr_unit);
}

TEST(throttle, deassertion_is_never_delayed) {  // I-5, N-6
  card_bench bench;
  bench.write(reg::ITR, 0xFFFF);
  bench.write(reg::IMS, icr::LSC);
  bench.write(reg::ICS, icr::LSC);
  EXPECT_TRUE(bench.intx_level());
  bench.write(reg::IMC, icr::LSC);
  EXPECT_FALSE(bench.intx_level());
}

TEST(causes, registers_hold_17_bits_and_icr_reads_clear) {  // I-1, I-2, I-3, I-6, I-54
  card_bench bench;
  bench.write(reg::ICS, 0xFFFF'FFFF);
  EXPECT_EQ(bench.read(reg::ICS), 0x1'FFFFU);  // V-8: clears nothing
  EXPECT_TRUE(bench.asserted().empty());       // N-7
  bench.write(reg::ICR, 0x0'00FF);
  EXPECT_EQ(bench.read(reg::ICR), 0x1'FF00U);
  EXPECT_EQ(bench.read(reg::ICR), 0U);
  bench.write(reg::IMS, 0xFFFF'FFFF);
  bench.write(reg::IMC, 0x0'0F0F);
  EXPECT_EQ(bench.read(reg::IMS), 0x1'F0F0U);
  EXPECT_EQ(bench.read(reg::IMC), 0U);
  bench.write(reg::ICS, 0x10);  // RXDMT0, unmasked
  EXPECT_TRUE(bench.intx_level());
}

TEST(causes, command_bit_10_and_d3_mask_the_pin) {  // P-4
  card_bench bench;
  constexpr auto config = tlm::pci_space::config;
  bench.write(reg::IMS, icr::LSC);
  bench.write(reg::ICS, icr::LSC);
  EXPECT_TRUE(bench.intx_level());
  bench.access(config, true, 4, 0x407);
  EXPECT_FALSE(bench.intx_level());
  bench.access(config, true, 4, 7);
  EXPECT_TRUE(bench.intx_level());
  bench.access(config, true, 0xE0, 3);
  EXPECT_FALSE(bench.intx_level());
}

TEST(causes, link_changes_are_reported_both_ways) {  // L-1, L-2, L-7
  card_bench bench;
  bench.card().set_link(false, bench.now());
  bench.run_for(1 * us);
  EXPECT_EQ(bench.read(reg::ICR), icr::LSC);
  EXPECT_EQ(bench.read(reg::STATUS) & status::LU, 0U);
  bench.card().set_link(true, bench.now());
  bench.run_for(1 * us);
  EXPECT_EQ(bench.read(reg::ICR), icr::LSC);
}

// L-2: each of several changes that are still to come, in whatever order they were asked for.
TEST(causes, link_changes_ahead_are_all_reported) {
  card_bench bench;
  const sim_time start = bench.now();
  bench.card().set_link(true, start + 4 * us);
  bench.card().set_link(false, start + 2 * us);
  bench.card().set_link(false, start + 6 * us);
  const auto up_at = [&](sim_time t) {
    bench.run_until(start + t);
    return (bench.read(reg::STATUS) & status::LU) != 0;
  };
  EXPECT_TRUE(up_at(1 * us));
  EXPECT_EQ(bench.read(reg::ICR), 0U);
  EXPECT_FALSE(up_at(3 * us));
  EXPECT_EQ(bench.read(reg::ICR), icr::LSC);
  EXPECT_TRUE(up_at(5 * us));
  EXPECT_EQ(bench.read(reg::ICR), icr::LSC);
  EXPECT_FALSE(up_at(7 * us));
  EXPECT_EQ(bench.read(reg::ICR), icr::LSC);
}

TEST(causes, rxdmt0_is_an_edge) {  // I-40
  card_bench bench;
  for (unsigned i = 0; i < 12; ++i) bench.plan(plain_frame(own_address, 64, i * 10 * us));
  bench.open(16, 15, rctl::EN);  // free 15, threshold 16 / 2 = 8: the seventh frame
  bench.start_traffic();
  bench.run_for(300 * us);
  std::vector<event> marks;
  for (const event& e : bench.events(stage::cause_set))
    if ((e.a & icr::RXDMT0) != 0) marks.push_back(e);
  ASSERT_EQ(marks.size(), 1U);
  const auto ended = bench.transfers(payload).at(6).ended;
  EXPECT_GE(marks[0].time, ended);
  EXPECT_LT(marks[0].time, ended + 100 * ns);  // without waiting for the write-back
}

TEST(causes, rxdmt0_once_when_a_frame_steps_over_the_threshold) {  // I-40
  card_bench bench;
  bench.plan(plain_frame(own_address, 1500));  // six buffers of 256
  bench.write(reg::RDTR, 100);
  bench.open(16, 10, rctl::EN | 3U << rctl::BSIZE_SHIFT);
  bench.start_traffic();
  bench.run_for(50 * us);
  EXPECT_EQ(bench.events(stage::cause_set).size(), 1U + 1U);  // and the bench's LSC at first
  EXPECT_EQ(bench.read(reg::ICR), icr::RXDMT0);
}

// FS 7.4: what counts is RSRPD when the frame is in memory; it is written while the frame's bursts are under way.
TEST(receive_timers, rsrpd_counts_as_it_stands_when_the_frame_is_in_memory) {
  for (const bool small : {true, false}) {
    card_bench bench;
    bench.plan(plain_frame(own_address, 600));
    bench.bus_overhead = 5 * us;
    bench.write(reg::RSRPD, small ? 0 : 600);
    bench.write(reg::RDTR, 1000);
    bench.open(16, 15, rctl::EN);
    bench.run_for(20 * us);
    bench.start_traffic();
    EXPECT_TRUE(bench.run_until_seen([&] { return bench.on_bus(tlm::dma_kind::payload) != 0; }));
    bench.write(reg::RSRPD, small ? 600 : 0);
    EXPECT_NE(bench.on_bus(tlm::dma_kind::payload), 0U) << "too late to see anything";
    bench.run_for(50 * us);
    EXPECT_EQ(bench.read(reg::ICR) & icr::SRPD, small ? icr::SRPD : 0U);
  }
}

}  // namespace
}  // namespace ringside::test
