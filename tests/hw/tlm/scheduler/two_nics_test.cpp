// SPDX-License-Identifier: Apache-2.0
// Two RTL cards at once: both streams intact, and the outcome independent of how the simulation is stepped.
#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/hw/tlm/scheduler/two_nics_bench.h"

namespace ringside::test {
namespace {

struct setting {
  const char* name;
  two_nics_params params;
};

void PrintTo(const setting& s, std::ostream* out) {
  *out << s.name;
}

setting with(const char* name, const std::function<void(two_nics_params&)>& change) {
  setting s{name, {}};
  change(s.params);
  return s;
}

std::vector<setting> settings() {
  return {
      with("one_bus", [](auto&) {}),
      with("two_buses", [](auto& p) { p.two_buses = true; }),
      with("one_bus_two_cpus", [](auto& p) { p.cpus = 2; }),
      with("two_buses_two_cpus",
           [](auto& p) {
             p.two_buses = true;
             p.cpus = 2;
           }),
      // A bus near its limit: both cards ask while the other owns it, bursts are cut by the latency timer.
      with("one_bus_crowded",
           [](auto& p) {
             p.load_percent = 60;
             p.latency_timer = 8;
             p.pci.posted_bytes = 8192;
           }),
      with("one_bus_33mhz",
           [](auto& p) {
             p.pci.clock = clock_domain{100'000'000, 3};
             p.load_percent = 12;
           }),
      with("one_bus_retries_and_jitter",
           [](auto& p) {
             p.pci.retry_per_million = 200'000;
             p.pci.wait_jitter = 5;
             p.pci.disconnect_bytes = 64;
           }),
      with("one_bus_small_posting_buffer",
           [](auto& p) {
             p.pci.posted_bytes = 256;
             p.pci.drain_latency = 400 * ns;
             p.load_percent = 12;
           }),
      with("one_bus_short_crossing",
           [](auto& p) {
             p.pci.crossing_to_pci_clocks = 1;
             p.pci.arbitration_clocks = 1;
           }),
      with("almost_idle",
           [](auto& p) {
             p.frames = 5;
             p.load_percent = 1;
           }),
  };
}

class two_nics : public testing::TestWithParam<setting> {};

TEST_P(two_nics, deliver_every_frame_and_step_exactly) {
  const two_nics_params base = GetParam().params;
  const two_nics_result ahead = run_two_nics(base);
  for (unsigned i = 0; i < 2; ++i) {
    EXPECT_EQ(ahead.received[i], base.frames) << "card " << i;
    EXPECT_EQ(ahead.wrong[i], 0U) << "card " << i;
    EXPECT_GT(ahead.interrupts[i], 0U) << "card " << i;
  }
  EXPECT_LT(ahead.cycles_evaluated, ahead.cycles);
  for (const bool cycle : {false, true})
    for (const bool skip : {false, true})
      for (const bool accumulate : {false, true}) {
        if (!cycle && skip && accumulate) continue;  // the run above
        two_nics_params p = base;
        p.one_cycle_per_step = cycle;
        p.skip_idle = skip;
        p.accumulate = accumulate;
        const two_nics_result other = run_two_nics(p);
        EXPECT_EQ(other.hash, ahead.hash)
            << "one cycle per step " << cycle << ", skip " << skip << ", accumulate " << accumulate;
        EXPECT_EQ(other.events, ahead.events);
        EXPECT_EQ(other.wrong[0] + other.wrong[1], 0U);
      }
}

INSTANTIATE_TEST_SUITE_P(matrix, two_nics, testing::ValuesIn(settings()),
                         [](const auto& row) { return std::string(row.param.name); });

// Waveforms drain the event stream before every stretch of a card.
TEST(two_nics_events, draining_always_changes_nothing) {
  for (const bool two_buses : {false, true}) {
    two_nics_params p;
    p.two_buses = two_buses;
    const two_nics_result now_and_then = run_two_nics(p);
    p.drain_always = true;
    EXPECT_EQ(run_two_nics(p).hash, now_and_then.hash);
  }
}

// I-9 and PCI 2.3 section 3.2.5: INTA# is a sideband and overtakes the write-back that is still posted in the bridge;
// the ICR read pushes it into memory.  A driver that skips the read looks at a stale descriptor.
TEST(icr_read, makes_the_announced_descriptors_visible) {
  two_nics_params p;
  p.pci.drain_latency = 8 * us;
  p.pci.posted_bytes = 16384;
  p.load_percent = 5;
  p.frames = 20;
  const two_nics_result reads = run_two_nics(p);
  EXPECT_EQ(reads.stale, 0U);
  EXPECT_EQ(reads.wrong[0] + reads.wrong[1], 0U);
  p.read_icr = false;
  const two_nics_result skips = run_two_nics(p);
  EXPECT_GT(skips.stale, 10U) << "the posted write-backs were overtaken";
}

TEST(two_nics_seed, hash_follows_the_seed) {
  two_nics_params p;
  p.frames = 10;
  const std::uint64_t first = run_two_nics(p).hash;
  EXPECT_EQ(run_two_nics(p).hash, first);
  p.seed = 2;
  EXPECT_NE(run_two_nics(p).hash, first);
}

}  // namespace
}  // namespace ringside::test
