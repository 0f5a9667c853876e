// SPDX-License-Identifier: Apache-2.0
// A card alone on its bus runs on to next_effect(): what the bus decides late is what it would have decided in time.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "common/rng.h"
#include "hw/tlm/pci/pci_bus.h"
#include "tests/hw/tlm/pci/bus_bench.h"

namespace ringside::test {
namespace {

using tlm::pci_space;

// REQ# in clock 2 behind the crossing, GNT# in 4, DEVSEL# and the bridge's wait states until 10.
TEST(pci_run_ahead, a_write_concerns_its_card_at_its_last_data_phase) {
  for (const std::uint32_t words : {1U, 16U, 100U}) {
    bus_bench b(hand_made_params(), 1);
    b.dma(0, 0, true, 0x1000, words * 4);
    b.at(1, [&] {
      EXPECT_EQ(b.bus().next_decision(), clocks(4));
      EXPECT_EQ(b.bus().next_effect(), clocks(10 + words - 1)) << words;
    });
    b.run();
    ASSERT_EQ(b.card(0).done.size(), 1U);
    EXPECT_EQ(b.card(0).done[0].at, clocks(10 + words - 1));
  }
}

TEST(pci_run_ahead, a_disconnect_comes_before_the_last_data_phase) {
  tlm::pci_params params = hand_made_params();
  params.disconnect_bytes = 64;
  bus_bench b(params, 1);
  b.dma(0, 0, true, 0x1020, 64);
  b.at(1, [&] { EXPECT_EQ(b.bus().next_effect(), clocks(10 + 8 - 1)); });
  b.run();
}

TEST(pci_run_ahead, nobody_runs_past_a_read_an_abort_a_cpu_or_another_card) {
  const auto stops_at_the_decision = [](unsigned cards, const auto& script) {
    bus_bench b(hand_made_params(), cards);
    script(b);
    b.at(clocks(1), [&] {
      EXPECT_LE(b.bus().next_decision(), clocks(4));
      EXPECT_EQ(b.bus().next_effect(), b.bus().next_decision());
    });
    b.run();
  };
  stops_at_the_decision(1, [](bus_bench& b) { b.dma(0, 0, false, 0x1000, 64); });
  stops_at_the_decision(1, [](bus_bench& b) { b.dma(0, 0, true, byte_bridge::memory_bytes, 64); });
  stops_at_the_decision(2, [](bus_bench& b) { b.dma(0, 0, true, 0x1000, 64); });
  stops_at_the_decision(1, [](bus_bench& b) {
    b.dma(0, 0, true, 0x1000, 64);
    b.cpu(1, pci_space::memory, true, 0xF000'0000U);
  });
}

struct outcome {
  std::vector<std::tuple<sim_time, stage, frame_id, std::uint64_t, std::uint64_t>> events;
  std::vector<std::tuple<std::uint64_t, std::uint32_t, sim_time, tlm::dma_status>> done;

  bool operator==(const outcome&) const = default;
};

// Bursts of all kinds, data that come late, transfers called back, CPU accesses, Retries, wait states,
// disconnects and a posting buffer that fills up and drains.
outcome play(std::uint64_t seed, bool ahead) {
  rng random(seed);
  tlm::pci_params params = hand_made_params();
  params.seed = seed;
  params.wait_states = static_cast<std::uint32_t>(random.between(0, 2));
  params.wait_jitter = static_cast<std::uint32_t>(random.between(0, 3));
  params.retry_per_million = random.chance(300'000) ? 100'000 : 0;
  params.disconnect_bytes = 64U << random.between(0, 6);
  bus_bench b(params, 1);
  b.card(0).config.latency_timer = static_cast<std::uint8_t>(random.between(0, 40));
  b.bridge.drain_after = random.between(1, 60) * 20 * ns;
  if (ahead) b.run_ahead();
  sim_time t = 0;
  for (int i = 0; i < 60; ++i) {
    t += random.between(0, 600) * ns + random.between(0, 999);
    const auto address = static_cast<std::uint64_t>(random.between(0, 0x3'0000)) & ~0xFFFULL;
    const auto length = static_cast<std::uint32_t>(random.between(1, 200));
    switch (random.between(0, 7)) {
      case 0:
        b.cpu(t, pci_space::memory, random.chance(500'000), 0xF000'0000U);
        break;
      case 1:
        b.dma(0, t, false, address, length);
        break;
      case 2:
        b.late_write(0, t, t + random.between(1, 300) * ns, address, length);
        break;
      case 3:
        b.dma(0, t, true, address, 16 * static_cast<std::uint32_t>(random.between(1, 8)), tlm::dma_kind::writeback);
        break;
      case 4:
        b.at(t, [&b, t] { b.bus().withdraw(0, t); });
        break;
      default:
        b.dma(0, t, true, address + static_cast<std::uint64_t>(random.between(0, 3)), length);
        break;
    }
  }
  b.run();
  outcome out;
  for (const event& e : b.events) out.events.emplace_back(e.time, e.what, e.frame, e.a, e.b);
  for (const auto& d : b.card(0).done)
    out.done.emplace_back(d.transfer->address, d.transfer->length, d.at, d.transfer->status);
  return out;
}

TEST(pci_run_ahead, late_decisions_are_the_same_decisions) {
  std::size_t bursts = 0;
  std::size_t withdrawn = 0;
  std::size_t drains = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const outcome in_time = play(seed, false);
    ASSERT_EQ(play(seed, true), in_time) << "seed " << seed;
    bursts += in_time.done.size();
    withdrawn += static_cast<std::size_t>(std::count_if(in_time.done.begin(), in_time.done.end(), [](const auto& d) {
      return std::get<3>(d) == tlm::dma_status::withdrawn;
    }));
    drains += static_cast<std::size_t>(std::count_if(in_time.events.begin(), in_time.events.end(), [](const auto& e) {
      return std::get<1>(e) == stage::dd_visible;
    }));
  }
  EXPECT_GT(drains, 5'000U);
  EXPECT_GT(bursts, 10'000U);
  EXPECT_GT(withdrawn, 100U);
}

}  // namespace
}  // namespace ringside::test
