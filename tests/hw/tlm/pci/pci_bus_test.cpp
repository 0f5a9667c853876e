// SPDX-License-Identifier: Apache-2.0
// Clock counts of single transactions, made by hand from hand_made_params() and PCI 2.3 (sections in the comments).
//
// All start from a request at time 0: two clocks of crossing, two of arbitration, so the address phase stands in
// clock 4.
#include "hw/tlm/pci/pci_bus.h"

#include <gtest/gtest.h>

#include "tests/hw/tlm/pci/bus_bench.h"

namespace ringside::test {
namespace {

using tlm::dma_kind;
using tlm::pci_space;

TEST(pci_bus, single_write) {
  bus_bench b;
  const auto& transfer = b.dma(0, 0, true, 0x1000, 4);
  b.run();
  // Address 4, DEVSEL# two clocks later, four wait clocks of the bridge: the only data phase is clock 10.
  ASSERT_EQ(b.card(0).done.size(), 1U);
  EXPECT_EQ(b.card(0).done[0].transfer, &transfer);
  EXPECT_EQ(b.card(0).done[0].at, clocks(10));
  ASSERT_EQ(b.transactions.size(), 1U);
  EXPECT_EQ(b.transactions[0].first_clock, 4);
  EXPECT_EQ(b.transactions[0].last_clock, 10);
  EXPECT_EQ(b.transactions[0].bytes, 4U);
  EXPECT_EQ(b.transactions[0].master, 1U);
  EXPECT_EQ(b.transactions[0].kind, tlm::pci_word::kind::payload);
  EXPECT_TRUE(b.transactions[0].write);
  EXPECT_EQ(b.bus().counters().busy_clocks, 7U);
  EXPECT_EQ(b.bus().counters().bytes, 4U);
}

TEST(pci_bus, burst_takes_one_clock_per_dword) {
  bus_bench b;
  b.dma(0, 0, true, 0x1000, 64);
  b.run();
  EXPECT_EQ(b.card(0).done[0].at, clocks(10 + 15));
}

TEST(pci_bus, unaligned_burst_takes_one_dword_more) {
  bus_bench b;
  b.dma(0, 0, true, 0x1002, 64);
  b.run();
  EXPECT_EQ(b.card(0).done[0].at, clocks(10 + 16));
  EXPECT_EQ(b.transactions[0].bytes, 64U);
}

TEST(pci_bus, wait_states_lengthen_every_data_phase) {
  tlm::pci_params p = hand_made_params();
  p.wait_states = 2;
  bus_bench b(p);
  b.dma(0, 0, true, 0x1000, 16);
  b.run();
  EXPECT_EQ(b.card(0).done[0].at, clocks(10 + 4 * 3 - 1));
}

TEST(pci_bus, read_comes_back_by_the_cache_line) {
  bus_bench b;
  const auto& transfer = b.dma(0, 0, false, 0x1000, 80, dma_kind::fetch);
  b.run();
  // First data after DEVSEL# (2) and memory (8): clock 14; 32 bytes are 8 clocks.
  const auto& data = b.card(0).data;
  ASSERT_EQ(data.size(), 3U);
  EXPECT_EQ(data[0].at, clocks(21));
  EXPECT_EQ(data[0].to, 32U);
  EXPECT_EQ(data[1].at, clocks(29));
  EXPECT_EQ(data[1].from, 32U);
  EXPECT_EQ(data[2].at, clocks(33));
  EXPECT_EQ(data[2].to, 80U);
  EXPECT_FALSE(data[1].last);
  EXPECT_TRUE(data[2].last);
  for (std::uint32_t i = 0; i < 80; ++i) ASSERT_EQ(transfer.data[i], byte_bridge::pattern(0x1000 + i));
}

TEST(pci_bus, fetch_reports_each_descriptor_when_its_line_arrives) {
  bus_bench b;
  b.dma(0, 0, false, 0x1000, 64, dma_kind::fetch);
  b.run();
  std::vector<std::pair<sim_time, std::uint64_t>> loads;
  sim_time fetched = 0;
  for (const event& e : b.events) {
    if (e.what == stage::desc_load) loads.emplace_back(e.time, e.a);
    if (e.what == stage::desc_fetch) fetched = e.time;
  }
  EXPECT_EQ(loads, (std::vector<std::pair<sim_time, std::uint64_t>>{
                       {clocks(21), 0x1000}, {clocks(21), 0x1010}, {clocks(29), 0x1020}, {clocks(29), 0x1030}}));
  EXPECT_EQ(fetched, clocks(29));
}

TEST(pci_bus, dual_address_cycle_costs_one_clock) {  // PCI 2.3 section 3.9
  bus_bench b;
  b.dma(0, 0, true, 0x1'0000'1000, 4);
  b.run();
  EXPECT_EQ(b.card(0).done[0].at, clocks(11));
}

TEST(pci_bus, nobody_claims_master_abort) {  // 3.6.1, 3.3.3.1
  bus_bench b;
  const auto& write = b.dma(0, 0, true, 0x8000'0000, 64);
  const auto& read = b.dma(1, 10 * us, false, 0x8000'0000, 64, dma_kind::fetch);
  b.run();
  ASSERT_EQ(b.card(0).done.size(), 1U);
  EXPECT_EQ(b.card(0).done[0].at, clocks(4 + 5));
  EXPECT_EQ(write.status, tlm::dma_status::master_abort);
  ASSERT_EQ(b.card(1).data.size(), 1U);
  EXPECT_TRUE(b.card(1).data[0].last);
  EXPECT_EQ(read.status, tlm::dma_status::master_abort);
  EXPECT_EQ(b.bus().counters().aborts, 2U);
  EXPECT_EQ(b.bus().counters().bytes, 0U);
  EXPECT_TRUE(b.bridge.bursts.empty());
}

TEST(pci_bus, burst_beyond_the_end_of_memory_is_not_claimed) {
  bus_bench b;
  const auto& write = b.dma(0, 0, true, byte_bridge::memory_bytes - 32, 64);
  b.run();
  EXPECT_EQ(write.status, tlm::dma_status::master_abort);
}

TEST(pci_bus, bridge_disconnects_at_its_boundary) {  // 3.3.3.2
  tlm::pci_params p = hand_made_params();
  p.disconnect_bytes = 64;
  bus_bench b(p);
  b.dma(0, 0, true, 0x1020, 128);
  b.run();
  // 8 dwords to 0x1040: clocks 10..17.  REQ# is off for two clocks after STOP# (3.4.1), 18 and 19; parked, so the next
  // address phase is clock 20.
  ASSERT_EQ(b.transactions.size(), 3U);
  EXPECT_EQ(b.transactions[0].last_clock, 17);
  EXPECT_TRUE(b.transactions[0].disconnect);
  EXPECT_EQ(b.transactions[1].first_clock, 20);
  EXPECT_EQ(b.transactions[1].address, 0x1040U);
  EXPECT_EQ(b.transactions[1].last_clock, 26 + 15);
  EXPECT_EQ(b.transactions[2].first_clock, 44);
  EXPECT_EQ(b.transactions[2].last_clock, 50 + 7);
  EXPECT_FALSE(b.transactions[2].disconnect);
  ASSERT_EQ(b.card(0).done.size(), 1U);
  EXPECT_EQ(b.card(0).done[0].at, clocks(57));
  EXPECT_EQ(b.bus().counters().disconnects, 2U);
}

// 3.4.1: whoever else asks has the bus while the master that met STOP# does not ask.
TEST(pci_bus, after_a_disconnect_another_master_comes_first) {
  tlm::pci_params p = hand_made_params();
  p.disconnect_bytes = 64;
  bus_bench b(p);
  b.dma(0, 0, true, 0x1020, 64);
  b.dma(1, clocks(16), true, 0x2000, 4);  // REQ# in 18, when the other asks no more, and GNT# in 20
  b.run();
  ASSERT_EQ(b.transactions.size(), 3U);
  EXPECT_EQ(b.transactions[0].last_clock, 17);
  EXPECT_EQ(b.transactions[1].master, 2U);
  EXPECT_EQ(b.transactions[1].first_clock, 20);
  EXPECT_EQ(b.transactions[2].master, 1U);
  // A burst that lost GNT# to the latency timer met no STOP#: it asks on.
  bus_bench cut;
  cut.card(0).config.latency_timer = 8;
  cut.dma(0, 0, true, 0x1000, 128);
  cut.dma(1, clocks(10), true, 0x2000, 4);
  cut.run();
  EXPECT_EQ(cut.transactions[2].first_clock, cut.transactions[1].last_clock + 2);
}

TEST(pci_bus, full_posting_buffer_makes_retries) {
  bus_bench b;
  b.bridge.room = [&b] { return b.now() >= clocks(12); };
  b.dma(0, 0, true, 0x1000, 4);
  b.run();
  // Retry at DEVSEL# (clock 6); REQ# is off for two clocks, so the next tries begin in clocks 9 and 14.
  ASSERT_EQ(b.transactions.size(), 3U);
  EXPECT_TRUE(b.transactions[0].retry);
  EXPECT_EQ(b.transactions[0].last_clock, 6);
  EXPECT_TRUE(b.transactions[1].retry);
  EXPECT_EQ(b.transactions[1].first_clock, 9);
  EXPECT_EQ(b.transactions[2].first_clock, 14);
  EXPECT_EQ(b.card(0).done[0].at, clocks(20));
  EXPECT_EQ(b.bus().counters().retries, 2U);
  EXPECT_EQ(b.bus().counters().bytes, 4U);
}

TEST(pci_bus, injected_retries_follow_the_seed) {
  const auto retries = [](std::uint64_t seed) {
    tlm::pci_params p = hand_made_params();
    p.retry_per_million = 500'000;
    p.seed = seed;
    bus_bench b(p);
    for (int i = 0; i < 200; ++i) b.dma(0, i * us, true, 0x1000, 4);
    b.run();
    EXPECT_EQ(b.card(0).done.size(), 200U);
    std::vector<std::int64_t> at;
    for (const bus_transaction& t : b.transactions)
      if (t.retry) at.push_back(t.first_clock);
    return at;
  };
  const auto first = retries(1);
  EXPECT_NEAR(static_cast<double>(first.size()), 200, 80);  // geometric, mean 1 a transfer
  EXPECT_EQ(retries(1), first);
  EXPECT_NE(retries(2), first);
}

TEST(pci_bus, wait_jitter_lengthens_a_burst_by_up_to_its_bound) {
  tlm::pci_params p = hand_made_params();
  p.wait_jitter = 3;
  bus_bench b(p);
  for (int i = 0; i < 100; ++i) b.dma(0, i * us, true, 0x1000, 4);
  b.run();
  std::array<int, 4> seen{};
  for (const bus_transaction& t : b.transactions) ++seen.at(static_cast<std::size_t>(t.last_clock - t.first_clock - 6));
  for (const int n : seen) EXPECT_GT(n, 5);
}

// 3.2.5: a read pushes the writes posted before it; 3.5.1.1: what takes longer than 16 clocks is retried.
TEST(pci_bus, read_waits_for_posted_writes_within_sixteen_clocks) {
  bus_bench b;
  b.bridge.drained = clocks(18) - 1;
  b.dma(0, 0, false, 0x1000, 16, dma_kind::fetch);
  b.run();
  EXPECT_EQ(b.card(0).done[0].at, clocks(18 + 3));
  EXPECT_EQ(b.bus().counters().retries, 0U);
}

TEST(pci_bus, read_is_retried_while_posted_writes_need_longer) {
  bus_bench b;
  b.bridge.drained = clocks(30);
  b.dma(0, 0, false, 0x1000, 16, dma_kind::fetch);
  b.run();
  // Tries in clocks 4, 9 and 14; 30 is exactly 16 clocks after 14.
  EXPECT_EQ(b.bus().counters().retries, 2U);
  EXPECT_EQ(b.card(0).done[0].at, clocks(30 + 3));
}

TEST(pci_bus, writeback_counts_a_descriptor_at_its_last_dword) {
  tlm::pci_params p = hand_made_params();
  p.disconnect_bytes = 32;  // cuts the second descriptor in two
  bus_bench b(p);
  b.dma(0, 0, true, 0x1008, 32, dma_kind::writeback);
  b.run();
  std::vector<std::pair<sim_time, std::uint64_t>> seen;
  for (const event& e : b.events)
    if (e.what == stage::desc_writeback) seen.emplace_back(e.time, e.a);
  // 6 dwords in clocks 10..15, the other two in clocks 24..25 (address 18, behind two clocks without REQ#).
  EXPECT_EQ(seen, (std::vector<std::pair<sim_time, std::uint64_t>>{{clocks(15), 0x1008}, {clocks(25), 0x1018}}));
}

// ---- the card as a target
// -----------------------------------------------------------------------------------------------

TEST(pci_bus, cpu_write_reaches_the_card_and_ends) {
  bus_bench b;
  auto& access = b.cpu(0, pci_space::memory, true, 0xF000'2818, 7);
  b.run();
  // The bridge is parked: address phase in clock 0, DEVSEL# clock 2, taken one clock later.
  ASSERT_EQ(b.card(0).accesses.size(), 1U);
  EXPECT_EQ(b.card(0).accesses[0].access.offset, 0x2818U);
  EXPECT_EQ(b.card(0).accesses[0].access.data, 7U);
  EXPECT_EQ(b.card(0).accesses[0].at, clocks(3));
  ASSERT_EQ(b.bridge.cpu_ends.size(), 1U);
  EXPECT_EQ(b.bridge.cpu_ends[0].access, &access);
  EXPECT_EQ(b.bridge.cpu_ends[0].at, clocks(3));
  EXPECT_EQ(b.transactions[0].kind, tlm::pci_word::kind::memory);
  EXPECT_EQ(b.transactions[0].master, 0U);
}

TEST(pci_bus, cpu_read_ends_when_the_answer_has_crossed) {
  bus_bench b;
  auto& access = b.cpu(0, pci_space::memory, false, 0xF002'0000);
  b.run();
  ASSERT_EQ(b.card(1).accesses.size(), 1U);
  EXPECT_EQ(b.card(1).accesses[0].at, clocks(2));
  // Answer at 45 ns: seen at clock 5, two clocks of crossing.
  EXPECT_EQ(b.bridge.cpu_ends[0].at, clocks(7));
  EXPECT_EQ(access.data, 0xA5A5'0001U);
  EXPECT_FALSE(access.aborted);
}

TEST(pci_bus, io_and_configuration_are_decoded_by_their_own_rules) {
  bus_bench b;
  b.cpu(0, pci_space::io, true, 0xC044, 1);
  b.cpu(1 * us, pci_space::config, true, 0x10, 2, 0);
  b.cpu(2 * us, pci_space::config, false, 0x3C, 0, 1);
  b.run();
  ASSERT_EQ(b.card(1).accesses.size(), 2U);
  EXPECT_EQ(b.card(1).accesses[0].access.space, pci_space::io);
  EXPECT_EQ(b.card(1).accesses[0].access.offset, 4U);
  EXPECT_EQ(b.card(1).accesses[1].access.offset, 0x3CU);
  ASSERT_EQ(b.card(0).accesses.size(), 1U);
  EXPECT_EQ(b.card(0).accesses[0].access.offset, 0x10U);
}

TEST(pci_bus, nobody_answers_reads_give_all_ones) {  // PCI 2.3 section 6.1
  bus_bench b;
  b.card(1).config.command = 0x4;  // neither memory nor I/O enabled
  auto& absent = b.cpu(0, pci_space::config, false, 0, 0, 5);
  auto& disabled = b.cpu(1 * us, pci_space::memory, false, 0xF002'0000);
  auto& nowhere = b.cpu(2 * us, pci_space::memory, false, 0x4000'0000);
  auto& port = b.cpu(3 * us, pci_space::io, false, 0x80);
  auto& lost = b.cpu(4 * us, pci_space::memory, true, 0x4000'0000, 1);
  b.run();
  for (const auto* access : {&absent, &disabled, &nowhere, &port}) {
    EXPECT_TRUE(access->aborted);
    EXPECT_EQ(access->data, 0xFFFF'FFFFU);
  }
  EXPECT_TRUE(lost.aborted);
  EXPECT_EQ(b.bridge.cpu_ends[0].at, clocks(5));
  EXPECT_EQ(b.bus().counters().aborts, 5U);
  EXPECT_EQ(b.bus().counters().bytes, 0U) << "a master abort moves no data";
  EXPECT_TRUE(b.card(0).accesses.empty());
  EXPECT_TRUE(b.card(1).accesses.empty());
}

// 3.3.3.3: the bridge fetches while the card repeats itself; without that a slow memory would never answer.
TEST(pci_bus, read_slower_than_sixteen_clocks_is_fetched_behind_retries) {
  tlm::pci_params p = hand_made_params();
  p.read_latency_clocks = 28;
  bus_bench b(p);
  b.dma(0, 0, false, 0x1000, 16, dma_kind::fetch);
  b.run();
  // Asked for in clock 4, there in clock 4 + 2 + 28 = 34.  Tries begin in 4, 9 and 14 (too far from 34) and 19.
  ASSERT_EQ(b.transactions.size(), 4U);
  for (unsigned i = 0; i < 3; ++i) {
    EXPECT_TRUE(b.transactions[i].retry);
    EXPECT_EQ(b.transactions[i].first_clock, 4 + 5 * static_cast<int>(i));
  }
  EXPECT_EQ(b.transactions[3].first_clock, 19);
  EXPECT_EQ(b.transactions[3].last_clock, 34 + 3);
}

TEST(pci_bus, burst_waits_for_its_first_data) {
  bus_bench b;
  auto& transfer = b.dma(0, 0, true, 0x1000, 16);
  transfer.filled = 0;
  b.at(clocks(20) - 1 * ns, [&transfer] { transfer.filled = transfer.length; });
  b.run();
  ASSERT_EQ(b.transactions.size(), 1U);
  EXPECT_EQ(b.transactions[0].first_clock, 20);
}

// 3.5.1.1, 3.3.3.3: a target that needs more than 16 clocks ends with Retry and completes the access later.
TEST(pci_bus, slow_target_becomes_a_delayed_transaction) {
  bus_bench b;
  b.card(0).answer_after = 380 * ns;  // at 400 ns
  auto& access = b.cpu(0, pci_space::memory, false, 0xF000'0000);
  b.run();
  ASSERT_EQ(b.transactions.size(), 3U);
  EXPECT_TRUE(b.transactions[0].retry);
  EXPECT_EQ(b.transactions[0].last_clock, 16);
  EXPECT_EQ(b.transactions[1].first_clock, 19);
  EXPECT_TRUE(b.transactions[1].retry);
  EXPECT_EQ(b.transactions[1].last_clock, 35);
  EXPECT_EQ(b.transactions[2].first_clock, 38);
  EXPECT_EQ(b.transactions[2].last_clock, 42);
  EXPECT_EQ(b.bridge.cpu_ends[0].at, clocks(42));
  EXPECT_EQ(access.data, 0xA5A5'0000U);
  EXPECT_EQ(b.card(0).accesses.size(), 1U) << "the card sees one read, and one read clears ICR";
}

TEST(pci_bus, answer_in_time_for_the_sixteenth_clock_is_no_retry) {
  bus_bench b;
  b.card(0).answer_after = 120 * ns;  // at 140 ns, crossed at clock 16
  b.cpu(0, pci_space::memory, false, 0xF000'0000);
  b.run();
  EXPECT_EQ(b.bus().counters().retries, 0U);
  EXPECT_EQ(b.bridge.cpu_ends[0].at, clocks(16));
}

}  // namespace
}  // namespace ringside::test
