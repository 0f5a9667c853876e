// SPDX-License-Identifier: Apache-2.0
// Several masters on one bus: arbitration, parking, latency timer, contention, and conservation of bytes.
#include <gtest/gtest.h>

#include <string>

#include "common/rng.h"
#include "hw/tlm/pci/pci_bus.h"
#include "tests/hw/tlm/pci/bus_bench.h"

namespace ringside::test {
namespace {

using tlm::dma_kind;
using tlm::pci_space;

TEST(pci_arbitration, two_masters_take_turns) {
  bus_bench b;
  b.dma(0, 0, true, 0x1000, 4);
  b.dma(0, 0, true, 0x1100, 4);
  b.dma(1, 0, true, 0x2000, 4);
  b.dma(1, 0, true, 0x2100, 4);
  b.run();
  ASSERT_EQ(b.transactions.size(), 4U);
  // Address phases 4, 12, 20, 28: seven clocks each and one idle; arbitration hides behind the other's turn.
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(b.transactions[i].master, 1 + i % 2) << i;
    EXPECT_EQ(b.transactions[i].first_clock, static_cast<std::int64_t>(4 + 8 * i));
  }
}

TEST(pci_arbitration, parked_master_needs_no_arbitration) {  // 3.4.3
  bus_bench b;
  b.dma(0, 0, true, 0x1000, 4);
  b.dma(0, clocks(50), true, 0x1000, 4);
  b.dma(1, clocks(100), true, 0x1000, 4);
  b.run();
  EXPECT_EQ(b.transactions[1].first_clock, 52);
  EXPECT_EQ(b.transactions[2].first_clock, 104);
}

TEST(pci_arbitration, latency_timer_lets_a_lone_master_go_on) {  // 3.5.4
  bus_bench b;
  b.card(0).config.latency_timer = 0;
  b.dma(0, 0, true, 0x1000, 256);
  b.run();
  ASSERT_EQ(b.transactions.size(), 1U);
  EXPECT_EQ(b.transactions[0].last_clock, 10 + 63);
}

TEST(pci_arbitration, expired_latency_timer_ends_the_burst_when_gnt_goes) {  // 3.5.4
  bus_bench b;
  b.card(0).config.latency_timer = 8;  // expires in clock 12
  b.dma(0, 0, true, 0x1000, 128);
  b.dma(1, clocks(10), true, 0x2000, 4);  // REQ# in 12, GNT# moves in 14
  b.run();
  ASSERT_EQ(b.transactions.size(), 3U);
  // The data phase after the one in which GNT# is seen gone is the last: 10..15.
  EXPECT_EQ(b.transactions[0].last_clock, 15);
  EXPECT_EQ(b.transactions[0].bytes, 24U);
  EXPECT_TRUE(b.transactions[0].disconnect);
  EXPECT_EQ(b.transactions[1].master, 2U);
  EXPECT_EQ(b.transactions[1].first_clock, 17);
  EXPECT_EQ(b.transactions[2].master, 1U);
  EXPECT_EQ(b.transactions[2].first_clock, 25);
  EXPECT_EQ(b.transactions[2].address, 0x1018U);
  EXPECT_EQ(b.transactions[2].last_clock, 31 + 25);
  EXPECT_EQ(b.card(0).done.size(), 1U);
}

TEST(pci_arbitration, running_latency_timer_keeps_the_bus) {
  bus_bench b;
  b.card(0).config.latency_timer = 20;  // expires in clock 24
  b.dma(0, 0, true, 0x1000, 128);
  b.dma(1, clocks(10), true, 0x2000, 4);
  b.run();
  EXPECT_EQ(b.transactions[0].last_clock, 25);
  EXPECT_EQ(b.transactions[0].bytes, 64U);
}

TEST(pci_arbitration, request_that_waits_already_cuts_the_next_burst) {
  bus_bench b;
  b.card(0).config.latency_timer = 4;
  b.dma(0, 0, true, 0x1000, 128);
  b.dma(1, 0, true, 0x2000, 4);
  b.run();
  // GNT# moves in clock 4 already, the timer expires in 8: one data phase (clock 10) is always finished.
  EXPECT_EQ(b.transactions[0].bytes, 4U);
  EXPECT_EQ(b.transactions[0].last_clock, 10);
}

TEST(pci_arbitration, cut_read_returns_what_it_read_and_goes_on) {
  bus_bench b;
  b.card(0).config.latency_timer = 8;
  const auto& transfer = b.dma(0, 0, false, 0x1000, 64, dma_kind::fetch);
  b.dma(1, clocks(14), true, 0x2000, 4);  // REQ# 16, GNT# 18: data phases 14..19
  b.run();
  EXPECT_EQ(b.transactions[0].bytes, 24U);
  EXPECT_EQ(b.transactions[0].last_clock, 19);
  std::uint32_t expected = 0;
  for (const auto& piece : b.card(0).data) {
    EXPECT_EQ(piece.from, expected);
    expected = piece.to;
  }
  EXPECT_EQ(expected, 64U);
  for (std::uint32_t i = 0; i < 64; ++i) ASSERT_EQ(transfer.data[i], byte_bridge::pattern(0x1000 + i));
}

TEST(pci_arbitration, cpu_read_waits_for_the_burst_and_no_longer) {
  bus_bench b;
  b.card(0).config.latency_timer = 64;  // expires in clock 68
  b.dma(0, 0, true, 0x1000, 256);       // alone: data phases 10..73
  b.cpu(clocks(20), pci_space::memory, false, 0xF000'0008);
  b.run();
  EXPECT_EQ(b.transactions[0].last_clock, 69);
  EXPECT_EQ(b.transactions[1].master, 0U);
  EXPECT_EQ(b.transactions[1].first_clock, 71);
  EXPECT_EQ(b.transactions[2].bytes, 16U);
}

TEST(pci_arbitration, dma_uses_the_bus_while_a_delayed_read_waits) {
  bus_bench b;
  b.card(0).answer_after = 1 * us;
  auto& access = b.cpu(0, pci_space::memory, false, 0xF000'0000);
  b.dma(1, 0, true, 0x2000, 64);
  b.run();
  // The read holds the bus for clocks 0..16, then the burst has its turn.
  EXPECT_EQ(b.transactions[1].master, 2U);
  EXPECT_EQ(b.transactions[1].first_clock, 18);
  EXPECT_EQ(access.data, 0xA5A5'0000U);
  EXPECT_EQ(b.card(0).accesses.size(), 1U);
}

// Whatever two or three cards and the CPU do to each other: every byte arrives once, in order, and the bus has one
// owner.
class random_traffic : public testing::TestWithParam<std::uint64_t> {};

TEST_P(random_traffic, conserves_bytes) {
  const std::uint64_t seed = GetParam();
  rng random(seed);
  tlm::pci_params p = hand_made_params();
  p.wait_states = random.below(3);
  p.wait_jitter = random.below(4);
  p.retry_per_million = random.below(3) * 100'000;
  p.disconnect_bytes = 64U << random.below(7);
  p.crossing_to_pci_clocks = random.between(1, 4);
  p.arbitration_clocks = random.between(1, 3);
  p.read_return_bytes = 16U << random.below(3);
  p.seed = seed;
  const unsigned cards = random.between(2, 3);
  bus_bench b(p, cards);
  std::uint64_t bytes = 0;
  std::vector<std::vector<const tlm::dma_transfer*>> asked(cards);
  std::uint64_t next_address = 0x1000;
  for (unsigned device = 0; device < cards; ++device) {
    b.card(device).config.latency_timer = static_cast<std::uint8_t>(random.below(80));
    b.card(device).answer_after = random.between(5, 600) * ns;
    sim_time t = 0;
    for (int i = 0; i < 60; ++i) {
      t += random.between(0, 1200) * ns;
      const bool write = random.chance(700'000);
      const std::uint32_t length = write ? random.between(1, 400) : 16 * random.between(1, 16);
      const std::uint64_t address = write ? next_address + random.below(4) : next_address;
      next_address += 512;
      asked[device].push_back(
          &b.dma(device, t, write, address, length, write ? dma_kind::payload_end : dma_kind::fetch));
      bytes += length;
    }
  }
  sim_time t = 0;
  std::size_t accesses = 0;
  for (; accesses < 30; ++accesses) {
    t += random.between(500, 2500) * ns;
    b.cpu(t, pci_space::memory, random.chance(500'000), 0xF000'0000 + random.below(cards) * tlm::bar0_bytes);
  }
  b.run();
  for (unsigned device = 0; device < cards; ++device) {
    ASSERT_EQ(b.card(device).done.size(), asked[device].size());
    for (std::size_t i = 0; i < asked[device].size(); ++i) {
      const tlm::dma_transfer& transfer = *asked[device][i];
      EXPECT_EQ(b.card(device).done[i].transfer, &transfer) << "transfers of one card end in the order they were asked";
      for (std::uint32_t k = 0; k < transfer.length; ++k) {
        const std::uint8_t original = byte_bridge::pattern(transfer.address + k);
        if (transfer.write)
          ASSERT_EQ(b.bridge.bytes.at(transfer.address + k), original ^ 0x80);
        else
          ASSERT_EQ(transfer.data[k], original);
      }
    }
  }
  std::map<const tlm::dma_transfer*, std::uint32_t> posted;
  for (const auto& burst : b.bridge.bursts) {
    EXPECT_EQ(burst.from, posted[burst.transfer]) << "bursts of a transfer follow each other";
    posted[burst.transfer] = burst.to;
  }
  EXPECT_EQ(b.bridge.cpu_ends.size(), accesses);
  EXPECT_EQ(b.bus().counters().bytes, bytes + 4 * accesses);
  std::int64_t free_clock = 0;
  std::uint64_t busy = 0;
  for (const bus_transaction& x : b.transactions) {
    EXPECT_GE(x.first_clock, free_clock);
    free_clock = x.last_clock + 1 + p.idle_clocks;
    busy += static_cast<std::uint64_t>(x.last_clock - x.first_clock + 1);
  }
  EXPECT_EQ(b.bus().counters().busy_clocks, busy);
  EXPECT_EQ(b.bus().counters().transactions, b.transactions.size());
}

INSTANTIATE_TEST_SUITE_P(seeds, random_traffic, testing::Range<std::uint64_t>(1, 41));

}  // namespace
}  // namespace ringside::test
